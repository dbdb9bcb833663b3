#include "tactics/cpu/kernels/gemm.h"

#include <algorithm>
#include <cstring>

namespace pharos::cpu {
namespace {

// Reading C again for every block of k costs more than reading the panel from the second-level cache.
constexpr int64_t k_block = 1024;
constexpr int64_t a_block_bytes = 4 << 20;   // of A that are read again for every panel, from the shared cache

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

const PostOp no_post{};

using Four = float __attribute__((vector_size(16), aligned(4), may_alias));

// Four columns of four values become four rows of them.
void transpose_4x4(const float* from, int64_t ld_from, float* to, int64_t ld_to) {
  const auto load = [&](int64_t i) { return *reinterpret_cast<const Four*>(from + i * ld_from); };
  const Four a = load(0), b = load(1), c = load(2), d = load(3);
  const Four ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const auto store = [&](int64_t i, Four v) { *reinterpret_cast<Four*>(to + i * ld_to) = v; };
  store(0, __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5)), store(1, __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7));
  store(2, __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5)), store(3, __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7));
}

// One row of a panel. Calling memcpy would take longer than the copy.
void copy_row(const float* from, float* to, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) std::memcpy(to + i, from + i, 16 * sizeof(float));
  for (; i < count; ++i) to[i] = from[i];
}

// Everything a thread does: the given panels over the given rows. `share_end`: the panel where the thread's share ends.
class Worker {
 public:
  Worker(const GemmKernels& kernels, const Gemm& g, int64_t share_end)
      : kernels_(kernels), g_(g), post_(g.post ? *g.post : no_post), share_end_(share_end) {}

  void run(int64_t first_panel, int64_t last_panel, int64_t m0, int64_t m1) {
    const int64_t most = std::max<int64_t>(kernels_.rows, a_block_bytes / 4 / std::max<int64_t>(g_.k, 1));
    const int64_t blocks = ceil_div(m1 - m0, most), per_block = ceil_div(ceil_div(m1 - m0, blocks), kernels_.rows) * kernels_.rows;
    for (int64_t m = m0; m < m1; m += per_block)
      for (int64_t p = first_panel; p < last_panel; ++p) panel(p, m, std::min(m1, m + per_block));
  }

 private:
  void panel(int64_t p, int64_t m0, int64_t m1) {
    const int64_t width = kernels_.panel(), n0 = p * width, columns = std::min(width, g_.n - n0);
    const int vectors = int(ceil_div(columns, kernels_.lanes));
    const int64_t stride = int64_t{vectors} * kernels_.lanes;
    const float* b = g_.packed + n0 * g_.k;
    const int64_t blocks = std::max<int64_t>(1, (g_.k + k_block / 2) / k_block);
    const int64_t step = std::max<int64_t>(2, ceil_div(ceil_div(g_.k, blocks), 2) * 2);
    const bool ragged = columns != stride;
    for (int64_t k0 = 0; k0 == 0 || k0 < g_.k; k0 += step) {
      const int64_t kc = std::min(step, g_.k - k0);
      // What follows this block in memory is what is needed next: the rest of the panel, or the next panel.
      const bool is_end = p + 1 >= share_end_ && k0 + kc >= g_.k;
      const char* ahead = is_end && g_.next ? static_cast<const char*>(g_.next) : reinterpret_cast<const char*>(b + (k0 + kc) * stride);
      int64_t lines = is_end ? (g_.next ? int64_t(std::min<size_t>(g_.next_bytes, 256 << 10)) / 64 : 0)
                             : std::min(step, std::max<int64_t>(g_.k - k0 - kc, k_block)) * stride / 16;
      if (p + 1 == share_end_ && !is_end) lines = std::min(lines, (g_.k - k0 - kc) * stride / 16);
      for (int64_t m = m0; m < m1; m += kernels_.rows) {
        const int rows = int(std::min<int64_t>(kernels_.rows, m1 - m));
        GemmTile t{.a = g_.a + m * g_.lda + k0, .lda = g_.lda, .b = b + k0 * stride, .k = kc, .c = g_.c + m * g_.ldc + n0,
                   .ldc = g_.ldc, .bias = g_.bias ? g_.bias + n0 : nullptr, .z = g_.z ? g_.z + m * g_.ldz + n0 : nullptr,
                   .ldz = g_.ldz, .low = post_.low, .high = post_.high, .first = k0 == 0 && !g_.accumulate, .last = k0 + kc >= g_.k,
                   .prefetch = ahead, .prefetch_step = lines > 0 ? 64 : 0};
        if (lines > 0) ahead += kc / 2 * 64, lines -= kc / 2;
        if (kc >= 128) ask_ahead(t, rows, columns, std::min<int64_t>(kernels_.rows, m1 - m - rows));
        if (ragged) ragged_tile(t, rows, vectors, columns);
        else kernels_.tile[size_t(rows)][size_t(vectors)](t);
        if (t.last) post_.rows(g_.c + m * g_.ldc + n0, rows, columns, g_.ldc);
      }
    }
  }

  // What the end of the tile adds to, and where the next tile begins: rows are too short for the processor to foresee.
  void ask_ahead(const GemmTile& t, int rows, int64_t columns, int64_t next_rows) const {
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < columns; i += 16) {
        __builtin_prefetch(t.c + r * t.ldc + i, 1, 3);
        if (t.last && t.z) __builtin_prefetch(t.z + r * t.ldz + i, 0, 2);
      }
    for (int64_t r = 0; r < next_rows; ++r)
      for (int64_t i = 0; i < 64; i += 16) __builtin_prefetch(t.a + (rows + r) * t.lda + i, 0, 2);
  }

  // Columns that do not fill a vector: the tile works on copies.
  void ragged_tile(GemmTile t, int rows, int vectors, int64_t columns) {
    constexpr int64_t ld = GemmKernels::max_vectors * 16;
    alignas(64) float c[GemmKernels::max_rows * ld], z[GemmKernels::max_rows * ld], bias[ld];
    const size_t bytes = size_t(columns) * sizeof(float);
    std::memset(bias, 0, sizeof bias);
    for (int64_t r = 0; r < rows; ++r) {
      if (!t.first) std::memcpy(c + r * ld, t.c + r * t.ldc, bytes);
      if (t.z) std::memcpy(z + r * ld, t.z + r * t.ldz, bytes);
    }
    if (t.bias) std::memcpy(bias, t.bias, bytes), t.bias = bias;
    float* const out = t.c;
    const int64_t out_stride = t.ldc;
    if (t.z) t.z = z, t.ldz = ld;
    t.c = c, t.ldc = ld;
    kernels_.tile[size_t(rows)][size_t(vectors)](t);
    for (int64_t r = 0; r < rows; ++r) std::memcpy(out + r * out_stride, c + r * ld, bytes);
  }

  const GemmKernels& kernels_;
  const Gemm& g_;
  const PostOp& post_;
  const int64_t share_end_;
};

}  // namespace

int64_t packed_b_floats(const GemmKernels& kernels, int64_t k, int64_t n) {
  return ceil_div(n, kernels.lanes) * kernels.lanes * k;
}

void pack_b(const GemmKernels& kernels, const float* b, int64_t ldb, bool transposed, int64_t k, int64_t n, float* packed,
            int64_t first_panel, int64_t last_panel) {
  const int64_t width = kernels.panel();
  last_panel = std::min(last_panel, ceil_div(n, width));
  for (int64_t p = first_panel; p < last_panel; ++p) {
    const int64_t n0 = p * width, columns = std::min(width, n - n0), stride = ceil_div(columns, kernels.lanes) * kernels.lanes;
    float* out = packed + n0 * k;
    if (!transposed) {
      for (int64_t i = 0; i < k; ++i, out += stride) {
        copy_row(b + i * ldb + n0, out, columns);
        std::fill(out + columns, out + stride, 0.0f);
      }
      continue;
    }
    // Sixteen rows of k at a time keep the lines of the source in use.
    for (int64_t k0 = 0; k0 < k; k0 += 16) {
      const int64_t k1 = std::min(k, k0 + 16);
      int64_t c = 0;
      if (k1 - k0 == 16)
        for (; c + 4 <= columns; c += 4)
          for (int64_t i = k0; i < k1; i += 4) transpose_4x4(b + (n0 + c) * ldb + i, ldb, out + i * stride + c, stride);
      for (; c < stride; ++c) {
        if (c >= columns) {
          for (int64_t i = k0; i < k1; ++i) out[i * stride + c] = 0;
          continue;
        }
        const float* column = b + (n0 + c) * ldb;
        for (int64_t i = k0; i < k1; ++i) out[i * stride + c] = column[i];
      }
    }
  }
}

void gemm(const GemmKernels& kernels, const Gemm& g, const Threads& threads) noexcept {
  if (g.m <= 0 || g.n <= 0) return;
  const int64_t panels = ceil_div(g.n, kernels.panel()), count = threads.count();
  const double flops = 2.0 * double(g.m) * double(g.n) * double(std::max<int64_t>(g.k, 1));
  const bool alone = count == 1 || flops < 60e3;  // less than the price of waking another thread
  const int64_t tiles = ceil_div(g.m, kernels.rows);
  // Threads share the columns, so that each reads its own part of B; short B: they share the rows.
  const bool by_rows = panels % count != 0 && panels < 8 * count && tiles >= 2 * count;
  if (alone) return Worker(kernels, g, panels).run(0, panels, 0, g.m);
  if (by_rows)
    return threads.for_each(tiles, [&](int64_t first, int64_t last) {
      Worker(kernels, g, panels).run(0, panels, first * kernels.rows, std::min(g.m, last * kernels.rows));
    });
  threads.for_each_piece(panels, [&](const Threads::Piece& p) { Worker(kernels, g, p.share_last).run(p.first, p.last, 0, g.m); });
}

}  // namespace pharos::cpu
