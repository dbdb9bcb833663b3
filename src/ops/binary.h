#pragma once
// Elementwise operators of two tensors with numpy broadcasting: what arithmetic, comparison and logic share.

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {

// Before opset 7, `broadcast` and `axis` said where B lies inside A.
Result<void> rewrite_axis_broadcast(Graph& graph, NodeId node, int opset);

// Applies `f` to the known contents of inputs 0 and 1 (small integer tensors), so that shape arithmetic stays symbolic.
template <class F>
void propagate_shape_values(InferContext& c, F&& f) {
  const auto a = c.shape_value(0), b = c.shape_value(1);
  if (!a || !b || (a->size() != b->size() && a->size() != 1 && b->size() != 1)) return;
  Shape out;
  const size_t n = a->size() == 1 ? b->size() : a->size();
  for (size_t i = 0; i < n; ++i) out.push_back(f((*a)[a->size() == 1 ? 0 : i], (*b)[b->size() == 1 ? 0 : i]));
  c.set_shape_value(0, std::move(out));
}

// F has `template <class W> W operator()(W a, W b) const`, computes in the wide type of input 0, and may be built from
// the node.
template <class F>
Result<void> evaluate_binary_to(EvalContext& c, DType out_dtype) {
  const Tensor &a = c.input(0), &b = c.input(1);
  const Dims shapes[] = {a.dims(), b.dims()};
  Tensor y = PHAROS_TRY(c.output(0, out_dtype, PHAROS_TRY(broadcast_dims(c.node(), shapes))));
  const F f = [&] {
    if constexpr (std::is_constructible_v<F, const Node&>) return F(c.node());
    else return F();
  }();
  with_wide(a.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    map_broadcast<W, 2>({&a, &b}, y, [&](const W* const* in, W* out, int64_t n) {
      for (int64_t i = 0; i < n; ++i) out[i] = f(in[0][i], in[1][i]);
    });
  });
  return {};
}

}  // namespace pharos
