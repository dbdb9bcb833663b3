#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/fft.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> check_signal(const Node& node, const Shape& shape) {
  if (shape.size() != 2 && shape.size() != 3)
    return bad_input(node, 0, fmt::format("of rank {}", shape.size()), "rank 3");
  if (shape.size() == 3 && shape[2].is_number() && shape[2].number() != 1 && shape[2].number() != 2)
    return bad_input(node, 0, fmt::format("with a last dim of {}", shape[2].number()), "1 (real) or 2 (complex)");
  return {};
}

Result<void> infer(InferContext& c) {
  Type out = Type::tensor(c.input(0).dtype);
  const auto& shape = c.input(0).shape;
  if (!shape) { c.set_output(0, std::move(out)); return {}; }
  PHAROS_TRY(check_signal(c.node(), *shape));
  Dim frame;
  if (const auto v = c.shape_value(3); v && v->size() == 1) frame = (*v)[0];
  else if (c.has_input(2) && c.input(2).shape && c.input(2).rank() == 1) frame = (*c.input(2).shape)[0];
  else if (!c.has_input(2) && !c.has_input(3)) frame = (*shape)[1];
  Dim step;
  if (const auto v = c.shape_value(1); v && v->size() == 1) step = (*v)[0];
  if (step.is_number() && step.number() < 1) return bad_value(c.node(), 1, std::to_string(step.number()), "1 or more");
  if (frame.is_number() && (frame.number() < 1 || ((*shape)[1].is_number() && frame.number() > (*shape)[1].number())))
    return bad_value(c.node(), c.has_input(3) ? 3 : c.has_input(2) ? 2 : 0,
                     fmt::format("frames of {} in a signal of {}", frame.number(), (*shape)[1].text()), "frames of 1 or more, no longer than the signal");
  const Dim frames = floor_div((*shape)[1] - frame, step) + Dim(1);
  const Dim bins = c.node().attr_int("onesided", 1) ? floor_div(frame, Dim(2)) + Dim(1) : frame;
  out.shape = Shape{(*shape)[0], frames, bins, Dim(2)};
  c.set_output(0, std::move(out));
  return {};
}

struct StftParams { int64_t step = 1, frame = 1; std::vector<double> window; };

Result<StftParams> stft_params(EvalContext& c, int64_t length) {
  const Node& node = c.node();
  StftParams p;
  if (c.input(1).count() != 1) return bad_input(node, 1, "of shape " + dims_text(c.input(1).dims()), "one element");
  p.step = c.input(1).int_at(0);
  if (p.step < 1) return bad_value(node, 1, fmt::format("{}", p.step), "1 or more");
  p.frame = length;
  if (c.has_input(3)) {
    if (c.input(3).count() != 1) return bad_input(node, 3, "of shape " + dims_text(c.input(3).dims()), "one element");
    p.frame = c.input(3).int_at(0);
  } else if (c.has_input(2)) {
    p.frame = c.input(2).count();
  }
  if (p.frame < 1 || p.frame > length)
    return bad_value(node, c.has_input(3) ? 3 : 0, fmt::format("frames of {} in a signal of {}", p.frame, length),
                     "frames no longer than the signal");
  if (c.has_input(2)) {
    if (c.input(2).rank() != 1 || c.input(2).count() != p.frame)
      return bad_input(node, 2, "of shape " + dims_text(c.input(2).dims()), fmt::format("shape {}", p.frame));
    p.window = to_doubles(c.input(2));
  } else {
    p.window.assign(size_t(p.frame), 1.0);
  }
  return p;
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_signal(node, shape_of(x.dims())));
  const int64_t length = x.dim(1), parts = x.rank() == 3 ? x.dim(2) : 1;
  const StftParams p = PHAROS_TRY(stft_params(c, length));
  const int64_t frames = 1 + (length - p.frame) / p.step;
  const int64_t bins = node.attr_int("onesided", 1) ? p.frame / 2 + 1 : p.frame;
  Tensor out = PHAROS_TRY(c.output(0, x.dtype(), {x.dim(0), frames, bins, 2}));
  if (out.count() == 0) return {};
  const Fourier fourier(size_t(p.frame), false);
  std::vector<std::complex<double>> signal(static_cast<size_t>(p.frame));
  for (int64_t b = 0; b < x.dim(0); ++b)
    for (int64_t f = 0; f < frames; ++f) {
      for (int64_t k = 0; k < p.frame; ++k) {
        double value[2] = {0, 0};
        load(x, (b * length + f * p.step + k) * parts, parts, value);
        signal[size_t(k)] = std::complex(value[0], value[1]) * p.window[size_t(k)];
      }
      fourier.transform(signal);
      for (int64_t k = 0; k < bins; ++k) {
        const double value[2] = {signal[size_t(k)].real(), signal[size_t(k)].imag()};
        store(out, ((b * frames + f) * bins + k) * 2, 2, value);
      }
    }
  return {};
}

}  // namespace

void define_stft(OpSet& ops) {
  ops.add({
      .name = "STFT",
      .since = 17,
      .doc = "Fourier transforms of overlapping windowed frames of a signal.",
      .inputs = {{"signal", types::floats},
                 {"frame_step", types::indices},
                 {"window", types::floats, Param::Kind::Optional},
                 {"frame_length", types::indices, Param::Kind::Optional}},
      .outputs = {{"output", types::floats}},
      .attributes = {{"onesided", AttrType::Int, false, "0: the whole spectrum; default 1"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
