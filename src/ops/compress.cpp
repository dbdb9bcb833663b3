#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (!c.node().has_attr("axis")) {
    out = Shape(1);
  } else if (x.shape) {
    out = x.shape;
    (*out)[size_t(PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), x.rank())))] = Dim();
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &condition = c.input(1);
  PHAROS_TRY(check_rank(c.node(), 1, condition.rank(), 1, 1));
  const bool flat = !c.node().has_attr("axis");
  const int axis = flat ? 0 : PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), x.rank()));
  Dims dims = flat ? Dims{x.count()} : x.dims();
  const AxisSplit s = split_at(dims, axis);
  std::vector<int64_t> kept;
  const auto flags = condition.as<uint8_t>();
  for (size_t i = 0; i < flags.size(); ++i) {
    if (flags[i] == 0) continue;
    if (int64_t(i) >= s.length)
      return bad_value(c.node(), 1, fmt::format("true at place {}", i), fmt::format("at most {} flags", s.length));
    kept.push_back(int64_t(i));
  }
  dims[size_t(axis)] = int64_t(kept.size());
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (y.count() == 0) return {};
  int64_t to = 0;
  for (int64_t o = 0; o < s.outer; ++o)
    for (const int64_t k : kept) {
      copy_run(y, to, x, (o * s.length + k) * s.inner, s.inner);
      to += s.inner;
    }
  return {};
}

}  // namespace

void define_compress(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Compress",
           .since = 28,
           .doc = "Keeps the slices along an axis (or the elements) where the condition is true.",
           .inputs = {{"input", t}, {"condition", types::boolean}},
           .outputs = {{"output", t}},
           .attributes = {{"axis", AttrType::Int, false, "the flattened input where it is missing"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
