#pragma once
// Elements of a tensor as T: the tensor's own memory where it already holds T, a converted copy otherwise.

#include "ops/dispatch.h"
#include "ops/op.h"

namespace pharos {

template <class T> inline constexpr DType dtype_of = DType::undefined;
template <> inline constexpr DType dtype_of<float> = DType::f32;
template <> inline constexpr DType dtype_of<double> = DType::f64;
template <> inline constexpr DType dtype_of<int64_t> = DType::i64;

template <class T>
class Elements {
 public:
  Elements() = default;
  explicit Elements(const Tensor& t) {
    if (t.dtype() == dtype_of<T>) { data_ = static_cast<const T*>(t.data()); return; }
    copy_ = to_vector<T>(t);
    data_ = copy_.data();
  }
  Elements(Elements&& o) noexcept { *this = std::move(o); }
  Elements& operator=(Elements&& o) noexcept {
    const bool owns = !o.copy_.empty();
    copy_ = std::move(o.copy_);
    data_ = owns ? copy_.data() : o.data_;
    return *this;
  }
  const T* data() const { return data_; }
  const T& operator[](int64_t i) const { return data_[i]; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  std::vector<T> copy_;
  const T* data_ = nullptr;
};

// The elements of an optional input; empty where it is left out.
template <class T>
Elements<T> optional_elements(const EvalContext& c, size_t i) {
  return c.has_input(i) ? Elements<T>(c.input(i)) : Elements<T>();
}

}  // namespace pharos
