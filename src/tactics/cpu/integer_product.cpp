#include "tactics/cpu/integer_product.h"

namespace pharos::cpu {

IntegerProduct::IntegerProduct(int64_t m, int64_t n, int64_t k, Isa isa) : m_(m), k_(k), kernels_(&gemm_kernels(isa)) {
  const int64_t rows = std::min(stretch, k), wide = std::min(columns, n);
  floats_bytes_ = align64(size_t(rows * wide) * 4);
  packed_bytes_ = align64(size_t(packed_b_floats(*kernels_, rows, wide)) * 4);
  tile_bytes_ = align64(size_t(m * columns) * 4);
}

void IntegerProduct::add_stretch(const float* a, bool first, int64_t rows, int64_t count, std::byte* memory) const {
  auto* packed = reinterpret_cast<float*>(memory + floats_bytes_);
  auto* part = reinterpret_cast<float*>(memory + floats_bytes_ + packed_bytes_);
  auto* sum = reinterpret_cast<int32_t*>(memory + floats_bytes_ + packed_bytes_ + tile_bytes_);
  pack_b(*kernels_, reinterpret_cast<const float*>(memory), count, false, rows, count, packed);
  gemm(*kernels_, {.a = a, .lda = k_, .packed = packed, .c = part, .ldc = columns, .m = m_, .n = count, .k = rows}, Threads(1));
  for (int64_t r = 0; r < m_; ++r)
    for (int64_t c = 0; c < count; ++c) sum[r * columns + c] = int32_t(part[r * columns + c]) + (first ? 0 : sum[r * columns + c]);
}

void shifted(const void* from, bool is_signed, int64_t n, int zero, float* to) {
  if (is_signed)
    for (int64_t i = 0; i < n; ++i) to[i] = float(int(static_cast<const int8_t*>(from)[i]) - zero);
  else
    for (int64_t i = 0; i < n; ++i) to[i] = float(int(static_cast<const uint8_t*>(from)[i]) - zero);
}

int zero_point(const Tensor* t, int64_t k) {
  if (!t) return 0;
  const auto i = size_t(t->count() == 1 ? 0 : k);
  return t->dtype() == DType::i8 ? int(t->as<int8_t>()[i]) : int(t->as<uint8_t>()[i]);
}

}  // namespace pharos::cpu
