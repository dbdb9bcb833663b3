#pragma once
// Where the bytes of a log come from: a file, standard input or memory; compressed (gzip, zstd) or not; UTF-8 (with or
// without a byte order mark) or UTF-16. Recognised by content, read as a stream, flat in memory.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pharos {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next bytes, at most as many as fit; 0 at the end. A failure names the file and what is wrong with it.
  virtual Result<size_t> read(std::span<char> out) = 0;
};

// "-" is standard input. Fails with PH9001 where the file cannot be read, PH9002 where it is no text.
Result<std::unique_ptr<ByteSource>> open_log(const std::string& path);
std::unique_ptr<ByteSource> memory_source(std::string_view text);  // `text` must outlive the source
// From an open file descriptor that stays the caller's.
std::unique_ptr<ByteSource> descriptor_source(int descriptor, std::string name);
// Adds decompression and decoding, as the first bytes tell.
Result<std::unique_ptr<ByteSource>> decoded(std::unique_ptr<ByteSource> raw, const std::string& name);

}  // namespace pharos
