#include <algorithm>

#include <fmt/format.h>

#include "catalog/import.h"
#include "onnx/builder.h"
#include "onnx/types.h"

namespace pharos {
namespace {

Report invalid(std::string details) { return Report(diag::model_invalid, {{"details", std::move(details)}}); }

// Before IR version 2 the kind of an attribute followed from the field in use.
onnx::AttributeProto_AttributeType kind_of(const onnx::AttributeProto& a) {
  if (a.type() != onnx::AttributeProto::UNDEFINED) return a.type();
  if (a.has_f()) return onnx::AttributeProto::FLOAT;
  if (a.has_i()) return onnx::AttributeProto::INT;
  if (a.has_s()) return onnx::AttributeProto::STRING;
  if (a.has_t()) return onnx::AttributeProto::TENSOR;
  if (a.has_g()) return onnx::AttributeProto::GRAPH;
  if (a.floats_size()) return onnx::AttributeProto::FLOATS;
  if (a.ints_size()) return onnx::AttributeProto::INTS;
  if (a.strings_size()) return onnx::AttributeProto::STRINGS;
  if (a.tensors_size()) return onnx::AttributeProto::TENSORS;
  if (a.has_sparse_tensor()) return onnx::AttributeProto::SPARSE_TENSOR;
  if (a.has_tp()) return onnx::AttributeProto::TYPE_PROTO;
  return onnx::AttributeProto::UNDEFINED;
}

}  // namespace

// Nothing for kinds that no operator takes.
Result<std::optional<Attribute>> ModelBuilder::read_attribute(const onnx::AttributeProto& a, const std::string& what) {
  using Found = std::optional<Attribute>;
  switch (kind_of(a)) {
    case onnx::AttributeProto::FLOAT: return Found(a.f());
    case onnx::AttributeProto::INT: return Found(int64_t{a.i()});
    case onnx::AttributeProto::STRING: return Found(a.s());
    case onnx::AttributeProto::FLOATS: return Found(std::vector<float>(a.floats().begin(), a.floats().end()));
    case onnx::AttributeProto::INTS: return Found(std::vector<int64_t>(a.ints().begin(), a.ints().end()));
    case onnx::AttributeProto::STRINGS: return Found(std::vector<std::string>(a.strings().begin(), a.strings().end()));
    case onnx::AttributeProto::TENSOR: return Found(PHAROS_TRY(tensors_.read(a.t(), what)));
    case onnx::AttributeProto::SPARSE_TENSOR: return Found(PHAROS_TRY(tensors_.read(a.sparse_tensor(), what)));
    case onnx::AttributeProto::TYPE_PROTO: return Found(PHAROS_TRY(read_type(a.tp(), what, DimMode::Numbers, options_.limits)));
    case onnx::AttributeProto::TENSORS: {
      std::vector<Tensor> all;
      for (const auto& t : a.tensors()) all.push_back(PHAROS_TRY(tensors_.read(t, what)));
      return Found(std::move(all));
    }
    case onnx::AttributeProto::SPARSE_TENSORS: {
      std::vector<Tensor> all;
      for (const auto& t : a.sparse_tensors()) all.push_back(PHAROS_TRY(tensors_.read(t, what)));
      return Found(std::move(all));
    }
    case onnx::AttributeProto::GRAPHS:
    case onnx::AttributeProto::TYPE_PROTOS: return invalid(what + " is a list of graphs or types, which no operator takes");
    default: return Found();
  }
}

Result<void> ModelBuilder::read_attributes(const onnx::NodeProto& p, Node& node, Scope& scope, const CallFrame& frame,
                                           std::vector<Subgraph>& subgraphs) {
  std::map<std::string_view, bool> seen;
  for (const auto& a : p.attribute()) {
    const std::string what = fmt::format("attribute '{}' of node '{}'", a.name(), node.name);
    if (a.name().empty()) return invalid(fmt::format("node '{}' has an attribute without a name", node.name));
    if (!seen.emplace(a.name(), true).second) return invalid(what + " is given twice");
    const onnx::AttributeProto* value = &a;
    if (!a.ref_attr_name().empty()) {
      if (!frame.function) return invalid(fmt::format("{} refers to '{}' outside of a function", what, a.ref_attr_name()));
      const auto it = frame.attributes.find(a.ref_attr_name());
      if (it == frame.attributes.end()) continue;  // not given: the operator's default counts
      value = it->second;
    }
    if (kind_of(*value) == onnx::AttributeProto::GRAPH) {
      Subgraph s{a.name(), {}, {}};
      auto graph = build_subgraph(value->g(), scope, frame, s.captures);
      if (!graph) return std::move(graph).error().in(fmt::format("in {}", what));
      s.graph = std::move(*graph);
      subgraphs.push_back(std::move(s));
      continue;
    }
    if (auto read = PHAROS_TRY(read_attribute(*value, what))) node.attributes.emplace(a.name(), std::move(*read));
  }
  return {};
}

// All subgraphs of a node take the same captures, in the same order, after their formal inputs.
void ModelBuilder::unite_captures(Node& node, std::vector<Subgraph> subgraphs) {
  std::vector<ValueId> all;
  for (const Subgraph& s : subgraphs)
    for (const auto& [outer, inner] : s.captures)
      if (std::find(all.begin(), all.end(), outer) == all.end()) all.push_back(outer);
  for (Subgraph& s : subgraphs) {
    std::vector<ValueId> inputs = s.graph.inputs();
    inputs.resize(inputs.size() - s.captures.size());
    for (const ValueId outer : all) {
      const auto it = std::find_if(s.captures.begin(), s.captures.end(), [&](const auto& c) { return c.first == outer; });
      inputs.push_back(it != s.captures.end() ? it->second : s.graph.add_value("unused", {}));
    }
    s.graph.set_inputs(std::move(inputs));
    s.graph.compact();
    node.attributes.emplace(s.key, std::make_shared<const Graph>(std::move(s.graph)));
  }
  node.inputs.insert(node.inputs.end(), all.begin(), all.end());
  node.captures = uint32_t(all.size());
}

}  // namespace pharos
