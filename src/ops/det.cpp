#include <cmath>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (x.shape) {
    PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, INT32_MAX));
    const Dim &rows = (*x.shape)[x.shape->size() - 2], &columns = x.shape->back();
    if (rows.is_number() && columns.is_number() && !(rows == columns))
      return bad_input(c.node(), 0, "of shape [" + shape_text(*x.shape) + "]", "square matrices");
    out = Shape(x.shape->begin(), x.shape->end() - 2);
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

// Gaussian elimination with the largest pivot of each column.
double determinant(std::vector<double>& m, size_t n) {
  double det = 1;
  for (size_t k = 0; k < n; ++k) {
    size_t pivot = k;
    for (size_t r = k + 1; r < n; ++r)
      if (std::abs(m[r * n + k]) > std::abs(m[pivot * n + k])) pivot = r;
    if (m[pivot * n + k] == 0) return 0;
    if (pivot != k) {
      std::swap_ranges(m.begin() + int64_t(k * n), m.begin() + int64_t(k * n + n), m.begin() + int64_t(pivot * n));
      det = -det;
    }
    det *= m[k * n + k];
    for (size_t r = k + 1; r < n; ++r) {
      const double factor = m[r * n + k] / m[k * n + k];
      for (size_t j = k; j < n; ++j) m[r * n + j] -= factor * m[k * n + j];
    }
  }
  return det;
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 2, INT32_MAX));
  const int64_t n = x.dims().back();
  if (x.dim(x.rank() - 2) != n) return bad_input(c.node(), 0, "of shape " + dims_text(x.dims()), "square matrices");
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), Dims(x.dims().begin(), x.dims().end() - 2)));
  if (y.count() == 0) return {};
  std::vector<double> matrix(size_t(n * n));
  for (int64_t i = 0; i < y.count(); ++i) {
    load(x, i * n * n, n * n, matrix.data());
    const double det = determinant(matrix, size_t(n));
    store(y, i, 1, &det);
  }
  return {};
}

}  // namespace

void define_det(OpSet& ops) {
  ops.add({.name = "Det",
           .since = 22,
           .doc = "Determinant of each matrix.",
           .inputs = {{"X", types::floats}},
           .outputs = {{"Y", types::floats}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{11, nullptr}}});
}

}  // namespace pharos
