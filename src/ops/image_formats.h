#pragma once
// Decoders of image files, for ImageDecoder: our own of BMP, the PNM family and uncompressed TIFF, libraries for the
// compressed ones. Sizes are checked against the bytes given, or a limit, before an image is made.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pharos {

struct Image {
  int64_t height = 0, width = 0;
  std::vector<uint8_t> rgb;  // 3 * height * width
  // Not decoded, though the file is sound so far as it was read:
  bool too_large = false;         // more than max_decoded_pixels
  std::string_view refusal = {};  // "animated WebP files": a variant that is not read
};

// A compressed file of a few bytes may say any size.
constexpr int64_t max_decoded_pixels = int64_t{1} << 27;

enum class ImageFormat : uint8_t { Unknown, Bmp, Pnm, Jpeg, Jpeg2000, Png, Tiff, WebP };
ImageFormat image_format(std::span<const uint8_t> bytes);  // by its first bytes
std::string_view image_format_name(ImageFormat f);

// Nothing where the file is damaged or uses a variant that is not read.
std::optional<Image> decode_bmp(std::span<const uint8_t> bytes);
std::optional<Image> decode_pnm(std::span<const uint8_t> bytes);
std::optional<Image> decode_tiff(std::span<const uint8_t> bytes);
std::optional<Image> decode_jpeg(std::span<const uint8_t> bytes);
std::optional<Image> decode_jpeg2000(std::span<const uint8_t> bytes);
std::optional<Image> decode_png(std::span<const uint8_t> bytes);
std::optional<Image> decode_webp(std::span<const uint8_t> bytes);

// An image of this size: too_large, without memory, where it has more than `at_most` pixels; nothing where it is empty.
std::optional<Image> make_image(int64_t height, int64_t width, int64_t at_most);

}  // namespace pharos
