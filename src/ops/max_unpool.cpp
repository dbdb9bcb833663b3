#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"
#include "ops/window.h"

namespace pharos {
namespace {

// The shape that a MaxPool of the same attributes may have had as input.
Result<Shape> natural_shape(const Node& n, const Shape& x) {
  if (x.size() < 3) return bad_input(n, 0, fmt::format("of rank {}", x.size()), "rank 3 or more");
  const Window w = PHAROS_TRY(read_window(n, PHAROS_TRY(read_kernel_shape(n, int(x.size()) - 2))));
  Shape out{x[0], x[1]};
  for (size_t a = 0; a < w.kernel.size(); ++a)
    out.push_back((x[a + 2] - Dim(1)) * Dim(w.strides[a]) + Dim(w.kernel[a] - w.pads_begin[a] - w.pads_end[a]));
  return out;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> y;
  if (c.has_input(2)) {
    y = c.shape_value(2);
    if (!y && x.has_rank()) y = Shape(size_t(x.rank()));
  } else if (x.shape) {
    y = PHAROS_TRY(natural_shape(c.node(), *x.shape));
  }
  c.set_output(0, tensor_type(x.dtype, std::move(y)));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor &x = c.input(0), &indices = c.input(1);
  if (indices.dims() != x.dims())
    return bad_input(n, 1, "of shape " + dims_text(indices.dims()), "the shape of X, " + dims_text(x.dims()));
  const Dims natural = PHAROS_TRY(concrete_dims(n, PHAROS_TRY(natural_shape(n, shape_of(x.dims())))));
  Dims dims = natural;
  if (c.has_input(2)) {
    dims = c.input(2).to_ints();
    bool fits = dims.size() == natural.size();
    for (size_t a = 0; fits && a < dims.size(); ++a) fits = dims[a] >= natural[a];
    if (!fits) return bad_value(n, 2, dims_text(dims), "at least " + dims_text(natural));
  }
  const int64_t count = PHAROS_TRY(checked_count(n, natural));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  if (y.count() == 0) return {};
  fill(y, Tensor(x.dtype(), {}));
  const Strides from = contiguous_strides(natural), to = contiguous_strides(dims);
  for (int64_t i = 0; i < x.count(); ++i) {
    int64_t rest = indices.as<int64_t>()[size_t(i)], at = 0;
    if (rest < 0 || rest >= count) return index_out_of_range(n, 1, rest, 0, count - 1);
    // Indices count in the natural shape, which lies in the corner of the wanted one.
    for (size_t a = 0; a < natural.size(); rest %= from[a], ++a) at += rest / from[a] * to[a];
    copy_run(y, at, x, i, 1);
  }
  return {};
}

}  // namespace

void define_max_unpool(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "MaxUnpool",
           .since = 22,
           .doc = "Puts maxima back where MaxPool found them; everything else is zero.",
           .inputs = {{"X", t}, {"I", types::i64}, {"output_shape", types::i64, Param::Kind::Optional}},
           .outputs = {{"output", t}},
           .attributes = {{"kernel_shape", AttrType::Ints, true, "extent of the window"},
                          {"pads", AttrType::Ints, false, "before and after each spatial axis, 0"},
                          {"strides", AttrType::Ints, false, "1 per spatial axis"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
