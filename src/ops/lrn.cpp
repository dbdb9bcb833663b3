#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> check(const Node& n, std::optional<int> rank) {
  if (n.attr_int("size", 1) < 1) return bad_attribute(n, "size", std::to_string(n.attr_int("size", 1)), "1 or more");
  if (rank && *rank < 2) return bad_input(n, 0, fmt::format("of rank {}", *rank), "rank 2 or more");
  return {};
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  PHAROS_TRY(check(c.node(), x.has_rank() ? std::optional(x.rank()) : std::nullopt));
  return infer_same(c);
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor& x = c.input(0);
  PHAROS_TRY(check(n, x.rank()));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (y.count() == 0) return {};
  const int64_t channels = x.dim(1), plane = x.count() / (x.dim(0) * channels), size = n.attr_int("size", 1);
  const double alpha = n.attr_float("alpha", 1e-4f), beta = n.attr_float("beta", 0.75f), bias = n.attr_float("bias", 1);
  const int64_t before = std::min((size - 1) / 2, channels), after = std::min(size - 1 - (size - 1) / 2, channels);
  const std::vector<double> v = to_doubles(x);
  std::vector<double> out(static_cast<size_t>(plane));
  for (int64_t i = 0; i < x.dim(0) * channels; ++i) {
    const int64_t channel = i % channels, image = i - channel;
    const int64_t first = std::max<int64_t>(0, channel - before), last = std::min(channels - 1, channel + after);
    for (int64_t k = 0; k < plane; ++k) {
      double square = 0;
      for (int64_t o = image + first; o <= image + last; ++o) square += v[size_t(o * plane + k)] * v[size_t(o * plane + k)];
      out[size_t(k)] = v[size_t(i * plane + k)] / std::pow(bias + alpha / double(size) * square, beta);
    }
    store(y, i * plane, plane, out.data());
  }
  return {};
}

}  // namespace

void define_lrn(OpSet& ops) {
  ops.add({.name = "LRN",
           .since = 13,
           .doc = "Divides by a power of the mean square of neighbouring channels.",
           .inputs = {{"X", types::floats}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"alpha", AttrType::Float, false, "factor of the squares, 1e-4"},
                          {"beta", AttrType::Float, false, "exponent, 0.75"},
                          {"bias", AttrType::Float, false, "1"},
                          {"size", AttrType::Int, true, "number of channels summed"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
