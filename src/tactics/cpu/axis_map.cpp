#include "tactics/cpu/axis_map.h"

#include <cstring>

namespace pharos::cpu {
namespace {

bool is_identity(const std::vector<int64_t>& map, int64_t extent) {
  if (int64_t(map.size()) != extent) return false;
  for (int64_t i = 0; i < extent; ++i)
    if (map[size_t(i)] != i) return false;
  return true;
}

}  // namespace

AxisMapCopy::AxisMapCopy(const Dims& in, std::vector<std::vector<int64_t>> maps, size_t size) : size_(size), unit_(size) {
  size_t axes = maps.size();
  while (axes > 0 && is_identity(maps[axes - 1], in[axes - 1])) unit_ *= size_t(in[--axes]);
  if (axes == 0) {
    stretches_.push_back({0, 0, 1, 1});
    return;
  }
  size_t stride = unit_;
  const std::vector<int64_t>& last = maps[axes - 1];
  row_units_ = int64_t(last.size());
  for (int64_t i = 0; i < row_units_; ++i) {
    const int64_t from = last[size_t(i)];
    if (!stretches_.empty()) {
      Stretch& s = stretches_.back();
      // A second unit decides whether a stretch goes on upwards, repeats its unit (step 0), or is filling (-1 before -1).
      const int64_t step = from - (s.from + (s.length - 1) * s.step);
      if (from < 0 ? s.from < 0 : s.from >= 0 && (step == 0 || step == 1) && (s.length == 1 || step == s.step)) {
        s.step = from < 0 ? 0 : step;
        ++s.length;
        continue;
      }
    }
    stretches_.push_back({i, from, 1, from < 0 ? 0 : 1});
  }
  stride *= size_t(in[axes - 1]);
  outer_.resize(axes - 1);
  for (size_t d = axes - 1; d-- > 0; stride *= size_t(in[d])) {
    for (const int64_t i : maps[d]) outer_[d].push_back(i < 0 ? -1 : i * int64_t(stride));
    rows_ *= int64_t(maps[d].size());
  }
}

void AxisMapCopy::fill(std::byte* out, int64_t count, const void* filling) const {
  switch (size_) {
    case 1: std::memset(out, *static_cast<const uint8_t*>(filling), size_t(count)); return;
    case 2: std::fill_n(reinterpret_cast<uint16_t*>(out), count, *static_cast<const uint16_t*>(filling)); return;
    case 4: std::fill_n(reinterpret_cast<uint32_t*>(out), count, *static_cast<const uint32_t*>(filling)); return;
    case 8: std::fill_n(reinterpret_cast<uint64_t*>(out), count, *static_cast<const uint64_t*>(filling)); return;
    default:
      for (int64_t i = 0; i < count; ++i) std::memcpy(out + size_t(i) * size_, filling, size_);
  }
}

template <class T>
void repeat(const std::byte* from, std::byte* to, int64_t count) {
  T v;
  std::memcpy(&v, from, sizeof v);
  std::fill_n(reinterpret_cast<T*>(to), count, v);
}

void AxisMapCopy::row(const std::byte* in, std::byte* out, const void* filling) const {
  for (const Stretch& s : stretches_) {
    std::byte* to = out + size_t(s.to) * unit_;
    if (s.from < 0) {
      fill(to, s.length * int64_t(unit_ / size_), filling);
    } else if (s.step == 1) {
      std::memcpy(to, in + size_t(s.from) * unit_, size_t(s.length) * unit_);
    } else if (unit_ == 4) {
      repeat<uint32_t>(in + size_t(s.from) * 4, to, s.length);
    } else {
      for (int64_t i = 0; i < s.length; ++i) std::memcpy(to + size_t(i) * unit_, in + size_t(s.from) * unit_, unit_);
    }
  }
}

void AxisMapCopy::run(const void* in, void* out, const void* filling, const Threads& threads) const {
  const size_t row_bytes = size_t(row_units_) * unit_;
  if (row_bytes == 0) return;
  threads.for_each(rows_, [&](int64_t first, int64_t last) {
    for (int64_t r = first; r < last; ++r) {
      int64_t offset = 0;
      for (int64_t d = int64_t(outer_.size()), rest = r; d-- > 0;) {
        const auto& map = outer_[size_t(d)];
        const int64_t at = map[size_t(rest % int64_t(map.size()))];
        rest /= int64_t(map.size());
        if (at < 0) { offset = -1; break; }
        offset += at;
      }
      std::byte* to = static_cast<std::byte*>(out) + size_t(r) * row_bytes;
      if (offset < 0) fill(to, int64_t(row_bytes / size_), filling);
      else row(static_cast<const std::byte*>(in) + offset, to, filling);
    }
  }, std::max<int64_t>(1, int64_t(65536 / row_bytes)));
}

}  // namespace pharos::cpu
