#pragma once
// What the reference evaluations of many operators share: element types, widened access, iteration over strided index
// spaces, and checked sizes. The reference computes in three wide types (double, int64_t, uint64_t), so that an
// operator is compiled three times instead of once per element type; kernels that must be fast are tactics.

#include <algorithm>
#include <array>
#include <complex>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace pharos {

// --- element types

template <class T> struct Tag { using type = T; };
template <class... T> struct TypeList {};

// Calls f(Tag<T>) with the C++ type of an arithmetic dtype (bool: bool; no strings, no complex). False: it is none.
template <class F>
bool visit_element(DType dtype, F&& f) {
  switch (dtype) {
    case DType::f32: f(Tag<float>()); return true;
    case DType::f64: f(Tag<double>()); return true;
    case DType::f16: f(Tag<Float16>()); return true;
    case DType::bf16: f(Tag<BFloat16>()); return true;
    case DType::i8: f(Tag<int8_t>()); return true;
    case DType::i16: f(Tag<int16_t>()); return true;
    case DType::i32: f(Tag<int32_t>()); return true;
    case DType::i64: f(Tag<int64_t>()); return true;
    case DType::u8: f(Tag<uint8_t>()); return true;
    case DType::u16: f(Tag<uint16_t>()); return true;
    case DType::u32: f(Tag<uint32_t>()); return true;
    case DType::u64: f(Tag<uint64_t>()); return true;
    case DType::boolean: f(Tag<bool>()); return true;
    case DType::f8e4m3fn: f(Tag<Float8<Float8Kind::E4M3FN>>()); return true;
    case DType::f8e4m3fnuz: f(Tag<Float8<Float8Kind::E4M3FNUZ>>()); return true;
    case DType::f8e5m2: f(Tag<Float8<Float8Kind::E5M2>>()); return true;
    case DType::f8e5m2fnuz: f(Tag<Float8<Float8Kind::E5M2FNUZ>>()); return true;
    case DType::f8e8m0: f(Tag<Float8<Float8Kind::E8M0>>()); return true;
    case DType::f4e2m1: f(Tag<Float4>()); return true;
    case DType::i4: f(Tag<Int4>()); return true;
    case DType::u4: f(Tag<UInt4>()); return true;
    case DType::i2: f(Tag<Int2>()); return true;
    case DType::u2: f(Tag<UInt2>()); return true;
    default: return false;
  }
}

// For code that only moves elements: calls f(Tag<E>) with a type of the dtype's width (strings: std::string).
struct Bytes16 { uint64_t low, high; };
template <class F>
void with_storage(DType dtype, F&& f) {
  if (dtype == DType::string) return f(Tag<std::string>());
  switch (dtype_size(dtype)) {
    case 1: return f(Tag<uint8_t>());
    case 2: return f(Tag<uint16_t>());
    case 4: return f(Tag<uint32_t>());
    case 8: return f(Tag<uint64_t>());
    case 16: return f(Tag<Bytes16>());
    default: return;
  }
}

// What elements of a dtype are computed in by the reference: every float (also f8 and f4) as double, signed integers as
// int64_t, unsigned ones and bool as uint64_t. Storing rounds or wraps to the dtype.
enum class Wide : uint8_t { Float, Signed, Unsigned };
Wide wide_of(DType dtype);
// Calls f(Tag<double>), f(Tag<int64_t>) or f(Tag<uint64_t>) and returns its result.
template <class F>
decltype(auto) with_wide(DType dtype, F&& f) {
  switch (wide_of(dtype)) {
    case Wide::Signed: return f(Tag<int64_t>());
    case Wide::Unsigned: return f(Tag<uint64_t>());
    default: return f(Tag<double>());
  }
}

// Elements [first, first + n) of an arithmetic tensor, converted; from floats to integers by truncation (what is out of
// range gives the lowest int64_t or 0 for NaN). Storing integers wraps, storing floats rounds to nearest even; f8
// saturate.
void load(const Tensor& from, int64_t first, int64_t n, double* to);
void load(const Tensor& from, int64_t first, int64_t n, int64_t* to);
void load(const Tensor& from, int64_t first, int64_t n, uint64_t* to);
void load(const Tensor& from, int64_t first, int64_t n, float* to);
void store(Tensor& to, int64_t first, int64_t n, const double* from);
void store(Tensor& to, int64_t first, int64_t n, const int64_t* from);
void store(Tensor& to, int64_t first, int64_t n, const uint64_t* from);
void store(Tensor& to, int64_t first, int64_t n, const float* from);

template <class T>
std::vector<T> to_vector(const Tensor& t) {
  std::vector<T> out(size_t(t.count()));
  load(t, 0, t.count(), out.data());
  return out;
}
inline std::vector<float> to_floats(const Tensor& t) { return to_vector<float>(t); }
inline std::vector<double> to_doubles(const Tensor& t) { return to_vector<double>(t); }
inline void from_floats(Tensor& to, const std::vector<float>& v) { store(to, 0, int64_t(v.size()), v.data()); }
inline void from_doubles(Tensor& to, const std::vector<double>& v) { store(to, 0, int64_t(v.size()), v.data()); }

template <class T>
T load_as(const Tensor& t, int64_t i) { T v; load(t, i, 1, &v); return v; }

// Arithmetic of the wide types: integers wrap.
inline double wrap_add(double a, double b) { return a + b; }
inline double wrap_sub(double a, double b) { return a - b; }
inline double wrap_mul(double a, double b) { return a * b; }
inline uint64_t wrap_add(uint64_t a, uint64_t b) { return a + b; }
inline uint64_t wrap_sub(uint64_t a, uint64_t b) { return a - b; }
inline uint64_t wrap_mul(uint64_t a, uint64_t b) { return a * b; }
inline int64_t wrap_add(int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }
inline int64_t wrap_sub(int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }
inline int64_t wrap_mul(int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }

// --- sizes and axes

// Number of elements; fails where it overflows.
Result<int64_t> checked_count(const Node& node, std::span<const int64_t> dims);
// "outer x length x inner" around an axis.
struct AxisSplit { int64_t outer = 1, length = 1, inner = 1; };
AxisSplit split_at(std::span<const int64_t> dims, int axis);
// Normalised and checked for duplicates; `attribute` names the source in errors. In the order given.
Result<std::vector<int>> checked_axes(const Node& node, std::span<const int64_t> axes, int rank,
                                      std::string_view attribute = "axes");
// Numpy broadcasting of concrete shapes.
Result<Dims> broadcast_dims(const Node& node, std::span<const Dims> shapes);

// --- strided iteration

using Strides = std::vector<int64_t>;  // in elements, one per dim
Strides contiguous_strides(std::span<const int64_t> dims);
// Strides with which a contiguous tensor of shape `dims` is read as the (broadcast) shape `out`: right-aligned, 0 where
// it repeats.
Strides broadcast_strides(std::span<const int64_t> dims, std::span<const int64_t> out);

// An index space over N operands with a stride per dim each. Dims of one are dropped and neighbours merged where every
// operand allows it, so that equal shapes become one long row. Walks rows without recursion.
template <size_t N>
class Walk {
 public:
  Walk(std::span<const int64_t> dims, const std::array<Strides, N>& strides) {
    for (size_t d = 0; d < dims.size(); ++d) {
      if (dims[d] == 0) empty_ = true;
      if (dims[d] == 1) continue;
      bool merge = !dims_.empty();
      for (size_t o = 0; merge && o < N; ++o) merge = strides_[o].back() == strides[o][d] * dims[d];
      if (merge) dims_.back() *= dims[d];
      else dims_.push_back(dims[d]);
      for (size_t o = 0; o < N; ++o) {
        if (merge) strides_[o].back() = strides[o][d];
        else strides_[o].push_back(strides[o][d]);
      }
    }
  }
  // body(offsets, n, steps): a row of n elements; operand o starts at offsets[o] and advances by steps[o].
  template <class Body>
  void rows(Body&& body) const {
    if (empty_) return;
    std::array<int64_t, N> offset{}, step{};
    if (dims_.empty()) { body(offset, int64_t{1}, step); return; }
    const size_t last = dims_.size() - 1;
    for (size_t o = 0; o < N; ++o) step[o] = strides_[o][last];
    std::vector<int64_t> index(dims_.size(), 0);
    for (;;) {
      body(offset, dims_[last], step);
      size_t d = last;
      for (;;) {
        if (d == 0) return;
        --d;
        for (size_t o = 0; o < N; ++o) offset[o] += strides_[o][d];
        if (++index[d] < dims_[d]) break;
        for (size_t o = 0; o < N; ++o) offset[o] -= strides_[o][d] * dims_[d];
        index[d] = 0;
      }
    }
  }

 private:
  std::vector<int64_t> dims_;
  std::array<Strides, N> strides_;
  bool empty_ = false;
};

// Moves elements of any dtype (strings too): to[to_offset + i*to_strides] = from[from_offset + i*from_strides] for
// every index i below `dims`. Both tensors have the same dtype; the caller has checked that all offsets are inside.
void copy_strided(Tensor& to, int64_t to_offset, const Strides& to_strides, const Tensor& from, int64_t from_offset,
                  const Strides& from_strides, std::span<const int64_t> dims);
// The same for a run of elements that lie next to each other in both.
void copy_run(Tensor& to, int64_t to_first, const Tensor& from, int64_t from_first, int64_t n);
// Sets all elements to element `i` of `value` (same dtype).
void fill(Tensor& to, const Tensor& value, int64_t i = 0);

// --- elementwise evaluation with broadcasting, in chunks: f(const W* const* in, W* out, n)

inline constexpr int64_t wide_chunk = 512;

template <class W, size_t N, class F>
void map_broadcast(const std::array<const Tensor*, N>& in, Tensor& out, F&& f) {
  std::array<Strides, N + 1> strides;
  for (size_t i = 0; i < N; ++i) strides[i] = broadcast_strides(in[i]->dims(), out.dims());
  strides[N] = contiguous_strides(out.dims());
  std::array<std::array<W, size_t(wide_chunk)>, N> buffer;
  std::array<W, size_t(wide_chunk)> result;
  Walk<N + 1>(out.dims(), strides).rows([&](const auto& at, int64_t n, const auto& step) {
    for (int64_t first = 0; first < n; first += wide_chunk) {
      const int64_t m = std::min(wide_chunk, n - first);
      std::array<const W*, N> p;
      for (size_t i = 0; i < N; ++i) {
        p[i] = buffer[i].data();
        if (step[i] != 0) { load(*in[i], at[i] + first, m, buffer[i].data()); continue; }
        if (first == 0) {
          load(*in[i], at[i], 1, buffer[i].data());
          for (int64_t k = 1; k < std::min(wide_chunk, n); ++k) buffer[i][size_t(k)] = buffer[i][0];
        }
      }
      f(p.data(), result.data(), m);
      store(out, at[N] + first, m, result.data());
    }
  });
}

}  // namespace pharos
