// PNG by libpng; the transparency is dropped, and samples are taken as they are: no gamma, no colour profile.

#include <png.h>

#include <cstring>

#include "ops/image_formats.h"

namespace pharos {
namespace {

struct Source { std::span<const uint8_t> bytes; size_t at = 0; };

void read(png_structp png, png_bytep to, size_t n) {
  auto& s = *static_cast<Source*>(png_get_io_ptr(png));
  if (n > s.bytes.size() - s.at) png_error(png, "the file ends early");
  std::memcpy(to, s.bytes.data() + s.at, n);
  s.at += n;
}
void ignore(png_structp, png_const_charp) {}

struct Png {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, [](png_structp p, png_const_charp) { png_longjmp(p, 1); }, ignore);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  ~Png() { png_destroy_read_struct(&png, &info, nullptr); }
};

// libpng leaves its functions by longjmp: no objects with destructors live in these two.
bool read_header(const Png& p, Source& source) {
  if (setjmp(png_jmpbuf(p.png))) return false;
  png_set_read_fn(p.png, &source, read);
  png_set_user_limits(p.png, 1 << 24, 1 << 24);
  png_set_chunk_malloc_max(p.png, 1 << 23);
  png_read_info(p.png, p.info);
  return true;
}
bool read_rows(const Png& p, uint8_t* to, size_t row) {
  if (setjmp(png_jmpbuf(p.png))) return false;
  png_set_expand(p.png), png_set_scale_16(p.png), png_set_strip_alpha(p.png), png_set_gray_to_rgb(p.png);
  const int passes = png_set_interlace_handling(p.png);
  png_read_update_info(p.png, p.info);
  if (png_get_rowbytes(p.png, p.info) != row) return false;
  const png_uint_32 height = png_get_image_height(p.png, p.info);
  for (int pass = 0; pass < passes; ++pass)
    for (png_uint_32 y = 0; y < height; ++y) png_read_row(p.png, to + y * row, nullptr);
  png_read_end(p.png, nullptr);
  return true;
}

}  // namespace

std::optional<Image> decode_png(std::span<const uint8_t> bytes) {
  Png p;
  Source source{bytes};
  if (!p.info || !read_header(p, source)) return std::nullopt;
  auto out = make_image(png_get_image_height(p.png, p.info), png_get_image_width(p.png, p.info), max_decoded_pixels);
  if (!out || out->too_large) return out;
  if (!read_rows(p, out->rgb.data(), size_t(3 * out->width))) return std::nullopt;
  return out;
}

}  // namespace pharos
