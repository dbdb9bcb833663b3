#include <algorithm>

#include <fmt/format.h>

#include "ops/image_formats.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<int64_t> channels_of(const Node& node) {
  const std::string f = node.attr_string("pixel_format", "RGB");
  if (f == "RGB" || f == "BGR") return 3;
  if (f == "Grayscale") return 1;
  return bad_attribute(node, "pixel_format", "'" + f + "'", "RGB, BGR or Grayscale");
}

Result<void> infer(InferContext& c) {
  if (c.input(0).shape && c.input(0).rank() != 1)
    return bad_input(c.node(), 0, fmt::format("of rank {}", c.input(0).rank()), "rank 1");
  c.set_output(0, Type::tensor(DType::u8, Shape{Dim(), Dim(), Dim(PHAROS_TRY(channels_of(c.node())))}));
  return {};
}

// What cannot be decoded gives an empty image; what is too large, or of a kind that is not read at all, is an error, since
// it is no fault of the data.
Result<Image> decode(const Node& node, std::span<const uint8_t> bytes) {
  std::optional<Image> image;
  switch (image_format(bytes)) {
    case ImageFormat::Unknown: break;
    case ImageFormat::Bmp: image = decode_bmp(bytes); break;
    case ImageFormat::Pnm: image = decode_pnm(bytes); break;
    case ImageFormat::Jpeg: image = decode_jpeg(bytes); break;
    case ImageFormat::Jpeg2000: image = decode_jpeg2000(bytes); break;
    case ImageFormat::Png: image = decode_png(bytes); break;
    case ImageFormat::Tiff: image = decode_tiff(bytes); break;
    case ImageFormat::WebP: image = decode_webp(bytes); break;
  }
  if (!image) return Image{};
  if (image->too_large)
    return too_large(node, "image", fmt::format("{}x{} pixels", image->height, image->width), fmt::format("{} pixels", max_decoded_pixels));
  if (!image->refusal.empty()) return unsupported_case(node, fmt::format("{} are not decoded", image->refusal));
  return std::move(*image);
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& in = c.input(0);
  const int64_t channels = PHAROS_TRY(channels_of(c.node()));
  const Image image = PHAROS_TRY(decode(c.node(), in.as<uint8_t>()));
  Tensor out = PHAROS_TRY(c.output(0, DType::u8, {image.height, image.width, channels}));
  const auto y = out.as<uint8_t>();
  const bool swapped = c.node().attr_string("pixel_format", "RGB") == "BGR";
  for (int64_t i = 0; i < image.height * image.width; ++i) {
    const uint8_t* p = image.rgb.data() + 3 * i;
    // ITU-R 601 luma in 16-bit fixed point.
    if (channels == 1) y[size_t(i)] = uint8_t((p[0] * 19595 + p[1] * 38470 + p[2] * 7471 + 32768) >> 16);
    else
      for (int k = 0; k < 3; ++k) y[size_t(3 * i + k)] = p[swapped ? 2 - k : k];
  }
  return {};
}

}  // namespace

void define_image_decoder(OpSet& ops) {
  ops.add({
      .name = "ImageDecoder",
      .since = 20,
      .doc = "Decodes an image file to height x width x channels: BMP, JPEG, JPEG 2000, PNG, PNM, TIFF (8 bits, "
             "uncompressed) and WebP, up to 2^27 pixels. A damaged file gives an empty image.",
      .inputs = {{"encoded_stream", TypeSet{DType::u8}}},
      .outputs = {{"image", TypeSet{DType::u8}}},
      .attributes = {{"pixel_format", AttrType::String, false, "RGB (default), BGR or Grayscale"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
