#include "tactics/cpu/strided_copy.h"

#include <cstring>

namespace pharos::cpu {
namespace {

constexpr int64_t edge = 16;  // of a tile; a whole number of vectors

struct Bytes16 { uint64_t a, b; };

// Rows [y0, y1) of an exchange of two dims.
template <class T>
void turn_rows(const T* from, int64_t step, T* to, int64_t width, int64_t y0, int64_t y1) {
  for (int64_t x0 = 0; x0 < width; x0 += edge) {
    const int64_t x1 = std::min(width, x0 + edge);
    for (int64_t y = y0; y < y1; ++y)
      for (int64_t x = x0; x < x1; ++x) to[y * width + x] = from[y + x * step];
  }
}

// Calls f with a value of an unsigned type of that size.
template <class F>
void with_size(size_t size, F&& f) {
  switch (size) {
    case 1: return f(uint8_t{});
    case 2: return f(uint16_t{});
    case 4: return f(uint32_t{});
    case 8: return f(uint64_t{});
    default: return f(Bytes16{});
  }
}

}  // namespace

Dims row_major_strides(const Dims& dims) {
  Dims strides(dims.size());
  int64_t stride = 1;
  for (size_t d = dims.size(); d-- > 0; stride *= dims[d]) strides[d] = stride;
  return strides;
}

StridedCopy::StridedCopy(const Dims& dims, const Dims& strides, int64_t base, size_t size, Isa isa)
    : base_(base), size_(size), turn_(turn_kernel(isa)) {
  for (size_t d = 0; d < dims.size(); ++d) {
    if (dims[d] == 1) continue;
    if (!dims_.empty() && strides_.back() == strides[d] * dims[d]) dims_.back() *= dims[d], strides_.back() = strides[d];
    else dims_.push_back(dims[d]), strides_.push_back(strides[d]);
  }
  if (dims_.empty()) dims_.push_back(1), strides_.push_back(1);
  total_ = count_of(dims_);
  const size_t r = dims_.size();
  transposes_ = r >= 2 && strides_[r - 1] > 1 && strides_[r - 2] == 1 && dims_[r - 1] >= 4 && dims_[r - 2] >= 4;
}

int64_t StridedCopy::offset_of(int64_t row, size_t count) const {
  int64_t offset = base_;
  for (size_t d = count; d-- > 0; row /= dims_[d]) offset += row % dims_[d] * strides_[d];
  return offset;
}

void StridedCopy::rows(const std::byte* in, std::byte* out, int64_t first, int64_t last) const {
  const size_t inner = dims_.size() - 1;
  const int64_t length = dims_[inner], step = strides_[inner];
  with_size(size_, [&](auto element) {
    using T = decltype(element);
    T* to = reinterpret_cast<T*>(out) + first * length;
    const T* const source = reinterpret_cast<const T*>(in);
    if (length == 2 && inner > 0) return pairs(source, to, first, last);
    for (int64_t row = first; row < last; ++row, to += length) {
      const T* from = source + offset_of(row, inner);
      if (step == 1) std::memcpy(to, from, size_t(length) * sizeof(T));
      else if (step == 0) std::fill_n(to, length, *from);
      else for (int64_t i = 0; i < length; ++i) to[i] = from[i * step];
    }
  });
}

// Rows of two elements (DepthToSpace, interleaving): as many of the same run as possible between two looks at the offset.
template <class T>
void StridedCopy::pairs(const T* source, T* to, int64_t first, int64_t last) const {
  const size_t r = dims_.size();
  const int64_t run = dims_[r - 2], apart = strides_[r - 2], step = strides_[r - 1];
  while (first < last) {
    const int64_t n = std::min(last - first, run - first % run);
    const T* from = source + offset_of(first, r - 1);
    if (apart == 1) {
      for (int64_t i = 0; i < n; ++i) to[2 * i] = from[i], to[2 * i + 1] = from[i + step];
    } else {
      for (int64_t i = 0; i < n; ++i) to[2 * i] = from[i * apart], to[2 * i + 1] = from[i * apart + step];
    }
    first += n, to += 2 * n;
  }
}

// One unit is a stripe of `edge` rows of the last two dims.
void StridedCopy::tiles(const std::byte* in, std::byte* out, int64_t first, int64_t last) const {
  const size_t r = dims_.size();
  const int64_t height = dims_[r - 2], width = dims_[r - 1], step = strides_[r - 1], stripes = ceil_div(height, edge);
  with_size(size_, [&](auto element) {
    using T = decltype(element);
    for (int64_t unit = first; unit < last; ++unit) {
      const int64_t plane = unit / stripes, y0 = unit % stripes * edge, y1 = std::min(height, y0 + edge);
      const T* from = reinterpret_cast<const T*>(in) + offset_of(plane, r - 2);
      T* to = reinterpret_cast<T*>(out) + plane * height * width;
      if constexpr (sizeof(T) == 4) turn_(from + y0, step, to + y0 * width, width, y1 - y0);
      else turn_rows(from, step, to, width, y0, y1);
    }
  });
}

void StridedCopy::run(const void* in, void* out, const Threads& threads) const {
  if (total_ == 0) return;
  const auto* from = static_cast<const std::byte*>(in);
  auto* to = static_cast<std::byte*>(out);
  const size_t r = dims_.size();
  const int64_t units = transposes_ ? total_ / (dims_[r - 1] * dims_[r - 2]) * ceil_div(dims_[r - 2], edge) : total_ / dims_[r - 1];
  const int64_t grain = std::max<int64_t>(1, int64_t{65536} / std::max<int64_t>(1, total_ / units * int64_t(size_)));
  threads.for_each(units, [&](int64_t first, int64_t last) {
    if (transposes_) tiles(from, to, first, last);
    else rows(from, to, first, last);
  }, grain);
}

}  // namespace pharos::cpu
