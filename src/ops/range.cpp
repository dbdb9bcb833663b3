#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// Number of elements; nothing where it is absurd (or NaN). Zero steps are checked before.
std::optional<int64_t> count_of(double start, double limit, double delta) {
  const double n = std::ceil((limit - start) / delta);
  if (!(n < 9e18)) return std::nullopt;
  return n <= 0 ? 0 : int64_t(n);
}
std::optional<int64_t> count_of(int64_t start, int64_t limit, int64_t delta) {
  if ((delta > 0) != (limit > start) || limit == start) return 0;
  const uint64_t distance = delta > 0 ? uint64_t(limit) - uint64_t(start) : uint64_t(start) - uint64_t(limit);
  const uint64_t step = delta > 0 ? uint64_t(delta) : 0 - uint64_t(delta);
  const uint64_t n = (distance - 1) / step + 1;
  return n > uint64_t(INT64_MAX) ? std::nullopt : std::optional(int64_t(n));
}

template <class W>
Result<int64_t> checked_length(const Node& node, W start, W limit, W delta) {
  if (delta == W(0)) return bad_value(node, 2, "0", "a step other than 0");
  if constexpr (std::is_floating_point_v<W>)
    for (size_t i = 0; i < 3; ++i)
      if (const W v = i == 0 ? start : i == 1 ? limit : delta; !std::isfinite(v)) return bad_value(node, i, fmt::format("{}", v), "a finite number");
  const auto n = count_of(start, limit, delta);
  if (!n)
    return too_large(node, "the range", fmt::format("{} to {} in steps of {}", start, limit, delta), "2^63 elements");
  return *n;
}

Result<Dim> length_of(InferContext& c) {
  const Tensor *start = c.constant(0), *limit = c.constant(1), *delta = c.constant(2);
  for (const Tensor* t : {start, limit, delta})
    if (t && t->count() != 1)
      return bad_input(c.node(), t == start ? 0 : t == limit ? 1 : 2, "of shape " + dims_text(t->dims()), "a scalar");
  if (start && limit && delta) {
    if (is_float(start->dtype()))
      return Dim(PHAROS_TRY(checked_length(c.node(), start->double_at(0), limit->double_at(0), delta->double_at(0))));
    return Dim(PHAROS_TRY(checked_length(c.node(), start->int_at(0), limit->int_at(0), delta->int_at(0))));
  }
  const auto s = c.shape_value(0), l = c.shape_value(1), d = c.shape_value(2);
  if (!s || !l || !d || s->size() != 1 || l->size() != 1 || d->size() != 1) return Dim();
  const Dim& step = d->front();
  if (!step.is_number() || step.number() <= 0) return Dim();
  const Dim distance = l->front() - s->front();
  if (distance.is_unknown()) return Dim();
  return ceil_div(distance.range({}).min >= 0 ? distance : max(distance, Dim(0)), step);
}

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  c.set_output(0, Type::tensor(t, Shape{PHAROS_TRY(length_of(c))}));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  for (size_t i = 0; i < 3; ++i)
    if (c.input(i).count() != 1) return bad_input(c.node(), i, "of shape " + dims_text(c.input(i).dims()), "a scalar");
  const DType dtype = c.input(0).dtype();
  return with_wide(dtype, [&](auto tag) -> Result<void> {
    using W = typename decltype(tag)::type;
    if constexpr (std::is_same_v<W, uint64_t>) return unsupported_case(c.node(), "ranges of unsigned integers");
    else {
      const W start = load_as<W>(c.input(0), 0), limit = load_as<W>(c.input(1), 0), delta = load_as<W>(c.input(2), 0);
      const int64_t n = PHAROS_TRY(checked_length(c.node(), start, limit, delta));
      Tensor y = PHAROS_TRY(c.output(0, dtype, {n}));
      for (int64_t i = 0; i < n; ++i) {
        const W v = wrap_add(start, wrap_mul(W(i), delta));
        store(y, i, 1, &v);
      }
      return {};
    }
  });
}

}  // namespace

void define_range(OpSet& ops) {
  const TypeSet t = types::floats | TypeSet{DType::i16, DType::i32, DType::i64};
  ops.add(
      {.name = "Range",
       .since = 27,
       .doc = "Numbers from start up to, but not including, limit, in steps of delta.",
       .inputs = {{"start", t}, {"limit", t}, {"delta", t}},
       .outputs = {{"output", t}},
       .attributes = {{"stash_type", AttrType::Int, false, "precision of f16 and bf16 ranges; f32 or better always"}},
       .infer = infer,
       .evaluate = evaluate,
       .older = {{11, nullptr}}});
}

}  // namespace pharos
