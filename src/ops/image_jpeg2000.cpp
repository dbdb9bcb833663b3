// JPEG 2000 by OpenJPEG: code streams and JP2 files of one to four components.

#include <openjpeg.h>

#include <algorithm>
#include <cstring>

#include "ops/image_formats.h"

namespace pharos {
namespace {

struct Source { std::span<const uint8_t> bytes; size_t at = 0; };

OPJ_SIZE_T read(void* to, OPJ_SIZE_T wanted, void* user) {
  auto& s = *static_cast<Source*>(user);
  const size_t n = std::min<size_t>(wanted, s.bytes.size() - s.at);
  if (n == 0) return OPJ_SIZE_T(-1);
  std::memcpy(to, s.bytes.data() + s.at, n);
  s.at += n;
  return n;
}
OPJ_OFF_T skip(OPJ_OFF_T by, void* user) {
  auto& s = *static_cast<Source*>(user);
  if (by < 0 || uint64_t(by) > s.bytes.size() - s.at) return -1;
  s.at += size_t(by);
  return by;
}
OPJ_BOOL seek(OPJ_OFF_T to, void* user) {
  auto& s = *static_cast<Source*>(user);
  if (to < 0 || uint64_t(to) > s.bytes.size()) return OPJ_FALSE;
  s.at = size_t(to);
  return OPJ_TRUE;
}

// Streams and codecs are both void* to OpenJPEG.
struct CloseStream { void operator()(opj_stream_t* s) const { opj_stream_destroy(s); } };
struct CloseCodec { void operator()(opj_codec_t* c) const { opj_destroy_codec(c); } };
struct CloseImage { void operator()(opj_image_t* i) const { opj_image_destroy(i); } };

// A sample as 8 bits.
int level(const opj_image_comp_t& c, int64_t height, int64_t width, int64_t y, int64_t x) {
  const int64_t cy = std::min<int64_t>(y * c.h / height, c.h - 1), cx = std::min<int64_t>(x * c.w / width, c.w - 1);
  int64_t v = c.data[cy * c.w + cx];
  if (c.sgnd) v += int64_t{1} << (c.prec - 1);
  v = c.prec > 8 ? v >> (c.prec - 8) : c.prec < 8 ? v * 255 / ((int64_t{1} << c.prec) - 1) : v;
  return int(std::clamp<int64_t>(v, 0, 255));
}

bool sane(const opj_image_t& image) {
  if (image.numcomps < 1 || image.numcomps > 4) return false;
  for (OPJ_UINT32 i = 0; i < image.numcomps; ++i) {
    const opj_image_comp_t& c = image.comps[i];
    if (c.w < 1 || c.h < 1 || c.prec < 1 || c.prec > 31) return false;
  }
  return true;
}

}  // namespace

std::optional<Image> decode_jpeg2000(std::span<const uint8_t> bytes) {
  Source source{bytes};
  const std::unique_ptr<opj_stream_t, CloseStream> stream(opj_stream_create(std::min<size_t>(bytes.size(), 1 << 16), OPJ_TRUE));
  const std::unique_ptr<opj_codec_t, CloseCodec> codec(opj_create_decompress(bytes[0] == 0xff ? OPJ_CODEC_J2K : OPJ_CODEC_JP2));
  if (!stream || !codec) return std::nullopt;
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), bytes.size());
  opj_stream_set_read_function(stream.get(), read);
  opj_stream_set_skip_function(stream.get(), skip);
  opj_stream_set_seek_function(stream.get(), seek);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* header = nullptr;
  if (!opj_setup_decoder(codec.get(), &parameters) || !opj_read_header(stream.get(), codec.get(), &header)) return std::nullopt;
  const std::unique_ptr<opj_image_t, CloseImage> image(header);
  if (!sane(*image) || image->x1 <= image->x0 || image->y1 <= image->y0) return std::nullopt;
  // Components are at most as large as the image; OpenJPEG holds them as 32-bit numbers.
  auto out = make_image(int64_t(image->y1) - image->y0, int64_t(image->x1) - image->x0, max_decoded_pixels);
  if (!out || out->too_large) return out;
  if (!opj_decode(codec.get(), stream.get(), image.get()) || !opj_end_decompress(codec.get(), stream.get())) return std::nullopt;
  if (!sane(*image)) return std::nullopt;
  for (OPJ_UINT32 i = 0; i < image->numcomps; ++i)
    if (!image->comps[i].data) return std::nullopt;
  const bool grey = image->numcomps < 3, luma = !grey && image->color_space == OPJ_CLRSPC_SYCC;
  const int64_t height = out->height, width = out->width;
  uint8_t* to = out->rgb.data();
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x, to += 3) {
      int v[3];
      for (int k = 0; k < 3; ++k) v[k] = level(image->comps[grey ? 0 : k], height, width, y, x);
      if (luma) {  // ITU-R 601, full range
        const double l = v[0], cb = v[1] - 128, cr = v[2] - 128;
        const double rgb[] = {l + 1.402 * cr, l - 0.344136 * cb - 0.714136 * cr, l + 1.772 * cb};
        for (int k = 0; k < 3; ++k) v[k] = int(std::clamp(rgb[k] + 0.5, 0.0, 255.0));
      }
      for (int k = 0; k < 3; ++k) to[k] = uint8_t(v[k]);
    }
  }
  return out;
}

}  // namespace pharos
