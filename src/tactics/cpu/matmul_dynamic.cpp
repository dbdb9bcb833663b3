#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/gemm.h"
#include "tactics/cpu/matmul_shape.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports(const Problem& p, const Device& device) {
  const MatMulProblem problem = matmul_problem(p);
  if (!problem.support) return problem.support;
  if (problem.shape.bias_scale != 1 && problem.shape.has_bias) return unsupported("the added row is scaled");
  if (problem.shape.has_bias && count_of(p.in(2)) != problem.shape.n) return unsupported("the added matrix is not one row");
  if (p.node->domain == "pharos" && !post_op(*p.node, device.isa)) return unsupported("unknown activation");
  return supported();
}

class DynamicMatMul {
 public:
  DynamicMatMul(MatMulShape shape, const PostOp& post, Isa isa) : s_(std::move(shape)), kernels_(&gemm_kernels(isa)), post_(post) {
    // One B for all: the batch of A is only more rows.
    if (count_of(s_.batch_b) == 1 && !s_.trans_a) s_.m *= s_.batches(), s_.batch.clear(), s_.batch_a.clear(), s_.batch_b.clear();
    b_floats_ = size_t(packed_b_floats(*kernels_, s_.k, s_.n)), a_floats_ = s_.trans_a ? size_t(s_.m * s_.k) : 0;
  }

  size_t workspace(int threads) const { return slot_bytes() * size_t(std::min<int64_t>(threads, std::max<int64_t>(1, s_.batches()))); }

  void run(const KernelArgs& a, const Threads& threads) const {
    const int64_t batches = s_.batches();
    if (batches < threads.count()) {
      for (int64_t i = 0; i < batches; ++i) item(a, i, a.workspace.data(), threads);
      return;
    }
    const int64_t per_thread = ceil_div(batches, threads.count());
    threads.for_each(ceil_div(batches, per_thread), [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; ++t)
        for (int64_t i = t * per_thread; i < std::min(batches, (t + 1) * per_thread); ++i)
          item(a, i, a.workspace.data() + size_t(t) * slot_bytes(), Threads(1));
    });
  }

 private:
  size_t slot_bytes() const { return align64(b_floats_ * 4) + align64(a_floats_ * 4); }

  static int64_t source_item(int64_t item, const Dims& batch, const Dims& source) {
    int64_t index = 0, stride = 1;
    for (size_t d = batch.size(); d-- > 0; item /= batch[d]) {
      if (source[d] != 1) index += item % batch[d] * stride;
      stride *= source[d];
    }
    return index;
  }

  void item(const KernelArgs& args, int64_t i, std::byte* memory, const Threads& threads) const {
    const float* a = in_f32(args, 0) + source_item(i, s_.batch, s_.batch_a) * s_.m * s_.k;
    const float* b = in_f32(args, 1) + source_item(i, s_.batch, s_.batch_b) * s_.k * s_.n;
    auto* packed = reinterpret_cast<float*>(memory);
    const int64_t panels = ceil_div(s_.n, kernels_->panel());
    threads.for_each(panels, [&](int64_t first, int64_t last) {
      pack_b(*kernels_, b, s_.trans_b ? s_.k : s_.n, s_.trans_b, s_.k, s_.n, packed, first, last);
      if (s_.scale == 1) return;
      const int64_t width = kernels_->panel() * s_.k, end = std::min<int64_t>(last * width, int64_t(b_floats_));
      for (int64_t x = first * width; x < end; ++x) packed[x] *= s_.scale;
    });
    if (s_.trans_a) {
      auto* rows = reinterpret_cast<float*>(memory + align64(b_floats_ * 4));
      for (int64_t k0 = 0; k0 < s_.k; k0 += 16)
        for (int64_t m = 0; m < s_.m; ++m)
          for (int64_t k = k0; k < std::min(s_.k, k0 + 16); ++k) rows[m * s_.k + k] = a[k * s_.m + m];
      a = rows;
    }
    const float* z = in_f32(args, 3);
    gemm(*kernels_, {.a = a, .lda = s_.k, .packed = packed, .bias = s_.has_bias ? in_f32(args, 2) : nullptr,
                     .z = z ? z + i * s_.m * s_.n : nullptr, .ldz = s_.n, .c = out_f32(args) + i * s_.m * s_.n, .ldc = s_.n,
                     .m = s_.m, .n = s_.n, .k = s_.k, .post = &post_}, threads);
  }

  MatMulShape s_;
  const GemmKernels* kernels_;
  PostOp post_;
  size_t b_floats_, a_floats_;
};

DynamicMatMul kernel_of(const Problem& p, const Device& device) {
  return DynamicMatMul(matmul_problem(p).shape, p.node->domain == "pharos" ? *post_op(*p.node, device.isa) : PostOp{}, device.isa);
}

size_t workspace(const Problem& p, const Config&, const Device& device) { return kernel_of(p, device).workspace(device.threads); }

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([matmul = kernel_of(p, device)](const KernelArgs& a, const Threads& threads) { matmul.run(a, threads); });
}

}  // namespace

void define_matmul_dynamic(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.matmul.dynamic",
      .doc = "Matrix products of two variable operands, batched and broadcast; the right side is packed on the fly.",
      .ops = {{"", "MatMul"}, {"", "Gemm"}, {"pharos", "MatMul"}},
      .typical = 1.4,
      .supports = supports,
      .workspace = workspace,
      .prepare = prepare,
  });
}

}  // namespace pharos
