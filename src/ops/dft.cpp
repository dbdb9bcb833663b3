#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/fft.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

struct DftParams {
  bool inverse = false, onesided = false;
  bool real_result() const { return inverse && onesided; }  // half a spectrum in, a real signal out
};

DftParams dft_params(const Node& node) { return {node.attr_int("inverse") != 0, node.attr_int("onesided") != 0}; }

Result<int> signal_axis(const Node& node, int64_t axis, int rank) {
  const int a = PHAROS_TRY(checked_axis(node, axis, rank));
  if (a == rank - 1)
    return bad_attribute(node, "axis", fmt::format("{}", axis),
                         "an axis before the last, which holds real and imaginary parts");
  return a;
}

Result<void> check_signal(const Node& node, const Shape& shape) {
  if (shape.size() < 2) return bad_input(node, 0, fmt::format("of rank {}", shape.size()), "rank 2 or more");
  const Dim& last = shape.back();
  if (last.is_number() && last.number() != 1 && last.number() != 2)
    return bad_input(node, 0, fmt::format("with a last dim of {}", last.number()), "1 (real) or 2 (complex)");
  return {};
}

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  const DftParams p = dft_params(node);
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  if (!out.shape) { c.set_output(0, std::move(out)); return {}; }
  PHAROS_TRY(check_signal(node, *out.shape));
  const auto axis_value = c.shape_value(2), length_value = c.shape_value(1);
  const bool axis_known = !c.has_input(2) || (axis_value && axis_value->size() == 1 && (*axis_value)[0].is_number());
  if (axis_known) {
    const int axis = PHAROS_TRY(signal_axis(node, c.has_input(2) ? (*axis_value)[0].number() : -2, out.rank()));
    if (length_value && length_value->size() == 1 && (*length_value)[0].is_number() && (*length_value)[0].number() < 1)
      return bad_value(node, 1, fmt::format("a transform of length {}", (*length_value)[0].number()), "1 or more");
    Dim& d = (*out.shape)[size_t(axis)];
    if (c.has_input(1)) d = length_value && length_value->size() == 1 ? (*length_value)[0] : Dim();
    else if (p.real_result()) d = (d - Dim(1)) * Dim(2);
    if (p.onesided && !p.inverse) d = floor_div(d, Dim(2)) + Dim(1);
  } else {
    for (Dim& d : *out.shape) d = Dim();
  }
  out.shape->back() = Dim(p.real_result() ? 1 : 2);
  c.set_output(0, std::move(out));
  return {};
}

Result<int64_t> scalar(EvalContext& c, size_t i) {
  if (c.input(i).count() != 1) return bad_input(c.node(), i, "of shape " + dims_text(c.input(i).dims()), "one element");
  return c.input(i).int_at(0);
}

struct Rows {
  AxisSplit in, out;          // around the axis; `inner` counts values, without the parts of a complex one
  int64_t in_parts = 1, out_parts = 1;
};

// Reads one signal of `length` values, cut or padded with zeros; half a spectrum is completed by its symmetry.
void read(const Tensor& x, const Rows& r, int64_t o, int64_t i, bool half, std::vector<std::complex<double>>& signal) {
  const int64_t n = int64_t(signal.size());
  const int64_t given = std::min(half ? n / 2 + 1 : n, r.in.length);
  for (int64_t k = 0; k < n; ++k) {
    double parts[2] = {0, 0};
    if (k < given) load(x, ((o * r.in.length + k) * r.in.inner + i) * r.in_parts, r.in_parts, parts);
    signal[size_t(k)] = {parts[0], parts[1]};
  }
  if (!half) return;
  for (int64_t k = n / 2 + 1; k < n; ++k) signal[size_t(k)] = std::conj(signal[size_t(n - k)]);
  signal[0] = signal[0].real();
  if (n % 2 == 0) signal[size_t(n / 2)] = signal[size_t(n / 2)].real();
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const DftParams p = dft_params(node);
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_signal(node, shape_of(x.dims())));
  const int axis = PHAROS_TRY(signal_axis(node, c.has_input(2) ? PHAROS_TRY(scalar(c, 2)) : -2, x.rank()));
  const int64_t own = x.dim(axis);
  const int64_t length = c.has_input(1) ? PHAROS_TRY(scalar(c, 1)) : p.real_result() ? 2 * (own - 1) : own;
  if (length < 1)
    return bad_value(node, c.has_input(1) ? 1 : 0, fmt::format("a transform of length {}", length), "1 or more");
  Dims dims = x.dims();
  dims[size_t(axis)] = p.onesided && !p.inverse ? length / 2 + 1 : length;
  dims.back() = p.real_result() ? 1 : 2;
  Tensor out = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (out.count() == 0) return {};
  Rows r{split_at(x.dims(), axis), split_at(dims, axis), x.dims().back(), dims.back()};
  r.in.inner /= r.in_parts;
  r.out.inner /= r.out_parts;
  const Fourier fourier(size_t(length), p.inverse);
  std::vector<std::complex<double>> signal(static_cast<size_t>(length));
  for (int64_t o = 0; o < r.in.outer; ++o)
    for (int64_t i = 0; i < r.in.inner; ++i) {
      read(x, r, o, i, p.real_result(), signal);
      fourier.transform(signal);
      for (int64_t k = 0; k < r.out.length; ++k) {
        const double parts[2] = {signal[size_t(k)].real(), signal[size_t(k)].imag()};
        store(out, ((o * r.out.length + k) * r.out.inner + i) * r.out_parts, r.out_parts, parts);
      }
    }
  return {};
}

// Until opset 20 the axis was an attribute, with another default.
Result<void> axis_to_input(Graph& graph, NodeId id, int) {
  const int64_t axis = graph.node(id).attr_int("axis", 1);
  graph.set_input(id, 2, graph.add_constant(graph.node(id).name + "_axis", Tensor::scalar_i64(axis)));
  graph.node(id).attributes.erase("axis");
  return {};
}

}  // namespace

void define_dft(OpSet& ops) {
  ops.add({
      .name = "DFT",
      .since = 20,
      .doc =
          "The discrete Fourier transform along an axis, of any length; the last axis holds real and imaginary parts.",
      .inputs = {{"input", types::floats},
                 {"dft_length", types::indices, Param::Kind::Optional},
                 {"axis", types::i64, Param::Kind::Optional}},
      .outputs = {{"output", types::floats}},
      .attributes = {{"inverse", AttrType::Int, false, "default 0"},
                     {"onesided", AttrType::Int, false,
                      "1: only half of the symmetric spectrum is written or read; default 0"}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{17, axis_to_input}},
  });
}

}  // namespace pharos
