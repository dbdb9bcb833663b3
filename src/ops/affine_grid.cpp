#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"
#include "ops/window.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& theta = c.input(0);
  std::optional<Shape> y;
  if (const auto size = c.shape_value(1)) {
    if (size->size() != 4 && size->size() != 5) return bad_input(c.node(), 1, fmt::format("of {} elements", size->size()), "4 or 5");
    y = Shape{(*size)[0]};
    y->insert(y->end(), size->begin() + 2, size->end());
    y->emplace_back(int64_t(size->size()) - 2);
  } else if (const auto n = known_length(c, 1); n && (*n == 4 || *n == 5)) {
    y = Shape(size_t(*n));
    y->back() = Dim(*n - 2);
  }
  c.set_output(0, tensor_type(theta.dtype, std::move(y)));
  return {};
}

double position(int64_t i, int64_t n, bool align) {
  if (align) return n == 1 ? -1 : -1 + 2.0 * double(i) / double(n - 1);
  return (2.0 * double(i) + 1) / double(n) - 1;
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor& theta = c.input(0);
  PHAROS_TRY(check_rank(n, 1, c.input(1).rank(), 1, 1));
  const Dims size = c.input(1).to_ints();
  if (size.size() != 4 && size.size() != 5) return bad_input(n, 1, fmt::format("of {} elements", size.size()), "4 or 5");
  const int64_t axes = int64_t(size.size()) - 2;
  if (theta.dims() != Dims{size[0], axes, axes + 1})
    return bad_input(n, 0, "of shape " + dims_text(theta.dims()), fmt::format("shape {}x{}x{}", size[0], axes, axes + 1));
  Dims dims{size[0]};
  dims.insert(dims.end(), size.begin() + 2, size.end());
  for (const int64_t d : dims)
    if (d < 0) return bad_value(n, 1, std::to_string(d), "0 or more");
  dims.push_back(axes);
  Tensor grid = PHAROS_TRY(c.output(0, theta.dtype(), dims));
  const bool align = n.attr_int("align_corners", 0) != 0;
  const std::vector<double> matrix = to_doubles(theta);
  int64_t at = 0;
  for (Odometer i(std::span<const int64_t>(dims).first(dims.size() - 1)); i.valid(); i.next(), at += axes) {
    double out[3];
    for (int64_t r = 0; r < axes; ++r) {
      const double* row = matrix.data() + (i[0] * axes + r) * (axes + 1);
      out[r] = row[axes];
      // Positions are named from the innermost axis on.
      for (int64_t a = 0; a < axes; ++a)
        out[r] += row[a] * position(i[size_t(axes - a)], dims[size_t(axes - a)], align);
    }
    store(grid, at, axes, out);
  }
  return {};
}

}  // namespace

void define_affine_grid(OpSet& ops) {
  ops.add({.name = "AffineGrid",
           .since = 20,
           .doc = "The sampling grid of an affine transformation per image.",
           .inputs = {{"theta", types::floats}, {"size", types::i64}},
           .outputs = {{"grid", types::floats}},
           .attributes = {{"align_corners", AttrType::Int, false, "1: -1 and 1 are the centres of the corner elements"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
