#pragma once
// Evaluation of operators that compute each element on its own. A functor is built from the node (its attributes) and
// computes in the wide type of the element type: `double operator()(double) const`, or a template over wide types.

#include "ops/dispatch.h"
#include "ops/op.h"

namespace pharos {

// Whether y = f(x) can be told for a node: functors without parameters have no constructor from Node.
template <class F>
F make_functor(const Node& node) {
  if constexpr (std::is_constructible_v<F, const Node&>) return F(node);
  else return F();
}

template <class W, class F>
void map_unary(const Tensor& x, Tensor& y, const F& f) {
  std::array<W, size_t(wide_chunk)> in, out;
  for (int64_t first = 0; first < x.count(); first += wide_chunk) {
    const int64_t n = std::min(wide_chunk, x.count() - first);
    load(x, first, n, in.data());
    for (size_t i = 0; i < size_t(n); ++i) out[i] = f(in[i]);
    store(y, first, n, out.data());
  }
}

// For functors on double: floats only.
template <class F>
Result<void> evaluate_float_unary(EvalContext& c) {
  const Tensor& x = c.input(0);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  map_unary<double>(x, y, make_functor<F>(c.node()));
  return {};
}

// For functors on every wide type.
template <class F>
Result<void> evaluate_unary(EvalContext& c) {
  const Tensor& x = c.input(0);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  const F f = make_functor<F>(c.node());
  with_wide(x.dtype(), [&](auto tag) { map_unary<typename decltype(tag)::type>(x, y, f); });
  return {};
}

}  // namespace pharos
