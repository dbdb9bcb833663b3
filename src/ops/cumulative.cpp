// CumSum and CumProd.

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<int> axis_of(const Node& node, int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) return index_out_of_range(node, 1, axis, -rank, rank - 1);
  return int(axis < 0 ? axis + rank : axis);
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  const auto axis = constant_ints(c, 1);
  if (axis && axis->size() == 1 && x.shape) PHAROS_TRY(axis_of(c.node(), axis->front(), x.rank()));
  return infer_same(c);
}

template <bool product>
Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &at = c.input(1);
  if (at.count() != 1) return bad_input(c.node(), 1, "of shape " + dims_text(at.dims()), "a scalar");
  const int axis = PHAROS_TRY(axis_of(c.node(), at.int_at(0), x.rank()));
  const bool reverse = c.node().attr_int("reverse", 0) != 0, exclusive = c.node().attr_int("exclusive", 0) != 0;
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (x.count() == 0) return {};
  const AxisSplit s = split_at(x.dims(), axis);
  with_wide(x.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    std::vector<W> total(size_t(s.inner)), row(size_t(s.inner)), before(size_t(s.inner));
    for (int64_t o = 0; o < s.outer; ++o) {
      std::fill(total.begin(), total.end(), W(product));
      for (int64_t k = 0; k < s.length; ++k) {
        const int64_t first = (o * s.length + (reverse ? s.length - 1 - k : k)) * s.inner;
        load(x, first, s.inner, row.data());
        if (exclusive) before = total;
        for (size_t i = 0; i < row.size(); ++i)
          total[i] = product ? wrap_mul(total[i], row[i]) : wrap_add(total[i], row[i]);
        store(y, first, s.inner, exclusive ? before.data() : total.data());
      }
    }
  });
  return {};
}

void define(OpSet& ops, std::string_view name, int since, EvalFn evaluate, std::string_view doc) {
  const TypeSet t = types::floats | TypeSet{DType::i32, DType::i64, DType::u32, DType::u64};
  OpDef def{.name = name,
            .since = since,
            .doc = doc,
            .inputs = {{"x", t}, {"axis", types::indices}},
            .outputs = {{"y", t}},
            .attributes = {{"exclusive", AttrType::Int, false, "1: without the element itself (0)"},
                           {"reverse", AttrType::Int, false, "1: from the end (0)"}},
            .infer = infer,
            .evaluate = evaluate};
  if (name == "CumSum") def.older = {{11, nullptr}};
  ops.add(std::move(def));
}

}  // namespace

void define_cumulative(OpSet& ops) {
  define(ops, "CumSum", 14, evaluate<false>, "Running sum along an axis.");
  define(ops, "CumProd", 26, evaluate<true>, "Running product along an axis.");
}

}  // namespace pharos
