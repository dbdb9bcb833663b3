#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  const auto shape = PHAROS_TRY(infer_broadcast(c, 0, 2));
  // The slope may only be repeated over X, never the other way round.
  const auto& x = c.input(0).shape;
  if (shape && shape->size() != x->size())
    return shapes_mismatch(
        c.node(), "slope [" + shape_text(*c.input(1).shape) + "] has a higher rank than X [" + shape_text(*x) + "]");
  c.set_output(0, tensor_type(t, x));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Tensor &x = c.input(0), &slope = c.input(1);
  const Dims shapes[] = {x.dims(), slope.dims()};
  if (PHAROS_TRY(broadcast_dims(c.node(), shapes)) != x.dims())
    return shapes_mismatch(c.node(),
                           "slope " + dims_text(slope.dims()) + " cannot be repeated over X " + dims_text(x.dims()));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  with_wide(x.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    map_broadcast<W, 2>({&x, &slope}, y, [](const W* const* in, W* out, int64_t n) {
      for (int64_t i = 0; i < n; ++i) out[i] = in[0][i] < W(0) ? wrap_mul(in[0][i], in[1][i]) : in[0][i];
    });
  });
  return {};
}

// Before opset 7 the slope was one number or one per channel (axis 1).
Result<void> channel_slope(Graph& graph, NodeId node, int) {
  erase_attr(graph, node, "consumed_inputs");
  align_input_at(graph, node, 1, 1);
  return {};
}

}  // namespace

void define_p_relu(OpSet& ops) {
  const TypeSet t = types::floats | TypeSet{DType::i32, DType::i64, DType::u32, DType::u64};
  ops.add({.name = "PRelu",
           .since = 16,
           .doc = "x, or slope*x below zero; the slope is a tensor that broadcasts to X.",
           .inputs = {{"X", t}, {"slope", t}},
           .outputs = {{"Y", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, channel_slope}, {7, nullptr}, {9, nullptr}}});
}

}  // namespace pharos
