#include <fmt/format.h>

#include "ops/control_flow.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

size_t carried_count(const Node& node) { return node.formal_inputs() > 2 ? node.formal_inputs() - 2 : 0; }

Result<const Graph*> checked_body(const Node& node) {
  const Graph* body = node.attr_graph("body");
  const size_t carried = carried_count(node);
  PHAROS_TRY(check_subgraph(node, body, "body", 2 + carried, 1 + carried));
  if (body->outputs().size() - 1 < node.outputs.size())
    return shapes_mismatch(node, fmt::format("graph 'body' yields {} outputs; expected {}", body->outputs().size(),
                                             node.outputs.size() + 1));
  return body;
}

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  const Graph* body = PHAROS_TRY(checked_body(node));
  const size_t carried = carried_count(node);
  std::vector<Type> inputs{Type::tensor(DType::i64, Shape{}), Type::tensor(DType::boolean, Shape{})};
  for (size_t i = 0; i < carried; ++i) inputs.push_back(c.input(2 + i));
  append_captures(c, inputs);
  auto results = PHAROS_TRY(c.infer_subgraph(*body, inputs));
  bool changed = false;
  for (size_t i = 0; i < carried; ++i) {
    Type joined = join(inputs[2 + i], results[1 + i]);
    changed = changed || joined.text() != inputs[2 + i].text();
    inputs[2 + i] = std::move(joined);
  }
  // A carried value that changes its shape has none that holds for all iterations: infer again without. Deep nests get
  // the weakest type instead, since each level would double the work.
  if (changed && c.depth() < 6) {
    results = PHAROS_TRY(c.infer_subgraph(*body, inputs));
    for (size_t i = 0; i < carried; ++i) inputs[2 + i] = join(inputs[2 + i], results[1 + i]);
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (i < carried) { c.set_output(i, inputs[2 + i]); continue; }
    Type t = results[1 + i];
    if (changed && c.depth() >= 6) t.shape.reset();
    if (t.shape) t.shape->insert(t.shape->begin(), Dim());
    c.set_output(i, t);
  }
  return {};
}

Result<bool> truth(const Node& node, const Datum& d) {
  const Tensor* t = d.tensor();
  if (!t || t->count() != 1 || t->dtype() != DType::boolean)
    return shapes_mismatch(node, "the loop condition is not a single boolean");
  return t->int_at(0) != 0;
}

Tensor scalar_bool(bool v) {
  Tensor t(DType::boolean, {});
  t.as<bool>()[0] = v;
  return t;
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Graph* body = PHAROS_TRY(checked_body(node));
  const size_t carried = carried_count(node);
  int64_t trips = INT64_MAX;
  if (has_formal(node, 0)) {
    if (c.input(0).count() != 1) return bad_input(node, 0, "of shape " + dims_text(c.input(0).dims()), "one element");
    trips = c.input(0).int_at(0);
  }
  const bool conditional = has_formal(node, 1);
  bool go_on = conditional ? PHAROS_TRY(truth(node, c.input_datum(1))) : true;
  std::vector<Datum> state;
  for (size_t i = 0; i < carried; ++i) state.push_back(c.input_datum(2 + i));
  std::vector<Stack> collected(body->outputs().size() - 1 - carried);
  for (int64_t trip = 0; trip < trips && go_on; ++trip) {
    if (trip >= c.limits().max_loop_trips)
      return too_large(node, "a loop", fmt::format("more than {} iterations", trip),
                       fmt::format("{} iterations", c.limits().max_loop_trips));
    std::vector<Datum> inputs{Tensor::scalar_i64(trip), scalar_bool(go_on)};
    for (Datum& s : state) inputs.push_back(std::move(s));
    append_captures(c, inputs);
    auto results = PHAROS_TRY(c.run_subgraph(*body, std::move(inputs)));
    // Without a condition input the body's condition is ignored.
    if (conditional) go_on = PHAROS_TRY(truth(node, results[0]));
    for (size_t i = 0; i < carried; ++i) state[i] = std::move(results[1 + i]);
    for (size_t i = 0; i < collected.size(); ++i)
      if (node.has_output(carried + i)) PHAROS_TRY(collected[i].append(c, carried + i, results[1 + carried + i]));
  }
  for (size_t i = 0; i < carried && i < node.outputs.size(); ++i) c.set_output(i, std::move(state[i]));
  for (size_t i = 0; i < collected.size(); ++i)
    if (node.has_output(carried + i))
      PHAROS_TRY(collected[i].finish(c, carried + i, 0, false, body->value(body->outputs()[1 + carried + i]).type));
  return {};
}

}  // namespace

void define_loop(OpSet& ops) {
  ops.add({
      .name = "Loop",
      .since = 25,
      .doc = "Repeats a subgraph with carried values; further results of the iterations are stacked along a new first "
             "axis. "
             "The number of iterations is limited (--max-loop-trips).",
      .inputs = {{"M", types::i64, Param::Kind::Optional},
                 {"cond", types::boolean, Param::Kind::Optional},
                 {.name = "v_initial", .kind = Param::Kind::Variadic, .container = true, .least = 0}},
      .outputs = {{.name = "v_final_and_scan_outputs", .kind = Param::Kind::Variadic, .container = true, .least = 0}},
      .attributes = {{"body", AttrType::Graph, true}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{1, nullptr}},
  });
}

}  // namespace pharos
