#pragma once
// The outer layout of an engine file: a fixed header with a table of sections. Private to the module.

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/threads.h"
#include "tactics/tactic.h"

namespace pharos::layout {

// Raised when a file cannot be read by older code; plan.fbs may grow fields without it.
inline constexpr uint32_t format_version = 1;
inline constexpr size_t header_bytes = 256;
inline constexpr uint64_t weights_alignment = 4096, tensor_alignment = 64;

struct Section { uint64_t offset = 0, size = 0, checksum = 0; };

struct Header {
  uint32_t format = format_version;
  std::string pharos_version;
  std::string isa;     // by name, so that an unknown one can still be shown
  uint64_t file_size = 0;
  Section plan, weights;
};

std::array<std::byte, header_bytes> encode(const Header& header);

// Reads the first bytes of a file of `file_size` bytes. Refuses what is no engine, is damaged or has another format;
// does not judge the Pharos version and instruction set.
Result<Header> decode(std::span<const std::byte> start, uint64_t file_size);

// Gets bytes [offset, offset + out.size()) of a section into `out`.
using Fetch = std::function<Result<void>(uint64_t offset, std::span<std::byte> out)>;

// The checksum of a section is the XXH3 of the XXH3s of its pieces of 1 MiB, so that several threads can make it while
// each piece is still in the cache that it was copied through.
uint64_t checksum(std::span<const std::byte> section, const Threads& threads);
// `hash` gives the XXH3 of a piece, from wherever it reads it; called from several threads.
using HashPiece = std::function<Result<uint64_t>(uint64_t offset, size_t size)>;
Result<uint64_t> checksum(uint64_t size, const HashPiece& hash, const Threads& threads);
Result<uint64_t> fetch_and_checksum(std::span<std::byte> section, const Fetch& fetch, const Threads& threads);

}  // namespace pharos::layout
