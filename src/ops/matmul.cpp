#include "ops/dispatch.h"
#include "ops/matmul_reference.h"
#include "ops/matrix_product.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  c.set_output(0, tensor_type(t, PHAROS_TRY(infer_matmul_shape(c.node(), c.input(0), c.input(1)))));
  return {};
}

// T: element type in memory (or after widening), W: accumulator.
template <class W, class T>
void compute(const MatMulShape& p, const T* a, const T* b, Tensor& y) {
  int64_t to = 0;
  for (size_t i = 0; i < p.a_at.size(); ++i)
    multiply_matrices<W>(MatrixView<T>{a + p.a_at[i], p.k, 1}, MatrixView<T>{b + p.b_at[i], p.n, 1}, p.m, p.n, p.k,
                [&](int64_t, const W* row) {
                  store(y, to, p.n, row);
                  to += p.n;
                });
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Tensor &a = c.input(0), &b = c.input(1);
  const MatMulShape plan = PHAROS_TRY(matmul_shape(c.node(), a.dims(), b.dims()));
  Tensor y = PHAROS_TRY(c.output(0, a.dtype(), plan.output));
  if (y.count() == 0) return {};
  if (a.dtype() == DType::f32) compute<double>(plan, a.as<float>().data(), b.as<float>().data(), y);
  else if (wide_of(a.dtype()) == Wide::Float) compute<double>(plan, to_doubles(a).data(), to_doubles(b).data(), y);
  else compute<uint64_t>(plan, to_vector<uint64_t>(a).data(), to_vector<uint64_t>(b).data(), y);
  return {};
}

}  // namespace

void define_matmul(OpSet& ops) {
  const TypeSet t = types::floats | TypeSet{DType::i32, DType::i64, DType::u32, DType::u64};
  ops.add({.name = "MatMul",
           .since = 13,
           .doc = "Matrix product; leading dims broadcast as in numpy.",
           .inputs = {{"A", t}, {"B", t}},
           .outputs = {{"Y", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
