#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

const TypeSet allowed = types::numeric | types::boolean;

Result<DType> dtype_of(const Node& node, DType input) {
  if (!node.has_attr("dtype")) return input;
  const int64_t t = node.attr_int("dtype");
  if (t <= 0 || t >= dtype_count || !allowed.has(DType(t)))
    return bad_attribute(node, "dtype", std::to_string(t), "one of " + allowed.text());
  return DType(t);
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  if (x.shape) PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, 2));
  c.set_output(0, Type::tensor(PHAROS_TRY(dtype_of(c.node(), x.dtype)), x.shape ? *x.shape : Shape(2)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, 2));
  const int64_t rows = x.dim(0), columns = x.dim(1), k = c.node().attr_int("k", 0);
  Tensor y = PHAROS_TRY(c.output(0, PHAROS_TRY(dtype_of(c.node(), x.dtype())), x.dims()));
  const uint64_t zero = 0, one = 1;
  Tensor nothing(y.dtype(), {});
  store(nothing, 0, 1, &zero);
  fill(y, nothing);
  if (k <= -rows || k >= columns) return {};
  for (int64_t r = std::max<int64_t>(0, -k); r < rows && r + k < columns; ++r) store(y, r * columns + r + k, 1, &one);
  return {};
}

}  // namespace

void define_eye_like(OpSet& ops) {
  ops.add({.name = "EyeLike",
           .since = 22,
           .doc = "Ones on a diagonal, zeros elsewhere, in the shape of the input.",
           .inputs = {{"input", allowed}},
           .outputs = {{"output", allowed}},
           .attributes = {{"dtype", AttrType::Int, false, "element type; that of the input where it is missing"},
                          {"k", AttrType::Int, false, "which diagonal: above the main one where positive (0)"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
