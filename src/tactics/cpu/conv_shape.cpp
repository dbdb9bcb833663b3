#include "tactics/cpu/conv_shape.h"

#include <algorithm>

namespace pharos {
namespace {

ConvProblem no(std::string reason) { return {unsupported(std::move(reason)), {}}; }

// Explicit padding of one axis for SAME_UPPER and SAME_LOWER.
void same_padding(bool upper, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t& before,
                  int64_t& after) {
  const int64_t total = std::max<int64_t>(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - in);
  before = upper ? total / 2 : total - total / 2;
  after = total - before;
}

}  // namespace

ConvProblem conv_problem(const Problem& p) {
  const Node& node = *p.node;
  if (p.inputs.size() < 2 || p.outputs.empty()) return no("inputs are missing");
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && p.inputs[i].dtype != DType::f32) return no("not in f32");
  if (!p.constants[1]) return no("the weights are not constant");
  if (p.has_input(2) && !p.constants[2]) return no("the bias is not constant");
  const Dims x = p.in(0), w = p.in(1), y = p.out(0);
  if (x.size() < 3 || x.size() > 4 || w.size() != x.size()) return no("not a one- or two-dimensional convolution");
  const size_t spatial = x.size() - 2;
  const bool flat = spatial == 1;
  ConvShape s;
  s.n = x[0], s.ic = x[1], s.oc = w[0];
  s.ih = flat ? 1 : x[2], s.iw = x.back(), s.oh = flat ? 1 : y[2], s.ow = y.back();
  s.kh = flat ? 1 : w[2], s.kw = w.back();
  const auto strides = node.attr_ints("strides"), dilations = node.attr_ints("dilations"), pads = node.attr_ints("pads");
  if (strides.size() == spatial) s.sh = flat ? 1 : strides[0], s.sw = strides.back();
  if (dilations.size() == spatial) s.dh = flat ? 1 : dilations[0], s.dw = dilations.back();
  const std::string automatic = node.attr_string("auto_pad", "NOTSET");
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    const bool upper = automatic == "SAME_UPPER";
    same_padding(upper, s.ih, s.oh, s.kh, s.sh, s.dh, s.pt, s.pb);
    same_padding(upper, s.iw, s.ow, s.kw, s.sw, s.dw, s.pl, s.pr);
  } else if (automatic != "VALID" && pads.size() == 2 * spatial) {
    s.pl = pads[spatial - 1], s.pr = pads[2 * spatial - 1];
    if (!flat) s.pt = pads[0], s.pb = pads[2];
  }
  s.groups = node.attr_int("group", 1);
  if (s.pt < 0 || s.pl < 0 || s.pb < 0 || s.pr < 0) return no("negative padding");
  if (s.groups < 1 || s.ic % s.groups || s.oc % s.groups || w[1] != s.ic / s.groups) return no("groups do not divide the channels");
  if (s.ic == 0 || s.oc == 0 || s.kh == 0 || s.kw == 0) return no("an extent is zero");
  return {supported(), s};
}

Tensor padded_bias(const ConvShape& s, const Tensor& bias, int block) {
  const int64_t channels = s.oc_per_group(), padded = (channels + block - 1) / block * block;
  Tensor out(DType::f32, {s.groups * padded});
  const auto from = bias.as<float>();
  const auto to = out.as<float>();
  for (int64_t g = 0; g < s.groups; ++g)
    std::copy_n(from.data() + g * channels, channels, to.data() + g * padded);
  return out;
}

Formats conv_formats(const Problem& p, Format in, Format out) {
  Formats f{std::vector<Format>(p.inputs.size(), Format::Plain), {out}};
  f.inputs[0] = in;
  if (p.has_input(3)) f.inputs[3] = out;
  return f;
}

}  // namespace pharos
