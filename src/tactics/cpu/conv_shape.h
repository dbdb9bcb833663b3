#pragma once
// A one- or two-dimensional convolution made concrete. A missing second spatial axis is a height of 1.

#include "tactics/tactic.h"

namespace pharos::cpu {

struct ConvShape {
  int64_t n = 1, ic = 1, ih = 1, iw = 1, oc = 1, oh = 1, ow = 1;
  int64_t kh = 1, kw = 1, sh = 1, sw = 1, dh = 1, dw = 1;
  int64_t pt = 0, pl = 0, pb = 0, pr = 0;
  int64_t groups = 1;
  int64_t ic_per_group() const { return ic / groups; }
  int64_t oc_per_group() const { return oc / groups; }
  bool is_pointwise() const { return kh == 1 && kw == 1 && pt == 0 && pl == 0 && pb == 0 && pr == 0; }
  bool is_depthwise() const { return groups == ic && oc == ic && groups > 1; }
  double flops() const { return 2.0 * double(n) * double(oc) * double(oh) * double(ow) * double(ic_per_group()) * double(kh) * double(kw); }
};

// Of a Conv or pharos::Conv in f32 (the weight is input 1, the bias input 2); says what is in the way otherwise.
struct ConvProblem {
  Support support;
  ConvShape shape;
};
ConvProblem conv_problem(const Problem& p);           // weights and bias are constant
ConvProblem variable_conv_problem(const Problem& p);  // they may vary

// The bias with each group's channels rounded up to whole blocks by zeros.
Tensor padded_bias(const ConvShape& s, const Tensor& bias, int block);

// Input, weights and further inputs of the same layout question: X and Z in `in` and `out`, everything else plain.
Formats conv_formats(const Problem& p, Format in, Format out);

}  // namespace pharos::cpu
