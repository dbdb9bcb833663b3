#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<DType> dtype_of(const Node& node) {
  const int64_t t = node.attr_int("output_datatype", 1);
  if (t < 1 || t >= dtype_count || !types::numeric.has(DType(t)))
    return bad_attribute(node, "output_datatype", std::to_string(t), "one of " + types::numeric.text());
  return DType(t);
}

Result<void> infer(InferContext& c) {
  const auto bins = c.shape_value(0), length = c.shape_value(1);
  for (size_t i = 0; i < 2; ++i)
    if (const auto& v = i == 0 ? bins : length; v && v->size() == 1 && (*v)[0].is_number() && (*v)[0].number() < 0)
      return bad_value(c.node(), i, std::to_string((*v)[0].number()), "0 or more");
  Shape shape(2);
  if (length && length->size() == 1) shape[0] = floor_div((*length)[0], Dim(2)) + Dim(1);
  if (bins && bins->size() == 1) shape[1] = (*bins)[0];
  c.set_output(0, Type::tensor(PHAROS_TRY(dtype_of(c.node())), std::move(shape)));
  return {};
}

double to_mel(double hertz) { return 2595 * std::log1p(hertz / 700) / M_LN10; }
double to_hertz(double mel) { return 700 * std::expm1(mel / 2595 * M_LN10); }

// Writes a triangle over spectrum bins: up from `left` to `center`, down to `right`.
void write_triangle(Tensor& out, int64_t band, int64_t bands, int64_t left, int64_t center, int64_t right) {
  const auto set = [&](int64_t bin, double v) { store(out, bin * bands + band, 1, &v); };
  if (left == center) set(center, 1);
  else
    for (int64_t k = left; k <= center; ++k) set(k, double(k - left) / double(center - left));
  for (int64_t k = center; k < right; ++k) set(k, double(right - k) / double(right - center));
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  for (size_t i = 0; i < 5; ++i)
    if (c.input(i).count() != 1) return bad_input(node, i, "of shape " + dims_text(c.input(i).dims()), "one element");
  const int64_t bands = c.input(0).int_at(0), length = c.input(1).int_at(0), rate = c.input(2).int_at(0);
  if (bands < 0 || bands > int64_t{1} << 40) return bad_value(node, 0, std::to_string(bands), "0 or more");
  if (length < 0 || length > int64_t{1} << 40) return bad_value(node, 1, std::to_string(length), "0 or more");
  if (rate < 1) return bad_value(node, 2, std::to_string(rate), "1 or more");
  const int64_t bins = length / 2 + 1;
  Tensor out = PHAROS_TRY(c.output(0, PHAROS_TRY(dtype_of(node)), {bins, bands}));
  const double zero = 0;
  for (int64_t i = 0; i < out.count(); ++i) store(out, i, 1, &zero);
  const double low = to_mel(c.input(3).double_at(0)), high = to_mel(c.input(4).double_at(0));
  const double step = (high - low) / double(bands + 2);
  // Edges in spectrum bins; computed as needed, since there may be many bands.
  const auto edge = [&](int64_t k) {
    return std::floor(double(length + 1) * to_hertz(low + double(k) * step) / double(rate));
  };
  for (int64_t band = 0; band < bands; ++band) {
    const double left = edge(band), center = edge(band + 1), right = edge(band + 2);
    if (!(left >= 0 && left <= center && center < double(bins) && center <= right && right <= double(bins)))
      return bad_value(node, 4, fmt::format("a band from bin {} over {} to {}", left, center, right),
                       fmt::format("rising edges in {} bins", bins));
    write_triangle(out, band, bands, int64_t(left), int64_t(center), int64_t(right));
  }
  return {};
}

}  // namespace

void define_mel_weight_matrix(OpSet& ops) {
  ops.add({
      .name = "MelWeightMatrix",
      .since = 17,
      .doc = "Weights that turn a linear spectrum into bands of the mel scale: one triangle per band.",
      .inputs = {{"num_mel_bins", types::indices},
                 {"dft_length", types::indices},
                 {"sample_rate", types::indices},
                 {"lower_edge_hertz", types::floats},
                 {"upper_edge_hertz", types::floats}},
      .outputs = {{"output", types::numeric}},
      .attributes = {{"output_datatype", AttrType::Int, false, "default float"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
