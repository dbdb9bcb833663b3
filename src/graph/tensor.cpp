#include "graph/tensor.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/hash.h"

namespace pharos {
namespace {

constexpr size_t alignment = 64;

// Zeroed and aligned. Large blocks come from calloc as fresh pages, which are zero without being written.
void* zeroed(size_t bytes, void** block) {
  if (bytes > size_t(PTRDIFF_MAX) - 2 * alignment) return nullptr;
  *block = std::calloc(1, bytes + alignment);
  if (!*block) return nullptr;
  const auto at = reinterpret_cast<uintptr_t>(*block);
  return static_cast<std::byte*>(*block) + ((alignment - at % alignment) % alignment);
}

std::shared_ptr<void> string_storage(size_t count, void** data) {
  if (count > size_t(PTRDIFF_MAX) / sizeof(std::string)) return nullptr;
  auto* p = static_cast<std::string*>(::operator new(std::max<size_t>(1, count) * sizeof(std::string), std::nothrow));
  if (!p) return nullptr;
  std::uninitialized_value_construct_n(p, count);
  *data = p;
  return std::shared_ptr<void>(p, [count](void* q) {
    std::destroy_n(static_cast<std::string*>(q), count);
    ::operator delete(q);
  });
}

}  // namespace

Tensor::Tensor(DType dtype, Dims dims) {
  const auto count = element_count(dims);
  if (!count || dtype == DType::undefined || size_t(dtype) >= size_t(dtype_count)) return;
  dtype_ = dtype;
  dims_ = std::move(dims);
  count_ = *count;
  if (dtype == DType::string) {
    owner_ = string_storage(size_t(count_), &data_);
    return;
  }
  if (size_t(count_) > size_t(PTRDIFF_MAX) / dtype_size(dtype)) return;
  void* block = nullptr;
  data_ = zeroed(bytes(), &block);
  if (data_) owner_ = std::shared_ptr<void>(block, std::free);
}

Tensor::Tensor(DType dtype, Dims dims, void* data, std::shared_ptr<void> owner)
    : dtype_(dtype),
      dims_(std::move(dims)),
      count_(element_count(dims_).value_or(0)),
      data_(data),
      owner_(std::move(owner)) {}

Tensor Tensor::scalar_i64(int64_t v) { return from<int64_t>(DType::i64, {}, std::span(&v, 1)); }
Tensor Tensor::vector_i64(std::span<const int64_t> v) { return from<int64_t>(DType::i64, {int64_t(v.size())}, v); }
Tensor Tensor::scalar_f32(float v) { return from<float>(DType::f32, {}, std::span<const float>(&v, 1)); }

Tensor Tensor::reshaped(Dims dims) const {
  if (element_count(dims) != count_) return {};
  Tensor out = *this;
  out.dims_ = std::move(dims);
  return out;
}

Tensor Tensor::clone() const {
  Tensor out(dtype_, dims_);
  if (!out.valid() || count_ == 0 || !data_) return out;
  if (dtype_ == DType::string) {
    for (int64_t i = 0; i < count_; ++i) out.as<std::string>()[size_t(i)] = as<std::string>()[size_t(i)];
  } else {
    std::memcpy(out.data_, data_, bytes());
  }
  return out;
}

int64_t Tensor::int_at(int64_t i) const {
  switch (dtype_) {
    case DType::i64: return static_cast<const int64_t*>(data_)[i];
    case DType::i32: return static_cast<const int32_t*>(data_)[i];
    case DType::i16: return static_cast<const int16_t*>(data_)[i];
    case DType::i8: case DType::i4: case DType::i2: return static_cast<const int8_t*>(data_)[i];
    case DType::u64: return int64_t(static_cast<const uint64_t*>(data_)[i]);
    case DType::u32: return static_cast<const uint32_t*>(data_)[i];
    case DType::u16: return static_cast<const uint16_t*>(data_)[i];
    case DType::u8: case DType::u4: case DType::u2: case DType::boolean: return static_cast<const uint8_t*>(data_)[i];
    default: return 0;
  }
}

double Tensor::double_at(int64_t i) const {
  switch (dtype_) {
    case DType::f32: case DType::c64: return static_cast<const float*>(data_)[dtype_ == DType::c64 ? 2 * i : i];
    case DType::f64: case DType::c128: return static_cast<const double*>(data_)[dtype_ == DType::c128 ? 2 * i : i];
    case DType::f16: return static_cast<const Float16*>(data_)[i];
    case DType::bf16: return static_cast<const BFloat16*>(data_)[i];
    case DType::f8e4m3fn: return f8_to_float(static_cast<const uint8_t*>(data_)[i], Float8Kind::E4M3FN);
    case DType::f8e4m3fnuz: return f8_to_float(static_cast<const uint8_t*>(data_)[i], Float8Kind::E4M3FNUZ);
    case DType::f8e5m2: return f8_to_float(static_cast<const uint8_t*>(data_)[i], Float8Kind::E5M2);
    case DType::f8e5m2fnuz: return f8_to_float(static_cast<const uint8_t*>(data_)[i], Float8Kind::E5M2FNUZ);
    case DType::f8e8m0: return f8_to_float(static_cast<const uint8_t*>(data_)[i], Float8Kind::E8M0);
    case DType::f4e2m1: return f4_to_float(static_cast<const uint8_t*>(data_)[i]);
    case DType::u64: return double(static_cast<const uint64_t*>(data_)[i]);
    default: return double(int_at(i));
  }
}

std::vector<int64_t> Tensor::to_ints() const {
  std::vector<int64_t> out(static_cast<size_t>(count_));
  for (int64_t i = 0; i < count_; ++i) out[size_t(i)] = int_at(i);
  return out;
}

bool identical(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || a.dims() != b.dims() || a.valid() != b.valid()) return false;
  if (!a.valid() || a.count() == 0 || a.data() == b.data()) return true;
  if (a.dtype() != DType::string) return std::memcmp(a.data(), b.data(), a.bytes()) == 0;
  const auto x = a.as<std::string>(), y = b.as<std::string>();
  return std::equal(x.begin(), x.end(), y.begin());
}

uint64_t content_hash(const Tensor& t) {
  Hasher h;
  h.add(t.dtype()).add(uint64_t(t.rank()));
  for (const int64_t d : t.dims()) h.add(d);
  if (!t.valid() || t.count() == 0) return h.digest64();
  if (t.dtype() == DType::string) {
    for (const std::string& s : t.as<std::string>()) h.add(uint64_t(s.size())).update(s);
  } else {
    h.update({static_cast<const std::byte*>(t.data()), t.bytes()});
  }
  return h.digest64();
}

}  // namespace pharos
