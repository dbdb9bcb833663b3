#include "logs/decoders.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "catalog/doctor.h"
#include "logs/utf8.h"

namespace pharos {
namespace {

constexpr size_t input_size = 64 * 1024;

class PrefixSource final : public ByteSource {
 public:
  PrefixSource(std::string prefix, std::unique_ptr<ByteSource> rest) : prefix_(std::move(prefix)), rest_(std::move(rest)) {}
  Result<size_t> read(std::span<char> out) override {
    if (used_ == prefix_.size()) return rest_->read(out);
    const size_t n = std::min(out.size(), prefix_.size() - used_);
    std::memcpy(out.data(), prefix_.data() + used_, n);
    used_ += n;
    return n;
  }

 private:
  std::string prefix_;
  size_t used_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

Report damaged(const std::string& name, std::string_view kind, std::string_view why) {
  return {diag::log_compression_damaged, {{"path", name}, {"kind", std::string(kind)}, {"reason", std::string(why)}}};
}

// Members one after another, as gzip allows. What was decoded before a fault is delivered first.
class GzipSource final : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> raw, std::string name) : raw_(std::move(raw)), name_(std::move(name)), in_(input_size) {
    open_ = inflateInit2(&z_, 15 + 16) == Z_OK;
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override {
    if (open_) inflateEnd(&z_);
  }
  Result<size_t> read(std::span<char> out) override {
    if (!open_) return damaged(name_, "gzip", "the decoder cannot start");
    z_.next_out = reinterpret_cast<Bytef*>(out.data());
    z_.avail_out = uInt(std::min<size_t>(out.size(), 1u << 30));
    const uInt room = z_.avail_out;
    while (z_.avail_out == room && !done_) {
      if (z_.avail_in == 0) {
        const size_t n = PHAROS_TRY(raw_->read(in_));
        if (n == 0) {
          done_ = true;
          if (!member_ended_) return damaged(name_, "gzip", "the data ends in the middle");
          break;
        }
        z_.next_in = reinterpret_cast<Bytef*>(in_.data());
        z_.avail_in = uInt(n);
      }
      if (member_ended_) {
        inflateReset(&z_);
        member_ended_ = false;
      }
      const int code = inflate(&z_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) { member_ended_ = true; any_member_ = true; continue; }
      if (code == Z_OK || code == Z_BUF_ERROR) continue;
      done_ = true;
      if (any_member_ && z_.avail_out == room) break;  // padding behind the last member
      return damaged(name_, "gzip", z_.msg ? z_.msg : "invalid data");
    }
    return size_t(room - z_.avail_out);
  }

 private:
  std::unique_ptr<ByteSource> raw_;
  std::string name_;
  std::vector<char> in_;
  z_stream z_{};
  bool open_ = false, member_ended_ = false, any_member_ = false, done_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> raw, std::string name)
      : raw_(std::move(raw)), name_(std::move(name)), in_(input_size), stream_(ZSTD_createDStream()) {
    // The window is the memory that the file asks us for: 32 MiB at most (zstd -19 asks for 8).
    if (stream_) ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 25);
  }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  Result<size_t> read(std::span<char> out) override {
    if (!stream_) return damaged(name_, "zstd", "the decoder cannot start");
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (to.pos == 0) {
      if (from_.pos == from_.size) {
        const size_t n = PHAROS_TRY(raw_->read(in_));
        if (n == 0) {
          if (frame_open_) return damaged(name_, "zstd", "the data ends in the middle");
          return size_t{0};
        }
        from_ = {in_.data(), n, 0};
      }
      const size_t code = ZSTD_decompressStream(stream_, &to, &from_);
      if (ZSTD_isError(code)) return damaged(name_, "zstd", ZSTD_getErrorName(code));
      frame_open_ = code != 0;
    }
    return to.pos;
  }

 private:
  std::unique_ptr<ByteSource> raw_;
  std::string name_;
  std::vector<char> in_;
  ZSTD_inBuffer from_{nullptr, 0, 0};
  ZSTD_DStream* stream_;
  bool frame_open_ = false;
};

// Windows PowerShell writes UTF-16 when output is redirected. Lone surrogates become U+FFFD.
class Utf16Source final : public ByteSource {
 public:
  Utf16Source(std::unique_ptr<ByteSource> raw, bool big_endian) : raw_(std::move(raw)), big_(big_endian), in_(input_size) {}
  Result<size_t> read(std::span<char> out) override {
    while (used_ == ready_.size()) {
      const size_t n = PHAROS_TRY(raw_->read(in_));
      if (n == 0) return size_t{0};
      ready_.clear();
      used_ = 0;
      for (size_t i = 0; i < n; ++i) take(uint8_t(in_[i]));
    }
    const size_t n = std::min(out.size(), ready_.size() - used_);
    std::memcpy(out.data(), ready_.data() + used_, n);
    used_ += n;
    return n;
  }

 private:
  void take(uint8_t byte) {
    if (!half_) { first_ = byte; half_ = true; return; }
    half_ = false;
    const uint32_t unit = big_ ? uint32_t(first_ << 8 | byte) : uint32_t(byte << 8 | first_);
    if (high_) {
      const uint32_t high = high_;
      high_ = 0;
      if (unit >= 0xdc00 && unit < 0xe000) { append_utf8(ready_, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00)); return; }
      append_utf8(ready_, 0xfffd);
    }
    if (unit >= 0xd800 && unit < 0xdc00) { high_ = unit; return; }
    append_utf8(ready_, unit >= 0xdc00 && unit < 0xe000 ? 0xfffd : unit);
  }
  std::unique_ptr<ByteSource> raw_;
  bool big_, half_ = false;
  uint8_t first_ = 0;
  uint32_t high_ = 0;
  std::vector<char> in_;
  std::string ready_;
  size_t used_ = 0;
};

// Whether the first bytes are text: a log may hold a few stray bytes (engine versions printed raw), but not many zeros.
bool looks_binary(std::string_view head) {
  size_t odd = 0;
  for (const char c : head) odd += uint8_t(c) < 9 || (uint8_t(c) > 13 && uint8_t(c) < 27);
  return odd * 20 > head.size();
}

}  // namespace

std::unique_ptr<ByteSource> with_prefix(std::string prefix, std::unique_ptr<ByteSource> rest) {
  return std::make_unique<PrefixSource>(std::move(prefix), std::move(rest));
}
std::unique_ptr<ByteSource> gzip_source(std::unique_ptr<ByteSource> raw, std::string name) {
  return std::make_unique<GzipSource>(std::move(raw), std::move(name));
}
std::unique_ptr<ByteSource> zstd_source(std::unique_ptr<ByteSource> raw, std::string name) {
  return std::make_unique<ZstdSource>(std::move(raw), std::move(name));
}
std::unique_ptr<ByteSource> utf16_source(std::unique_ptr<ByteSource> raw, bool big_endian) {
  return std::make_unique<Utf16Source>(std::move(raw), big_endian);
}

Result<std::unique_ptr<ByteSource>> decoded(std::unique_ptr<ByteSource> raw, const std::string& name) {
  for (int layer = 0; layer < 3; ++layer) {  // a .gz of UTF-16 text; not more, so that nothing unpacks without end
    std::string head(4096, '\0');
    size_t size = 0;
    while (size < 4) {
      const size_t n = PHAROS_TRY(raw->read(std::span(head).subspan(size)));
      if (n == 0) break;
      size += n;
    }
    head.resize(size);
    const std::string_view h = head;
    const auto rest = [&](size_t skip) { return with_prefix(head.substr(skip), std::move(raw)); };
    if (h.starts_with("\x1f\x8b")) { raw = gzip_source(rest(0), name); continue; }
    if (h.starts_with("\x28\xb5\x2f\xfd")) { raw = zstd_source(rest(0), name); continue; }
    if (h.starts_with("\xef\xbb\xbf")) return rest(3);
    if (h.starts_with("\xff\xfe")) return utf16_source(rest(2), false);
    if (h.starts_with("\xfe\xff")) return utf16_source(rest(2), true);
    // UTF-16 without a mark: ASCII text has a zero in every second byte.
    if (size >= 4 && h[0] != 0 && h[1] == 0 && h[2] != 0 && h[3] == 0) return utf16_source(rest(0), false);
    if (looks_binary(h)) return Report(diag::log_not_text, {{"path", name}});
    return rest(0);
  }
  return Report(diag::log_not_text, {{"path", name}});
}

}  // namespace pharos
