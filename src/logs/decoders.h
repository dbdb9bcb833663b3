#pragma once
// Layers over a ByteSource: bytes that were read ahead, gzip, zstd, UTF-16.

#include <memory>
#include <string>

#include "logs/byte_source.h"

namespace pharos {

std::unique_ptr<ByteSource> with_prefix(std::string prefix, std::unique_ptr<ByteSource> rest);
std::unique_ptr<ByteSource> gzip_source(std::unique_ptr<ByteSource> raw, std::string name);
std::unique_ptr<ByteSource> zstd_source(std::unique_ptr<ByteSource> raw, std::string name);
std::unique_ptr<ByteSource> utf16_source(std::unique_ptr<ByteSource> raw, bool big_endian);

}  // namespace pharos
