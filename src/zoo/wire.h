#pragma once
// Just enough of protobuf's wire format to write a model as a stream; reading is the importer's business.

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace pharos {

class Wire {
 public:
  Wire& number(int field, int64_t value) { tag(field, 0); varint(uint64_t(value)); return *this; }
  Wire& real(int field, float value) {
    tag(field, 5);
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int i = 0; i < 4; ++i) bytes_ += char(bits >> (8 * i) & 0xff);
    return *this;
  }
  Wire& text(int field, std::string_view value) { length(field, value.size()); bytes_ += value; return *this; }
  Wire& message(int field, const Wire& inner) { return text(field, inner.bytes_); }
  // Announces `size` bytes that the caller writes behind.
  Wire& length(int field, uint64_t size) { tag(field, 2); varint(size); return *this; }
  Wire& append(std::string_view raw) { bytes_ += raw; return *this; }

  size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }

 private:
  void tag(int field, int type) { varint(uint64_t(field) << 3 | uint64_t(type)); }
  void varint(uint64_t v) {
    for (; v >= 0x80; v >>= 7) bytes_ += char(v | 0x80);
    bytes_ += char(v);
  }
  std::string bytes_;
};

}  // namespace pharos
