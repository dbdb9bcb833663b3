#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  c.set_output(0, tensor_type(t, c.input(0).shape));
  return {};
}

// max(min) wins where the bounds cross; NaN stays NaN.
Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor& x = c.input(0);
  for (size_t i = 1; i <= 2; ++i)
    if (c.has_input(i) && c.input(i).count() != 1)
      return bad_input(c.node(), i, "of shape " + dims_text(c.input(i).dims()), "a scalar");
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  with_wide(x.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    const bool has_low = c.has_input(1), has_high = c.has_input(2);
    const W low = has_low ? load_as<W>(c.input(1), 0) : W(0), high = has_high ? load_as<W>(c.input(2), 0) : W(0);
    map_broadcast<W, 1>({&x}, y, [&](const W* const* in, W* out, int64_t n) {
      for (int64_t i = 0; i < n; ++i) {
        W v = in[0][i];
        if (has_low && v < low) v = low;
        if (has_high && v > high) v = high;
        out[i] = v;
      }
    });
  });
  return {};
}

// Before opset 11 the bounds were attributes.
Result<void> bounds_to_inputs(Graph& graph, NodeId node, int) {
  erase_attr(graph, node, "consumed_inputs");
  float_attr_to_input(graph, node, "min", 1);
  float_attr_to_input(graph, node, "max", 2);
  return {};
}

}  // namespace

void define_clip(OpSet& ops) {
  ops.add({.name = "Clip",
           .since = 13,
           .doc = "Keeps each element between two scalars, either of which may be left out.",
           .inputs = {{"input", types::numeric},
                      {"min", types::numeric, Param::Kind::Optional},
                      {"max", types::numeric, Param::Kind::Optional}},
           .outputs = {{"output", types::numeric}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, bounds_to_inputs}, {11, nullptr}}});
}

}  // namespace pharos
