#pragma once
// A dense tensor in memory: shared, reference-counted storage with dtype and shape, row-major. Also used as a view over
// memory owned by somebody else (an arena, a caller's buffer, a mapped file): then `owner` is empty or keeps it alive.

#include <memory>
#include <span>
#include <string>

#include "base/half.h"
#include "base/result.h"
#include "pharos/types.h"

namespace pharos {

class Tensor {
 public:
  Tensor() = default;
  // Zeroed storage aligned to 64 bytes. The caller has checked the size against its limits; an allocation that fails
  // leaves a tensor for which `valid()` is false.
  Tensor(DType dtype, Dims dims);
  // A view; `owner` (may be empty) keeps the memory alive. `data` must hold the elements of `dims`.
  Tensor(DType dtype, Dims dims, void* data, std::shared_ptr<void> owner = nullptr);

  template <class T>
  static Tensor from(DType dtype, Dims dims, std::span<const T> values);
  static Tensor scalar_i64(int64_t v);
  static Tensor vector_i64(std::span<const int64_t> v);
  static Tensor scalar_f32(float v);

  bool valid() const { return dtype_ != DType::undefined && (data_ != nullptr || count_ == 0); }
  DType dtype() const { return dtype_; }
  const Dims& dims() const { return dims_; }
  int rank() const { return int(dims_.size()); }
  int64_t dim(int axis) const { return dims_[size_t(axis)]; }
  int64_t count() const { return count_; }              // elements
  size_t bytes() const { return size_t(count_) * dtype_size(dtype_); }  // 0 for strings

  void* data() { return data_; }
  const void* data() const { return data_; }
  // The elements as T, which must have the size of the dtype in memory (strings: std::string).
  template <class T> std::span<T> as() { return {static_cast<T*>(data_), size_t(count_)}; }
  template <class T> std::span<const T> as() const { return {static_cast<const T*>(data_), size_t(count_)}; }

  // Points a view at other memory of the same size; nothing is allocated.
  void rebind(void* data) { data_ = data; }

  // Same storage, other dims with the same number of elements.
  Tensor reshaped(Dims dims) const;
  Tensor clone() const;  // deep copy with storage of its own
  bool same_storage(const Tensor& o) const { return data_ == o.data_; }

  // Element `i` of an integer or bool tensor widened; of any numeric tensor as double.
  int64_t int_at(int64_t i) const;
  double double_at(int64_t i) const;
  std::vector<int64_t> to_ints() const;  // all elements; for shape tensors, axes and the like

 private:
  DType dtype_ = DType::undefined;
  Dims dims_;
  int64_t count_ = 0;
  void* data_ = nullptr;
  std::shared_ptr<void> owner_;
};

template <class T>
Tensor Tensor::from(DType dtype, Dims dims, std::span<const T> values) {
  Tensor t(dtype, std::move(dims));
  const auto to = t.as<T>();
  for (size_t i = 0; i < values.size() && i < to.size(); ++i) to[i] = values[i];
  return t;
}

// Same dtype, dims and bits (strings: same text).
bool identical(const Tensor& a, const Tensor& b);
uint64_t content_hash(const Tensor& t);  // xxh3 over dtype, dims and contents

}  // namespace pharos
