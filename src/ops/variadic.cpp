// Max, Min, Mean and Sum of any number of tensors, with numpy broadcasting.

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// NaN wins against every number.
struct Max { template <class W> W operator()(W a, W b) const { return a != a || a > b ? a : b; } };
struct Min { template <class W> W operator()(W a, W b) const { return a != a || a < b ? a : b; } };
struct Sum { template <class W> W operator()(W a, W b) const { return wrap_add(a, b); } };

template <class W, class F>
void accumulate(const Tensor& x, const Dims& dims, std::vector<W>& total, bool first, F f) {
  std::array<W, size_t(wide_chunk)> buffer;
  Walk<2>(dims, {broadcast_strides(x.dims(), dims), contiguous_strides(dims)})
      .rows([&](const auto& at, int64_t n, const auto& step) {
        for (int64_t begin = 0; begin < n; begin += wide_chunk) {
          const int64_t m = std::min(wide_chunk, n - begin);
          load(x, at[0] + begin * step[0], step[0] == 0 ? 1 : m, buffer.data());
          W* t = total.data() + at[1] + begin;
          for (int64_t i = 0; i < m; ++i) {
            const W v = buffer[size_t(step[0] == 0 ? 0 : i)];
            t[i] = first ? v : f(t[i], v);
          }
        }
      });
}

template <class F, bool mean>
Result<void> evaluate(EvalContext& c) {
  const size_t n = c.node().inputs.size();
  PHAROS_TRY(check_same_dtype(c, 0, n));
  std::vector<Dims> shapes;
  for (size_t i = 0; i < n; ++i) shapes.push_back(c.input(i).dims());
  const Dims dims = PHAROS_TRY(broadcast_dims(c.node(), shapes));
  const DType dtype = c.input(0).dtype();
  Tensor y = PHAROS_TRY(c.output(0, dtype, dims));
  with_wide(dtype, [&](auto tag) {
    using W = typename decltype(tag)::type;
    std::vector<W> total(size_t(y.count()));
    for (size_t i = 0; i < n; ++i) accumulate(c.input(i), dims, total, i == 0, F());
    if constexpr (mean)
      for (W& t : total) t /= W(n);
    store(y, 0, y.count(), total.data());
  });
  return {};
}

// Sizes: a maximum or minimum of symbols stays an expression.
template <Dim (*f)(const Dim&, const Dim&)>
Result<void> infer_extreme(InferContext& c) {
  PHAROS_TRY(infer_same_broadcast(c));
  std::optional<Shape> value = c.shape_value(0);
  for (size_t i = 1; value && i < c.node().inputs.size(); ++i) {
    const auto next = c.shape_value(i);
    if (!next || (next->size() != value->size() && next->size() != 1 && value->size() != 1)) return {};
    Shape out;
    for (size_t k = 0; k < std::max(value->size(), next->size()); ++k)
      out.push_back(f((*value)[value->size() == 1 ? 0 : k], (*next)[next->size() == 1 ? 0 : k]));
    value = std::move(out);
  }
  if (value) c.set_shape_value(0, std::move(*value));
  return {};
}
Dim larger(const Dim& a, const Dim& b) { return max(a, b); }
Dim smaller(const Dim& a, const Dim& b) { return min(a, b); }

void define(OpSet& ops, std::string_view name, int since, TypeSet types, InferFn infer, EvalFn evaluate,
            std::string_view doc) {
  ops.add({.name = name,
           .since = since,
           .doc = doc,
           .inputs = {{"data", types, Param::Kind::Variadic}},
           .outputs = {{"result", types}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, drop_consumed_inputs}, {6, nullptr}}});
}

}  // namespace

void define_variadic(OpSet& ops) {
  define(ops, "Max", 13, types::numeric, infer_extreme<larger>, evaluate<Max, false>,
         "Largest of the inputs, element by element.");
  define(ops, "Min", 13, types::numeric, infer_extreme<smaller>, evaluate<Min, false>,
         "Smallest of the inputs, element by element.");
  define(ops, "Sum", 13, types::floats, infer_same_broadcast, evaluate<Sum, false>, "Sum of the inputs.");
  define(ops, "Mean", 13, types::floats, infer_same_broadcast, evaluate<Sum, true>, "Mean of the inputs.");
}

}  // namespace pharos
