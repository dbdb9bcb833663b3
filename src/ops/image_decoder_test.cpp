// ImageDecoder on files that the libraries' own encoders make here, whole, cut off, with bytes changed, and with sizes that lie.

#include <openjpeg.h>
#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include <cstring>

#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;
using Bytes = std::vector<uint8_t>;

constexpr int width = 19, height = 13;

Bytes picture() {
  Bytes rgb(3 * width * height);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int k = 0; k < 3; ++k) rgb[size_t(3 * (y * width + x) + k)] = uint8_t(40 + 9 * x + 4 * y * k + 13 * k);
  return rgb;
}

Bytes jpeg(int format = TJPF_RGB, int flags = 0) {
  Bytes pixels = picture();
  if (format == TJPF_CMYK) pixels.resize(4 * width * height, 200);
  uint8_t* out = nullptr;
  unsigned long size = 0;
  tjhandle h = tjInitCompress();
  EXPECT_EQ(tjCompress2(h, pixels.data(), width, 0, height, format, &out, &size, TJSAMP_444, 100, flags), 0);
  Bytes bytes(out, out + size);
  tjFree(out), tjDestroy(h);
  return bytes;
}

Bytes png(png_uint_32 format = PNG_FORMAT_RGB) {
  Bytes pixels = picture();
  if (format == PNG_FORMAT_GRAY) pixels.resize(width * height);
  png_image image{.version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = format};
  Bytes bytes(1 << 16);
  png_alloc_size_t size = bytes.size();
  EXPECT_TRUE(png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr));
  bytes.resize(size);
  return bytes;
}

Bytes webp() {
  uint8_t* out = nullptr;
  const size_t size = WebPEncodeLosslessRGB(picture().data(), width, height, 3 * width, &out);
  Bytes bytes(out, out + size);
  WebPFree(out);
  return bytes;
}

Bytes jpeg2000() {
  Bytes bytes;
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1, parameters.cp_disto_alloc = 1, parameters.numresolution = 2;
  opj_image_cmptparm_t component{.dx = 1, .dy = 1, .w = width, .h = height, .prec = 8, .bpp = 8};
  opj_image_cmptparm_t components[] = {component, component, component};
  opj_image_t* image = opj_image_create(3, components, OPJ_CLRSPC_SRGB);
  image->x1 = width, image->y1 = height;
  const Bytes rgb = picture();
  for (size_t i = 0; i < rgb.size(); ++i) image->comps[i % 3].data[i / 3] = rgb[i];
  opj_codec_t* codec = opj_create_compress(OPJ_CODEC_J2K);
  opj_setup_encoder(codec, &parameters, image);
  opj_stream_t* stream = opj_stream_create(1 << 16, OPJ_FALSE);
  opj_stream_set_user_data(stream, &bytes, nullptr);
  opj_stream_set_write_function(stream, [](void* from, OPJ_SIZE_T n, void* to) -> OPJ_SIZE_T {
    const auto* p = static_cast<const uint8_t*>(from);
    static_cast<Bytes*>(to)->insert(static_cast<Bytes*>(to)->end(), p, p + n);
    return n;
  });
  EXPECT_TRUE(opj_start_compress(codec, image, stream) && opj_encode(codec, stream) && opj_end_compress(codec, stream));
  opj_stream_destroy(stream), opj_destroy_codec(codec), opj_image_destroy(image);
  return bytes;
}

Result<std::vector<Datum>> decode(const Bytes& bytes) {
  return run({.op = "ImageDecoder", .inputs = {Tensor::from<uint8_t>(DType::u8, {int64_t(bytes.size())}, bytes)}});
}

// Largest difference to the picture; 256 where the sizes differ.
int difference(const Bytes& bytes) {
  const auto r = decode(bytes);
  if (!r || (*r)[0].tensor()->dims() != Dims{height, width, 3}) return 256;
  const auto got = (*r)[0].tensor()->as<uint8_t>();
  const Bytes want = picture();
  int worst = 0;
  for (size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got[i] - want[i]));
  return worst;
}

const std::vector<std::pair<std::string, Bytes>>& files() {
  static const std::vector<std::pair<std::string, Bytes>> list = {
      {"jpeg", jpeg()}, {"progressive jpeg", jpeg(TJPF_RGB, TJFLAG_PROGRESSIVE)}, {"png", png()}, {"webp", webp()}, {"jpeg2000", jpeg2000()}};
  return list;
}

TEST(ImageDecoder, GivesThePictureBack) {
  for (const auto& [name, bytes] : files()) EXPECT_LE(difference(bytes), name.ends_with("jpeg") ? 4 : 0) << name;
  const auto grey = decode(png(PNG_FORMAT_GRAY)), inks = decode(jpeg(TJPF_CMYK));
  ASSERT_TRUE(grey && inks);
  for (int k = 0; k < 3; ++k) EXPECT_EQ((*grey)[0].tensor()->as<uint8_t>()[size_t(k)], picture()[0]);
  EXPECT_EQ((*inks)[0].tensor()->dims(), (Dims{height, width, 3}));
}

TEST(ImageDecoder, FilesThatEndEarlyGiveNoImage) {
  for (const auto& [name, bytes] : files())
    for (size_t size = 12; size + 32 < bytes.size(); ++size) {
      const auto r = decode(Bytes(bytes.begin(), bytes.begin() + ptrdiff_t(size)));
      ASSERT_TRUE(r) << name << " of " << size << ": " << r.error().text();
      EXPECT_EQ((*r)[0].tensor()->dims(), (Dims{0, 0, 3})) << name << ", cut to " << size << " of " << bytes.size();
    }
}

// Whatever comes out, it is an image, no image, or a coded error.
TEST(ImageDecoder, ChangedBytesDoNoHarm) {
  uint32_t state = 7;
  const auto random = [&] { return state = state * 1664525 + 1013904223, state >> 8; };
  for (const auto& [name, bytes] : files())
    for (int i = 0; i < 300; ++i) {
      Bytes damaged = bytes;
      for (uint32_t k = random() % 4 + 1; k > 0; --k) damaged[12 + random() % (damaged.size() - 12)] = uint8_t(random());
      const auto r = decode(damaged);
      EXPECT_TRUE(r || r.error().code() == "PH2107") << name << ": " << r.error().text();
    }
}

TEST(ImageDecoder, HugeSizesAreRefusedBeforeMemoryIsTaken) {
  const auto patched = [](Bytes bytes, std::string_view marker, size_t behind, std::vector<int> put) {
    const auto at = std::search(bytes.begin(), bytes.end(), marker.begin(), marker.end(), [](uint8_t a, char b) { return a == uint8_t(b); });
    EXPECT_NE(at, bytes.end());
    for (size_t i = 0; i < put.size(); ++i) *(at + ptrdiff_t(behind + i)) = uint8_t(put[i]);
    return bytes;
  };
  const Bytes huge_jpeg = patched(jpeg(), "\xff\xc0", 5, {0xff, 0xdc, 0xff, 0xdc});
  const Bytes huge_jpeg2000 = patched(jpeg2000(), "\xff\x51", 6, {0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0});  // image and tile
  for (const Bytes& bytes : {huge_jpeg, huge_jpeg2000}) {
    const auto r = decode(bytes);
    ASSERT_FALSE(r) << "file of " << bytes.size() << " bytes";
    EXPECT_EQ(r.error().code(), "PH2107") << r.error().text();
  }
}

}  // namespace
}  // namespace pharos
