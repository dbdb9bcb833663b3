#pragma once
// Direct convolution: oracle, constant folder and fallback of all convolutions.

#include <functional>

#include "ops/conv_params.h"
#include "ops/fused/activation.h"

namespace pharos {

// Calls finish(batch, channel, first, row, n) once for every stretch of outputs: `row` holds the sums for positions
// [first, first + n) of the output plane and may be changed. No padding is multiplied; sums are in double.
using ConvFinish = std::function<void(int64_t batch, int64_t channel, int64_t first, double* row, int64_t n)>;
void convolve(const ConvParams& p, const float* x, const float* w, const ConvFinish& finish);
void convolve(const ConvParams& p, const double* x, const double* w, const ConvFinish& finish);

// activation(Conv(inputs 0, 1) + input 2 + input `addend`) into output 0; the last two may be left out.
Result<void> evaluate_conv(EvalContext& c, const Activation& activation, size_t addend);

}  // namespace pharos
