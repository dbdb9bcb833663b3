#include "tactics/cpu/integer_matmul.h"

#include "ops/quantization.h"
#include "tactics/cpu/integer_product.h"

namespace pharos::cpu {
namespace {

enum Q : size_t { AScale = 1, BScale = 4, YScale = 6, YZero = 7 };

bool is_byte(DType t) { return t == DType::i8 || t == DType::u8; }

std::optional<MatMulShape> shape_of(const Problem& p) {
  const IntegerMatMulInputs in = integer_matmul_inputs(*p.node);
  auto s = matmul_shape(*p.node, p.in(in.a), p.in(in.b));
  if (!s) return std::nullopt;
  return *s;
}

}  // namespace

IntegerMatMulInputs integer_matmul_inputs(const Node& n) {
  return n.is("MatMulInteger") ? IntegerMatMulInputs{0, 1, 2, 3} : IntegerMatMulInputs{0, 3, 2, 5};
}

Support supports_integer_matmul(const Problem& p, const Device&) {
  const IntegerMatMulInputs in = integer_matmul_inputs(*p.node);
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && !p.inputs[i].is_concrete()) return unsupported("shapes depend on data");
  if (!p.has_input(in.a) || !p.has_input(in.b) || !p.outputs[0].is_concrete()) return unsupported("inputs are missing");
  if (!is_byte(p.inputs[in.a].dtype) || !is_byte(p.inputs[in.b].dtype)) return unsupported("not in 8 bits");
  const auto s = shape_of(p);
  if (!s || count_of(p.out(0)) == 0 || s->k == 0) return unsupported("nothing to compute");
  const auto fits = [&](size_t i, int64_t n) { return !p.has_input(i) || count_of(p.in(i)) == 1 || (n > 1 && p.in(i) == Dims{n}); };
  // A 1-D operand is one row or one column, whatever its zero points say.
  if (!fits(in.a_zero, p.in(in.a).size() > 1 ? s->m : 0) || !fits(in.b_zero, p.in(in.b).size() > 1 ? s->n : 0)) return unsupported("zero points that are not per row and column");
  if (p.node->is("QLinearMatMul")) {
    if (!is_byte(p.outputs[0].dtype)) return unsupported("not in 8 bits");
    for (const size_t i : {size_t(AScale), size_t(BScale), size_t(YScale)})
      if (!p.has_input(i) || p.inputs[i].dtype != DType::f32) return unsupported("scales that are not in f32");
    if (!fits(AScale, s->m) || !fits(BScale, s->n) || !fits(YScale, s->m) || !fits(YZero, s->m)) return unsupported("scales that are not per row and column");
  }
  return supported();
}

IntegerMatMul::IntegerMatMul(const Problem& p)
    : shape(*shape_of(p)), in(integer_matmul_inputs(*p.node)), quantizes(p.node->is("QLinearMatMul")), a_signed(p.inputs[in.a].dtype == DType::i8),
      b_signed(p.inputs[in.b].dtype == DType::i8), out_type(p.outputs[0].dtype) {}

int IntegerMatMul::a_zero(const KernelArgs& args, int64_t row) const { return zero_point(in.a_zero < args.inputs.size() ? args.inputs[in.a_zero] : nullptr, row); }
int IntegerMatMul::b_zero(const KernelArgs& args, int64_t column) const { return zero_point(in.b_zero < args.inputs.size() ? args.inputs[in.b_zero] : nullptr, column); }

void IntegerMatMul::store(const KernelArgs& args, const int32_t* sums, int64_t batch, int64_t row, int64_t n0, int64_t count) const {
  const int64_t at = (batch * shape.m + row) * shape.n + n0;
  if (!quantizes) {
    std::copy_n(sums, count, static_cast<int32_t*>(args.outputs[0]->data()) + at);
    return;
  }
  auto* to = static_cast<uint8_t*>(args.outputs[0]->data()) + at;
  const auto scale = [&](size_t i, int64_t k) { return in_f32(args, i)[args.inputs[i]->count() == 1 ? 0 : k]; };
  const IntegerRange range = integer_range(out_type);
  const double zero = zero_point(args.inputs[YZero], row);
  for (int64_t i = 0; i < count; ++i) {
    const float factor = scale(AScale, row) * scale(BScale, n0 + i) / scale(YScale, row);
    to[i] = uint8_t(int(quantized(sums[i] * double(factor), zero, range)));
  }
}

}  // namespace pharos::cpu
