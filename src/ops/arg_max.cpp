// ArgMax and ArgMin.

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

template <class D>
std::vector<D> result_shape(std::vector<D> in, int axis, bool keep) {
  if (keep) in[size_t(axis)] = D(1);
  else in.erase(in.begin() + axis);
  return in;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (x.shape) {
    const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), x.rank()));
    out = result_shape(*x.shape, axis, c.node().attr_int("keepdims", 1) != 0);
  }
  c.set_output(0, tensor_type(DType::i64, std::move(out)));
  return {};
}

template <bool largest>
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), x.rank()));
  const bool last_wins = c.node().attr_int("select_last_index", 0) != 0;
  const auto [outer, length, inner] = split_at(x.dims(), axis);
  if (length == 0 && outer * inner > 0)
    return bad_input(c.node(), 0, "of shape " + dims_text(x.dims()), "a non-empty axis");
  Tensor y = PHAROS_TRY(c.output(0, DType::i64, result_shape(x.dims(), axis, c.node().attr_int("keepdims", 1) != 0)));
  if (y.count() == 0) return {};
  const auto out = y.as<int64_t>();
  with_wide(x.dtype(), [&, outer = outer, length = length, inner = inner](auto tag) {
    using W = typename decltype(tag)::type;
    std::vector<W> best(static_cast<size_t>(inner)), row(static_cast<size_t>(inner));
    for (int64_t o = 0; o < outer; ++o) {
      load(x, o * length * inner, inner, best.data());
      int64_t* index = out.data() + o * inner;
      std::fill(index, index + inner, 0);
      for (int64_t k = 1; k < length; ++k) {
        load(x, (o * length + k) * inner, inner, row.data());
        for (size_t i = 0; i < row.size(); ++i) {
          // The first NaN wins against every number.
          const bool better = best[i] != best[i] ? last_wins && row[i] != row[i]
                              : row[i] != row[i] || (largest ? row[i] > best[i] : row[i] < best[i]) ||
                                    (last_wins && row[i] == best[i]);
          if (better) { best[i] = row[i]; index[i] = k; }
        }
      }
    }
  });
  return {};
}

void define(OpSet& ops, std::string_view name, EvalFn evaluate, std::string_view doc) {
  ops.add({.name = name,
           .since = 13,
           .doc = doc,
           .inputs = {{"data", types::numeric}},
           .outputs = {{"reduced", types::i64}},
           .attributes = {{"axis", AttrType::Int, false, "0"},
                          {"keepdims", AttrType::Int, false, "the axis stays as 1 (1)"},
                          {"select_last_index", AttrType::Int, false, "of equal elements: 0 the first, 1 the last"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace

void define_arg_max(OpSet& ops) {
  define(ops, "ArgMax", evaluate<true>, "Index of the largest element along an axis.");
  define(ops, "ArgMin", evaluate<false>, "Index of the smallest element along an axis.");
}

}  // namespace pharos
