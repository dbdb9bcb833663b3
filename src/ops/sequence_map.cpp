#include <fmt/format.h>

#include "ops/control_flow.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  const Graph* body = node.attr_graph("body");
  PHAROS_TRY(check_subgraph(node, body, "body", node.formal_inputs(), node.outputs.size()));
  std::vector<Type> inputs;
  for (size_t i = 0; i < node.formal_inputs(); ++i) {
    const Type& t = c.input(i);
    if (i == 0 && t.kind != Type::Kind::Unknown && t.kind != Type::Kind::Sequence)
      return bad_input(node, 0, t.text(), "a sequence");
    inputs.push_back(t.kind == Type::Kind::Sequence && t.element ? *t.element : i == 0 ? Type{} : t);
  }
  append_captures(c, inputs);
  const auto results = PHAROS_TRY(c.infer_subgraph(*body, inputs));
  for (size_t i = 0; i < node.outputs.size(); ++i) c.set_output(i, Type::sequence(results[i]));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Graph* body = node.attr_graph("body");
  PHAROS_TRY(check_subgraph(node, body, "body", node.formal_inputs(), node.outputs.size()));
  const Sequence* first = c.input_datum(0).sequence();
  if (!first) return bad_input(node, 0, "no sequence", "a sequence");
  const size_t n = first->items.size();
  for (size_t i = 1; i < node.formal_inputs(); ++i)
    if (const Sequence* s = c.input_datum(i).sequence(); s && s->items.size() != n)
      return shapes_mismatch(node, fmt::format("sequences of {} and {} items", n, s->items.size()));
  std::vector<Sequence> outputs(node.outputs.size());
  for (size_t k = 0; k < n; ++k) {
    std::vector<Datum> inputs;
    for (size_t i = 0; i < node.formal_inputs(); ++i) {
      const Datum& d = c.input_datum(i);
      inputs.push_back(d.sequence() ? d.sequence()->items[k] : d);
    }
    append_captures(c, inputs);
    auto results = PHAROS_TRY(c.run_subgraph(*body, std::move(inputs)));
    for (size_t i = 0; i < outputs.size(); ++i) outputs[i].items.push_back(std::move(results[i]));
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    outputs[i].element = body->value(body->outputs()[i]).type;
    if (outputs[i].element.kind == Type::Kind::Unknown && n > 0) outputs[i].element = type_of(outputs[i].items[0]);
    if (outputs[i].element.is_tensor()) outputs[i].element.shape.reset();
    c.set_output(i, std::move(outputs[i]));
  }
  return {};
}

}  // namespace

void define_sequence_map(OpSet& ops) {
  ops.add({
      .name = "SequenceMap",
      .since = 17,
      .doc = "Applies a subgraph to each item of a sequence; further sequences are walked alongside, tensors are "
             "passed as they are.",
      .inputs = {{.name = "input_sequence", .container = true},
                 {.name = "additional_inputs", .kind = Param::Kind::Variadic, .container = true, .least = 0}},
      .outputs = {{.name = "out_sequence", .kind = Param::Kind::Variadic, .container = true}},
      .attributes = {{"body", AttrType::Graph, true}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
