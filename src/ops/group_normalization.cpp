// InstanceNormalization and GroupNormalization: over groups of channels of one image.

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  c.set_output(0, tensor_type(t, c.input(0).shape));
  return {};
}

// `groups` of 0: one per channel.
Result<void> normalize(EvalContext& c, int64_t groups) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor& x = c.input(0);
  if (x.rank() < 2) return bad_input(n, 0, fmt::format("of rank {}", x.rank()), "rank 2 or more");
  const int64_t channels = x.dim(1);
  if (groups == 0) groups = std::max<int64_t>(channels, 1);
  if (groups < 1 || channels % groups != 0)
    return bad_attribute(n, "num_groups", std::to_string(groups), fmt::format("a divisor of {} channels", channels));
  for (size_t i = 1; i < 3; ++i)
    if (c.input(i).dims() != Dims{channels})
      return bad_input(n, i, "of shape " + dims_text(c.input(i).dims()), fmt::format("shape {}", channels));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (y.count() == 0) return {};
  const int64_t plane = x.count() / (x.dim(0) * channels), length = plane * (channels / groups);
  const std::vector<double> scale = to_doubles(c.input(1)), bias = to_doubles(c.input(2));
  const double epsilon = n.attr_float("epsilon", 1e-5f);
  std::vector<double> v(static_cast<size_t>(length));
  for (int64_t at = 0; at < x.count(); at += length) {
    load(x, at, length, v.data());
    double mean = 0, square = 0;
    for (const double e : v) mean += e;
    mean /= double(length);
    for (const double e : v) square += (e - mean) * (e - mean);
    const double factor = 1 / std::sqrt(square / double(length) + epsilon);
    for (int64_t i = 0; i < length; ++i) {
      const size_t channel = size_t((at + i) / plane % channels);
      v[size_t(i)] = (v[size_t(i)] - mean) * factor * scale[channel] + bias[channel];
    }
    store(y, at, length, v.data());
  }
  return {};
}

Result<void> evaluate_instance(EvalContext& c) { return normalize(c, 0); }

Result<void> evaluate_group(EvalContext& c) {
  const int64_t groups = c.node().attr_int("num_groups", 0);
  if (groups < 1) return bad_attribute(c.node(), "num_groups", std::to_string(groups), "1 or more");
  return normalize(c, groups);
}

// Opset 18 had one scale and one bias per group: each is repeated for the channels of its group.
Result<void> per_group(Graph& graph, NodeId id, int) {
  const Node n = graph[id];
  const int64_t groups = n.attr_int("num_groups", 0), zero = 0, minus = -1;
  if (groups < 1) return bad_attribute(n, "num_groups", std::to_string(groups), "1 or more");
  const auto add = [&](const char* op, std::vector<ValueId> in, Attributes attributes = {}) {
    return graph.add(op, std::move(in), std::move(attributes), n.name + "_groups", n.origin);
  };
  const ValueId group_count = add_ints(graph, n.name + "_count", std::span(&groups, 1));
  const ValueId channels = add("Shape", {n.inputs[0]}, {{"start", int64_t{1}}, {"end", int64_t{2}}});
  const ValueId target = add("Concat", {group_count, add("Div", {channels, group_count})}, {{"axis", zero}});
  const int64_t column[] = {-1, 1};
  for (size_t i = 1; i < 3; ++i) {
    const ValueId tall = add("Reshape", {n.inputs[i], add_ints(graph, n.name + "_column", column)});
    const ValueId flat = add("Reshape", {add("Expand", {tall, target}), add_ints(graph, n.name + "_flat", std::span(&minus, 1))});
    graph.set_input(id, i, flat);
  }
  return {};
}

}  // namespace

void define_group_normalization(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "InstanceNormalization",
           .since = 22,
           .doc = "Mean 0 and variance 1 within each channel of each image, then scale and bias.",
           .inputs = {{"input", t}, {"scale", t}, {"B", t}},
           .outputs = {{"output", t}},
           .attributes = {{"epsilon", AttrType::Float, false, "added to the variance, 1e-5"}},
           .infer = infer,
           .evaluate = evaluate_instance,
           .older = {{1, drop_consumed_inputs}, {6, nullptr}}});
  ops.add({.name = "GroupNormalization",
           .since = 21,
           .doc = "Mean 0 and variance 1 within each group of channels of each image, then scale and bias per channel.",
           .inputs = {{"X", t}, {"scale", t}, {"bias", t}},
           .outputs = {{"Y", t}},
           .attributes = {{"epsilon", AttrType::Float, false, "added to the variance, 1e-5"},
                          {"num_groups", AttrType::Int, true, "divides the number of channels"},
                          {"stash_type", AttrType::Int, false, "precision of the first step, 1"}},
           .infer = infer,
           .evaluate = evaluate_group,
           .older = {{18, per_group}}});
}

}  // namespace pharos
