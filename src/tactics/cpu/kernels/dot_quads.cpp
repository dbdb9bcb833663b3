#include "tactics/cpu/kernels/dot_quads.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pharos::cpu {
namespace {

void portable_tile(const uint8_t* a, int64_t quads, const int8_t* b, int64_t count, int32_t* c) {
  std::memset(c, 0, size_t(count * DotQuads::panel) * 4);
  for (int64_t r = 0; r < count; ++r)
    for (int64_t q = 0; q < quads; ++q)
      for (int64_t j = 0; j < DotQuads::panel; ++j) {
        const uint8_t* x = a + (r * quads + q) * 4;
        const int8_t* y = b + (q * DotQuads::panel + j) * 4;
        // Sums of more than 2^31 wrap, as the instruction's do.
        c[r * DotQuads::panel + j] = int32_t(uint32_t(c[r * DotQuads::panel + j]) + uint32_t(x[0] * y[0] + x[1] * y[1] + x[2] * y[2] + x[3] * y[3]));
      }
}

#if defined(__x86_64__)
// Highway 1.0 has no dot product of quads, so this one is written with intrinsics.
template <int count>
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))) void vnni_rows(const uint8_t* a, int64_t quads, const int8_t* b, int32_t* c) {
  __m512i sums[count][4];
#pragma GCC unroll 6
  for (int r = 0; r < count; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) sums[r][v] = _mm512_setzero_si512();
  for (int64_t q = 0; q < quads; ++q, b += 4 * DotQuads::panel) {
    __m512i columns[4];
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) columns[v] = _mm512_loadu_si512(b + 64 * v);
#pragma GCC unroll 6
    for (int r = 0; r < count; ++r) {
      int32_t quad;
      std::memcpy(&quad, a + (r * quads + q) * 4, 4);
      const __m512i row = _mm512_set1_epi32(quad);
#pragma GCC unroll 4
      for (int v = 0; v < 4; ++v) sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], row, columns[v]);
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < count; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) _mm512_storeu_si512(c + r * DotQuads::panel + 16 * v, sums[r][v]);
}

void vnni_tile(const uint8_t* a, int64_t quads, const int8_t* b, int64_t count, int32_t* c) {
  static constexpr void (*by_count[])(const uint8_t*, int64_t, const int8_t*, int32_t*) = {
      nullptr, vnni_rows<1>, vnni_rows<2>, vnni_rows<3>, vnni_rows<4>, vnni_rows<5>, vnni_rows<6>};
  by_count[count](a, quads, b, c);
}
#endif

}  // namespace

void DotQuads::pack_a(const uint8_t* a, int64_t m, int64_t k, bool flip, uint8_t* packed, int32_t* row_sums) {
  const int64_t width = 4 * quads(k);
  const uint8_t sign = flip ? 0x80 : 0;
  for (int64_t r = 0; r < m; ++r) {
    uint8_t* to = packed + r * width;
    uint32_t sum = 0;
    for (int64_t i = 0; i < k; ++i) to[i] = uint8_t(a[r * k + i] ^ sign);
    for (int64_t i = 0; i < k; ++i) sum += to[i];
    std::memset(to + k, 0, size_t(width - k));
    row_sums[r] = int32_t(sum);
  }
}

void DotQuads::pack_b(const uint8_t* b, int64_t k, int64_t n, int64_t n0, bool flip, int8_t* packed, int32_t* column_sums) {
  const uint8_t sign = flip ? 0x80 : 0;
  const int64_t width = std::min(panel, n - n0);
  std::memset(column_sums, 0, size_t(panel) * 4);
  for (int64_t q = 0; q < quads(k); ++q, packed += 4 * panel) {
    alignas(64) uint8_t lines[4][panel] = {};
    for (int64_t i = 0; i < std::min<int64_t>(4, k - 4 * q); ++i) {
      const uint8_t* from = b + (4 * q + i) * n + n0;
      for (int64_t j = 0; j < width; ++j) lines[i][j] = uint8_t(from[j] ^ sign);
      for (int64_t j = 0; j < width; ++j) column_sums[j] += int8_t(lines[i][j]);
    }
    alignas(64) uint32_t side_by_side[panel];
    for (int64_t j = 0; j < panel; ++j)
      side_by_side[j] = uint32_t(lines[0][j]) | uint32_t(lines[1][j]) << 8 | uint32_t(lines[2][j]) << 16 | uint32_t(lines[3][j]) << 24;
    std::memcpy(packed, side_by_side, sizeof side_by_side);
  }
}

DotQuads::Tile DotQuads::tile(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::X86_64_v4 && __builtin_cpu_supports("avx512vnni")) return vnni_tile;
#endif
  return portable_tile;
}

}  // namespace pharos::cpu
