#include "onnx/declared.h"

#include <unordered_map>

#include <fmt/format.h>

#include "catalog/import.h"
#include "onnx/types.h"

namespace pharos {
namespace {

std::string origin_of(const Graph& graph, const Value& v) {
  return v.producer ? fmt::format("{} '{}'", graph[v.producer].op, graph[v.producer].name) : std::string("its initializer");
}

bool contradicts(const Shape& declared, const Shape& actual) {
  for (size_t i = 0; i < declared.size(); ++i)
    if (declared[i].is_number() && !actual[i].is_unknown() && !(declared[i] == actual[i])) return true;
  return false;
}

// What is missing in an inferred type and known in the declared one: element type and rank. Dims that inference could not
// find depend on data; what the exporter happened to see there is no promise.
bool fill_in(Type& type, const Type& declared) {
  if (type.kind == Type::Kind::Unknown) {
    type = declared;
  } else if (type.is_tensor() && declared.is_tensor() && !type.shape && declared.shape) {
    type.shape = declared.shape;
  } else {
    return false;
  }
  if (type.shape)
    for (Dim& d : *type.shape) d = Dim();
  return true;
}

}  // namespace

Result<int> apply_declared_types(const onnx::GraphProto& proto, const Limits& limits, ImportedModel& model) {
  Graph& graph = model.graph;
  std::unordered_map<std::string_view, ValueId> by_name;
  for (uint32_t v = 0; v < graph.value_slots(); ++v) by_name.emplace(graph.value({v}).name, ValueId{v});
  int filled = 0;
  const auto compare = [&](const onnx::ValueInfoProto& info) -> Result<void> {
    const auto it = by_name.find(info.name());
    if (it == by_name.end() || !info.has_type() || graph.value(it->second).is_input) return {};
    Value& v = graph.value(it->second);
    auto read = read_type(info.type(), info.name(), DimMode::Numbers, limits);
    if (!read || read->kind == Type::Kind::Unknown) return {};  // what nobody needs may be wrong
    const Type& declared = *read;
    const bool comparable = v.type.kind == declared.kind && declared.is_tensor() && v.type.dtype == declared.dtype;
    if (comparable && v.type.shape && declared.shape && v.type.rank() == declared.rank() && contradicts(*declared.shape, *v.type.shape)) {
      model.notes.emplace_back(diag::declared_shape_wrong, Arguments{{"value", v.name}, {"declared", declared.text()}, {"actual", v.type.text()}});
      return {};
    }
    if (!merge(v.type, declared)) {
      // A container's items may be declared more narrowly than they are inferred; only tensors are compared strictly.
      if (!v.type.is_tensor() && v.type.kind == declared.kind) return {};
      return Report(diag::declared_type_wrong, {{"value", v.name}, {"declared", declared.text()}, {"actual", v.type.text()}, {"origin", origin_of(graph, v)}});
    }
    if (!v.constant && fill_in(v.type, declared)) ++filled;
    return {};
  };
  for (const auto& info : proto.value_info()) PHAROS_TRY(compare(info));
  for (const auto& info : proto.output()) PHAROS_TRY(compare(info));
  return filled;
}

}  // namespace pharos
