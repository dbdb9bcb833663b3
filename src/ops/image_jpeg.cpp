// JPEG by libjpeg-turbo: the exact integer transform and smooth upsampling, as image libraries read it.

#include <turbojpeg.h>

#include "ops/image_formats.h"

namespace pharos {
namespace {

struct Close { void operator()(void* h) const { tjDestroy(h); } };

// Adobe's files hold the inks inverted: 255 is no ink.
void inks_to_rgb(std::span<const uint8_t> cmyk, std::vector<uint8_t>& rgb) {
  for (size_t i = 0; i < cmyk.size() / 4; ++i)
    for (size_t k = 0; k < 3; ++k) rgb[3 * i + k] = uint8_t((cmyk[4 * i + k] * cmyk[4 * i + 3] + 127) / 255);
}

// Whether the last scan ends with the marker of the image's end. What is missing would come out grey.
bool complete(std::span<const uint8_t> b) {
  for (size_t i = b.size(); i-- > 1;) {
    if (b[i - 1] != 0xff) continue;
    if (b[i] == 0xd9) return true;
    if (b[i] == 0xda) return false;
  }
  return false;
}

}  // namespace

std::optional<Image> decode_jpeg(std::span<const uint8_t> bytes) {
  const std::unique_ptr<void, Close> reader(tjInitDecompress());
  int width = 0, height = 0, sampling = 0, colors = 0;
  if (!reader || !complete(bytes)) return std::nullopt;
  if (tjDecompressHeader3(reader.get(), bytes.data(), bytes.size(), &width, &height, &sampling, &colors) != 0) return std::nullopt;
  auto out = make_image(height, width, max_decoded_pixels);
  if (!out || out->too_large) return out;
  const bool inks = colors == TJCS_CMYK || colors == TJCS_YCCK;
  std::vector<uint8_t> cmyk(inks ? size_t(4) * size_t(width) * size_t(height) : 0);
  // Few scans: each costs a pass over the whole image, and a small file can hold thousands.
  const int done = tjDecompress2(reader.get(), bytes.data(), bytes.size(), inks ? cmyk.data() : out->rgb.data(), width, 0, height,
                                 inks ? TJPF_CMYK : TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
  if (done != 0 && tjGetErrorCode(reader.get()) != TJERR_WARNING) return std::nullopt;  // warnings: every reader overlooks them
  if (inks) inks_to_rgb(cmyk, out->rgb);
  return out;
}

}  // namespace pharos
