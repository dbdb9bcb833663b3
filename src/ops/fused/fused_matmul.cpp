// pharos::MatMul: matrix product, scale, bias, addend and activation in one.

#include "ops/elements.h"
#include "ops/fused/activation.h"
#include "ops/matmul_reference.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

bool flag(const Node& n, std::string_view name) { return n.attr_int(name, 0) != 0; }

Result<void> infer(InferContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(activation_of(n));
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 4));
  Type y = tensor_type(t, PHAROS_TRY(infer_matmul_shape(n, c.input(0), c.input(1), flag(n, "transA"), flag(n, "transB"))));
  if (c.input(3).is_tensor()) {
    auto both = merge(y, c.input(3));
    if (!both) return shapes_mismatch(n, "the addend is " + c.input(3).text() + ", the result " + y.text());
    y = std::move(*both);
  }
  c.set_output(0, std::move(y));
  return {};
}

template <class T>
void compute(EvalContext& c, const MatMulShape& s, const Activation& activation, Tensor& y) {
  const Elements<T> a(c.input(0)), b(c.input(1)), bias = optional_elements<T>(c, 2), z = optional_elements<T>(c, 3);
  const double scale = c.node().attr_float("scale", 1);
  multiply(s, a.data(), b.data(), [&](int64_t batch, int64_t row, double* sums) {
    const int64_t at = (batch * s.m + row) * s.n;
    for (int64_t i = 0; i < s.n; ++i)
      sums[i] = activate(activation, scale * sums[i] + (bias ? double(bias[i]) : 0) + (z ? double(z[at + i]) : 0));
    store(y, at, s.n, sums);
  });
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 4));
  const Activation activation = PHAROS_TRY(activation_of(n));
  const Tensor& a = c.input(0);
  const MatMulShape s = PHAROS_TRY(matmul_shape(n, a.dims(), c.input(1).dims(), flag(n, "transA"), flag(n, "transB")));
  if (c.has_input(2) && c.input(2).dims() != Dims{s.n})
    return bad_input(n, 2, "of shape " + dims_text(c.input(2).dims()), "shape " + std::to_string(s.n));
  if (c.has_input(3) && c.input(3).dims() != s.output)
    return bad_input(n, 3, "of shape " + dims_text(c.input(3).dims()), "the shape of the output, " + dims_text(s.output));
  Tensor y = PHAROS_TRY(c.output(0, a.dtype(), s.output));
  if (a.dtype() == DType::f64) compute<double>(c, s, activation, y);
  else compute<float>(c, s, activation, y);
  return {};
}

}  // namespace

void define_fused_matmul(OpSet& ops) {
  ops.add({.name = "MatMul",
           .domain = "pharos",
           .doc = "activation(scale * op(A) op(B) + bias + Z); Z has the shape of the result.",
           .inputs = {{"A", types::floats}, {"B", types::floats}, {"bias", types::floats, Param::Kind::Optional},
                      {"Z", types::floats, Param::Kind::Optional}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"activation", AttrType::String, false, "name of the activation, none"},
                          {"alpha", AttrType::Float, false, "its first parameter"},
                          {"beta", AttrType::Float, false, "its second parameter"},
                          {"scale", AttrType::Float, false, "factor of the product, 1"},
                          {"transA", AttrType::Int, false, "1: the last two axes of A are swapped"},
                          {"transB", AttrType::Int, false, "1: the last two axes of B are swapped"}},
           .infer = infer,
           .evaluate = evaluate,
           .free_attributes = true});
}

}  // namespace pharos
