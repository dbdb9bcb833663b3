#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/fused/activation.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Activation> read_activation(const Node& n) {
  const std::string name = n.attr_string("activation", "none");
  if (name == "none") return Activation{};
  if (name == "silu" || name == "swish") return Activation{ActivationKind::Silu};
  return bad_attribute(n, "activation", "'" + name + "'", "'none', 'silu' or 'swish'");
}

Result<void> infer(InferContext& c) {
  PHAROS_TRY(read_activation(c.node()));
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 4));
  const Type &x = c.input(0), &w = c.input(1);
  for (size_t i = 0; i < 2; ++i)
    if (c.input(i).has_rank() && c.input(i).rank() != 3)
      return bad_input(c.node(), i, fmt::format("of rank {}", c.input(i).rank()), "rank 3");
  c.set_output(0, tensor_type(t, x.shape));
  std::optional<Shape> state;
  if (x.shape) state = Shape{(*x.shape)[0], (*x.shape)[1], w.shape ? (*w.shape)[2] - Dim(1) : Dim()};
  c.set_output(1, tensor_type(t, std::move(state)));
  return {};
}

Result<void> check(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 4));
  const Tensor &x = c.input(0), &w = c.input(1);
  PHAROS_TRY(check_rank(n, 0, x.rank(), 3, 3));
  PHAROS_TRY(check_rank(n, 1, w.rank(), 3, 3));
  if (w.dim(0) != x.dim(1) || w.dim(1) != 1 || w.dim(2) < 1)
    return bad_input(n, 1, "of shape " + dims_text(w.dims()), fmt::format("shape {}x1xk", x.dim(1)));
  if (c.has_input(2) && c.input(2).dims() != Dims{x.dim(1)})
    return bad_input(n, 2, "of shape " + dims_text(c.input(2).dims()), fmt::format("shape {}", x.dim(1)));
  const Dims state{x.dim(0), x.dim(1), w.dim(2) - 1};
  if (c.has_input(3) && c.input(3).dims() != state)
    return bad_input(n, 3, "of shape " + dims_text(c.input(3).dims()), "shape " + dims_text(state));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check(c));
  const Activation activation = PHAROS_TRY(read_activation(c.node()));
  const Tensor &x = c.input(0), &w = c.input(1);
  const int64_t channels = x.dim(1), length = x.dim(2), kernel = w.dim(2), carried = kernel - 1;
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  Tensor state = PHAROS_TRY(c.output(1, x.dtype(), {x.dim(0), channels, carried}));
  const std::vector<double> weights = to_doubles(w);
  const Elements<double> bias = optional_elements<double>(c, 2);
  std::vector<double> line(size_t(carried + length), 0.0), out(static_cast<size_t>(length));
  for (int64_t row = 0; row < x.dim(0) * channels; ++row) {
    const int64_t channel = row % channels;
    if (c.has_input(3)) load(c.input(3), row * carried, carried, line.data());
    load(x, row * length, length, line.data() + carried);
    for (int64_t i = 0; i < length; ++i) {
      double sum = bias ? bias[channel] : 0;
      for (int64_t k = 0; k < kernel; ++k) sum += weights[size_t(channel * kernel + k)] * line[size_t(i + k)];
      out[size_t(i)] = sum;
    }
    activate(activation, out.data(), length);
    store(y, row * length, length, out.data());
    store(state, row * carried, carried, line.data() + length);
  }
  return {};
}

}  // namespace

void define_causal_conv_with_state(OpSet& ops) {
  const TypeSet t{DType::f32, DType::f16, DType::bf16};
  ops.add({.name = "CausalConvWithState",
           .since = 27,
           .doc = "Depthwise convolution over time that sees the past only and carries its last inputs on.",
           .inputs = {{"input", t}, {"weight", t}, {"bias", t, Param::Kind::Optional}, {"past_state", t, Param::Kind::Optional}},
           .outputs = {{"output", t}, {"present_state", t}},
           .attributes = {{"activation", AttrType::String, false, "'none', 'silu' or 'swish'"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
