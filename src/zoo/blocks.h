#pragma once
// Pieces that several networks share.

#include <cmath>

#include "zoo/zoo.h"

namespace pharos {

struct ConvShape {
  int64_t in, out, kernel = 1, stride = 1, groups = 1;
  int64_t pad() const { return kernel / 2; }
  double fan_in() const { return double(in / groups * kernel * kernel); }
};

// Weights such that a layer keeps the size of its input: deviation = gain / sqrt(fan-in). Gain sqrt(2) before a ReLU.
inline constexpr double relu_gain = 1.4142135623730951;

std::string conv(Net& net, const std::string& scope, const std::string& x, const ConvShape& shape, double gain,
                 bool bias);
// `scale`: about what the normalised values are multiplied by.
std::string batch_norm(Net& net, const std::string& scope, const std::string& x, int64_t channels, double scale = 1);
// MatMul with a [in, out] weight, then Add: what the exporter makes of Linear on 3-D input.
std::string linear(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t out, double deviation);
// Gemm with transB: Linear on 2-D input.
std::string gemm(Net& net, const std::string& scope, const std::string& x, int64_t in, int64_t out, double deviation);
std::string gelu(Net& net, const std::string& scope,
                 const std::string& x);  // x * 0.5 * (1 + erf(x / sqrt 2)), spelt out
std::string silu(Net& net, const std::string& scope, const std::string& x);  // Sigmoid, Mul

// The batch as a dim of an input or output, and as the first entry of a Reshape (0: as in the input).
NetDim batch_dim(const ZooOptions& o);

}  // namespace pharos
