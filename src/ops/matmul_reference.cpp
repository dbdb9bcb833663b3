#include "ops/matmul_reference.h"

#include <algorithm>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

// Batch axes, then two matrix axes in the order they multiply.
template <class D>
struct Operand {
  std::vector<D> batch;
  D rows = D(1), columns = D(1);
  bool vector = false;
};

template <class D>
Operand<D> operand(std::span<const D> dims, bool transpose, bool left) {
  Operand<D> o;
  o.vector = dims.size() == 1;
  if (o.vector) {
    (left ? o.columns : o.rows) = dims[0];
    return o;
  }
  o.batch.assign(dims.begin(), dims.end() - 2);
  o.rows = dims[dims.size() - (transpose ? 1 : 2)];
  o.columns = dims[dims.size() - (transpose ? 2 : 1)];
  return o;
}

template <class D>
std::vector<D> result_dims(std::vector<D> batch, const Operand<D>& a, const Operand<D>& b) {
  if (!a.vector) batch.push_back(a.rows);
  if (!b.vector) batch.push_back(b.columns);
  return batch;
}

Report inner_mismatch(const Node& node, const std::string& a, const std::string& b) {
  return shapes_mismatch(node, fmt::format("matrices {} and {} do not multiply: the inner extents differ", a, b));
}

std::vector<int64_t> operand_offsets(const Dims& own, const Dims& batch, int64_t matrix) {
  std::vector<int64_t> out;
  Walk<1>(batch, {broadcast_strides(own, batch)}).rows([&](const auto& at, int64_t n, const auto& step) {
    for (int64_t i = 0; i < n; ++i) out.push_back((at[0] + i * step[0]) * matrix);
  });
  return out;
}

template <class T>
void multiply_any(const MatMulShape& s, const T* a, const T* b, const MatMulFinish& finish) {
  std::vector<double> sums(size_t(std::max<int64_t>(s.n, 1)));
  std::vector<T> turned;
  int64_t turned_at = -1;
  for (size_t p = 0; p < s.a_at.size(); ++p) {
    const T *ap = a + s.a_at[p], *bp = b + s.b_at[p];
    if (s.transpose_b) {  // made row-major once per matrix, so that the inner loop is contiguous
      if (s.b_at[p] != turned_at) {
        turned.resize(size_t(s.n * s.k));
        for (int64_t j = 0; j < s.n; ++j)
          for (int64_t k = 0; k < s.k; ++k) turned[size_t(k * s.n + j)] = bp[j * s.k + k];
        turned_at = s.b_at[p];
      }
      bp = turned.data();
    }
    for (int64_t i = 0; i < s.m; ++i) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (int64_t k = 0; k < s.k; ++k) {
        const double left = double(s.transpose_a ? ap[k * s.m + i] : ap[i * s.k + k]);
        const T* row = bp + k * s.n;
        for (int64_t j = 0; j < s.n; ++j) sums[size_t(j)] += left * double(row[j]);
      }
      finish(int64_t(p), i, sums.data());
    }
  }
}

}  // namespace

Result<MatMulShape> matmul_shape(const Node& node, std::span<const int64_t> a, std::span<const int64_t> b, bool transpose_a,
                                 bool transpose_b) {
  if (a.empty() || b.empty()) return bad_input(node, a.empty() ? 0 : 1, "a scalar", "rank 1 or more");
  const auto left = operand<int64_t>(a, transpose_a, true), right = operand<int64_t>(b, transpose_b, false);
  if (left.columns != right.rows) return inner_mismatch(node, dims_text(a), dims_text(b));
  const Dims batches[] = {left.batch, right.batch};
  const Dims batch = PHAROS_TRY(broadcast_dims(node, batches));
  MatMulShape s{.m = left.rows, .n = right.columns, .k = left.columns,
                .transpose_a = transpose_a && !left.vector, .transpose_b = transpose_b && !right.vector};
  s.output = result_dims(batch, left, right);
  if (PHAROS_TRY(checked_count(node, s.output)) == 0) return s;
  s.a_at = operand_offsets(left.batch, batch, s.m * s.k);
  s.b_at = operand_offsets(right.batch, batch, s.k * s.n);
  return s;
}

Result<std::optional<Shape>> infer_matmul_shape(const Node& node, const Type& a, const Type& b, bool transpose_a,
                                                bool transpose_b) {
  if (!a.has_rank() || !b.has_rank()) return std::optional<Shape>();
  if (a.rank() == 0 || b.rank() == 0) return bad_input(node, a.rank() == 0 ? 0 : 1, "a scalar", "rank 1 or more");
  const auto left = operand<Dim>(*a.shape, transpose_a, true), right = operand<Dim>(*b.shape, transpose_b, false);
  if (left.columns.is_number() && right.rows.is_number() && left.columns.number() != right.rows.number())
    return inner_mismatch(node, "[" + shape_text(*a.shape) + "]", "[" + shape_text(*b.shape) + "]");
  auto batch = broadcast(left.batch, right.batch);
  if (!batch)
    return shapes_mismatch(node, fmt::format("cannot broadcast [{}] with [{}]", shape_text(left.batch), shape_text(right.batch)));
  return std::optional(result_dims(std::move(*batch), left, right));
}

void multiply(const MatMulShape& s, const float* a, const float* b, const MatMulFinish& f) { multiply_any(s, a, b, f); }
void multiply(const MatMulShape& s, const double* a, const double* b, const MatMulFinish& f) { multiply_any(s, a, b, f); }

}  // namespace pharos
