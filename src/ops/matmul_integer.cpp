#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/matmul_reference.h"
#include "ops/matrix_product.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  c.set_output(0, tensor_type(DType::i32, PHAROS_TRY(infer_matmul_shape(c.node(), c.input(0), c.input(1)))));
  return {};
}

// Elements minus their zero point: one for all, one per row of A (1-D or [..., M, 1]), one per column of B.
Result<std::vector<int32_t>> centred(EvalContext& c, size_t input, size_t zero_input) {
  const Tensor& x = c.input(input);
  std::vector<int64_t> v = to_vector<int64_t>(x);
  if (c.has_input(zero_input)) {
    const Tensor& zero = c.input(zero_input);
    Dims dims = zero.dims();
    if (zero.count() == 1) dims.clear();
    else if (input == 0 && dims.size() == 1 && x.rank() > 1) dims.push_back(1);
    const Dims shapes[] = {x.dims(), dims};
    const auto all = broadcast_dims(c.node(), shapes);
    if (!all || *all != x.dims())
      return shapes_mismatch(c.node(),
                             fmt::format("zero point {} does not fit {}", dims_text(zero.dims()), dims_text(x.dims())));
    const std::vector<int64_t> z = to_vector<int64_t>(zero);
    Walk<2>(x.dims(), {contiguous_strides(x.dims()), broadcast_strides(dims, x.dims())})
        .rows([&](const auto& at, int64_t n, const auto& step) {
          for (int64_t i = 0; i < n; ++i) v[size_t(at[0] + i * step[0])] -= z[size_t(at[1] + i * step[1])];
        });
  }
  return std::vector<int32_t>(v.begin(), v.end());
}

Result<void> evaluate(EvalContext& c) {
  const MatMulShape p = PHAROS_TRY(matmul_shape(c.node(), c.input(0).dims(), c.input(1).dims()));
  Tensor y = PHAROS_TRY(c.output(0, DType::i32, p.output));
  const std::vector<int32_t> a = PHAROS_TRY(centred(c, 0, 2)), b = PHAROS_TRY(centred(c, 1, 3));
  int64_t to = 0;
  for (size_t i = 0; i < p.a_at.size(); ++i)
    multiply_matrices<int64_t>(MatrixView<int32_t>{a.data() + p.a_at[i], p.k, 1},
                               MatrixView<int32_t>{b.data() + p.b_at[i], p.n, 1}, p.m, p.n, p.k,
                               [&](int64_t, const int64_t* row) {
                                 store(y, to, p.n, row);
                                 to += p.n;
                               });
  return {};
}

}  // namespace

void define_matmul_integer(OpSet& ops) {
  const TypeSet t = {DType::i8, DType::u8};
  ops.add({.name = "MatMulInteger",
           .since = 10,
           .doc = "Matrix product of 8-bit integers less their zero points, in i32.",
           .inputs = {{"A", t},
                      {"B", t},
                      {"a_zero_point", t, Param::Kind::Optional},
                      {"b_zero_point", t, Param::Kind::Optional}},
           .outputs = {{"Y", types::i32}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
