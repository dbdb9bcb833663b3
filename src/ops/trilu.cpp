#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  if (x.shape) PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, INT32_MAX));
  return infer_same(c);
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, INT32_MAX));
  if (c.has_input(1) && c.input(1).count() != 1)
    return bad_input(c.node(), 1, "of shape " + dims_text(c.input(1).dims()), "one element");
  const bool upper = c.node().attr_int("upper", 1) != 0;
  const int64_t rows = x.dim(x.rank() - 2), columns = x.dim(x.rank() - 1);
  const int64_t k = std::clamp(c.has_input(1) ? c.input(1).int_at(0) : 0, -rows, columns);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  if (x.count() == 0) return {};
  fill(y, Tensor(x.dtype(), {}));
  for (int64_t row = 0; row < x.count() / columns; ++row) {
    const int64_t diagonal = row % rows + k;  // column of the diagonal in this row
    const int64_t first = upper ? std::clamp(diagonal, int64_t{0}, columns) : 0;
    const int64_t last = upper ? columns : std::clamp(diagonal + 1, int64_t{0}, columns);
    copy_run(y, row * columns + first, x, row * columns + first, last - first);
  }
  return {};
}

}  // namespace

void define_trilu(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Trilu",
           .since = 14,
           .doc = "The upper or lower triangle of each matrix; the rest becomes zero.",
           .inputs = {{"input", t}, {"k", types::i64, Param::Kind::Optional}},
           .outputs = {{"output", t}},
           .attributes = {{"upper", AttrType::Int, false, "1 keeps the upper triangle (default), 0 the lower"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
