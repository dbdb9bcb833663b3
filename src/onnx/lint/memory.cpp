// Memory that a run needs when every value lives from its node to its last reader.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/lint.h"
#include "onnx/lint/rules.h"
#include "ops/infer.h"

namespace pharos::lint {
namespace {

Type concrete_input(const Value& v, const LintOptions& options, std::string& shapes) {
  if (!v.type.is_tensor()) return v.type;
  Dims dims;
  if (const auto it = options.shapes.find(v.name); it != options.shapes.end()) dims = it->second;
  else if (v.type.shape)
    for (const Dim& d : *v.type.shape) dims.push_back(d.maybe_number().value_or(1));
  shapes += fmt::format("{}{}:{}", shapes.empty() ? "" : ", ", v.name, dims_text(dims));
  return Type::tensor(v.type.dtype, dims);
}

int64_t constants_of(const Graph& root) {
  std::set<const void*> seen;
  int64_t bytes = 0;
  for_each_graph(root, [&](const Graph& graph) {
    for (uint32_t v = 0; v < graph.value_slots(); ++v) {
      const auto& c = graph.value({v}).constant;
      if (c && graph.is_live({v}) && seen.insert(c->data()).second) bytes += int64_t(c->bytes());
    }
  });
  return bytes;
}

struct Peak { int64_t bytes = 0, largest = 0; std::string value = "-"; };

Peak peak_of(const Graph& graph, const InferredTypes& types) {
  Peak peak;
  int64_t live = 0;
  std::vector<size_t> readers(graph.value_slots(), 0);
  for (uint32_t v = 0; v < graph.value_slots(); ++v) readers[v] = graph.value({v}).uses.size() + graph.is_output({v});
  const auto size = [&](ValueId v) { return types.types[v.index].stored_bytes().value_or(0); };
  for (const NodeId id : graph.topological_order()) {
    for (const ValueId o : graph[id].outputs) {
      if (!o) continue;
      live += size(o);
      if (size(o) > peak.largest) { peak.largest = size(o); peak.value = graph.value(o).name; }
    }
    peak.bytes = std::max(peak.bytes, live);
    for (const ValueId i : graph[id].inputs)
      if (i && graph.value(i).producer && --readers[i.index] == 0) live -= size(i);
    for (const ValueId o : graph[id].outputs)
      if (o && readers[o.index] == 0) live -= size(o);
  }
  return peak;
}

}  // namespace

void check_memory(const Graph& graph, const OpSet& ops, const LintOptions& options, Findings& out) {
  std::string shapes;
  std::vector<Type> inputs;
  for (const ValueId v : graph.inputs()) inputs.push_back(concrete_input(graph.value(v), options, shapes));
  InferOptions infer;
  infer.limits = options.limits;
  const auto types = infer_types_for(graph, ops, inputs, infer);
  if (!types) return;  // unknown operators, or shapes that the model does not allow: reported already, or when it is built
  const Peak peak = peak_of(graph, *types);
  out.emplace_back(diag::lint_memory, Arguments{{"weights", bytes_text(constants_of(graph))}, {"activations", bytes_text(peak.bytes)},
                                                {"shapes", shapes.empty() ? "no inputs" : shapes}, {"value", peak.value}, {"size", bytes_text(peak.largest)}});
}

}  // namespace pharos::lint
