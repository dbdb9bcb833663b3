#include <cmath>

#include <fmt/format.h>

#include "ops/conv_params.h"
#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 5));
  c.set_output(0, tensor_type(t, PHAROS_TRY(infer_conv_shape(c.node(), c.input(0), c.input(1), 0, 1))));
  return {};
}

int64_t count_of(const Dims& d) {
  int64_t n = 1;
  for (const int64_t v : d) n *= v;
  return n;
}

// Multilinear interpolation of a plane; zero outside.
double sample(const double* plane, const Dims& in, std::span<const double> at) {
  const size_t n = in.size();
  double sum = 0;
  for (uint32_t corner = 0; corner < (1u << n); ++corner) {
    double weight = 1;
    int64_t index = 0;
    bool inside = true;
    for (size_t a = 0; inside && a < n; ++a) {
      if (!(at[a] > -1 && at[a] < double(in[a]))) return 0;
      const int64_t low = int64_t(std::floor(at[a]));
      const double part = at[a] - double(low);
      const bool upper = corner >> a & 1;
      weight *= upper ? part : 1 - part;
      const int64_t i = low + upper;
      inside = i >= 0 && i < in[a];
      index = index * in[a] + i;
    }
    if (inside && weight != 0) sum += weight * plane[index];
  }
  return sum;
}

struct Inputs {
  std::vector<double> x, w, offset, bias, mask;
  int64_t offset_groups = 1;
};

// The sampled and masked inputs of one output position: [input channel][kernel position].
void gather(const ConvParams& p, const Inputs& in, int64_t b, const Odometer& at, int64_t position, std::vector<double>& columns) {
  const int64_t kernel = count_of(p.kernel), plane = count_of(p.in), out = count_of(p.out), axes = p.spatial();
  const int64_t share = p.in_channels / in.offset_groups;
  std::vector<double> where(static_cast<size_t>(axes));
  for (int64_t g = 0; g < in.offset_groups; ++g) {
    int64_t k = 0;
    for (Odometer i(p.kernel); i.valid(); i.next(), ++k) {
      const int64_t entry = (b * in.offset_groups + g) * kernel + k;
      for (size_t a = 0; a < size_t(axes); ++a)
        where[a] = double(at[a] * p.strides[a] + i[a] * p.dilations[a] - p.pads_begin[a]) +
                   in.offset[size_t((entry * axes + int64_t(a)) * out + position)];
      const double mask = in.mask.empty() ? 1 : in.mask[size_t(entry * out + position)];
      for (int64_t ch = g * share; ch < (g + 1) * share; ++ch)
        columns[size_t(ch * kernel + k)] = mask * sample(in.x.data() + (b * p.in_channels + ch) * plane, p.in, where);
    }
  }
}

void compute(const ConvParams& p, const Inputs& in, Tensor& y) {
  const int64_t row = p.in_per_group() * count_of(p.kernel), out = count_of(p.out);
  std::vector<double> columns(static_cast<size_t>(p.in_channels * count_of(p.kernel)));
  for (int64_t b = 0; b < p.batch; ++b) {
    int64_t position = 0;
    for (Odometer at(p.out); at.valid(); at.next(), ++position) {
      gather(p, in, b, at, position, columns);
      for (int64_t o = 0; o < p.out_channels; ++o) {
        const double *w = in.w.data() + o * row, *x = columns.data() + o / p.out_per_group() * row;
        double sum = in.bias.empty() ? 0 : in.bias[size_t(o)];
        for (int64_t i = 0; i < row; ++i) sum += w[i] * x[i];
        store(y, (b * p.out_channels + o) * out + position, 1, &sum);
      }
    }
  }
}

Result<void> check_side_input(const Node& n, size_t input, const Tensor& t, const ConvParams& p, int64_t channels) {
  Dims expected{p.batch, channels};
  expected.insert(expected.end(), p.out.begin(), p.out.end());
  if (t.dims() == expected) return {};
  return bad_input(n, input, "of shape " + dims_text(t.dims()), "shape " + dims_text(expected));
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 5));
  const ConvParams p = PHAROS_TRY(conv_params(n, c.input(0).dims(), c.input(1).dims()));
  Inputs in{.offset_groups = n.attr_int("offset_group", 1)};
  if (in.offset_groups < 1 || p.in_channels % in.offset_groups != 0)
    return bad_attribute(n, "offset_group", std::to_string(in.offset_groups), fmt::format("a divisor of {} channels", p.in_channels));
  if (p.spatial() > 8) return unsupported_case(n, fmt::format("{} spatial axes; at most 8 are supported", p.spatial()));
  const int64_t entries = in.offset_groups * count_of(p.kernel);
  PHAROS_TRY(check_side_input(n, 2, c.input(2), p, entries * p.spatial()));
  if (c.has_input(3)) PHAROS_TRY(check_conv_bias(n, 3, c.input(3).dims(), p.out_channels));
  if (c.has_input(4)) PHAROS_TRY(check_side_input(n, 4, c.input(4), p, entries));
  Tensor y = PHAROS_TRY(c.output(0, c.input(0).dtype(), p.output_dims()));
  if (y.count() == 0) return {};
  in.x = to_doubles(c.input(0));
  in.w = to_doubles(c.input(1));
  in.offset = to_doubles(c.input(2));
  if (c.has_input(3)) in.bias = to_doubles(c.input(3));
  if (c.has_input(4)) in.mask = to_doubles(c.input(4));
  compute(p, in, y);
  return {};
}

}  // namespace

void define_deform_conv(OpSet& ops) {
  auto attributes = conv_attributes();
  attributes.push_back({"offset_group", AttrType::Int, false, "groups of channels that share offsets, 1"});
  const TypeSet t = types::floats;
  ops.add({.name = "DeformConv",
           .since = 22,
           .doc = "Convolution whose sampling points are shifted by an offset each and weighted by a mask.",
           .inputs = {{"X", t}, {"W", t}, {"offset", t}, {"B", t, Param::Kind::Optional}, {"mask", t, Param::Kind::Optional}},
           .outputs = {{"Y", t}},
           .attributes = std::move(attributes),
           .infer = infer,
           .evaluate = evaluate,
           .older = {{19, nullptr}}});
}

}  // namespace pharos
