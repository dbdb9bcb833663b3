#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  if (x.has_rank() && x.rank() < 1) return bad_input(c.node(), 0, "a scalar", "rank 1 or more");
  const Dim channels = x.has_rank() && x.rank() > 1 ? (*x.shape)[1] : Dim(1);
  for (size_t i = 1; i < 5; ++i) {
    const auto& s = c.input(i).shape;
    if (s && s->size() != 1) return bad_input(c.node(), i, fmt::format("of rank {}", s->size()), "rank 1");
    if (s && x.has_rank() && (*s)[0].is_number() && channels.is_number() && (*s)[0].number() != channels.number())
      return bad_input(c.node(), i, "of shape " + shape_text(*s), "shape " + channels.text());
  }
  c.set_output(0, x);
  for (size_t i = 1; i < 3; ++i) c.set_output(i, tensor_type(c.input(i + 2).dtype, c.input(i + 2).shape));
  return {};
}

struct Statistics { std::vector<double> mean, variance; };

// Of each channel over batch and space.
Statistics statistics_of(const Tensor& x, int64_t channels) {
  Statistics s{std::vector<double>(size_t(channels), 0), std::vector<double>(size_t(channels), 0)};
  const std::vector<double> v = to_doubles(x);
  const int64_t plane = x.count() / (x.dim(0) * channels), n = x.count() / channels;
  for (size_t i = 0; i < v.size(); ++i) s.mean[size_t(int64_t(i) / plane % channels)] += v[i];
  for (double& m : s.mean) m /= double(n);
  for (size_t i = 0; i < v.size(); ++i) {
    const size_t channel = size_t(int64_t(i) / plane % channels);
    s.variance[channel] += (v[i] - s.mean[channel]) * (v[i] - s.mean[channel]);
  }
  for (double& d : s.variance) d /= double(n);
  return s;
}

Result<void> store_running(EvalContext& c, size_t output, const std::vector<double>& current) {
  const Tensor& before = c.input(output + 2);
  std::vector<double> v = to_doubles(before);
  const double momentum = c.node().attr_float("momentum", 0.9f);
  for (size_t i = 0; i < v.size(); ++i) v[i] = v[i] * momentum + current[i] * (1 - momentum);
  Tensor t = PHAROS_TRY(c.output(output, before.dtype(), before.dims()));
  from_doubles(t, v);
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor& x = c.input(0);
  if (x.rank() < 1) return bad_input(n, 0, "a scalar", "rank 1 or more");
  const int64_t channels = x.rank() > 1 ? x.dim(1) : 1;
  for (size_t i = 1; i < 5; ++i)
    if (c.input(i).dims() != Dims{channels})
      return bad_input(n, i, "of shape " + dims_text(c.input(i).dims()), fmt::format("shape {}", channels));
  const bool training = n.attr_int("training_mode", 0) != 0;
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  Statistics s{to_doubles(c.input(3)), to_doubles(c.input(4))};
  if (training && y.count() > 0) s = statistics_of(x, channels);
  if (training)
    for (size_t o = 1; o < 3; ++o)
      if (c.has_output(o)) PHAROS_TRY(store_running(c, o, o == 1 ? s.mean : s.variance));
  if (y.count() == 0) return {};
  const std::vector<double> scale = to_doubles(c.input(1)), bias = to_doubles(c.input(2));
  const double epsilon = n.attr_float("epsilon", 1e-5f);
  const int64_t plane = x.rank() > 1 ? x.count() / (x.dim(0) * channels) : x.count();
  std::vector<double> row(static_cast<size_t>(plane));
  for (int64_t at = 0; at < x.count(); at += plane) {
    const size_t channel = size_t(at / plane % channels);
    const double factor = scale[channel] / std::sqrt(s.variance[channel] + epsilon);
    load(x, at, plane, row.data());
    for (double& v : row) v = (v - s.mean[channel]) * factor + bias[channel];
    store(y, at, plane, row.data());
  }
  return {};
}

// --- older forms

// Parameters per element instead of per channel: plain arithmetic, which numpy broadcasting repeats over the batch.
void per_element(Graph& graph, NodeId id) {
  const Node n = graph[id];
  const auto add = [&](const char* op, ValueId a, ValueId b = {}) {
    std::vector<ValueId> in{a};
    if (b) in.push_back(b);
    return graph.add(op, std::move(in), {}, n.name + "_element", n.origin);
  };
  const ValueId epsilon = graph.add_constant(n.name + "_epsilon", Tensor::scalar_f32(n.attr_float("epsilon", 1e-5f)));
  const ValueId deviation = add("Sqrt", add("Add", n.inputs[4], add("CastLike", epsilon, n.inputs[4])));
  const ValueId centered = add("Sub", n.inputs[0], n.inputs[3]);
  const ValueId y = add("Add", add("Mul", add("Div", centered, deviation), n.inputs[1]), n.inputs[2]);
  graph.replace_uses(n.outputs[0], y);
  graph.erase(id);
}

// Before opset 14 training was told by the number of outputs (and, before 7, by `is_test`), and the statistics of the
// batch were outputs of their own; before 9, `spatial` of 0 meant parameters per element.
Result<void> before_14(Graph& graph, NodeId id, int opset) {
  const Node n = graph[id];
  bool training = false;
  for (size_t o = 1; o < n.outputs.size(); ++o) {
    const ValueId v = n.outputs[o];
    if (!v) continue;
    const bool used = !graph.value(v).uses.empty() || graph.is_output(v);
    if (o >= 3 && used) return unsupported_case(n, "the statistics of the batch as outputs (training before opset 14)");
    training = training || used;
  }
  if (opset < 7 && n.attr_int("is_test", 0) != 0) training = false;
  const size_t keep = training ? 3 : 1;
  for (size_t o = keep; o < n.outputs.size(); ++o) graph.set_output(id, o, {});
  graph.node(id).outputs.resize(std::min(n.outputs.size(), keep));
  const bool spatial = n.attr_int("spatial", 1) != 0;
  for (const char* a : {"consumed_inputs", "is_test", "spatial"}) erase_attr(graph, id, a);
  if (!spatial && training) return unsupported_case(n, "training with parameters per element (spatial = 0)");
  if (!spatial) {
    if (n.inputs.size() < 5 || n.outputs.empty() || !n.outputs[0]) return shapes_mismatch(n, "has too few inputs or outputs");
    per_element(graph, id);
    return {};
  }
  if (training) graph.node(id).attributes["training_mode"] = int64_t{1};
  return {};
}

}  // namespace

void define_batch_normalization(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "BatchNormalization",
           .since = 15,
           .doc = "Normalises each channel with given statistics, or (training) with those of the batch.",
           .inputs = {{"X", t}, {"scale", t}, {"B", t}, {"input_mean", t}, {"input_var", t}},
           .outputs = {{"Y", t}, {"running_mean", t, Param::Kind::Optional}, {"running_var", t, Param::Kind::Optional}},
           .attributes = {{"epsilon", AttrType::Float, false, "added to the variance, 1e-5"},
                          {"momentum", AttrType::Float, false, "share of the old running statistics, 0.9"},
                          {"training_mode", AttrType::Int, false, "1: statistics of the batch"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, before_14}, {14, nullptr}}});
}

}  // namespace pharos
