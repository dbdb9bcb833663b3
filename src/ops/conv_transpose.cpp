#include <algorithm>

#include <fmt/format.h>

#include "ops/conv_params.h"
#include "ops/conv_transpose_params.h"
#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// One spatial extent for a symbolic input: linear in the input.
Result<Shape> spatial_output(InferContext& c, const Shape& x, const Dims& kernel) {
  const Node& n = c.node();
  const Window w = PHAROS_TRY(read_window(n, kernel));
  const Dims extra = n.attr_ints("output_padding");
  Dims wanted = n.attr_ints("output_shape");
  if (wanted.size() == kernel.size() + 2) wanted.erase(wanted.begin(), wanted.begin() + 2);
  Shape out;
  for (size_t a = 0; a < kernel.size(); ++a) {
    if (wanted.size() == kernel.size()) { out.emplace_back(wanted[a]); continue; }
    const Dim in = x[a + 2], stride = w.strides[a];
    if (w.auto_pad == AutoPad::SameUpper || w.auto_pad == AutoPad::SameLower) { out.push_back(in * stride); continue; }
    const int64_t rest = (a < extra.size() ? extra[a] : 0) + w.reach(int(a)) - w.pads_begin[a] - w.pads_end[a];
    out.push_back(stride * (in - Dim(1)) + Dim(rest));
  }
  return out;
}

Result<void> infer(InferContext& c) {
  const Node& n = c.node();
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  const Type &x = c.input(0), &w = c.input(1);
  if (!x.has_rank() || !w.has_rank()) return c.set_output(0, Type::tensor(t)), Result<void>();
  if (x.rank() < 3) return bad_input(n, 0, fmt::format("of rank {}", x.rank()), "rank 3 or more");
  if (w.rank() != x.rank()) return bad_input(n, 1, fmt::format("of rank {}", w.rank()), fmt::format("rank {}", x.rank()));
  const auto x_dims = x.dims(), w_dims = w.dims();
  if (x_dims && w_dims) {
    c.set_output(0, Type::tensor(t, PHAROS_TRY(conv_transpose_params(n, *x_dims, *w_dims)).output_dims()));
    return {};
  }
  Shape y{(*x.shape)[0], (*w.shape)[1] * Dim(n.attr_int("group", 1))};
  const auto kernel = concrete(Shape(w.shape->begin() + 2, w.shape->end()));
  const Shape spatial = kernel ? PHAROS_TRY(spatial_output(c, *x.shape, *kernel)) : Shape(size_t(x.rank()) - 2);
  y.insert(y.end(), spatial.begin(), spatial.end());
  c.set_output(0, Type::tensor(t, std::move(y)));
  return {};
}

int64_t count_of(const Dims& d) {
  int64_t n = 1;
  for (const int64_t v : d) n *= v;
  return n;
}

// Adds the input plane times one kernel plane to the output plane.
template <class T>
void scatter_plane(const ConvTransposeParams& p, const T* x, const T* w, double* sums) {
  const size_t last = p.kernel.size() - 1;
  const int64_t stride = p.strides[last];
  int64_t kernel_row = 0;
  for (Odometer k(std::span(p.kernel).first(last)); k.valid(); k.next(), ++kernel_row) {
    int64_t in_row = 0;
    for (Odometer i(std::span(p.in).first(last)); i.valid(); i.next(), ++in_row) {
      int64_t out_row = 0;
      bool inside = true;
      for (size_t a = 0; inside && a < last; ++a) {
        const int64_t o = i[a] * p.strides[a] + k[a] * p.dilations[a] - p.pads_begin[a];
        inside = o >= 0 && o < p.out[a];
        out_row = out_row * p.out[a] + o;
      }
      if (!inside) continue;
      for (int64_t kw = 0; kw < p.kernel[last]; ++kw) {
        const int64_t offset = kw * p.dilations[last] - p.pads_begin[last];
        const PositionRange r = positions_inside(offset, stride, p.out[last], p.in[last]);
        const double weight = double(w[kernel_row * p.kernel[last] + kw]);
        const T* row = x + in_row * p.in[last];
        double* to = sums + out_row * p.out[last] + offset;
        for (int64_t j = r.first; j < r.last; ++j) to[j * stride] += weight * double(row[j]);
      }
    }
  }
}

template <class T>
void compute(EvalContext& c, const ConvTransposeParams& p, Tensor& y) {
  const Elements<T> x(c.input(0)), w(c.input(1)), bias = optional_elements<T>(c, 2);
  const int64_t in_plane = count_of(p.in), out_plane = count_of(p.out), kernel_plane = count_of(p.kernel);
  const int64_t ic = p.in_channels / p.group, oc = p.out_channels / p.group;
  std::vector<double> sums(static_cast<size_t>(out_plane));
  for (int64_t b = 0; b < p.batch; ++b)
    for (int64_t o = 0; o < p.out_channels; ++o) {
      std::fill(sums.begin(), sums.end(), bias ? double(bias[o]) : 0.0);
      for (int64_t i = o / oc * ic; i < (o / oc + 1) * ic; ++i)
        scatter_plane(p, x.data() + (b * p.in_channels + i) * in_plane, w.data() + (i * oc + o % oc) * kernel_plane, sums.data());
      store(y, (b * p.out_channels + o) * out_plane, out_plane, sums.data());
    }
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor& x = c.input(0);
  const ConvTransposeParams p = PHAROS_TRY(conv_transpose_params(c.node(), x.dims(), c.input(1).dims()));
  if (c.has_input(2)) PHAROS_TRY(check_conv_bias(c.node(), 2, c.input(2).dims(), p.out_channels));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), p.output_dims()));
  if (y.count() == 0) return {};
  if (x.dtype() == DType::f64) compute<double>(c, p, y);
  else compute<float>(c, p, y);
  return {};
}

}  // namespace

void define_conv_transpose(OpSet& ops) {
  auto attributes = conv_attributes();
  attributes.push_back({"output_padding", AttrType::Ints, false, "added to the end of each spatial axis, 0"});
  attributes.push_back({"output_shape", AttrType::Ints, false, "spatial extents of the result; the pads follow"});
  ops.add({.name = "ConvTranspose",
           .since = 22,
           .doc = "Transposed convolution: every input spreads over a window of the result.",
           .inputs = {{"X", types::floats}, {"W", types::floats}, {"B", types::floats, Param::Kind::Optional}},
           .outputs = {{"Y", types::floats}},
           .attributes = std::move(attributes),
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
