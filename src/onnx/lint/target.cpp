// Operators against the support table of another runtime.

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "catalog/lint.h"
#include "onnx/lint/rules.h"
#include "tensorrt/operators.h"

namespace pharos::lint {
namespace {

using tensorrt::Support;
using tensorrt::Version;

std::string text(const Version& v) { return fmt::format("{}.{}", v.major, v.minor); }

// "10.7", "10" (the newest of that major version), "10.7.0" (patch levels do not count).
std::optional<Version> parse_version(std::string_view s) {
  Version v{0, -1};
  const char* const end = s.data() + s.size();
  auto [at, error] = std::from_chars(s.data(), end, v.major);
  if (error != std::errc() || v.major < 0) return std::nullopt;
  if (at == end) return Version{v.major, INT32_MAX};
  if (*at != '.') return std::nullopt;
  const auto [rest, minor_error] = std::from_chars(at + 1, end, v.minor);
  if (minor_error != std::errc() || v.minor < 0 || (rest != end && *rest != '.')) return std::nullopt;
  return v;
}

// The place of the nearest table at or below the version named; nothing where the target is not known.
std::optional<int> table_for(std::string_view target) {
  constexpr std::string_view prefix = "tensorrt:";
  if (!target.starts_with(prefix)) return std::nullopt;
  const auto version = parse_version(target.substr(prefix.size()));
  if (!version) return std::nullopt;
  return tensorrt::table_at(*version);
}

std::string_view type_name(DType t) {
  switch (t) {
    case DType::f32: return "FP32";
    case DType::f16: return "FP16";
    case DType::bf16: return "BF16";
    case DType::f64: return "DOUBLE";
    case DType::i32: return "INT32";
    case DType::i64: return "INT64";
    case DType::i8: return "INT8";
    case DType::u8: return "UINT8";
    case DType::i4: return "INT4";
    case DType::boolean: return "BOOL";
    case DType::f8e4m3fn: return "FP8";
    case DType::f4e2m1: return "FP4";
    default: return dtype_name(t);
  }
}

bool takes(std::string_view types, std::string_view name) {
  if (types.empty()) return true;
  // Before 64-bit integers came, they were narrowed; lint says so once for all of them.
  if (name == "INT64" && types.find("INT32") != types.npos) return true;
  for (size_t at = 0; at <= types.size();) {
    const size_t end = std::min(types.find('|', at), types.size());
    if (types.substr(at, end - at) == name) return true;
    at = end + 1;
  }
  return false;
}

struct Misfit { std::string_view types; OperatorUse use; };

// Nodes by operator and by the type of their first input, where the table does not have it.
std::map<std::pair<std::string, std::string>, Misfit> misfits(const Graph& root, int table) {
  std::map<std::pair<std::string, std::string>, Misfit> out;
  for_each_graph(root, [&](const Graph& graph) {
    for (const NodeId id : graph.nodes()) {
      const Node& n = graph[id];
      if (!n.domain.empty() || !n.has_input(0)) continue;
      const Type& t = graph.value(n.inputs[0]).type;
      const Support* s = tensorrt::find_support(n.op, table);
      if (!s || !s->supported || !t.is_tensor() || t.dtype == DType::undefined || takes(s->types, type_name(t.dtype))) continue;
      Misfit& m = out[{n.op, std::string(type_name(t.dtype))}];
      m.types = s->types;
      if (++m.use.count <= 20) m.use.nodes.push_back(n.origin.empty() ? n.name : n.origin.front());
    }
  });
  return out;
}

}  // namespace

Result<void> check_target(const ImportedModel& model, const std::string& target, Findings& out) {
  const auto table = table_for(target);
  if (!table)
    return Report(diag::lint_target_unknown, {{"target", target}, {"oldest", text(tensorrt::versions().front())}, {"newest", text(tensorrt::versions().back())}});
  const std::string name = "TensorRT " + text(tensorrt::versions()[size_t(*table)]);
  const auto arguments = [&](const std::string& op, const OperatorUse& use) {
    return Arguments{{"target", name}, {"op", op}, {"count", std::to_string(use.count)}, {"nodes", list_text(use.nodes, use.count, 20)}};
  };
  for (const auto& [op, use] : model.operators) {
    const Support* s = tensorrt::find_support(op, *table);
    Arguments a = arguments(op, use);
    if (!s) {
      out.emplace_back(diag::lint_operator_not_listed, std::move(a));
    } else if (!s->supported) {
      out.emplace_back(diag::lint_operator_unsupported, std::move(a));
    } else if (!s->restrictions.empty()) {
      a.emplace_back("restrictions", std::string(s->restrictions));
      out.emplace_back(diag::lint_operator_restricted, std::move(a));
    }
  }
  for (const auto& [key, m] : misfits(model.graph, *table)) {
    Arguments a = arguments(key.first, m.use);
    a.emplace_back("actual", key.second);
    a.emplace_back("types", std::string(m.types));
    out.emplace_back(diag::lint_operator_type, std::move(a));
  }
  return {};
}

}  // namespace pharos::lint
