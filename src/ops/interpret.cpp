#include "ops/interpret.h"

#include <new>
#include <stdexcept>

#include <fmt/format.h>

#include "catalog/graph.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

struct Run {
  const OpSet& ops;
  const InterpretOptions& options;
  uint64_t next_seed;
  int depth = 0;
};

Result<std::vector<Datum>> run_graph(const Graph& graph, std::vector<Datum> inputs, Run& run);

class Evaluation final : public EvalContext {
 public:
  Evaluation(const Node& node, std::span<const Datum> inputs, Run& run)
      : node_(node), inputs_(inputs), run_(run), outputs_(node.outputs.size()) {}

  const Node& node() const override { return node_; }
  const Datum& input_datum(size_t i) const override {
    static const Datum none;
    return i < inputs_.size() ? inputs_[i] : none;
  }
  Result<Tensor> output(size_t i, DType dtype, const Dims& dims) override {
    const auto count = element_count(dims);
    const int64_t limit = run_.options.limits.max_tensor_bytes;
    const int64_t element = int64_t(std::max<size_t>(1, dtype == DType::string ? sizeof(std::string) : dtype_size(dtype)));
    if (!count || *count > limit / element)
      return too_large(node_, fmt::format("output {} of shape {}", i, dims_text(dims)),
                       count ? fmt::format("{} elements of {} bytes", *count, element) : "more elements than 2^63",
                       fmt::format("{} bytes", limit));
    Tensor t(dtype, dims);
    if (!t.valid())
      return too_large(node_, fmt::format("output {} of shape {}", i, dims_text(dims)),
                       fmt::format("{} bytes", *count * element), "the memory of this machine");
    if (i < outputs_.size()) outputs_[i] = t;
    return t;
  }
  void set_output(size_t i, Datum value) override { if (i < outputs_.size()) outputs_[i] = std::move(value); }
  Result<std::vector<Datum>> run_subgraph(const Graph& graph, std::vector<Datum> inputs) override {
    if (run_.options.run_body) return run_.options.run_body(node_, graph, std::move(inputs));
    if (run_.depth >= run_.options.limits.max_depth)
      return too_large(node_, "nesting of subgraphs", fmt::format("{} levels", run_.depth + 1),
                       fmt::format("{} levels", run_.options.limits.max_depth));
    ++run_.depth;
    auto r = run_graph(graph, std::move(inputs), run_);
    --run_.depth;
    return r;
  }
  const Limits& limits() const override { return run_.options.limits; }
  uint64_t seed() override { return run_.next_seed = run_.next_seed * 6364136223846793005u + 1442695040888963407u; }

  std::vector<Datum> take() { return std::move(outputs_); }

 private:
  const Node& node_;
  std::span<const Datum> inputs_;
  Run& run_;
  std::vector<Datum> outputs_;
};

Type dynamic_type(const Datum& d) { return d.missing() ? Type{} : type_of(d); }

Result<std::vector<Datum>> evaluate(const OpDef& def, const Node& node, std::span<const Datum> inputs, Run& run) {
  std::vector<Type> types;
  for (const Datum& d : inputs) types.push_back(dynamic_type(d));
  PHAROS_TRY(check_node(def, node, types));
  // `evaluate` of an operator relies on its required inputs being there, whatever the caller passed.
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].missing() && node.has_input(i) && (i >= def.inputs.size() || !def.inputs[i].container))
      return bad_input(node, i, "without a value", "a tensor");
  Evaluation context(node, inputs, run);
  context.custom = def.custom.get();
  // The working memory of an evaluation is not planned: it may run out where the outputs still fitted.
  try {
    PHAROS_TRY(def.evaluate(context));
  } catch (const std::bad_alloc&) {
    return too_large(node, "working memory", "more than is free", "the memory of this machine");
  } catch (const std::length_error&) {
    return too_large(node, "working memory", "more than can be addressed", "the memory of this machine");
  }
  std::vector<Datum> outputs = context.take();
  for (size_t o = 0; o < outputs.size(); ++o)
    if (node.outputs[o] && outputs[o].missing() && !(o < def.outputs.size() && def.outputs[o].kind == Param::Kind::Optional))
      return unsupported_case(node, fmt::format("output {} was not computed", o));
  return outputs;
}

Result<std::vector<Datum>> run_graph(const Graph& graph, std::vector<Datum> inputs, Run& run) {
  if (inputs.size() != graph.inputs().size())
    return Report(diag::graph_invalid, {{"graph", graph.name}, {"details", fmt::format("takes {} inputs; given {}",
                                                                      graph.inputs().size(), inputs.size())}});
  std::vector<Datum> values(graph.value_slots());
  std::vector<int> uses(graph.value_slots(), 0);
  for (uint32_t v = 0; v < graph.value_slots(); ++v) {
    const Value& value = graph.value(ValueId{v});
    if (value.constant) values[v] = *value.constant;
    uses[v] = int(value.uses.size());
  }
  for (size_t i = 0; i < inputs.size(); ++i) values[graph.inputs()[i].index] = std::move(inputs[i]);
  for (const ValueId v : graph.outputs()) ++uses[v.index];
  for (const NodeId id : graph.topological_order()) {
    const Node& node = graph[id];
    const OpDef* def = run.ops.find(node);
    if (!def || !def->evaluate)
      return Report(diag::op_unknown, {{"op", node.domain.empty() ? node.op : node.domain + "::" + node.op},
                                       {"opset", "-"}, {"count", "1"}, {"nodes", node.name}});
    std::vector<Datum> args;
    for (const ValueId i : node.inputs) args.push_back(i ? values[i.index] : Datum{});
    // Freed before the node runs where this was the last reader and it keeps no share: args holds the last one.
    for (const ValueId i : node.inputs)
      if (i && --uses[i.index] == 0) values[i.index] = {};
    auto outputs = evaluate(*def, node, args, run);
    if (!outputs) return std::move(outputs).error();
    if (run.options.observe) run.options.observe(node, *outputs);
    for (size_t o = 0; o < node.outputs.size(); ++o)
      if (node.outputs[o] && uses[node.outputs[o].index] > 0) values[node.outputs[o].index] = std::move((*outputs)[o]);
  }
  std::vector<Datum> out;
  for (const ValueId v : graph.outputs()) out.push_back(values[v.index]);
  return out;
}

}  // namespace

Result<std::vector<Datum>> interpret(const Graph& graph, const OpSet& ops, std::vector<Datum> inputs,
                                     const InterpretOptions& options) {
  for (size_t i = 0; options.check_inputs && i < inputs.size() && i < graph.inputs().size(); ++i) {
    const Value& v = graph.value(graph.inputs()[i]);
    const Type actual = dynamic_type(inputs[i]);
    if (v.type.kind == Type::Kind::Unknown || actual.kind == Type::Kind::Unknown) continue;
    if (!merge(actual, v.type))
      return Report(diag::input_type_mismatch, {{"input", v.name}, {"actual", actual.text()}, {"expected", v.type.text()}});
  }
  Run run{ops, options, options.seed};
  return run_graph(graph, std::move(inputs), run);
}

Result<std::vector<Datum>> evaluate_node(const OpDef& def, const OpSet& ops, const Node& node, std::span<const Datum> inputs,
                                         const InterpretOptions& options) {
  Run run{ops, options, options.seed};
  return evaluate(def, node, inputs, run);
}

}  // namespace pharos
