// The text form of a graph; the grammar is in docs/graph-text.md.

#include <fmt/format.h>

#include <cmath>

#include "base/hash.h"
#include "graph/element_text.h"
#include "graph/graph.h"
#include "graph/graph_text.h"

namespace pharos {
namespace graph_text {

std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') { out += '\\'; out += c; }
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (uint8_t(c) < 0x20 || c == 0x7f) out += fmt::format("\\x{:02x}", uint8_t(c));
    else out += c;
  }
  return out + "\"";
}

std::string name_text(std::string_view name) { return bare(name) ? std::string(name) : quoted(name); }

}  // namespace graph_text

namespace {

using graph_text::name_text;

constexpr int max_depth = 64;  // deeper ones are left out: such a graph does not pass verify()

class Printer {
 public:
  explicit Printer(const PrintOptions& options) : options_(options) {}
  std::string take() { return std::move(out_); }

  void graph(const Graph& g, int depth) {
    out_ += "graph " + name_text(g.name) + " (";
    for (size_t i = 0; i < g.inputs().size(); ++i) {
      const Value& v = g.value(g.inputs()[i]);
      out_ += (i ? ", " : "") + name_text(v.name) + ": " + v.type.text();
    }
    out_ += ")" + symbols(g) + " {\n";
    const std::string indent(size_t(depth + 1) * 2, ' ');
    for (uint32_t v = 0; v < g.value_slots(); ++v)
      if (const Value& value = g.value({v}); (value.constant || value.packed) && g.is_live({v}))
        out_ += indent + constant(value);
    std::vector<char> printed(g.node_slots(), 0);
    for (const NodeId id : g.topological_order()) { node(g, id, depth + 1); printed[id.index] = 1; }
    for (const NodeId id : g.nodes())
      if (!printed[id.index]) node(g, id, depth + 1);  // on a cycle: shown, though it cannot be read back
    out_ += indent + "return" + (g.outputs().empty() ? "" : " ") + names(g, g.outputs()) + "\n" +
            std::string(size_t(depth) * 2, ' ') + "}";
  }

 private:
  static std::string symbols(const Graph& g) {
    std::string out;
    for (const auto& [name, range] : g.symbols)
      out += (out.empty() ? " where " : ", ") + Dim::symbol(name).text() + " in " + std::to_string(range.min) + ".." +
             (range.max == INT64_MAX ? "" : std::to_string(range.max));
    return out;
  }

  static std::string name(const Graph& g, ValueId v) {
    if (!v) return "_";
    return v.index < g.value_slots() ? name_text(g.value(v).name) : fmt::format("\"?{}\"", v.index);
  }
  static std::string names(const Graph& g, const std::vector<ValueId>& ids) {
    std::string out;
    for (const ValueId v : ids) out += (out.empty() ? "" : ", ") + name(g, v);
    return out;
  }

  std::string constant(const Value& v) const {
    const std::string head = name_text(v.name) + " = const ";
    return head + (v.constant ? tensor(*v.constant) : v.type.text() + " packed") + "\n";
  }

  std::string tensor(const Tensor& t) const {
    std::string out = Type::tensor(t.dtype(), t.dims()).text();
    if (!t.valid()) return out + " packed";
    if (options_.inline_limit >= 0 && t.count() > options_.inline_limit) return out + " #" + hex64(content_hash(t));
    out += " {";
    for (int64_t i = 0; i < t.count(); ++i) out += (i ? ", " : "") + element_text(t, i);
    return out + "}";
  }

  void node(const Graph& g, NodeId id, int depth) {
    const Node& n = g[id];
    out_ += std::string(size_t(depth) * 2, ' ') + (n.outputs.empty() ? "()" : names(g, n.outputs)) + " = ";
    out_ += (n.domain.empty() ? "" : name_text(n.domain) + "::") + name_text(n.op);
    const bool named = n.has_output(0) && n.outputs[0].index < g.value_slots();
    if (n.name != (named ? g.value(n.outputs[0]).name : n.op)) out_ += "@" + name_text(n.name);
    out_ += "(";
    for (size_t i = 0; i < n.inputs.size(); ++i)
      out_ += (i == 0                   ? ""
               : i == n.formal_inputs() ? "; "
                                        : ", ") +
              (i == 0 && n.formal_inputs() == 0 ? std::string("; ") : "") + name(g, n.inputs[i]);
    out_ += ")";
    for (const auto& [key, value] : n.attributes) {
      out_ += " " + name_text(key) + "=";
      std::visit([&](const auto& v) { attribute(v, depth); }, value);
    }
    if (options_.types) types(g, n);
    if (options_.origins && !n.origin.empty()) {
      out_ += "  # from: ";
      for (size_t i = 0; i < n.origin.size(); ++i) out_ += (i ? ", " : "") + name_text(n.origin[i]);
    }
    out_ += "\n";
  }

  void types(const Graph& g, const Node& n) {
    bool any = false;
    std::string text;
    for (const ValueId v : n.outputs) {
      const Type t = v && v.index < g.value_slots() ? g.value(v).type : Type{};
      any |= t.kind != Type::Kind::Unknown;
      text += (text.empty() ? "" : ", ") + t.text();
    }
    if (any) out_ += " : " + text;
  }

  template <class T, class Text>
  void list(std::string_view kind, const std::vector<T>& v, Text text) {
    out_ += v.empty() ? std::string(kind) + "[" : "[";
    for (size_t i = 0; i < v.size(); ++i) out_ += (i ? ", " : "") + text(v[i]);
    out_ += "]";
  }

  void attribute(int64_t v, int) { out_ += std::to_string(v); }
  void attribute(float v, int) { out_ += float_text(v); }
  void attribute(const std::string& v, int) { out_ += graph_text::quoted(v); }
  void attribute(const std::vector<int64_t>& v, int) { list("ints", v, [](int64_t i) { return std::to_string(i); }); }
  void attribute(const std::vector<float>& v, int) { list("floats", v, [](float f) { return float_text(f); }); }
  void attribute(const std::vector<std::string>& v, int) {
    list("strings", v, [](const std::string& s) { return graph_text::quoted(s); });
  }
  void attribute(const Tensor& v, int) { out_ += tensor(v); }
  void attribute(const std::vector<Tensor>& v, int) {
    list("tensors", v, [this](const Tensor& t) { return tensor(t); });
  }
  void attribute(const Type& v, int) { out_ += "type(" + v.text() + ")"; }
  void attribute(const SharedGraph& v, int depth) {
    if (!v || depth > max_depth) out_ += "graph \"\" () {}";
    else graph(*v, depth);
  }

  const PrintOptions& options_;
  std::string out_;
};

}  // namespace

std::string print(const Graph& graph, const PrintOptions& options) {
  Printer p(options);
  p.graph(graph, 0);
  return p.take() + "\n";
}

}  // namespace pharos
