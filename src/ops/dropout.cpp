#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  c.set_output(0, c.input(0));
  c.set_output(1, tensor_type(DType::boolean, c.input(0).shape));
  return {};
}

// A fixed sequence per seed (SplitMix64), so that a run can be repeated.
struct Generator {
  uint64_t state;
  double next() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return double((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
};

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const bool training = c.has_input(2) && c.input(2).count() > 0 && load_as<uint64_t>(c.input(2), 0) != 0;
  const double ratio = c.has_input(1) && c.input(1).count() > 0 ? load_as<double>(c.input(1), 0) : 0.5;
  if (training && !(ratio >= 0 && ratio < 1))
    return bad_value(c.node(), 1, fmt::format("{}", ratio), "a ratio from 0 to below 1");
  Tensor mask;
  if (c.has_output(1)) {
    mask = PHAROS_TRY(c.output(1, DType::boolean, x.dims()));
    for (bool& m : mask.as<bool>()) m = true;
  }
  if (!training || ratio == 0) {
    c.set_output(0, x);
    return {};
  }
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  Generator random{c.node().has_attr("seed") ? uint64_t(c.node().attr_int("seed")) : c.seed()};
  std::vector<double> values = to_doubles(x);
  for (size_t i = 0; i < values.size(); ++i) {
    const bool keep = random.next() >= ratio;
    values[i] = keep ? values[i] / (1 - ratio) : 0;
    if (c.has_output(1)) mask.as<bool>()[i] = keep;
  }
  from_doubles(y, values);
  return {};
}

// Before opset 12 the ratio was an attribute and mattered only when training.
Result<void> without_ratio(Graph& graph, NodeId node, int) {
  for (const char* gone : {"ratio", "is_test", "consumed_inputs"}) erase_attr(graph, node, gone);
  return {};
}

}  // namespace

void define_dropout(OpSet& ops) {
  const TypeSet t = types::floats | types::floats8;
  ops.add({.name = "Dropout",
           .since = 22,
           .doc = "Passes its input on; in training mode zeroes random elements and scales the rest.",
           .inputs = {{"data", t},
                      {"ratio", t, Param::Kind::Optional},
                      {"training_mode", types::boolean, Param::Kind::Optional}},
           .outputs = {{"output", t}, {"mask", types::boolean, Param::Kind::Optional}},
           .attributes = {{"seed", AttrType::Int, false, "of the random elements; otherwise the seed of the run"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, without_ratio}, {12, nullptr}},
           .random = true});
}

}  // namespace pharos
