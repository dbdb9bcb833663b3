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

// Rows of the result are split among as many primitives as there are threads; the number is the configuration.
constexpr int64_t least_rows = 8;  // of a piece

std::vector<Config> configs(const Problem& p, const Device& device) {
  const MatMulShape s = matmul_problem(p).shape;
  return {pieces_config(std::min<int64_t>(device.threads, s.m * s.batches() / least_rows))};
}

// Where the rows of each piece begin; the end is the last element.
std::vector<int64_t> borders_of(const MatMulShape& s, const Config& config) {
  const int64_t rows = s.m * s.batches(), count = std::clamp<int64_t>(rows / least_rows, 1, config_pieces(config));
  std::vector<int64_t> borders;
  for (int64_t i = 0; i <= count; ++i) borders.push_back(rows * i / count);
  return borders;
}

primitive_desc primitive_of(const Problem& p, int64_t m, const Device& device, const md& weights) {
  const MatMulShape s = matmul_problem(p).shape;
  const auto f32 = dnnl::memory::data_type::f32;
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

size_t workspace(const Problem& p, const Config& config, const Device& device) {
  try {
    const OneOnednnThread scope;
    const MatMulShape shape = matmul_problem(p).shape;
    const std::vector<int64_t> borders = borders_of(shape, config);
    size_t bytes = 0;
    for (size_t i = 0; i + 1 < borders.size(); ++i)
      bytes += align64(primitive_of(p, borders[i + 1] - borders[i], device, weights_of(shape, tag::any)).scratchpad_desc().get_size());
    return bytes;
  } catch (const dnnl::error&) {
    return 0;
  }
}

Result<PackedWeights> pack(const Problem& p, const Config& config, const Device& device) {
  try {
    const OneOnednnThread scope;
    const MatMulShape s = matmul_problem(p).shape;
    const primitive_desc d = primitive_of(p, borders_of(s, config)[1], device, weights_of(s, tag::any));
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

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config& config, const PackedWeights& packed, const Device& device) {
  try {
    const OneOnednnThread scope;
    const auto weights = descriptor_from(packed.parts[1]);
    if (!weights) return onednn_failed(*p.node, "use packed weights", dnnl::error(dnnl_unimplemented, "another version of oneDNN packed them"));
    auto kernel = std::make_unique<OnednnKernel>();
    const MatMulShape shape = matmul_problem(p).shape;
    const std::vector<int64_t> borders = borders_of(shape, config);
    size_t scratch = 0;
    for (size_t i = 0; i + 1 < borders.size(); ++i) {
      const primitive_desc d = primitive_of(p, borders[i + 1] - borders[i], device, *weights);
      OnednnPiece::Setup s{.primitive = dnnl::matmul(d), .src = d.src_desc(), .weights = d.weights_desc(),
                           .bias = md({1, shape.n}, dnnl::memory::data_type::f32, tag::ab), .dst = d.dst_desc(), .scratchpad = d.scratchpad_desc()};
      s.src_offset = size_t(borders[i] * shape.k) * sizeof(float);
      s.dst_offset = size_t(borders[i] * shape.n) * sizeof(float);
      s.scratch_offset = scratch;
      s.packed_weights = packed.parts[0].data();
      if (packed.parts.size() > 2) s.packed_bias = packed.parts[2].data();
      scratch += align64(s.scratchpad.get_size());
      kernel->pieces.emplace_back(std::move(s));
    }
    if (scratch > workspace(p, config, device))
      return onednn_failed(*p.node, "prepare", dnnl::error(dnnl_out_of_memory, "the packed weights need more working memory"));
    kernel->dst_bytes = size_t(borders.back() * shape.n) * sizeof(float);
    kernel->packed = packed;
    kernel->has_z = p.has_input(3);
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
      .handicap = 1.05,
      .supports = supports,
      .configs = configs,
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
