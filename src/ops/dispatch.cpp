#include "ops/dispatch.h"

#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

template <class To, class From>
To convert(From v) {
  if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    if (!(v == v)) return 0;
    if constexpr (std::is_same_v<To, uint64_t>) {
      if (v >= 9223372036854775808.0 && v < 18446744073709551616.0) return uint64_t(v);
    }
    if (v < -9223372036854775808.0 || v >= 9223372036854775808.0) return To(INT64_MIN);
    return To(int64_t(v));
  } else {
    return To(v);
  }
}

// To float with the last bit sticky, so that rounding once more to a narrower format gives the right result.
float round_to_odd(double v) {
  const float f = float(v);
  if (double(f) == v || !std::isfinite(f)) return f;
  const uint32_t bits = std::bit_cast<uint32_t>(f);
  if (bits & 1) return f;
  return std::bit_cast<float>(std::abs(double(f)) < std::abs(v) ? bits + 1 : bits - 1);
}

template <class T> constexpr bool is_small_int = false;
template <int width, bool sign> constexpr bool is_small_int<SmallInt<width, sign>> = true;
template <class T> constexpr bool is_plain = std::is_arithmetic_v<T>;

template <class W>
void load_any(const Tensor& from, int64_t first, int64_t n, W* to) {
  visit_element(from.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* p = static_cast<const T*>(from.data()) + first;
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (is_plain<T>) to[i] = convert<W>(p[i]);
      else if constexpr (is_small_int<T>) to[i] = convert<W>(int(p[i]));
      else to[i] = convert<W>(float(p[i]));
    }
  });
}

template <class W>
void store_any(Tensor& to, int64_t first, int64_t n, const W* from) {
  visit_element(to.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* p = static_cast<T*>(to.data()) + first;
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (std::is_same_v<T, bool>) p[i] = from[i] != W(0);
      else if constexpr (is_plain<T>) p[i] = std::is_same_v<T, uint64_t> ? convert<T>(from[i]) :
                                             std::is_integral_v<T> ? T(convert<int64_t>(from[i])) : convert<T>(from[i]);
      else if constexpr (is_small_int<T>) p[i] = T(convert<int64_t>(from[i]));
      else p[i] = T(round_to_odd(double(from[i])));
    }
  });
}

template <class E>
void copy_elements(E* to, const Strides& to_strides, const E* from, const Strides& from_strides,
                   std::span<const int64_t> dims) {
  Walk<2>(dims, {to_strides, from_strides}).rows([&](const auto& at, int64_t n, const auto& step) {
    E* t = to + at[0];
    const E* f = from + at[1];
    if (step[0] == 1 && step[1] == 1) { std::copy(f, f + n, t); return; }
    for (int64_t i = 0; i < n; ++i) t[i * step[0]] = f[i * step[1]];
  });
}

}  // namespace

Wide wide_of(DType dtype) {
  if (is_float(dtype)) return Wide::Float;
  return is_signed_integer(dtype) ? Wide::Signed : Wide::Unsigned;
}

void load(const Tensor& from, int64_t first, int64_t n, double* to) { load_any(from, first, n, to); }
void load(const Tensor& from, int64_t first, int64_t n, int64_t* to) { load_any(from, first, n, to); }
void load(const Tensor& from, int64_t first, int64_t n, uint64_t* to) { load_any(from, first, n, to); }
void load(const Tensor& from, int64_t first, int64_t n, float* to) { load_any(from, first, n, to); }
void store(Tensor& to, int64_t first, int64_t n, const double* from) { store_any(to, first, n, from); }
void store(Tensor& to, int64_t first, int64_t n, const int64_t* from) { store_any(to, first, n, from); }
void store(Tensor& to, int64_t first, int64_t n, const uint64_t* from) { store_any(to, first, n, from); }
void store(Tensor& to, int64_t first, int64_t n, const float* from) { store_any(to, first, n, from); }

Result<int64_t> checked_count(const Node& node, std::span<const int64_t> dims) {
  const auto n = element_count(dims);
  if (!n) return too_large(node, "an output", dims_text(dims) + " elements", "2^63 elements");
  return *n;
}

AxisSplit split_at(std::span<const int64_t> dims, int axis) {
  // Unsigned: only an empty tensor can have extents whose product overflows.
  uint64_t outer = 1, inner = 1;
  for (int d = 0; d < int(dims.size()); ++d) {
    if (d < axis) outer *= uint64_t(dims[size_t(d)]);
    if (d > axis) inner *= uint64_t(dims[size_t(d)]);
  }
  return {int64_t(outer), axis < int(dims.size()) ? dims[size_t(axis)] : 1, int64_t(inner)};
}

Result<std::vector<int>> checked_axes(const Node& node, std::span<const int64_t> axes, int rank,
                                      std::string_view attribute) {
  std::vector<int> out;
  std::vector<bool> seen(size_t(rank), false);
  for (const int64_t a : axes) {
    const int axis = PHAROS_TRY(checked_axis(node, a, rank, attribute));
    if (seen[size_t(axis)]) return bad_attribute(node, attribute, fmt::format("{} twice", a), "every axis once");
    seen[size_t(axis)] = true;
    out.push_back(axis);
  }
  return out;
}

Result<Dims> broadcast_dims(const Node& node, std::span<const Dims> shapes) {
  Dims out;
  for (const Dims& s : shapes) {
    if (s.size() > out.size()) out.insert(out.begin(), s.size() - out.size(), 1);
    for (size_t i = 0; i < s.size(); ++i) {
      int64_t& o = out[out.size() - s.size() + i];
      if (o == 1) o = s[i];
      else if (s[i] != 1 && s[i] != o)
        return shapes_mismatch(node, fmt::format("cannot broadcast {} with {}", dims_text(out), dims_text(s)));
    }
  }
  return out;
}

Strides contiguous_strides(std::span<const int64_t> dims) {
  Strides s(dims.size());
  uint64_t step = 1;  // only an empty tensor can overflow it
  for (size_t d = dims.size(); d-- > 0;) {
    s[d] = int64_t(step);
    step *= dims[d] > 0 ? uint64_t(dims[d]) : 1;
  }
  return s;
}

Strides broadcast_strides(std::span<const int64_t> dims, std::span<const int64_t> out) {
  Strides s(out.size(), 0);
  const Strides own = contiguous_strides(dims);
  const size_t shift = out.size() - dims.size();
  for (size_t d = 0; d < dims.size(); ++d)
    if (dims[d] != 1) s[shift + d] = own[d];
  return s;
}

void copy_strided(Tensor& to, int64_t to_offset, const Strides& to_strides, const Tensor& from, int64_t from_offset,
                  const Strides& from_strides, std::span<const int64_t> dims) {
  for (const int64_t d : dims)
    if (d <= 0) return;
  with_storage(to.dtype(), [&](auto tag) {
    using E = typename decltype(tag)::type;
    copy_elements(static_cast<E*>(to.data()) + to_offset, to_strides, static_cast<const E*>(from.data()) + from_offset,
                  from_strides, dims);
  });
}

void copy_run(Tensor& to, int64_t to_first, const Tensor& from, int64_t from_first, int64_t n) {
  if (n <= 0) return;
  with_storage(to.dtype(), [&](auto tag) {
    using E = typename decltype(tag)::type;
    const E* f = static_cast<const E*>(from.data()) + from_first;
    std::copy(f, f + n, static_cast<E*>(to.data()) + to_first);
  });
}

void fill(Tensor& to, const Tensor& value, int64_t i) {
  if (to.count() == 0) return;
  with_storage(to.dtype(), [&](auto tag) {
    using E = typename decltype(tag)::type;
    E* t = static_cast<E*>(to.data());
    std::fill(t, t + to.count(), static_cast<const E*>(value.data())[i]);
  });
}

}  // namespace pharos
