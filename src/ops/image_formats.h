#pragma once
// Decoders of simple image files, for ImageDecoder: BMP, the PNM family and uncompressed TIFF. All sizes are checked
// against the bytes given, so that a small file cannot ask for a large image.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pharos {

struct Image {
  int64_t height = 0, width = 0;
  std::vector<uint8_t> rgb;  // 3 * height * width
};

enum class ImageFormat : uint8_t { Unknown, Bmp, Pnm, Jpeg, Jpeg2000, Png, Tiff, WebP };
ImageFormat image_format(std::span<const uint8_t> bytes);  // by its first bytes
std::string_view image_format_name(ImageFormat f);

// Nothing where the file is damaged or uses a variant that is not read.
std::optional<Image> decode_bmp(std::span<const uint8_t> bytes);
std::optional<Image> decode_pnm(std::span<const uint8_t> bytes);
std::optional<Image> decode_tiff(std::span<const uint8_t> bytes);

// An image of this size, unless it is empty or has more pixels than `at_most`.
std::optional<Image> make_image(int64_t height, int64_t width, int64_t at_most);

}  // namespace pharos
