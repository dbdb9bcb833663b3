// Einsum of two operands as a batch of matrix products: the operands are brought into the order batch, rows, sums and batch,
// sums, columns where they are not, and the product into that of the output.

#include <algorithm>

#include "ops/einsum_equation.h"
#include "tactics/cpu/kernels/gemm.h"
#include "tactics/cpu/strided_copy.h"

namespace pharos {
namespace {

using namespace cpu;

using Labels = std::vector<int>;

bool has(const Labels& list, int label) { return std::find(list.begin(), list.end(), label) != list.end(); }
bool repeats(const Labels& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (std::find(list.begin() + int64_t(i) + 1, list.end(), list[i]) != list.end()) return true;
  return false;
}

// How a dense tensor with the dims of `labels` is read in the order `wanted`.
struct Arrangement {
  Dims dims, strides;
  bool is_identity = true;
  Arrangement(const Labels& labels, const Dims& extents, const Labels& wanted) {
    const Dims own = row_major_strides(extents);
    for (const int l : wanted) {
      const size_t d = size_t(std::find(labels.begin(), labels.end(), l) - labels.begin());
      dims.push_back(extents[d]), strides.push_back(own[d]);
    }
    is_identity = labels == wanted;
  }
};

struct Plan {
  Labels batch, rows, columns, sums, a, b, c;  // a, b, c: the orders that the product wants and gives
  Dims c_dims;
  int64_t batches = 1, m = 1, n = 1, k = 1;
};

std::optional<Plan> plan_of(const Problem& p, const EinsumEquation& e) {
  const Labels &a = e.inputs[0], &b = e.inputs[1];
  if (repeats(a) || repeats(b)) return std::nullopt;
  const Dims da = p.in(0), db = p.in(1);
  Plan plan;
  for (size_t i = 0; i < a.size(); ++i) {
    const bool in_b = has(b, a[i]), in_output = has(e.output, a[i]);
    if (!in_b && !in_output) return std::nullopt;  // summed on its own
    if (in_b && db[size_t(std::find(b.begin(), b.end(), a[i]) - b.begin())] != da[i]) return std::nullopt;  // broadcast
    (in_b ? in_output ? plan.batch : plan.sums : plan.rows).push_back(a[i]);
    (in_b ? in_output ? plan.batches : plan.k : plan.m) *= da[i];
  }
  for (size_t i = 0; i < b.size(); ++i) {
    if (has(a, b[i])) continue;
    if (!has(e.output, b[i])) return std::nullopt;
    plan.columns.push_back(b[i]);
    plan.n *= db[i];
  }
  // The order of the output within rows, columns and batch saves its rearrangement.
  const auto by_output = [&](int x, int y) { return std::find(e.output.begin(), e.output.end(), x) < std::find(e.output.begin(), e.output.end(), y); };
  for (Labels* list : {&plan.batch, &plan.rows, &plan.columns}) std::sort(list->begin(), list->end(), by_output);
  const auto join = [](std::initializer_list<const Labels*> parts) {
    Labels out;
    for (const Labels* l : parts) out.insert(out.end(), l->begin(), l->end());
    return out;
  };
  plan.a = join({&plan.batch, &plan.rows, &plan.sums});
  plan.b = join({&plan.batch, &plan.sums, &plan.columns});
  plan.c = join({&plan.batch, &plan.rows, &plan.columns});
  for (const int l : plan.c) {
    const size_t at = size_t(std::find(a.begin(), a.end(), l) - a.begin());
    plan.c_dims.push_back(at < a.size() ? da[at] : db[size_t(std::find(b.begin(), b.end(), l) - b.begin())]);
  }
  return plan;
}

std::optional<EinsumEquation> equation_of(const Problem& p) {
  const size_t ranks[] = {p.in(0).size(), p.in(1).size()};
  auto e = einsum_equation(*p.node, ranks);
  if (!e) return std::nullopt;
  return *e;
}

Support supports(const Problem& p, const Device&) {
  if (!all_f32(p) || p.inputs.size() != 2) return unsupported("not two operands in f32");
  const auto e = equation_of(p);
  const auto plan = e ? plan_of(p, *e) : std::nullopt;
  if (!plan) return unsupported("diagonals, broadcasts, or labels that are summed in one operand");
  if (plan->batches * plan->m * plan->n * plan->k == 0) return unsupported("nothing to compute");
  return supported();
}

class EinsumProduct {
 public:
  EinsumProduct(const Problem& p, const Device& device)
      : equation_(*equation_of(p)), plan_(*plan_of(p, equation_)), a_(equation_.inputs[0], p.in(0), plan_.a), b_(equation_.inputs[1], p.in(1), plan_.b),
        c_(plan_.c, plan_.c_dims, equation_.output), kernels_(&gemm_kernels(device.isa)), isa_(device.isa), threads_(device.threads) {
    a_bytes_ = a_.is_identity ? 0 : align64(size_t(plan_.batches * plan_.m * plan_.k) * 4);
    b_bytes_ = b_.is_identity ? 0 : align64(size_t(plan_.batches * plan_.k * plan_.n) * 4);
    c_bytes_ = c_.is_identity ? 0 : align64(size_t(plan_.batches * plan_.m * plan_.n) * 4);
    packed_bytes_ = align64(size_t(packed_b_floats(*kernels_, plan_.k, plan_.n)) * 4);
  }
  size_t workspace() const { return a_bytes_ + b_bytes_ + c_bytes_ + packed_bytes_ * size_t(slots()); }

  void run(const KernelArgs& args, const Threads& threads) const {
    std::byte* memory = args.workspace.data();
    const float* a = arranged(a_, in_f32(args, 0), memory, threads);
    const float* b = arranged(b_, in_f32(args, 1), memory + a_bytes_, threads);
    float* c = c_.is_identity ? out_f32(args) : reinterpret_cast<float*>(memory + a_bytes_ + b_bytes_);
    std::byte* packed = memory + a_bytes_ + b_bytes_ + c_bytes_;
    if (plan_.batches < threads.count()) {
      for (int64_t i = 0; i < plan_.batches; ++i) product(a, b, c, i, packed, threads);
    } else {
      const int64_t parts = std::min<int64_t>(threads.count(), slots());
      threads.for_each(parts, [&](int64_t first, int64_t last) {
        for (int64_t part = first; part < last; ++part)
          for (int64_t i = plan_.batches * part / parts; i < plan_.batches * (part + 1) / parts; ++i)
            product(a, b, c, i, packed + size_t(part) * packed_bytes_, Threads(1));
      });
    }
    if (!c_.is_identity) StridedCopy(c_.dims, c_.strides, 0, 4, isa_).run(c, out_f32(args), threads);
  }

 private:
  int64_t slots() const { return std::min<int64_t>(threads_, plan_.batches); }

  const float* arranged(const Arrangement& a, const float* x, std::byte* memory, const Threads& threads) const {
    if (a.is_identity) return x;
    StridedCopy(a.dims, a.strides, 0, 4, isa_).run(x, memory, threads);
    return reinterpret_cast<const float*>(memory);
  }

  void product(const float* a, const float* b, float* c, int64_t i, std::byte* memory, const Threads& threads) const {
    auto* packed = reinterpret_cast<float*>(memory);
    threads.for_each(ceil_div(plan_.n, kernels_->panel()), [&](int64_t first, int64_t last) {
      pack_b(*kernels_, b + i * plan_.k * plan_.n, plan_.n, false, plan_.k, plan_.n, packed, first, last);
    });
    gemm(*kernels_, {.a = a + i * plan_.m * plan_.k, .lda = plan_.k, .packed = packed, .c = c + i * plan_.m * plan_.n, .ldc = plan_.n,
                     .m = plan_.m, .n = plan_.n, .k = plan_.k}, threads);
  }

  EinsumEquation equation_;
  Plan plan_;
  Arrangement a_, b_, c_;
  const GemmKernels* kernels_;
  Isa isa_;
  int threads_;
  size_t a_bytes_, b_bytes_, c_bytes_, packed_bytes_;
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([product = EinsumProduct(p, device)](const KernelArgs& a, const Threads& threads) { product.run(a, threads); });
}

}  // namespace

void define_einsum_gemm(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.einsum.gemm",
      .doc = "Einsum of two operands as a batch of matrix products, with the axes brought in order.",
      .ops = {{"", "Einsum"}},
      .supports = supports,
      .workspace = [](const Problem& p, const Config&, const Device& device) { return EinsumProduct(p, device).workspace(); },
      .prepare = prepare,
  });
}

}  // namespace pharos
