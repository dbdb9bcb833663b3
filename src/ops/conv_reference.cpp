#include "ops/conv_reference.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

constexpr int64_t stretch = 1024;  // outputs summed at a time, so that the sums stay in the first-level cache

// One row of inputs under one row of the kernel.
struct RowPair { int64_t input, weight; };

// A pointwise convolution treats each plane as one row.
ConvParams flattened(const ConvParams& p) {
  if (!p.pointwise()) return p;
  ConvParams f = p;
  int64_t count = 1;
  for (const int64_t d : p.out) count *= d;
  f.in = f.out = {count};
  f.kernel = f.strides = f.dilations = {1};
  f.pads_begin = f.pads_end = {0};
  return f;
}

// For outputs [first, first + n) of a row: sums += weight * inputs, where inputs exist.
template <class T>
void add_row(const T* x, const T* w, const ConvParams& p, int64_t first, int64_t n, double* sums) {
  const size_t a = p.kernel.size() - 1;
  const int64_t stride = p.strides[a];
  for (int64_t k = 0; k < p.kernel[a]; ++k) {
    const int64_t offset = k * p.dilations[a] - p.pads_begin[a] + first * stride;
    const PositionRange r = positions_inside(offset, stride, p.in[a], n);
    const double weight = double(w[k]);
    const T* row = x + offset;
    if (stride == 1)
      for (int64_t o = r.first; o < r.last; ++o) sums[o] += weight * double(row[o]);
    else
      for (int64_t o = r.first; o < r.last; ++o) sums[o] += weight * double(row[o * stride]);
  }
}

// Kernel rows that meet the input at output row `at` (an index over all spatial axes but the last).
void collect_rows(const ConvParams& p, const Odometer& at, std::vector<RowPair>& rows) {
  rows.clear();
  const size_t outer = p.kernel.size() - 1;
  for (Odometer k(std::span(p.kernel).first(outer)); k.valid(); k.next()) {
    int64_t input = 0, weight = 0;
    bool inside = true;
    for (size_t a = 0; inside && a < outer; ++a) {
      const int64_t i = at[a] * p.strides[a] + k[a] * p.dilations[a] - p.pads_begin[a];
      inside = i >= 0 && i < p.in[a];
      input = input * p.in[a] + i;
      weight = weight * p.kernel[a] + k[a];
    }
    if (inside) rows.push_back({input * p.in[outer], weight * p.kernel[outer]});
  }
}

int64_t count_of(const Dims& d) {
  int64_t n = 1;
  for (const int64_t v : d) n *= v;
  return n;
}

template <class T>
void convolve_any(const ConvParams& given, const T* x, const T* w, const ConvFinish& finish) {
  const ConvParams p = flattened(given);
  const size_t outer = p.kernel.size() - 1;
  const int64_t in_plane = count_of(p.in), kernel_plane = count_of(p.kernel), width = p.out[outer];
  const int64_t ic = p.in_per_group(), oc = p.out_per_group();
  std::vector<RowPair> rows;
  std::vector<double> sums(size_t(std::min(stretch, width)));
  int64_t out_row = 0;
  for (Odometer at(std::span(p.out).first(outer)); at.valid(); at.next(), ++out_row) {
    collect_rows(p, at, rows);
    for (int64_t b = 0; b < p.batch; ++b)
      for (int64_t first = 0; first < width; first += stretch)
        for (int64_t o = 0; o < p.out_channels; ++o) {
          const int64_t n = std::min(stretch, width - first);
          std::fill_n(sums.begin(), n, 0.0);
          const T* plane = x + (b * p.in_channels + o / oc * ic) * in_plane;
          const T* weights = w + o * ic * kernel_plane;
          for (int64_t i = 0; i < ic; ++i, plane += in_plane, weights += kernel_plane)
            for (const RowPair& r : rows) add_row(plane + r.input, weights + r.weight, p, first, n, sums.data());
          finish(b, o, out_row * width + first, sums.data(), n);
        }
  }
}

template <class T>
void convolve_inputs(EvalContext& c, const ConvParams& p, const Activation& activation, size_t addend, Tensor& y) {
  const Elements<T> x(c.input(0)), w(c.input(1)), bias = optional_elements<T>(c, 2), z = optional_elements<T>(c, addend);
  const int64_t plane = count_of(p.out);
  convolve(p, x.data(), w.data(), [&](int64_t b, int64_t o, int64_t first, double* row, int64_t n) {
    const int64_t at = (b * p.out_channels + o) * plane + first;
    if (bias)
      for (int64_t i = 0; i < n; ++i) row[i] += double(bias[o]);
    if (z)
      for (int64_t i = 0; i < n; ++i) row[i] += double(z[at + i]);
    activate(activation, row, n);
    store(y, at, n, row);
  });
}

}  // namespace

void convolve(const ConvParams& p, const float* x, const float* w, const ConvFinish& finish) { convolve_any(p, x, w, finish); }
void convolve(const ConvParams& p, const double* x, const double* w, const ConvFinish& finish) { convolve_any(p, x, w, finish); }

Result<void> evaluate_conv(EvalContext& c, const Activation& activation, size_t addend) {
  const Tensor& x = c.input(0);
  const ConvParams p = PHAROS_TRY(conv_params(c.node(), x.dims(), c.input(1).dims()));
  if (c.has_input(2)) PHAROS_TRY(check_conv_bias(c.node(), 2, c.input(2).dims(), p.out_channels));
  if (c.has_input(addend) && c.input(addend).dims() != p.output_dims())
    return bad_input(c.node(), addend, "of shape " + dims_text(c.input(addend).dims()),
                     "the shape of the output, " + dims_text(p.output_dims()));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), p.output_dims()));
  if (y.count() == 0) return {};
  if (x.dtype() == DType::f64) convolve_inputs<double>(c, p, activation, addend, y);
  else convolve_inputs<float>(c, p, activation, addend, y);
  return {};
}

}  // namespace pharos
