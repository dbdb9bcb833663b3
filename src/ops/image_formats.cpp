#include "ops/image_formats.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pharos {
namespace {

using Bytes = std::span<const uint8_t>;

bool starts_with(Bytes b, std::string_view text, size_t at = 0) {
  return b.size() >= at + text.size() && std::memcmp(b.data() + at, text.data(), text.size()) == 0;
}

uint32_t little(Bytes b, size_t at, int n) {
  uint32_t v = 0;
  for (int i = 0; i < n; ++i) v |= uint32_t(b[at + size_t(i)]) << (8 * i);
  return v;
}

}  // namespace

std::optional<Image> make_image(int64_t height, int64_t width, int64_t at_most) {
  if (height < 1 || width < 1) return std::nullopt;
  Image out{.height = height, .width = width};
  if (height > at_most / width) out.too_large = true;
  else out.rgb.resize(size_t(3 * height * width));
  return out;
}

ImageFormat image_format(Bytes b) {
  if (starts_with(b, "BM")) return ImageFormat::Bmp;
  if (b.size() > 2 && b[0] == 'P' && b[1] >= '1' && b[1] <= '6') return ImageFormat::Pnm;
  if (starts_with(b, "\xff\xd8\xff")) return ImageFormat::Jpeg;
  if (starts_with(b, "jP  ", 4) || starts_with(b, "\xff\x4f\xff\x51")) return ImageFormat::Jpeg2000;
  if (starts_with(b, "\x89PNG")) return ImageFormat::Png;
  if (starts_with(b, std::string_view("II*\0", 4)) || starts_with(b, std::string_view("MM\0*", 4)))
    return ImageFormat::Tiff;
  if (starts_with(b, "RIFF") && starts_with(b, "WEBP", 8)) return ImageFormat::WebP;
  return ImageFormat::Unknown;
}

std::string_view image_format_name(ImageFormat f) {
  constexpr std::string_view names[] = {"unknown", "BMP", "PNM", "JPEG", "JPEG 2000", "PNG", "TIFF", "WebP"};
  return names[size_t(f)];
}

// Uncompressed bitmaps of 1, 4, 8 (palette), 24 and 32 bits per pixel.
std::optional<Image> decode_bmp(Bytes b) {
  if (b.size() < 54) return std::nullopt;
  const uint32_t first = little(b, 10, 4), header = little(b, 14, 4), compression = little(b, 30, 4);
  const int64_t width = int32_t(little(b, 18, 4)), signed_height = int32_t(little(b, 22, 4));
  const int64_t bits = little(b, 28, 2), height = signed_height < 0 ? -signed_height : signed_height;
  if (header < 40 || (compression != 0 && !(compression == 3 && bits == 32))) return std::nullopt;
  if (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32) return std::nullopt;
  const uint64_t palette = 14 + uint64_t(header);
  const uint64_t colors =
      bits > 8 ? 0 : std::min<uint64_t>(uint64_t{1} << bits, little(b, 46, 4) ? little(b, 46, 4) : 256);
  if (first > b.size() || palette + 4 * colors > b.size()) return std::nullopt;
  auto out = make_image(height, width, int64_t(b.size()) * 8);
  if (!out || out->too_large) return std::nullopt;  // the file is shorter than its image
  const uint64_t stride = (uint64_t(width) * uint64_t(bits) + 31) / 32 * 4;
  if (stride * uint64_t(height) > b.size() - first) return std::nullopt;
  for (int64_t y = 0; y < height; ++y) {
    const uint8_t* row = b.data() + first + stride * uint64_t(signed_height < 0 ? y : height - 1 - y);
    uint8_t* to = out->rgb.data() + 3 * y * width;
    for (int64_t x = 0; x < width; ++x, to += 3) {
      const uint8_t* bgr = row + x * (bits / 8);
      if (bits <= 8) {
        const int64_t bit = x * bits;
        const uint64_t index = (row[bit / 8] >> (8 - bits - bit % 8)) & ((1 << bits) - 1);
        if (index >= colors) return std::nullopt;
        bgr = b.data() + palette + 4 * index;
      }
      to[0] = bgr[2], to[1] = bgr[1], to[2] = bgr[0];
    }
  }
  return out;
}

namespace {

class PnmReader {
 public:
  explicit PnmReader(Bytes b) : b_(b) {}
  // The next decimal number after white space and comments; -1 where there is none.
  int64_t number() {
    skip();
    int64_t v = -1;
    for (; at_ < b_.size() && b_[at_] >= '0' && b_[at_] <= '9'; ++at_) {
      v = std::max<int64_t>(v, 0) * 10 + (b_[at_] - '0');
      if (v > (int64_t{1} << 32)) return -1;
    }
    return v;
  }
  int64_t bit() {
    skip();
    return at_ < b_.size() && (b_[at_] == '0' || b_[at_] == '1') ? b_[at_++] - '0' : -1;
  }
  void advance(size_t n) { at_ += n; }
  Bytes rest() const { return at_ < b_.size() ? b_.subspan(at_) : Bytes(); }

 private:
  void skip() {
    for (; at_ < b_.size(); ++at_) {
      if (b_[at_] == '#') while (at_ < b_.size() && b_[at_] != '\n') ++at_;
      else if (b_[at_] != ' ' && (b_[at_] < 9 || b_[at_] > 13)) return;
    }
  }
  Bytes b_;
  size_t at_ = 2;
};

}  // namespace

// P1 to P6: bits, grey and colour, as text and binary, up to 65535 per sample.
std::optional<Image> decode_pnm(Bytes b) {
  PnmReader in(b);
  const int kind = b[1] - '0';
  const bool bits = kind == 1 || kind == 4, text = kind <= 3;
  const int64_t channels = kind == 3 || kind == 6 ? 3 : 1;
  const int64_t width = in.number(), height = in.number(), top = bits ? 1 : in.number();
  if (top < 1 || top > 65535) return std::nullopt;
  auto out = make_image(height, width, int64_t(b.size()) * 8);
  if (!out || out->too_large) return std::nullopt;  // the file is shorter than its image
  if (!text) in.advance(1);
  const Bytes data = in.rest();
  const int64_t sample_bytes = top > 255 ? 2 : 1;
  const int64_t row_bytes = kind == 4 ? (width + 7) / 8 : width * channels * sample_bytes;
  if (!text && row_bytes * height > int64_t(data.size())) return std::nullopt;
  for (int64_t i = 0; i < height * width * channels; ++i) {
    int64_t v;
    if (kind == 1) v = in.bit();
    else if (text) v = in.number();
    else if (kind == 4) v = data[size_t(i / width * row_bytes + i % width / 8)] >> (7 - i % width % 8) & 1;
    else v = sample_bytes == 2 ? data[size_t(2 * i)] << 8 | data[size_t(2 * i + 1)] : data[size_t(i)];
    if (v < 0 || v > top) return std::nullopt;
    const auto level = uint8_t(bits ? (v ? 0 : 255) : (v * 255 + top / 2) / top);
    for (int64_t k = 0; k < 3 / channels; ++k) out->rgb[size_t(i * (3 / channels) + k)] = level;
  }
  return out;
}

}  // namespace pharos
