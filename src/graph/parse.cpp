// Reads the text form of a graph (docs/graph-text.md). One recursive descent over the characters; nesting, and with it
// the stack, is limited, and memory is bounded by the length of the text.

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "graph/element_text.h"
#include "graph/graph.h"
#include "graph/graph_text.h"
#include "graph/scanner.h"

namespace pharos {
namespace {

constexpr int max_depth = 64;

class Parser : private graph_text::Scanner {
 public:
  explicit Parser(std::string_view text) : Scanner(text) {}

  Result<Graph> document() {
    skip_lines();
    Graph g = PHAROS_TRY(graph(0));
    skip_lines();
    if (at_ < text_.size()) return fail("text after the graph");
    if (const auto legal = verify(g); !legal) return fail(legal.error().message());
    return g;
  }

 private:
  using Values = std::unordered_map<std::string, ValueId>;
  struct Scope { Graph graph; Values values; std::unordered_set<std::string> node_names; };

  Result<Type> type() {
    spaces();
    const size_t from = at_;
    int depth = 0;
    bool in_quotes = false;
    for (; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      const char c = text_[at_];
      if (in_quotes) {
        if (c == '\\' && at_ + 1 < text_.size()) ++at_;
        else if (c == '\'') in_quotes = false;
        continue;
      }
      if (c == '\'') in_quotes = true;
      else if (c == '[' || c == '(') ++depth;
      else if ((c == ']' || c == ')') && --depth < 0) break;
      else if (depth == 0 && (c == ' ' || c == ',' || c == '{' || c == '#')) break;
    }
    auto t = Type::parse(text_.substr(from, at_ - from));
    if (!t) { at_ = from; return expected("a type such as f32[N,3,8,8]"); }
    return std::move(*t);
  }

  // --- graphs

  Result<Graph> graph(int depth) {
    if (depth > max_depth) return fail(fmt::format("graphs nested more than {} levels deep", max_depth));
    if (!accept_word("graph")) return expected("'graph'");
    Scope scope;
    Graph& g = scope.graph;
    g.name = PHAROS_TRY(name());
    PHAROS_TRY(inputs(g, scope.values));
    if (accept_word("where")) PHAROS_TRY(symbols(g));
    PHAROS_TRY(expect("{"));
    for (skip_lines(); !accept_word("return"); skip_lines()) {
      if (at_ >= text_.size()) return expected("'return'");
      PHAROS_TRY(statement(scope, depth));
    }
    std::vector<ValueId> outputs;
    for (spaces(); peek() != '\n' && peek() != '#' && peek() != '}'; spaces()) {
      if (!outputs.empty()) PHAROS_TRY(expect(","));
      outputs.push_back(PHAROS_TRY(known_value(scope.values)));
    }
    g.set_outputs(std::move(outputs));
    skip_lines();
    PHAROS_TRY(expect("}"));
    return std::move(g);
  }

  Result<void> inputs(Graph& g, Values& values) {
    PHAROS_TRY(expect("("));
    while (!accept(")")) {
      if (!g.inputs().empty()) PHAROS_TRY(expect(","));
      const std::string n = PHAROS_TRY(new_name(values));
      PHAROS_TRY(expect(":"));
      values[n] = g.add_input(n, PHAROS_TRY(type()));
    }
    return {};
  }

  Result<void> symbols(Graph& g) {
    do {
      spaces();
      const size_t end = text_.find(" in ", at_);
      const auto symbol = end == std::string_view::npos ? std::nullopt : Dim::parse(text_.substr(at_, end - at_));
      if (!symbol || !symbol->symbol_name()) return expected("a symbol and 'in'");
      at_ = end + 4;
      DimRange range;
      range.min = PHAROS_TRY(integer());
      PHAROS_TRY(expect(".."));
      if (peek() == '-' || (peek() >= '0' && peek() <= '9')) range.max = PHAROS_TRY(integer());
      g.symbols[*symbol->symbol_name()] = range;
    } while (accept(","));
    return {};
  }

  Result<std::string> new_name(const Values& values) {
    spaces();
    const size_t from = at_;
    std::string n = PHAROS_TRY(name());
    if (n.empty()) { at_ = from; return fail("a name is empty"); }
    if (values.contains(n)) { at_ = from; return fail(fmt::format("'{}' is defined twice", n)); }
    return n;
  }

  Result<ValueId> known_value(const Values& values) {
    spaces();
    const size_t from = at_;
    const std::string n = PHAROS_TRY(name());
    const auto it = values.find(n);
    if (it == values.end()) { at_ = from; return fail(fmt::format("'{}' is not defined before it is used", n)); }
    return it->second;
  }

  bool accept_none() { return accept_word("_"); }

  // NAME = const TYPE … | OUTPUTS = OP(…) …
  Result<void> statement(Scope& scope, int depth) {
    std::vector<std::string> names;  // "" stands for an output left out
    if (!accept("()")) do {
      if (accept_none()) { names.emplace_back(); continue; }
      names.push_back(PHAROS_TRY(new_name(scope.values)));
    } while (accept(","));
    PHAROS_TRY(expect("="));
    if (names.size() == 1 && !names[0].empty() && accept_word("const")) PHAROS_TRY(constant(scope, names[0]));
    else PHAROS_TRY(node(scope, names, depth));
    spaces();
    if (peek() == '#') skip_comment();
    if (peek() != '\n' && at_ < text_.size()) return expected("the end of the line");
    return {};
  }

  Result<void> constant(Scope& scope, const std::string& n) {
    Tensor t = PHAROS_TRY(tensor());
    if (t.valid()) {
      scope.values[n] = scope.graph.add_constant(n, std::move(t));
    } else {
      const ValueId v = scope.values[n] = scope.graph.add_value(n, last_type_);
      scope.graph.value(v).packed = true;
    }
    return {};
  }

  Result<void> node(Scope& scope, const std::vector<std::string>& names, int depth) {
    Node n;
    std::string first = PHAROS_TRY(name());
    if (accept("::")) { n.domain = std::move(first); n.op = PHAROS_TRY(name()); }
    else n.op = std::move(first);
    if (n.op.empty()) return fail("the operator is empty");
    const size_t name_at = at_;
    n.name = accept("@") ? PHAROS_TRY(name()) : names.empty() ? "" : names[0];
    if (n.name.empty()) n.name = n.op;
    if (!scope.node_names.insert(n.name).second) {
      at_ = name_at;
      return fail(fmt::format("two nodes are named '{}'", n.name));
    }
    PHAROS_TRY(arguments(n, scope.values));
    spaces();
    while (peek() == '"' || graph_text::bare(peek())) { PHAROS_TRY(attribute(n, depth)); spaces(); }
    std::vector<Type> types(names.size());
    if (accept(":"))
      for (size_t i = 0; i < types.size(); ++i) {
        if (i) PHAROS_TRY(expect(","));
        types[i] = PHAROS_TRY(type());
      }
    PHAROS_TRY(origin(n));
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].empty()) { n.outputs.emplace_back(); continue; }
      const ValueId v = scope.graph.add_value(names[i], std::move(types[i]));
      if (!scope.values.emplace(names[i], v).second) return fail(fmt::format("'{}' is defined twice", names[i]));
      n.outputs.push_back(v);
    }
    scope.graph.add_node(std::move(n));
    return {};
  }

  Result<void> arguments(Node& n, const Values& values) {
    PHAROS_TRY(expect("("));
    bool captures = false, first = true;
    while (!accept(")")) {
      if (accept(";")) {
        if (captures) return fail("a second ';'");
        captures = true;
      } else if (!first) {
        PHAROS_TRY(expect(","));
      }
      first = false;
      if (!captures && accept_none()) { n.inputs.emplace_back(); continue; }
      n.inputs.push_back(PHAROS_TRY(known_value(values)));
      if (captures) ++n.captures;
    }
    return {};
  }

  // "# from: a, b" at the end of a node's line.
  Result<void> origin(Node& n) {
    spaces();
    if (!accept("# from:")) return {};
    do n.origin.push_back(PHAROS_TRY(name())); while (accept(","));
    return {};
  }

  // --- attributes

  Result<void> attribute(Node& n, int depth) {
    std::string key = PHAROS_TRY(name());
    PHAROS_TRY(expect("="));
    Attribute value = PHAROS_TRY(attribute_value(depth));
    if (!n.attributes.emplace(key, std::move(value)).second)
      return fail(fmt::format("attribute '{}' is given twice", key));
    return {};
  }

  Result<Attribute> attribute_value(int depth) {
    spaces();
    if (peek() == '"') return Attribute(PHAROS_TRY(quoted()));
    if (peek() == '[') return list();
    if (accept("ints[")) { PHAROS_TRY(expect("]")); return Attribute(std::vector<int64_t>{}); }
    if (accept("floats[")) { PHAROS_TRY(expect("]")); return Attribute(std::vector<float>{}); }
    if (accept("strings[")) { PHAROS_TRY(expect("]")); return Attribute(std::vector<std::string>{}); }
    if (accept("tensors[")) { PHAROS_TRY(expect("]")); return Attribute(std::vector<Tensor>{}); }
    if (accept("type(")) {
      Type t = PHAROS_TRY(type());
      PHAROS_TRY(expect(")"));
      return Attribute(std::move(t));
    }
    if (text_.substr(at_).starts_with("graph "))
      return Attribute(std::make_shared<const Graph>(PHAROS_TRY(graph(depth + 1))));
    if (looks_like_tensor()) return Attribute(PHAROS_TRY(tensor()));
    return number();
  }

  bool looks_like_tensor() const {
    const std::string_view rest = text_.substr(at_, 16);
    const size_t open = rest.find('[');
    return open != std::string_view::npos && dtype_from_name(rest.substr(0, open)).has_value();
  }

  Result<Attribute> number() {
    const size_t from = at_;
    const std::string_view s = word();
    int64_t i = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), i);
    if (!s.empty() && error == std::errc() && end == s.data() + s.size()) return Attribute(i);
    if (const auto f = float_from_text(s)) return Attribute(*f);
    at_ = from;
    return expected("the value of an attribute");
  }

  template <class T>
  Result<Attribute> rest_of_list(T first, Result<Attribute> (Parser::*next)()) {
    std::vector<T> out;
    out.push_back(std::move(first));
    while (accept(",")) {
      Attribute a = PHAROS_TRY((this->*next)());
      T* v = std::get_if<T>(&a);
      if (!v) return fail("a list of values of different kinds");
      out.push_back(std::move(*v));
    }
    PHAROS_TRY(expect("]"));
    return Attribute(std::move(out));
  }

  Result<Attribute> list_item() {
    spaces();
    if (peek() == '"') return Attribute(PHAROS_TRY(quoted()));
    if (looks_like_tensor()) return Attribute(PHAROS_TRY(tensor()));
    return number();
  }

  Result<Attribute> list() {
    PHAROS_TRY(expect("["));
    Attribute first = PHAROS_TRY(list_item());
    if (auto* v = std::get_if<int64_t>(&first)) return rest_of_list(*v, &Parser::list_item);
    if (auto* v = std::get_if<float>(&first)) return rest_of_list(*v, &Parser::list_item);
    if (auto* v = std::get_if<std::string>(&first)) return rest_of_list(std::move(*v), &Parser::list_item);
    return rest_of_list(std::move(std::get<Tensor>(first)), &Parser::list_item);
  }

  // --- tensors

  // TYPE {elements} | TYPE #hash | TYPE packed; the latter two give a tensor that is not valid.
  Result<Tensor> tensor() {
    last_type_ = PHAROS_TRY(type());
    if (!last_type_.is_tensor()) return fail("a constant must be a tensor");
    spaces();
    if (accept_word("packed")) return Tensor();
    if (accept("#")) {
      if (word().size() != 16) return fail("a content hash has 16 digits");
      return Tensor();
    }
    const auto dims = last_type_.dims();
    const auto count = dims ? element_count(*dims) : std::nullopt;
    if (!count || last_type_.dtype == DType::undefined) return fail("the dims of a constant must be numbers");
    PHAROS_TRY(expect("{"));
    // Every element takes a character at least: a count that lies is refused before memory is taken for it.
    if (*count > int64_t(text_.size() - at_))
      return fail(fmt::format("{} elements are announced, but the text ends before", *count));
    Tensor t(last_type_.dtype, *dims);
    if (!t.valid()) return fail("no memory for a constant");
    for (int64_t i = 0; i < *count; ++i) {
      if (i) PHAROS_TRY(expect(","));
      PHAROS_TRY(element(t, i));
    }
    PHAROS_TRY(expect("}"));
    return t;
  }

  Result<void> element(Tensor& t, int64_t i) {
    skip_newlines();
    if (t.dtype() == DType::string) {
      set_element(t, i, PHAROS_TRY(quoted()));
      return {};
    }
    const bool complex = t.dtype() == DType::c64 || t.dtype() == DType::c128;
    if (complex) PHAROS_TRY(expect("("));
    for (int part = 0; part < (complex ? 2 : 1); ++part) {
      if (part) PHAROS_TRY(expect(","));
      spaces();
      const size_t from = at_;
      if (!set_element(t, i, word(), part)) {
        at_ = from;
        return expected(fmt::format("an element of type {}", dtype_name(t.dtype())));
      }
    }
    if (complex) PHAROS_TRY(expect(")"));
    skip_newlines();
    return {};
  }

  Type last_type_;
};

}  // namespace

Result<Graph> parse_graph(std::string_view text) { return Parser(text).document(); }

}  // namespace pharos
