#include "tactics/cpu/conv_shape.h"

#include <algorithm>

#include "ops/conv_params.h"

namespace pharos::cpu {
namespace {

ConvProblem no(std::string reason) { return {unsupported(std::move(reason)), {}}; }

}  // namespace

ConvProblem variable_conv_problem(const Problem& p) {
  if (p.inputs.size() < 2 || p.outputs.empty()) return no("inputs are missing");
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && p.inputs[i].dtype != DType::f32) return no("not in f32");
  const Dims x = p.in(0), w = p.in(1);
  const Result<ConvParams> params = conv_params(*p.node, x, w);
  if (!params) return no("the parameters are not valid");
  if (params->spatial() < 1 || params->spatial() > 2) return no("not a one- or two-dimensional convolution");
  const bool flat = params->spatial() == 1;
  const auto first = [&](const Dims& d, int64_t otherwise) { return flat ? otherwise : d[0]; };
  ConvShape s;
  s.n = params->batch, s.ic = params->in_channels, s.oc = params->out_channels, s.groups = params->group;
  s.ih = first(params->in, 1), s.iw = params->in.back(), s.oh = first(params->out, 1), s.ow = params->out.back();
  s.kh = first(params->kernel, 1), s.kw = params->kernel.back();
  s.sh = first(params->strides, 1), s.sw = params->strides.back();
  s.dh = first(params->dilations, 1), s.dw = params->dilations.back();
  s.pt = first(params->pads_begin, 0), s.pl = params->pads_begin.back();
  s.pb = first(params->pads_end, 0), s.pr = params->pads_end.back();
  if (s.pt < 0 || s.pl < 0 || s.pb < 0 || s.pr < 0) return no("negative padding");
  if (s.ic == 0 || s.oc == 0 || s.kh == 0 || s.kw == 0) return no("an extent is zero");
  return {supported(), s};
}

ConvProblem conv_problem(const Problem& p) {
  if (p.constants.size() < 2 || !p.constants[1]) return no("the weights are not constant");
  if (p.has_input(2) && !p.constants[2]) return no("the bias is not constant");
  return variable_conv_problem(p);
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

}  // namespace pharos::cpu
