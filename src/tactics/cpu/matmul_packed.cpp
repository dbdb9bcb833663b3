#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/gemm.h"
#include "tactics/cpu/matmul_shape.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports(const Problem& p, const Device& device) {
  const MatMulProblem problem = matmul_problem(p);
  if (!problem.support) return problem.support;
  const MatMulShape& s = problem.shape;
  if (!is_constant(p, 1)) return unsupported("B is not constant");
  if (count_of(s.batch_b) != 1) return unsupported("B is a batch of matrices");
  if (s.trans_a && s.m != 1 && s.k != 1) return unsupported("A is transposed");
  if (!post_op(*p.node, device.isa) && p.node->domain == "pharos") return unsupported("unknown activation");
  return supported();
}

PostOp post_of(const Problem& p, const Device& device) {
  return p.node->domain == "pharos" ? *post_op(*p.node, device.isa) : PostOp{};
}

Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  const MatMulShape s = matmul_problem(p).shape;
  const GemmKernels& kernels = gemm_kernels(device.isa);
  PackedWeights packed;
  Tensor& b = packed.parts.emplace_back(DType::f32, Dims{packed_b_floats(kernels, s.k, s.n)});
  pack_b(kernels, p.constants[1]->as<float>().data(), s.trans_b ? s.k : s.n, s.trans_b, s.k, s.n, b.as<float>().data());
  if (s.scale != 1)
    for (float& x : b.as<float>()) x *= s.scale;
  if (s.has_bias && is_constant(p, 2)) {
    Tensor& bias = packed.parts.emplace_back(DType::f32, Dims{s.n});
    const auto from = p.constants[2]->as<float>();
    for (int64_t i = 0; i < s.n; ++i) bias.as<float>()[size_t(i)] = s.bias_scale * from[from.size() == 1 ? 0 : size_t(i)];
  }
  return packed;
}

std::vector<size_t> packed_inputs(const Problem& p) {
  std::vector<size_t> list{1};
  if (p.has_input(2) && is_constant(p, 2)) list.push_back(2);
  return list;
}

int in_place(const Problem& p) { return p.has_input(3) ? 3 : -1; }

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  const MatMulShape s = matmul_problem(p).shape;
  return make_kernel([&kernels = gemm_kernels(device.isa), post = post_of(p, device), m = s.m * s.batches(), n = s.n, k = s.k,
                      has_bias = s.has_bias, b = packed.parts[0], bias = packed.parts.size() > 1 ? packed.parts[1] : Tensor()](
                         const KernelArgs& a, const Threads& threads) {
    const float* row = has_bias ? (bias.valid() ? static_cast<const float*>(bias.data()) : in_f32(a, 2)) : nullptr;
    gemm(kernels, {.a = in_f32(a, 0), .lda = k, .packed = static_cast<const float*>(b.data()), .bias = row, .z = in_f32(a, 3),
                   .ldz = n, .c = out_f32(a), .ldc = n, .m = m, .n = n, .k = k, .post = &post, .next = a.next_weights,
                   .next_bytes = a.next_weights_bytes}, threads);
  });
}

}  // namespace

void define_matmul_packed(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.matmul.packed",
      .doc = "Matrix product with a constant right side that is packed once, with fused bias, residual and activation.",
      .ops = {{"", "MatMul"}, {"", "Gemm"}, {"pharos", "MatMul"}},
      .typical = 1.1,
      .supports = supports,
      .pack = pack,
      .packed_inputs = packed_inputs,
      .in_place = in_place,
      .prepare = prepare,
  });
}

}  // namespace pharos
