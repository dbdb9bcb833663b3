// TIFF files in their plain form: one image of 8 bits per sample, grey or RGB(A), uncompressed, in strips.

#include <algorithm>

#include "ops/image_formats.h"

namespace pharos {
namespace {

class TiffReader {
 public:
  explicit TiffReader(std::span<const uint8_t> b) : b_(b), little_(b.size() > 0 && b[0] == 'I') {}

  std::optional<uint64_t> number(uint64_t at, int n) const {
    if (at > b_.size() || uint64_t(n) > b_.size() - at) return std::nullopt;
    uint64_t v = 0;
    for (int i = 0; i < n; ++i) v = v << 8 | b_[at + uint64_t(little_ ? n - 1 - i : i)];
    return v;
  }

  // Finds the first directory; false where it is not within the file.
  bool open() {
    const auto at = number(4, 4);
    const auto count = at ? number(*at, 2) : std::nullopt;
    if (!count || *count * 12 > b_.size() - *at) return false;
    directory_ = *at + 2;
    entries_ = *count;
    return true;
  }

  // The values of a tag, all of them below 2^32; empty where it is missing or damaged.
  std::vector<uint64_t> values(uint64_t tag) const {
    for (uint64_t e = directory_; e < directory_ + 12 * entries_; e += 12) {
      if (number(e, 2) != tag) continue;
      const auto type = number(e + 2, 2), count = number(e + 4, 4);
      const int size = type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : 0;
      if (size == 0 || !count || *count > b_.size()) return {};
      uint64_t at = e + 8;
      if (*count * uint64_t(size) > 4) {
        const auto far = number(e + 8, 4);
        if (!far) return {};
        at = *far;
      }
      std::vector<uint64_t> out;
      for (uint64_t i = 0; i < *count; ++i) {
        const auto v = number(at + i * uint64_t(size), size);
        if (!v) return {};
        out.push_back(*v);
      }
      return out;
    }
    return {};
  }
  uint64_t value(uint64_t tag, uint64_t otherwise) const {
    const auto v = values(tag);
    return v.empty() ? otherwise : v[0];
  }

 private:
  std::span<const uint8_t> b_;
  bool little_;
  uint64_t directory_ = 0, entries_ = 0;
};

enum Tag : uint64_t { Width = 256, Height = 257, Bits = 258, Compression = 259, Photometric = 262, StripOffsets = 273,
                      Samples = 277, StripBytes = 279, Planar = 284 };

}  // namespace

std::optional<Image> decode_tiff(std::span<const uint8_t> b) {
  TiffReader in(b);
  if (!in.open()) return std::nullopt;
  const uint64_t samples = in.value(Samples, 1), photometric = in.value(Photometric, 1);
  if (in.value(Compression, 1) != 1 || in.value(Planar, 1) != 1 || samples < 1 || samples > 4 || photometric > 2)
    return std::nullopt;
  if ((photometric == 2) != (samples >= 3)) return std::nullopt;
  for (const uint64_t bits : in.values(Bits))
    if (bits != 8) return std::nullopt;
  if (in.values(Bits).empty()) return std::nullopt;
  auto out = make_image(int64_t(in.value(Height, 0)), int64_t(in.value(Width, 0)), int64_t(b.size()));
  const auto offsets = in.values(StripOffsets), lengths = in.values(StripBytes);
  if (!out || out->too_large || offsets.size() != lengths.size()) return std::nullopt;
  std::vector<uint8_t> data;
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (offsets[i] > b.size() || lengths[i] > b.size() - offsets[i] || data.size() + lengths[i] > b.size())
      return std::nullopt;
    data.insert(data.end(), b.begin() + ptrdiff_t(offsets[i]), b.begin() + ptrdiff_t(offsets[i] + lengths[i]));
  }
  const size_t pixels = size_t(out->height * out->width);
  if (data.size() < pixels * samples) return std::nullopt;
  for (size_t i = 0; i < pixels; ++i)
    for (size_t k = 0; k < 3; ++k) {
      const uint8_t v = data[i * samples + (samples >= 3 ? k : 0)];
      out->rgb[3 * i + k] = photometric == 0 ? uint8_t(255 - v) : v;
    }
  return out;
}

}  // namespace pharos
