#include <cmath>
#include <cstring>

#include "catalog/tactics.h"
#include "ops/infer.h"
#include "tactics/check.h"

namespace pharos {
namespace {

Report bad_line(std::string_view line, std::string details) {
  return Report(diag::problem_line_invalid, {{"line", std::string(line)}, {"details", std::move(details)}});
}

// Splits at blanks outside of brackets, braces and quotes.
std::vector<std::string_view> pieces(std::string_view text) {
  std::vector<std::string_view> list;
  int depth = 0;
  bool quoted = false;
  size_t from = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '[' || c == '{')) ++depth;
    if (!quoted && (c == ']' || c == '}')) --depth;
    if (c != ' ' || quoted || depth > 0) continue;
    if (i > from) list.push_back(text.substr(from, i - from));
    from = i + 1;
  }
  return list;
}

std::vector<std::string_view> items(std::string_view text) {
  std::vector<std::string_view> list;
  bool quoted = false;
  size_t from = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (text[i] != ',' || quoted)) continue;
    if (i > from) list.push_back(text.substr(from, i - from));
    from = i + 1;
  }
  return list;
}

std::string_view unquoted(std::string_view s) { return s.size() >= 2 && s.front() == '"' ? s.substr(1, s.size() - 2) : s; }

std::vector<int64_t> integers(std::string_view list) {
  std::vector<int64_t> values;
  for (const std::string_view item : items(list)) values.push_back(std::strtoll(std::string(item).c_str(), nullptr, 10));
  return values;
}

Attribute attribute(std::string_view value) {
  if (value.starts_with('"')) return std::string(unquoted(value));
  if (value.starts_with('[')) {
    const std::string_view list = value.substr(1, value.size() - 2);
    if (!list.starts_with('"')) return integers(list);
    std::vector<std::string> texts;
    for (const std::string_view item : items(list)) texts.emplace_back(unquoted(item));
    return texts;
  }
  if (value.ends_with('f')) return std::strtof(std::string(value.substr(0, value.size() - 1)).c_str(), nullptr);
  return int64_t(std::strtoll(std::string(value).c_str(), nullptr, 10));
}

// A small generator with the same numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  uint64_t next() {
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
    return state_;
  }
  float real() { return float(next() >> 40) / float(1 << 23) - 1.0f; }

 private:
  uint64_t state_;
};

Tensor random_tensor(DType dtype, const Dims& dims, int64_t below, Random& random) {
  Tensor t(dtype, dims);
  for (int64_t i = 0; i < t.count(); ++i) {
    const auto n = size_t(i);
    const int64_t whole = int64_t(random.next() >> 8) % std::max<int64_t>(1, below);
    switch (dtype) {
      case DType::f32: t.as<float>()[n] = 2 * random.real(); break;
      case DType::f64: t.as<double>()[n] = random.real(); break;
      case DType::i64: t.as<int64_t>()[n] = whole; break;
      case DType::i32: t.as<int32_t>()[n] = int32_t(whole); break;
      case DType::boolean: t.as<uint8_t>()[n] = uint8_t(random.next() >> 33 & 1); break;
      default: std::memset(static_cast<std::byte*>(t.data()) + n * dtype_size(dtype), int(random.next() >> 35 & 0x3f), dtype_size(dtype));
    }
  }
  return t;
}

struct Input { Tensor tensor; bool constant = false; };

std::optional<Input> input_of(std::string_view text, Random& random) {
  if (text.starts_with("={")) return Input{Tensor::vector_i64(integers(text.substr(2, text.size() - 3))), true};
  if (text.starts_with('#')) return Input{Tensor::scalar_f32(std::strtof(std::string(text.substr(1)).c_str(), nullptr)), true};
  const bool constant = text.starts_with('!');
  if (constant) text.remove_prefix(1);
  int64_t below = 100;
  if (const size_t at = text.find('<'); at != std::string_view::npos) {
    below = std::strtoll(std::string(text.substr(at + 1)).c_str(), nullptr, 10);
    text = text.substr(0, at);
  }
  const size_t open = text.find('[');
  if (open == std::string_view::npos || !text.ends_with(']')) return std::nullopt;
  const auto dtype = dtype_from_name(text.substr(0, open));
  if (!dtype || dtype_size(*dtype) == 0) return std::nullopt;
  return Input{random_tensor(*dtype, integers(text.substr(open + 1, text.size() - open - 2)), below, random), constant};
}

}  // namespace

Result<ProblemCase> parse_problem(std::string_view line, const OpSet& ops, uint64_t seed) {
  std::vector<std::string_view> parts = pieces(line);
  if (parts.empty()) return bad_line(line, "it is empty");
  ProblemCase c;
  if (parts.size() > 2 && parts[parts.size() - 2] == "~") {
    c.tolerance = std::strtod(std::string(parts.back()).c_str(), nullptr);
    if (!(c.tolerance > 0)) return bad_line(line, "the tolerance is no number above 0");
    parts.resize(parts.size() - 2);
  }
  Node node;
  const size_t colon = parts[0].find("::");
  node.domain = colon == std::string_view::npos ? "" : std::string(parts[0].substr(0, colon));
  node.op = std::string(colon == std::string_view::npos ? parts[0] : parts[0].substr(colon + 2));
  if (!ops.find(node.domain, node.op)) return bad_line(line, "the operator is unknown");
  Random random(seed + line.size());
  size_t i = 1;
  for (; i < parts.size() && parts[i] != "|" && parts[i] != "->"; ++i) {
    if (parts[i] == "-") {
      node.inputs.emplace_back(), c.inputs.emplace_back();
      continue;
    }
    auto input = input_of(parts[i], random);
    if (!input) return bad_line(line, "'" + std::string(parts[i]) + "' is no input");
    const std::string name = "x" + std::to_string(node.inputs.size());
    const Type type = Type::tensor(input->tensor.dtype(), input->tensor.dims());
    node.inputs.push_back(input->constant ? c.graph.add_constant(name, input->tensor) : c.graph.add_input(name, type));
    c.inputs.emplace_back(std::move(input->tensor));
  }
  for (; i < parts.size() && parts[i] != "->"; ++i) {
    if (parts[i] == "|") continue;
    const size_t equals = parts[i].find('=');
    if (equals == std::string_view::npos) return bad_line(line, "'" + std::string(parts[i]) + "' is no attribute");
    node.attributes[std::string(parts[i].substr(0, equals))] = attribute(parts[i].substr(equals + 1));
  }
  const int64_t outputs = i + 1 < parts.size() ? integers(parts[i + 1]).at(0) : 1;
  for (int64_t o = 0; o < outputs; ++o) node.outputs.push_back(c.graph.add_value("y" + std::to_string(o)));
  const std::vector<ValueId> results = node.outputs;
  c.node = c.graph.add_node(std::move(node));
  c.graph.set_outputs(results);
  PHAROS_TRY(infer_types(c.graph, ops));
  return c;
}

Problem problem_of(const ProblemCase& c) {
  const Node& node = c.graph.node(c.node);
  Problem p{.node = &node};
  for (const ValueId v : node.inputs) {
    p.inputs.push_back(v ? c.graph.value(v).type : Type{});
    p.constants.push_back(c.graph.constant(v));
  }
  for (const ValueId v : node.outputs) p.outputs.push_back(v ? c.graph.value(v).type : Type{});
  return p;
}

}  // namespace pharos
