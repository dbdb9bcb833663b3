// WebP by libwebp, lossy and lossless; the transparency is dropped.

#include <webp/decode.h>

#include "ops/image_formats.h"

namespace pharos {

std::optional<Image> decode_webp(std::span<const uint8_t> bytes) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK) return std::nullopt;
  if (features.has_animation) return Image{.height = features.height, .width = features.width, .refusal = "animated WebP files"};
  auto out = make_image(features.height, features.width, max_decoded_pixels);
  if (!out || out->too_large) return out;
  if (!WebPDecodeRGBInto(bytes.data(), bytes.size(), out->rgb.data(), out->rgb.size(), 3 * features.width)) return std::nullopt;
  return out;
}

}  // namespace pharos
