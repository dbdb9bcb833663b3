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

// What one primitive computes: some of the output channels, or some of the groups. Each is on one thread, so there are as many
// pieces as threads; the number is the configuration, because the weights are packed piece by piece.
struct Piece {
  ConvShape shape;
  int64_t first_in = 0, first_out = 0;  // channels
};

int64_t units_of(const ConvShape& s, int block) {
  if (s.groups == 1) return ceil_div(s.oc, block);
  return s.is_depthwise() ? s.oc / block : s.groups;
}

std::vector<Config> configs(const Problem& p, const Device& device) {
  return {pieces_config(std::min<int64_t>(device.threads, units_of(conv_problem(p).shape, device.block())))};
}

std::vector<Piece> pieces_of(const Problem& p, const Config& config, int block) {
  const ConvShape whole = conv_problem(p).shape;
  const int64_t units = units_of(whole, block), count = std::min(config_pieces(config), units);
  std::vector<Piece> list;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t u0 = units * i / count, u1 = units * (i + 1) / count;
    Piece piece{whole};
    ConvShape& s = piece.shape;
    if (count > 1) s.n = 1;  // the pieces of an image are not beside those of the next
    if (whole.groups == 1) {
      piece.first_out = u0 * block;
      s.oc = std::min(whole.oc, u1 * block) - piece.first_out;
    } else {
      const int64_t groups = whole.is_depthwise() ? block : 1;  // in a unit
      s.groups = (u1 - u0) * groups;
      piece.first_in = u0 * groups * whole.ic_per_group(), piece.first_out = u0 * groups * whole.oc_per_group();
      s.ic = s.groups * whole.ic_per_group(), s.oc = s.groups * whole.oc_per_group();
    }
    list.push_back(piece);
  }
  return list;
}

// Dims of the weights as oneDNN counts them: groups first where there are any.
md plain_weights(const Problem& p, const ConvShape& s, bool any) {
  const bool flat = p.in(1).size() == 3;
  using tag = dnnl::memory::format_tag;
  Dims dims{s.oc_per_group() * (s.groups > 1 ? 1 : s.groups), s.ic_per_group()};
  if (!flat) dims.push_back(s.kh);
  dims.push_back(s.kw);
  tag order = flat ? tag::oiw : tag::oihw;
  if (s.groups > 1) dims.insert(dims.begin(), s.groups), order = flat ? tag::goiw : tag::goihw;
  return md(dims, dnnl::memory::data_type::f32, any ? tag::any : order);
}

// The primitive; `weights` any, or those that were packed.
primitive_desc primitive_of(const Problem& p, const ConvShape& s, const Device& device, const md& weights) {
  const auto f32 = dnnl::memory::data_type::f32;
  const bool flat = p.in(0).size() == 3;
  const auto tensor = [&](int64_t c, int64_t h, int64_t w, Format f) {
    return md(flat ? Dims{s.n, c, w} : Dims{s.n, c, h, w}, f32, onednn_tag(f, p.in(0).size()));
  };
  const md src = tensor(s.ic, s.ih, s.iw, p.inputs[0].format), dst = tensor(s.oc, s.oh, s.ow, p.outputs[0].format);
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

size_t workspace(const Problem& p, const Config& config, const Device& device) {
  try {
    const OneOnednnThread scope;
    size_t bytes = 0;
    for (const Piece& piece : pieces_of(p, config, device.block()))
      bytes += align64(primitive_of(p, piece.shape, device, plain_weights(p, piece.shape, true)).scratchpad_desc().get_size());
    return bytes;
  } catch (const dnnl::error&) {
    return 0;
  }
}

// For each piece its weights and their descriptor; the bias behind them.
Result<PackedWeights> pack(const Problem& p, const Config& config, const Device& device) {
  try {
    const OneOnednnThread scope;
    PackedWeights packed;
    const size_t row = p.constants[1]->bytes() / size_t(conv_problem(p).shape.oc);
    for (const Piece& piece : pieces_of(p, config, device.block())) {
      const primitive_desc d = primitive_of(p, piece.shape, device, plain_weights(p, piece.shape, true));
      // Where oneDNN has no kernel it computes with plain loops: not worth a second of timing.
      if (std::string_view(d.impl_info_str()).starts_with("ref"))
        return onednn_failed(*p.node, "pack weights", dnnl::error(dnnl_unimplemented, "oneDNN has only its reference for it"));
      auto* const from = static_cast<std::byte*>(const_cast<void*>(p.constants[1]->data())) + size_t(piece.first_out) * row;
      const Tensor part(DType::f32, Dims{piece.shape.oc * int64_t(row) / 4}, from);
      packed.parts.push_back(reordered(part, plain_weights(p, piece.shape, false), d.weights_desc()));
      packed.parts.push_back(descriptor_tensor(d.weights_desc()));
    }
    if (p.has_input(2)) packed.parts.push_back(p.constants[2]->clone());
    return packed;
  } catch (const dnnl::error& e) {
    return onednn_failed(*p.node, "pack weights", e);
  }
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config& config, const PackedWeights& packed, const Device& device) {
  try {
    const OneOnednnThread scope;
    auto kernel = std::make_unique<OnednnKernel>();
    const ConvShape whole = conv_problem(p).shape;
    const std::vector<Piece> pieces = pieces_of(p, config, device.block());
    const size_t bias = pieces.size() * 2;
    size_t scratch = 0;
    for (size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[i];
      const auto weights = descriptor_from(packed.parts[2 * i + 1]);
      if (!weights) return onednn_failed(*p.node, "use packed weights", dnnl::error(dnnl_unimplemented, "another version of oneDNN packed them"));
      const primitive_desc d = primitive_of(p, piece.shape, device, *weights);
      OnednnPiece::Setup s{.primitive = dnnl::convolution_forward(d), .src = d.src_desc(), .weights = d.weights_desc(), .bias = d.bias_desc(),
                           .dst = d.dst_desc(), .scratchpad = d.scratchpad_desc()};
      s.src_offset = size_t(piece.first_in * whole.ih * whole.iw) * sizeof(float);
      s.dst_offset = size_t(piece.first_out * whole.oh * whole.ow) * sizeof(float);
      s.scratch_offset = scratch;
      s.packed_weights = packed.parts[2 * i].data();
      if (bias < packed.parts.size()) s.packed_bias = static_cast<const float*>(packed.parts[bias].data()) + piece.first_out;
      scratch += align64(s.scratchpad.get_size());
      kernel->pieces.emplace_back(std::move(s));
    }
    if (scratch > workspace(p, config, device))
      return onednn_failed(*p.node, "prepare", dnnl::error(dnnl_out_of_memory, "the packed weights need more working memory"));
    if (pieces.size() > 1) kernel->images = whole.n;
    kernel->src_image = size_t(stored(p.inputs[0]) / whole.n) * sizeof(float);
    kernel->dst_image = size_t(stored(p.outputs[0]) / whole.n) * sizeof(float);
    kernel->dst_bytes = size_t(stored(p.outputs[0])) * sizeof(float);
    kernel->packed = packed;
    kernel->has_z = p.has_input(3);
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
      .handicap = 1.05,
      .supports = supports,
      .formats = formats,
      .configs = configs,
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
