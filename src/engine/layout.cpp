#include "engine/layout.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

#include "base/checked.h"
#include "base/hash.h"
#include "base/text.h"
#include "catalog/engine.h"

namespace pharos::layout {
namespace {

static_assert(std::endian::native == std::endian::little, "engine files are little-endian");

// Bytes that a text-mode copy changes follow the name, as in PNG.
constexpr std::string_view magic = "PHAROSEN", line_endings = "\r\n\x1a\n";
constexpr size_t checksum_at = 80, piece_bytes = size_t{1} << 20;

// The header as it lies in the file.
struct Raw {
  char magic[8];
  char line_endings[4];
  uint32_t format;
  uint64_t file_size;
  char pharos_version[24];
  char isa[24];
  uint64_t reserved;
  uint64_t checksum;  // of the header, with zero here
  Section plan, weights;
};
static_assert(offsetof(Raw, checksum) == checksum_at && sizeof(Raw) <= header_bytes);

uint64_t header_checksum(std::span<const std::byte> header) {
  std::array<std::byte, header_bytes> copy{};
  std::copy(header.begin(), header.begin() + header_bytes, copy.begin());
  std::fill_n(copy.begin() + checksum_at, sizeof(uint64_t), std::byte{0});
  return hash64(copy);
}

template <size_t n>
void put(char (&field)[n], std::string_view text) { std::memcpy(field, text.data(), std::min(text.size(), n)); }

template <size_t n>
std::string get(const char (&field)[n]) { return escape_control(std::string_view(field, strnlen(field, n))); }

bool looks_like_onnx(std::string_view s) {
  // ModelProto: field 1 (ir_version) as varint, then another of its fields.
  return s.size() > 3 && s[0] == 0x08 && s[1] > 0 && s[1] < 64 && (s[2] & 7) == 2 && (uint8_t(s[2]) >> 3) <= 25 &&
         s[2] > 8;
}

Report unrecognised(std::string_view start) {
  if (start.starts_with("ftrt")) return Report(diag::engine_is_tensorrt);
  if (start.starts_with("version https://git-lfs")) return Report(diag::engine_is_pointer);
  if (looks_like_onnx(start)) return Report(diag::engine_is_onnx);
  if (start.empty()) return Report(diag::engine_not_recognised, {{"details", "the file is empty"}});
  return Report(diag::engine_not_recognised,
                {{"details", "it starts with '" + escape_control(start.substr(0, 8)) + "'"}});
}

Report malformed(std::string details) { return Report(diag::engine_malformed, {{"details", std::move(details)}}); }

size_t pieces_of(size_t bytes) { return (bytes + piece_bytes - 1) / piece_bytes; }

template <class Each>
uint64_t hash_of_pieces(size_t bytes, const Threads& threads, Each each) {
  std::vector<uint64_t> hashes(pieces_of(bytes));
  threads.for_each(int64_t(hashes.size()), [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const size_t offset = size_t(i) * piece_bytes;
      hashes[size_t(i)] = each(offset, std::min(piece_bytes, bytes - offset));
    }
  });
  return hash64(std::as_bytes(std::span(hashes)));
}

}  // namespace

std::array<std::byte, header_bytes> encode(const Header& h) {
  Raw raw{};
  put(raw.magic, magic);
  put(raw.line_endings, line_endings);
  raw.format = h.format;
  raw.file_size = h.file_size;
  put(raw.pharos_version, h.pharos_version);
  put(raw.isa, h.isa);
  raw.plan = h.plan;
  raw.weights = h.weights;
  std::array<std::byte, header_bytes> out{};
  std::memcpy(out.data(), &raw, sizeof raw);
  raw.checksum = header_checksum(out);
  std::memcpy(out.data(), &raw, sizeof raw);
  return out;
}

Result<Header> decode(std::span<const std::byte> start, uint64_t file_size) {
  const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  if (!text.starts_with(magic)) return unrecognised(text);
  if (!text.substr(magic.size()).starts_with(line_endings) && text.size() >= magic.size() + line_endings.size())
    return Report(diag::engine_text_mode);
  if (start.size() < header_bytes)
    return Report(diag::engine_size_wrong,
                  {{"actual", std::to_string(file_size)}, {"expected", "at least " + std::to_string(header_bytes)}});
  Raw raw;
  std::memcpy(&raw, start.data(), sizeof raw);
  Header h;
  h.format = raw.format;
  h.pharos_version = get(raw.pharos_version);
  h.isa = get(raw.isa);
  h.file_size = raw.file_size;
  h.plan = raw.plan;
  h.weights = raw.weights;
  // Magic, format and version stay where they are in all formats.
  if (h.format != format_version)
    return Report(diag::engine_format_version, {{"actual", std::to_string(h.format)},
                                                {"built", h.pharos_version},
                                                {"here", PHAROS_VERSION},
                                                {"expected", std::to_string(format_version)}});
  if (raw.checksum != header_checksum(start)) return Report(diag::engine_checksum, {{"section", "header"}});
  if (h.file_size != file_size)
    return Report(diag::engine_size_wrong,
                  {{"actual", std::to_string(file_size)}, {"expected", std::to_string(h.file_size)}});
  for (const Section& s : {h.plan, h.weights})
    if (!within(s.offset, s.size, file_size) || s.offset < header_bytes || s.offset % tensor_alignment != 0)
      return malformed("a section lies outside the file");
  return h;
}

uint64_t checksum(std::span<const std::byte> section, const Threads& threads) {
  return hash_of_pieces(section.size(), threads,
                        [&](size_t offset, size_t n) { return hash64(section.subspan(offset, n)); });
}

Result<uint64_t> checksum(uint64_t size, const HashPiece& hash, const Threads& threads) {
  std::mutex mutex;
  std::optional<Report> failure;
  const uint64_t sum = hash_of_pieces(size, threads, [&](size_t offset, size_t n) {
    auto h = hash(offset, n);
    if (h) return *h;
    const std::lock_guard lock(mutex);
    failure = std::move(h).error();
    return uint64_t{0};
  });
  if (failure) return std::move(*failure);
  return sum;
}

Result<uint64_t> fetch_and_checksum(std::span<std::byte> section, const Fetch& fetch, const Threads& threads) {
  return checksum(section.size(), [&](uint64_t offset, size_t n) -> Result<uint64_t> {
    const auto piece = section.subspan(offset, n);
    PHAROS_TRY(fetch(offset, piece));
    return hash64(piece);
  }, threads);
}

}  // namespace pharos::layout
