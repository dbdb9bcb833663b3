// NegativeLogLikelihoodLoss, and SoftmaxCrossEntropyLoss, which is the same after a log-softmax over the classes.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

enum class Reduction { None, Sum, Mean };

Result<Reduction> reduction_of(const Node& node) {
  const std::string r = node.attr_string("reduction", "mean");
  if (r == "none") return Reduction::None;
  if (r == "sum") return Reduction::Sum;
  if (r == "mean") return Reduction::Mean;
  return bad_attribute(node, "reduction", "'" + r + "'", "none, sum or mean");
}

Result<void> check(const Node& node, const Dims& scores, const Dims& target, const Tensor* weight) {
  if (scores.size() < 2) return bad_input(node, 0, fmt::format("of rank {}", scores.size()), "rank 2 or more");
  Dims expected = scores;
  expected.erase(expected.begin() + 1);
  if (target != expected) return bad_input(node, 1, "of shape " + dims_text(target), "shape " + dims_text(expected));
  if (weight && (weight->rank() != 1 || weight->dim(0) != scores[1]))
    return bad_input(node, 2, "of shape " + dims_text(weight->dims()), fmt::format("shape {}", scores[1]));
  return {};
}

Result<void> infer(InferContext& c) {
  const Reduction reduction = PHAROS_TRY(reduction_of(c.node()));
  const Type& scores = c.input(0);
  const auto a = scores.dims(), b = c.input(1).dims();
  if (a && b) PHAROS_TRY(check(c.node(), *a, *b, nullptr));
  Type out = Type::tensor(scores.dtype);
  if (reduction != Reduction::None) out.shape = Shape{};
  else if (c.input(1).shape) out.shape = c.input(1).shape;
  c.set_output(0, std::move(out));
  c.set_output(1, scores);
  return {};
}

// Log-softmax along axis 1, in place.
void log_softmax(std::vector<double>& x, const AxisSplit& s) {
  for (int64_t o = 0; o < s.outer; ++o)
    for (int64_t i = 0; i < s.inner; ++i) {
      const auto at = [&](int64_t k) -> double& { return x[size_t((o * s.length + k) * s.inner + i)]; };
      double top = -HUGE_VAL, sum = 0;
      for (int64_t k = 0; k < s.length; ++k) top = std::max(top, at(k));
      for (int64_t k = 0; k < s.length; ++k) sum += std::exp(at(k) - top);
      const double log_sum = top + std::log(sum);
      for (int64_t k = 0; k < s.length; ++k) at(k) -= log_sum;
    }
}

Result<void> loss(EvalContext& c, const std::vector<double>& log_prob) {
  const Node& node = c.node();
  const Tensor &scores = c.input(0), &target = c.input(1);
  const AxisSplit s = split_at(scores.dims(), 1);
  const Reduction reduction = PHAROS_TRY(reduction_of(node));
  const bool ignores = node.has_attr("ignore_index");
  const int64_t ignored = node.attr_int("ignore_index");
  const std::vector<double> weight =
      c.has_input(2) ? to_doubles(c.input(2)) : std::vector<double>(size_t(s.length), 1.0);
  Tensor out = PHAROS_TRY(c.output(0, scores.dtype(), reduction == Reduction::None ? target.dims() : Dims{}));
  double sum = 0, weights = 0;
  for (int64_t n = 0; n < s.outer; ++n)
    for (int64_t i = 0; i < s.inner; ++i) {
      const int64_t at = n * s.inner + i, label = target.int_at(at);
      double value = 0;
      if (!ignores || label != ignored) {
        if (label < 0 || label >= s.length) return index_out_of_range(node, 1, label, 0, s.length - 1);
        value = -log_prob[size_t((n * s.length + label) * s.inner + i)] * weight[size_t(label)];
        weights += weight[size_t(label)];
      }
      sum += value;
      if (reduction == Reduction::None) store(out, at, 1, &value);
    }
  if (reduction == Reduction::Mean) sum /= weights;
  if (reduction != Reduction::None) store(out, 0, 1, &sum);
  return {};
}

Result<void> evaluate_nll(EvalContext& c) {
  PHAROS_TRY(check(c.node(), c.input(0).dims(), c.input(1).dims(), c.has_input(2) ? &c.input(2) : nullptr));
  return loss(c, to_doubles(c.input(0)));
}

Result<void> evaluate_softmax(EvalContext& c) {
  PHAROS_TRY(check(c.node(), c.input(0).dims(), c.input(1).dims(), c.has_input(2) ? &c.input(2) : nullptr));
  std::vector<double> x = to_doubles(c.input(0));
  log_softmax(x, split_at(c.input(0).dims(), 1));
  if (c.has_output(1)) {
    Tensor out = PHAROS_TRY(c.output(1, c.input(0).dtype(), c.input(0).dims()));
    from_doubles(out, x);
  }
  return loss(c, x);
}

}  // namespace

void define_losses(OpSet& ops) {
  const std::vector<AttrDef> attributes = {
      {"ignore_index", AttrType::Int, false, "targets of this value do not count; default none"},
      {"reduction", AttrType::String, false, "none, sum or mean (default; weighted)"}};
  ops.add({.name = "NegativeLogLikelihoodLoss",
           .since = 22,
           .doc = "The weighted loss of log-probabilities [N, C, …] against class numbers.",
           .inputs = {{"input", types::floats},
                      {"target", types::indices},
                      {"weight", types::floats, Param::Kind::Optional}},
           .outputs = {{"loss", types::floats}},
           .attributes = attributes,
           .infer = infer,
           .evaluate = evaluate_nll,
           .older = {{12, nullptr}}});
  ops.add({.name = "SoftmaxCrossEntropyLoss",
           .since = 13,
           .doc = "The weighted loss of unnormalised scores [N, C, …] against class numbers.",
           .inputs = {{"scores", types::floats},
                      {"labels", types::indices},
                      {"weights", types::floats, Param::Kind::Optional}},
           .outputs = {{"output", types::floats}, {"log_prob", types::floats, Param::Kind::Optional}},
           .attributes = attributes,
           .infer = infer,
           .evaluate = evaluate_softmax,
           .older = {{12, nullptr}}});
}

}  // namespace pharos
