#pragma once
// Matrix multiplication for reference evaluations: rows of four at a time, so that it is usable as the body of loops
// and as an oracle for real models.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ops/dispatch.h"

namespace pharos {

// A matrix in memory: element (r, c) at data[r * row + c * column].
template <class T>
struct MatrixView { const T* data; int64_t row, column; };

// a [m, k] times b [k, n], accumulated in W. `sink(i, values)` gets row i of the product.
template <class W, class T, class Sink>
void multiply_matrices(MatrixView<T> a, MatrixView<T> b, int64_t m, int64_t n, int64_t k, Sink&& sink) {
  std::vector<T> packed;
  if (b.column != 1 && m > 1) {  // the inner loop runs along rows of b
    packed.resize(size_t(k * n));
    for (int64_t p = 0; p < k; ++p)
      for (int64_t j = 0; j < n; ++j) packed[size_t(p * n + j)] = b.data[p * b.row + j * b.column];
    b = {packed.data(), n, 1};
  }
  constexpr int64_t block = 4;
  std::vector<W> sums(size_t(block * n));
  for (int64_t i = 0; i < m; i += block) {
    const int64_t rows = std::min(block, m - i);
    std::fill(sums.begin(), sums.end(), W(0));
    W *s0 = sums.data(), *s1 = s0 + n, *s2 = s1 + n, *s3 = s2 + n;
    for (int64_t p = 0; p < k; ++p) {
      const auto left = [&](int64_t r) { return r < rows ? W(a.data[(i + r) * a.row + p * a.column]) : W(0); };
      const W l0 = left(0), l1 = left(1), l2 = left(2), l3 = left(3);
      const T* right = b.data + p * b.row;
      if (rows == 1) {
        for (int64_t j = 0; j < n; ++j) s0[j] = wrap_add(s0[j], wrap_mul(l0, W(right[j * b.column])));
        continue;
      }
      for (int64_t j = 0; j < n; ++j) {
        const W r = W(right[j]);
        s0[j] = wrap_add(s0[j], wrap_mul(l0, r));
        s1[j] = wrap_add(s1[j], wrap_mul(l1, r));
        s2[j] = wrap_add(s2[j], wrap_mul(l2, r));
        s3[j] = wrap_add(s3[j], wrap_mul(l3, r));
      }
    }
    for (int64_t r = 0; r < rows; ++r) sink(i + r, sums.data() + r * n);
  }
}

}  // namespace pharos
