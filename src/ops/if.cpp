#include <fmt/format.h>

#include "ops/control_flow.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> check(const Node& node) {
  if (node.formal_inputs() != 1)
    return shapes_mismatch(node, fmt::format("has {} inputs besides captures; expected 1", node.formal_inputs()));
  PHAROS_TRY(check_subgraph(node, node.attr_graph("then_branch"), "then_branch", 0, node.outputs.size()));
  return check_subgraph(node, node.attr_graph("else_branch"), "else_branch", 0, node.outputs.size());
}

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  PHAROS_TRY(check(node));
  std::vector<Type> captures;
  append_captures(c, captures);
  // A known condition decides; the other branch need not even be legal for these shapes.
  if (const Tensor* cond = c.constant(0); cond && cond->count() == 1) {
    const Graph* taken = node.attr_graph(cond->int_at(0) ? "then_branch" : "else_branch");
    const auto types = PHAROS_TRY(c.infer_subgraph(*taken, captures));
    for (size_t i = 0; i < node.outputs.size(); ++i) c.set_output(i, types[i]);
    return {};
  }
  auto then_types = c.infer_subgraph(*node.attr_graph("then_branch"), captures);
  auto else_types = c.infer_subgraph(*node.attr_graph("else_branch"), captures);
  // A branch that these shapes do not suit is not the one that will be taken (models guard their branches that way).
  if (!then_types && !else_types) return std::move(then_types).error();
  const auto& first = then_types ? *then_types : *else_types;
  const auto& second = else_types ? *else_types : *then_types;
  for (size_t i = 0; i < node.outputs.size(); ++i) c.set_output(i, join(first[i], second[i]));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  PHAROS_TRY(check(node));
  const Tensor& cond = c.input(0);
  if (cond.count() != 1) return bad_input(node, 0, "a tensor of shape " + dims_text(cond.dims()), "one element");
  std::vector<Datum> captures;
  append_captures(c, captures);
  auto results = PHAROS_TRY(c.run_subgraph(*node.attr_graph(cond.int_at(0) ? "then_branch" : "else_branch"),
                                           std::move(captures)));
  for (size_t i = 0; i < node.outputs.size(); ++i) c.set_output(i, std::move(results[i]));
  return {};
}

}  // namespace

void define_if(OpSet& ops) {
  ops.add({
      .name = "If",
      .since = 25,
      .doc = "Runs one of two subgraphs, chosen by a condition of one element.",
      .inputs = {{"cond", types::boolean}},
      .outputs = {{.name = "outputs", .kind = Param::Kind::Variadic, .container = true}},
      .attributes = {{"then_branch", AttrType::Graph, true}, {"else_branch", AttrType::Graph, true}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{1, nullptr}},
  });
}

}  // namespace pharos
