// Matrix products with constant right side by oneDNN.

#ifdef PHAROS_ONEDNN
#include "tactics/cpu/matmul_shape.h"
#include "tactics/cpu/onednn.h"
#endif
#include "tactics/tactic.h"

namespace pharos {

#ifdef PHAROS_ONEDNN
namespace {

using namespace cpu;
using md = dnnl::memory::desc;
using primitive_desc = dnnl::matmul::primitive_desc;
using tag = dnnl::memory::format_tag;

Support supports(const Problem& p, const Device& device) {
  const MatMulProblem problem = matmul_problem(p);
  if (!problem.support) return problem.support;
  const MatMulShape& s = problem.shape;
  if (device.isa != Isa::X86_64_v4 && device.isa != Isa::X86_64_v3) return unsupported("no AVX2");
  if (!is_constant(p, 1) || count_of(s.batch_b) != 1) return unsupported("B is not one constant matrix");
  if (s.has_bias && !is_constant(p, 2)) return unsupported("the bias is not constant");
  if (s.trans_a) return unsupported("A is transposed");
  if (s.m * s.batches() == 0 || s.n == 0 || s.k == 0) return unsupported("an extent is zero");
  dnnl::post_ops ops;
  if (p.node->domain == "pharos" && !append_activation(ops, *p.node, device.isa)) return unsupported("oneDNN has no such activation");
  return supported();
}

primitive_desc primitive_of(const Problem& p, const Device& device, const md& weights) {
  const MatMulShape s = matmul_problem(p).shape;
  const auto f32 = dnnl::memory::data_type::f32;
  const int64_t m = s.m * s.batches();
  const md src({m, s.k}, f32, tag::ab), dst({m, s.n}, f32, tag::ab);
  const md bias = s.has_bias ? md({1, s.n}, f32, tag::ab) : md();
  dnnl::post_ops ops;
  if (s.has_z) ops.append_sum();
  if (p.node->domain == "pharos") append_activation(ops, *p.node, device.isa);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(ops);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::matmul::desc d = s.has_bias ? dnnl::matmul::desc(src, weights, bias, dst) : dnnl::matmul::desc(src, weights, dst);
  return primitive_desc(d, attributes, onednn_engine());
}

md weights_of(const MatMulShape& s, tag order) { return md({s.k, s.n}, dnnl::memory::data_type::f32, order); }

size_t workspace(const Problem& p, const Config&, const Device& device) {
  try {
    const OnednnThreads scope(device.threads);
    return primitive_of(p, device, weights_of(matmul_problem(p).shape, tag::any)).scratchpad_desc().get_size();
  } catch (const dnnl::error&) {
    return 0;
  }
}

Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  try {
    const OnednnThreads scope(device.threads);
    const MatMulShape s = matmul_problem(p).shape;
    const primitive_desc d = primitive_of(p, device, weights_of(s, tag::any));
    // Where oneDNN has no kernel it computes with plain loops: not worth a second of timing.
    if (std::string_view(d.impl_info_str()).starts_with("ref"))
      return onednn_failed(*p.node, "pack weights", dnnl::error(dnnl_unimplemented, "oneDNN has only its reference for it"));
    const md weights = d.weights_desc();
    Tensor source = *p.constants[1];
    if (s.scale != 1) {
      source = source.clone();
      for (float& x : source.as<float>()) x *= s.scale;
    }
    PackedWeights packed;
    packed.parts.push_back(reordered(source, weights_of(s, s.trans_b ? tag::ba : tag::ab), weights));
    packed.parts.push_back(descriptor_tensor(weights));
    if (s.has_bias) {
      Tensor& bias = packed.parts.emplace_back(DType::f32, Dims{s.n});
      const auto from = p.constants[2]->as<float>();
      for (size_t i = 0; i < size_t(s.n); ++i) bias.as<float>()[i] = s.bias_scale * from[from.size() == 1 ? 0 : i];
    }
    return packed;
  } catch (const dnnl::error& e) {
    return onednn_failed(*p.node, "pack weights", e);
  }
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  try {
    const OnednnThreads scope(device.threads);
    const auto weights = descriptor_from(packed.parts[1]);
    if (!weights) return onednn_failed(*p.node, "use packed weights", dnnl::error(dnnl_unimplemented, "another version of oneDNN packed them"));
    const primitive_desc d = primitive_of(p, device, *weights);
    if (d.scratchpad_desc().get_size() > workspace(p, {}, device))
      return onednn_failed(*p.node, "prepare", dnnl::error(dnnl_out_of_memory, "the packed weights need more working memory"));
    auto kernel = std::make_unique<OnednnKernel>();
    kernel->primitive = dnnl::matmul(d);
    kernel->src = {DNNL_ARG_SRC, d.src_desc()};
    kernel->weights = {DNNL_ARG_WEIGHTS, d.weights_desc()};
    kernel->dst = {DNNL_ARG_DST, d.dst_desc()};
    kernel->scratchpad = d.scratchpad_desc();
    kernel->packed_weights = packed.parts[0];
    if (packed.parts.size() > 2) kernel->bias = {DNNL_ARG_BIAS, md({1, matmul_problem(p).shape.n}, dnnl::memory::data_type::f32, tag::ab)}, kernel->packed_bias = packed.parts[2];
    kernel->has_z = p.has_input(3);
    kernel->threads = device.threads;
    return std::unique_ptr<Kernel>(std::move(kernel));
  } catch (const dnnl::error& e) {
    return onednn_failed(*p.node, "prepare", e);
  }
}

}  // namespace
#endif

void define_matmul_onednn(TacticSet& tactics) {
#ifdef PHAROS_ONEDNN
  tactics.add({
      .name = "cpu.matmul.onednn",
      .doc = "oneDNN's matrix product with constant right side, fused bias, residual and activation.",
      .ops = {{"", "MatMul"}, {"", "Gemm"}, {"pharos", "MatMul"}},
      .handicap = 1.1,
      .supports = supports,
      .workspace = workspace,
      .pack = pack,
      .packed_inputs = [](const Problem& p) {
        return p.has_input(2) && is_constant(p, 2) ? std::vector<size_t>{1, 2} : std::vector<size_t>{1};
      },
      .in_place = [](const Problem& p) { return p.has_input(3) ? 3 : -1; },
      .prepare = prepare,
  });
#else
  (void)tactics;
#endif
}

}  // namespace pharos
