#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

std::optional<Shape> condition_value(const InferContext& c) {
  if (const Tensor* t = c.constant(0)) {
    if (t->dtype() != DType::boolean || t->rank() > 1 || t->count() > 64) return std::nullopt;
    Shape s;
    for (const bool b : t->as<bool>()) s.push_back(Dim(int64_t(b)));
    return s;
  }
  return c.shape_value(0);
}

// Shapes are often repaired with Where(Equal(shape, -1), …): choose dim by dim.
void choose_dims(InferContext& c) {
  const auto condition = condition_value(c), x = c.shape_value(1), y = c.shape_value(2);
  if (!condition || !x || !y) return;
  const size_t n = std::max({condition->size(), x->size(), y->size()});
  for (const Shape* s : {&*condition, &*x, &*y})
    if (s->size() != n && s->size() != 1) return;
  const auto at = [](const Shape& s, size_t i) { return s[s.size() == 1 ? 0 : i]; };
  Shape out;
  for (size_t i = 0; i < n; ++i) {
    const Dim choice = at(*condition, i), a = at(*x, i), b = at(*y, i);
    out.push_back(choice.is_number() ? (choice.number() != 0 ? a : b) : a == b ? a : Dim());
  }
  c.set_shape_value(0, std::move(out));
}

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 1, 3));
  c.set_output(0, tensor_type(t, PHAROS_TRY(infer_broadcast(c, 0, 3))));
  if (t == DType::i64 || t == DType::i32) choose_dims(c);
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 1, 3));
  const Tensor &condition = c.input(0), &x = c.input(1), &y = c.input(2);
  const Dims shapes[] = {condition.dims(), x.dims(), y.dims()};
  const Dims dims = PHAROS_TRY(broadcast_dims(c.node(), shapes));
  Tensor z = PHAROS_TRY(c.output(0, x.dtype(), dims));
  const auto choose = condition.as<uint8_t>();
  const Walk<4> walk(dims, {broadcast_strides(condition.dims(), dims), broadcast_strides(x.dims(), dims),
                            broadcast_strides(y.dims(), dims), contiguous_strides(dims)});
  with_storage(x.dtype(), [&](auto tag) {
    using E = typename decltype(tag)::type;
    const auto xs = x.as<E>(), ys = y.as<E>();
    const auto zs = z.as<E>();
    walk.rows([&](const auto& at, int64_t n, const auto& step) {
      for (int64_t i = 0; i < n; ++i)
        zs[size_t(at[3] + i * step[3])] = choose[size_t(at[0] + i * step[0])] ? xs[size_t(at[1] + i * step[1])]
                                                                             : ys[size_t(at[2] + i * step[2])];
    });
  });
  return {};
}

}  // namespace

void define_where(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Where",
           .since = 16,
           .doc = "Elements of X where the condition holds, of Y elsewhere; all three broadcast.",
           .inputs = {{"condition", types::boolean}, {"X", t}, {"Y", t}},
           .outputs = {{"output", t}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
