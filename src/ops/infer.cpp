#include "ops/infer.h"

#include <fmt/format.h>

#include "catalog/graph.h"
#include "ops/interpret.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

// Everything known about the values of one graph while its nodes are visited in order.
struct Facts {
  std::vector<Type> types;
  std::vector<std::shared_ptr<const Tensor>> contents;
  std::vector<std::optional<Shape>> shape_values;

  explicit Facts(const Graph& g) : types(g.value_slots()), contents(g.value_slots()), shape_values(g.value_slots()) {}
};

Result<void> infer_graph(const Graph& graph, const OpSet& ops, const InferOptions& options, std::span<const Type> inputs,
                         int depth, Facts& facts);

// A 0-D or 1-D integer tensor as dims, if it is small enough to be a shape.
std::optional<Shape> as_shape(const Tensor& t) {
  if ((t.dtype() != DType::i64 && t.dtype() != DType::i32) || t.rank() > 1 || t.count() > 64) return std::nullopt;
  Shape s;
  for (int64_t i = 0; i < t.count(); ++i) s.emplace_back(t.int_at(i));
  return s;
}

class NodeInference final : public InferContext {
 public:
  NodeInference(const Node& node, const OpSet& ops, const InferOptions& options, int depth, Facts& facts)
      : node_(node), ops_(ops), options_(options), depth_(depth), facts_(facts) {}

  const Node& node() const override { return node_; }
  const Type& input(size_t i) const override {
    static const Type none;
    return node_.has_input(i) ? facts_.types[node_.inputs[i].index] : none;
  }
  const Tensor* constant(size_t i) const override {
    return node_.has_input(i) ? facts_.contents[node_.inputs[i].index].get() : nullptr;
  }
  std::optional<Shape> shape_value(size_t i) const override {
    if (!node_.has_input(i)) return std::nullopt;
    const uint32_t v = node_.inputs[i].index;
    if (facts_.contents[v]) return as_shape(*facts_.contents[v]);
    return facts_.shape_values[v];
  }
  void set_output(size_t i, Type type) override {
    if (node_.has_output(i)) facts_.types[node_.outputs[i].index] = std::move(type);
  }
  void set_shape_value(size_t i, Shape value) override {
    if (node_.has_output(i) && value.size() <= 64) facts_.shape_values[node_.outputs[i].index] = std::move(value);
  }
  Result<std::vector<Type>> infer_subgraph(const Graph& graph, std::span<const Type> inputs) override {
    if (depth_ >= options_.limits.max_depth)
      return too_large(node_, "nesting of subgraphs", fmt::format("{} levels", depth_ + 1),
                       fmt::format("{} levels", options_.limits.max_depth));
    if (inputs.size() != graph.inputs().size())
      return shapes_mismatch(node_, fmt::format("subgraph '{}' takes {} inputs; given {}", graph.name,
                                                graph.inputs().size(), inputs.size()));
    Facts inner(graph);
    PHAROS_TRY(infer_graph(graph, ops_, options_, inputs, depth_ + 1, inner));
    std::vector<Type> out;
    for (const ValueId v : graph.outputs()) out.push_back(inner.types[v.index]);
    return out;
  }
  int depth() const override { return depth_; }
  const Limits& limits() const override { return options_.limits; }

 private:
  const Node& node_;
  const OpSet& ops_;
  const InferOptions& options_;
  int depth_;
  Facts& facts_;
};

bool small_and_concrete(const Type& t, int64_t limit) {
  const auto dims = t.dims();
  if (!t.is_tensor() || !dims) return false;
  const auto n = element_count(*dims);
  return n && *n <= limit;
}

// Evaluates a node whose inputs are all known, so that shapes computed from shapes become numbers.
void fold_contents(const OpDef& def, const Node& node, const OpSet& ops, const InferOptions& options, Facts& facts) {
  if (def.random || !def.evaluate || node.captures > 0 || node.outputs.empty()) return;
  for (const ValueId o : node.outputs)
    if (o && !small_and_concrete(facts.types[o.index], options.fold_elements)) return;
  std::vector<Datum> inputs;
  int64_t elements = 0;
  for (const ValueId i : node.inputs) {
    if (!i) { inputs.emplace_back(); continue; }
    const auto& known = facts.contents[i.index];
    if (!known) return;
    elements += known->count();
    inputs.emplace_back(*known);
  }
  if (elements > 16 * options.fold_elements) return;
  InterpretOptions run;
  run.limits = options.limits;
  auto outputs = evaluate_node(def, ops, node, inputs, run);
  if (!outputs) return;  // the same error will be reported where the node runs
  for (size_t o = 0; o < node.outputs.size(); ++o)
    if (node.outputs[o] && o < outputs->size())
      if (const Tensor* t = (*outputs)[o].tensor()) {
        facts.contents[node.outputs[o].index] = std::make_shared<Tensor>(*t);
        facts.types[node.outputs[o].index] = Type::tensor(t->dtype(), t->dims());
      }
}

// Contents that follow from the type alone: Shape of a concrete tensor is handled by its own inference through
// shape_values; where all of those are numbers they are contents.
void promote_shape_values(const Node& node, Facts& facts) {
  for (const ValueId o : node.outputs) {
    if (!o || facts.contents[o.index] || !facts.shape_values[o.index]) continue;
    const Type& t = facts.types[o.index];
    const auto dims = t.dims();
    const auto numbers = concrete(*facts.shape_values[o.index]);
    if (!dims || !numbers || (t.dtype != DType::i64 && t.dtype != DType::i32)) continue;
    if (element_count(*dims) != int64_t(numbers->size())) continue;
    Tensor tensor(t.dtype, *dims);
    for (size_t i = 0; i < numbers->size(); ++i) {
      if (t.dtype == DType::i64) tensor.as<int64_t>()[i] = (*numbers)[i];
      else tensor.as<int32_t>()[i] = int32_t((*numbers)[i]);
    }
    facts.contents[o.index] = std::make_shared<Tensor>(std::move(tensor));
  }
}

// What the contents of inputs have led to: no extent below 0, no tensor above the limit. Found here, no kernel is made for it.
Result<void> check_extents(const Node& node, size_t output, const Type& t, int64_t limit) {
  if (!t.is_tensor() || !t.shape) return {};
  for (const Dim& d : *t.shape)
    if (d.is_number() && d.number() < 0)
      return shapes_mismatch(node, fmt::format("output {} would be of shape [{}]: an extent is below 0", output, shape_text(*t.shape)));
  const auto dims = t.dims();
  if (!dims) return {};
  const auto n = element_count(*dims);
  const auto size = int64_t(std::max<size_t>(1, t.dtype == DType::string ? sizeof(std::string) : dtype_size(t.dtype)));
  if (!n || *n > limit / size)
    return too_large(node, fmt::format("output {}", output), "shape " + dims_text(*dims), fmt::format("{} bytes", limit));
  return {};
}

Result<void> infer_node(const Graph& graph, const Node& node, const OpSet& ops, const InferOptions& options, int depth,
                        Facts& facts) {
  const OpDef* def = ops.find(node);
  if (!def)
    return Report(diag::op_unknown, {{"op", node.domain.empty() ? node.op : node.domain + "::" + node.op}, {"opset", "-"},
                                     {"count", "1"}, {"nodes", node.name}});
  std::vector<Type> inputs;
  for (const ValueId i : node.inputs) inputs.push_back(i ? facts.types[i.index] : Type{});
  PHAROS_TRY(check_node(*def, node, inputs));
  if (def->infer) {
    NodeInference context(node, ops, options, depth, facts);
    context.custom = def->custom.get();
    PHAROS_TRY(def->infer(context));
  }
  promote_shape_values(node, facts);
  fold_contents(*def, node, ops, options, facts);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const ValueId o = node.outputs[i];
    if (!o) continue;
    Type& t = facts.types[o.index];
    // A declared type may know more (the rank after a data-dependent Reshape, say).
    const Type& declared = graph.value(o).type;
    if (declared.kind != Type::Kind::Unknown && depth == 0) {
      if (auto merged = merge(t, declared)) { merged->format = t.format; t = std::move(*merged); }
    }
    PHAROS_TRY(check_extents(node, i, t, options.limits.max_tensor_bytes));
    if (t.shape && int(t.shape->size()) > options.limits.max_rank)
      return too_large(node, "rank of an output", std::to_string(t.shape->size()), std::to_string(options.limits.max_rank));
  }
  return {};
}

Result<void> infer_graph(const Graph& graph, const OpSet& ops, const InferOptions& options, std::span<const Type> inputs,
                         int depth, Facts& facts) {
  for (uint32_t v = 0; v < graph.value_slots(); ++v) {
    const Value& value = graph.value(ValueId{v});
    if (value.packed) facts.types[v] = value.type;
    if (value.constant) {
      facts.contents[v] = value.constant;
      facts.types[v] = value.type.is_tensor() ? value.type : Type::tensor(value.constant->dtype(), value.constant->dims());
    }
  }
  for (size_t i = 0; i < graph.inputs().size(); ++i) facts.types[graph.inputs()[i].index] = inputs[i];
  for (const NodeId id : graph.topological_order())
    if (auto r = infer_node(graph, graph[id], ops, options, depth, facts); !r)
      return std::move(r).error();
  return {};
}

}  // namespace

Result<void> infer_types(Graph& graph, const OpSet& ops, const InferOptions& options) {
  std::vector<Type> inputs;
  for (const ValueId v : graph.inputs()) inputs.push_back(graph.value(v).type);
  Facts facts(graph);
  PHAROS_TRY(infer_graph(graph, ops, options, inputs, 0, facts));
  for (uint32_t v = 0; v < graph.value_slots(); ++v)
    if (facts.types[v].kind != Type::Kind::Unknown) graph.value(ValueId{v}).type = std::move(facts.types[v]);
  return {};
}

Result<InferredTypes> infer_types_for(const Graph& graph, const OpSet& ops, std::span<const Type> input_types,
                                      const InferOptions& options) {
  Facts facts(graph);
  PHAROS_TRY(infer_graph(graph, ops, options, input_types, 0, facts));
  return InferredTypes{std::move(facts.types), std::move(facts.contents)};
}

}  // namespace pharos
