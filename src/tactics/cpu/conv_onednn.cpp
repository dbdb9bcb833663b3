// Convolution by oneDNN over channel-blocked tensors. Its own code generator makes primitives slow to prepare (about a
// millisecond), so these tactics have to be clearly faster than our own kernels to be chosen.

#ifdef PHAROS_ONEDNN
#include "tactics/cpu/conv_shape.h"
#include "tactics/cpu/onednn.h"
#endif
#include "tactics/tactic.h"

namespace pharos {

#ifdef PHAROS_ONEDNN
namespace {

using namespace cpu;
using md = dnnl::memory::desc;
using primitive_desc = dnnl::convolution_forward::primitive_desc;

Support supports(const Problem& p, const Device& device) {
  const ConvProblem conv = conv_problem(p);
  if (!conv.support) return conv.support;
  if (device.isa != Isa::X86_64_v4 && device.isa != Isa::X86_64_v3) return unsupported("no AVX2");
  const ConvShape& s = conv.shape;
  if (s.n == 0 || s.oh == 0 || s.ow == 0) return unsupported("the result is empty");
  dnnl::post_ops ops;
  if (!append_activation(ops, *p.node, device.isa)) return unsupported("oneDNN has no such activation");
  if (!post_op(*p.node, device.isa)->keeps_zero && s.oc % device.block()) return unsupported("the activation would fill padding lanes");
  if (s.groups > 1 && !s.is_depthwise() && (s.ic_per_group() % device.block() || s.oc_per_group() % device.block()))
    return unsupported("the channels of a group are no multiple of the channel block");
  if (s.is_depthwise() && s.oc % device.block()) return unsupported("the channels are no multiple of the channel block");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device& device) {
  std::vector<Formats> list{conv_formats(p, device.blocked(), device.blocked())};
  if (p.in(0)[1] <= 4) list.insert(list.begin(), conv_formats(p, Format::Plain, device.blocked()));
  return list;
}

// The primitive; `weights` any, or those that were packed.
primitive_desc primitive_of(const Problem& p, const Device& device, const md& weights) {
  const ConvShape s = conv_problem(p).shape;
  const auto f32 = dnnl::memory::data_type::f32;
  const Dims x = p.in(0), y = p.out(0);
  const bool flat = x.size() == 3;
  const md src(x, f32, onednn_tag(p.inputs[0].format, x.size())), dst(y, f32, onednn_tag(p.outputs[0].format, y.size()));
  const md bias = p.has_input(2) ? md({s.oc}, f32, dnnl::memory::format_tag::x) : md();
  const auto spatial = [&](int64_t h, int64_t w) { return flat ? Dims{w} : Dims{h, w}; };
  const dnnl::convolution_forward::desc d(dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, src, weights, bias, dst,
                                          spatial(s.sh, s.sw), spatial(s.dh - 1, s.dw - 1), spatial(s.pt, s.pl), spatial(s.pb, s.pr));
  dnnl::post_ops ops;
  if (p.has_input(3)) ops.append_sum();
  append_activation(ops, *p.node, device.isa);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(ops);
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return primitive_desc(d, attributes, onednn_engine());
}

// Dims of the weights as oneDNN counts them: groups first where there are any.
md plain_weights(const Problem& p, bool any) {
  const ConvShape s = conv_problem(p).shape;
  const bool flat = p.in(1).size() == 3;
  Dims dims = p.in(1);
  using tag = dnnl::memory::format_tag;
  tag order = flat ? tag::oiw : tag::oihw;
  if (s.groups > 1) dims[0] /= s.groups, dims.insert(dims.begin(), s.groups), order = flat ? tag::goiw : tag::goihw;
  return md(dims, dnnl::memory::data_type::f32, any ? tag::any : order);
}

size_t workspace(const Problem& p, const Config&, const Device& device) {
  try {
    const OnednnThreads scope(device.threads);
    return primitive_of(p, device, plain_weights(p, true)).scratchpad_desc().get_size();
  } catch (const dnnl::error&) {
    return 0;
  }
}

Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  try {
    const OnednnThreads scope(device.threads);
    const primitive_desc d = primitive_of(p, device, plain_weights(p, true));
    // Where oneDNN has no kernel it computes with plain loops: not worth a second of timing.
    if (std::string_view(d.impl_info_str()).starts_with("ref"))
      return onednn_failed(*p.node, "pack weights", dnnl::error(dnnl_unimplemented, "oneDNN has only its reference for it"));
    const md weights = d.weights_desc();
    PackedWeights packed;
    packed.parts.push_back(reordered(*p.constants[1], plain_weights(p, false), weights));
    packed.parts.push_back(descriptor_tensor(weights));
    if (p.has_input(2)) packed.parts.push_back(p.constants[2]->clone());
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
    kernel->primitive = dnnl::convolution_forward(d);
    kernel->src = {DNNL_ARG_SRC, d.src_desc()};
    kernel->weights = {DNNL_ARG_WEIGHTS, d.weights_desc()};
    kernel->dst = {DNNL_ARG_DST, d.dst_desc()};
    kernel->scratchpad = d.scratchpad_desc();
    kernel->packed_weights = packed.parts[0];
    if (packed.parts.size() > 2) kernel->bias = {DNNL_ARG_BIAS, d.bias_desc()}, kernel->packed_bias = packed.parts[2];
    kernel->has_z = p.has_input(3);
    kernel->threads = device.threads;
    return std::unique_ptr<Kernel>(std::move(kernel));
  } catch (const dnnl::error& e) {
    return onednn_failed(*p.node, "prepare", e);
  }
}

}  // namespace
#endif

void define_conv_onednn(TacticSet& tactics) {
#ifdef PHAROS_ONEDNN
  tactics.add({
      .name = "cpu.conv.onednn",
      .doc = "oneDNN's direct convolution with fused bias, residual and activation.",
      .ops = {{"", "Conv"}, {"pharos", "Conv"}},
      .handicap = 1.1,
      .supports = supports,
      .formats = formats,
      .workspace = workspace,
      .pack = pack,
      .packed_inputs = [](const Problem& p) { return p.has_input(2) ? std::vector<size_t>{1, 2} : std::vector<size_t>{1}; },
      .in_place = [](const Problem& p) { return p.has_input(3) ? 3 : -1; },
      .prepare = prepare,
  });
#else
  (void)tactics;
#endif
}

}  // namespace pharos
