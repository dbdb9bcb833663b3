#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<int> axis_of(const Node& node, std::string_view name, int64_t otherwise) {
  const int64_t axis = node.attr_int(name, otherwise);
  if (axis != 0 && axis != 1) return bad_attribute(node, name, std::to_string(axis), "0 or 1");
  return int(axis);
}

Result<int> time_axis(const Node& node) {
  const int time = PHAROS_TRY(axis_of(node, "time_axis", 0)), batch = PHAROS_TRY(axis_of(node, "batch_axis", 1));
  if (time == batch) return bad_attribute(node, "batch_axis", std::to_string(batch), "another axis than time_axis");
  return time;
}

Result<void> infer(InferContext& c) {
  PHAROS_TRY(time_axis(c.node()));
  if (c.input(0).shape) PHAROS_TRY(check_rank(c.node(), 0, c.input(0).rank(), 2, INT32_MAX));
  return infer_same(c);
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &lengths = c.input(1);
  PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, INT32_MAX));
  const int time = PHAROS_TRY(time_axis(c.node()));
  const int64_t steps = x.dim(time), batches = x.dim(1 - time);
  if (lengths.count() != batches)
    return bad_input(c.node(), 1, fmt::format("of {} elements", lengths.count()),
                     fmt::format("{}, the batch", batches));
  const std::vector<int64_t> length = lengths.to_ints();
  for (const int64_t n : length)
    if (n < 0 || n > steps) return index_out_of_range(c.node(), 1, n, 0, steps);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (x.count() == 0) return {};
  const int64_t run = x.count() / steps / batches;
  const int64_t time_step = time == 0 ? batches * run : run, batch_step = time == 0 ? run : steps * run;
  for (int64_t b = 0; b < batches; ++b)
    for (int64_t t = 0; t < steps; ++t) {
      const int64_t n = length[size_t(b)], from = t < n ? n - 1 - t : t;
      copy_run(y, b * batch_step + t * time_step, x, b * batch_step + from * time_step, run);
    }
  return {};
}

}  // namespace

void define_reverse_sequence(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "ReverseSequence",
           .since = 28,
           .doc = "Reverses the first elements of every sequence of a batch, as many as its length says.",
           .inputs = {{"input", t}, {"sequence_lens", types::i64}},
           .outputs = {{"Y", t}},
           .attributes = {{"time_axis", AttrType::Int, false, "0 or 1 (0)"},
                          {"batch_axis", AttrType::Int, false, "0 or 1 (1)"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{10, nullptr}}});
}

}  // namespace pharos
