#pragma once
// Products of bytes, four of a row and a column at a time: unsigned times signed, summed exactly in 32 bits (AVX-512 VNNI; plain
// loops elsewhere). Zero points are the caller's: the sums of rows and columns come with the packed operands.

#include "tactics/tactic.h"

namespace pharos::cpu {

struct DotQuads {
  static constexpr int64_t panel = 64, rows = 6;  // columns of a panel of B, rows of a tile
  static int64_t quads(int64_t k) { return (k + 3) / 4; }
  static int64_t packed_b_bytes(int64_t k, int64_t n) { return (n + panel - 1) / panel * panel * 4 * quads(k); }
  static int64_t packed_a_bytes(int64_t m, int64_t k) { return m * 4 * quads(k); }

  // Rows of k bytes behind each other, filled up to quads; `flip` turns signed bytes into unsigned ones (128 more).
  static void pack_a(const uint8_t* a, int64_t m, int64_t k, bool flip, uint8_t* packed, int32_t* row_sums);
  // One panel of B [k, n], from column n0 on: quads of its columns side by side; `flip` turns unsigned bytes into signed ones (128
  // less). There are as many sums as a panel has columns.
  static void pack_b(const uint8_t* b, int64_t k, int64_t n, int64_t n0, bool flip, int8_t* packed, int32_t* column_sums);

  // c[r * panel + j] = the product of row r < count and column j of a panel.
  using Tile = void (*)(const uint8_t* a, int64_t quads, const int8_t* b, int64_t count, int32_t* c);
  static Tile tile(Isa isa);
};

}  // namespace pharos::cpu
