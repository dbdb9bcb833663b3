#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/matmul_reference.h"
#include "ops/matmul_shape.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  const auto &a = c.input(0).shape, &b = c.input(1).shape;
  std::optional<Shape> out;
  if (a && b) out = PHAROS_TRY(matmul_shape(c.node(), *a, *b));
  c.set_output(0, tensor_type(t, std::move(out)));
  return {};
}

// T: element type in memory (or after widening), W: accumulator.
template <class W, class T>
void compute(const MatmulPlan& p, const T* a, const T* b, Tensor& y) {
  int64_t to = 0;
  for (size_t i = 0; i < p.a_offsets.size(); ++i)
    multiply<W>(MatrixView<T>{a + p.a_offsets[i], p.k, 1}, MatrixView<T>{b + p.b_offsets[i], p.n, 1}, p.m, p.n, p.k,
                [&](int64_t, const W* row) {
                  store(y, to, p.n, row);
                  to += p.n;
                });
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Tensor &a = c.input(0), &b = c.input(1);
  const MatmulPlan plan = PHAROS_TRY(matmul_plan(c.node(), a.dims(), b.dims()));
  Tensor y = PHAROS_TRY(c.output(0, a.dtype(), plan.out));
  if (y.count() == 0) return {};
  if (a.dtype() == DType::f32) compute<double>(plan, a.as<float>().data(), b.as<float>().data(), y);
  else if (wide_of(a.dtype()) == Wide::Float) compute<double>(plan, to_doubles(a).data(), to_doubles(b).data(), y);
  else compute<uint64_t>(plan, to_vector<uint64_t>(a).data(), to_vector<uint64_t>(b).data(), y);
  return {};
}

}  // namespace

Result<Shape> matmul_shape(const Node& node, const Shape& a, const Shape& b) {
  if (a.empty() || b.empty()) return bad_input(node, a.empty() ? 0 : 1, "a scalar", "rank 1 or more");
  const Dim &inner_a = a.back(), &inner_b = b.size() == 1 ? b.back() : b[b.size() - 2];
  if (inner_a.is_number() && inner_b.is_number() && !(inner_a == inner_b))
    return shapes_mismatch(node, fmt::format("cannot multiply [{}] with [{}]: {} columns, {} rows", shape_text(a), shape_text(b),
                                             inner_a.text(), inner_b.text()));
  const Shape batch_a(a.begin(), a.end() - int64_t(std::min<size_t>(2, a.size())));
  const Shape batch_b(b.begin(), b.end() - int64_t(std::min<size_t>(2, b.size())));
  auto out = broadcast(batch_a, batch_b);
  if (!out)
    return shapes_mismatch(node, fmt::format("cannot broadcast the leading dims of [{}] and [{}]", shape_text(a), shape_text(b)));
  if (a.size() > 1) out->push_back(a[a.size() - 2]);
  if (b.size() > 1) out->push_back(b.back());
  return *std::move(out);
}

Result<MatmulPlan> matmul_plan(const Node& node, const Dims& a, const Dims& b) {
  MatmulPlan p;
  p.out = PHAROS_TRY(concrete_dims(node, PHAROS_TRY(matmul_shape(node, shape_of(a), shape_of(b)))));
  p.m = a.size() > 1 ? a[a.size() - 2] : 1;
  p.k = a.back();
  p.n = b.size() > 1 ? b.back() : 1;
  if (element_count(p.out).value_or(1) == 0) return p;
  const Dims batch(p.out.begin(), p.out.end() - int64_t(a.size() > 1) - int64_t(b.size() > 1));
  const auto steps = [&](const Dims& d) {
    Dims own(d.begin(), d.end() - int64_t(std::min<size_t>(2, d.size())));
    return broadcast_strides(own, batch);
  };
  // Offsets in matrices, then in elements.
  Walk<2>(batch, {steps(a), steps(b)}).rows([&](const auto& at, int64_t count, const auto& step) {
    for (int64_t i = 0; i < count; ++i) {
      p.a_offsets.push_back((at[0] + i * step[0]) * p.m * p.k);
      p.b_offsets.push_back((at[1] + i * step[1]) * p.k * p.n);
    }
  });
  return p;
}

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
