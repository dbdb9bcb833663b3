#pragma once
// A file as read-only memory that nobody changes under us.
//
// A mapping alone is not safe: a program that cuts the file short makes reads raise SIGBUS, one that writes into it changes
// what was checked. So the file is mapped only under a read lease (fcntl(2), F_SETLEASE). The system grants one only while
// nobody has the file open for writing, and makes whoever wants to write or truncate wait until it is given back. Then a
// watching thread replaces the mapping by a copy, at the same addresses, and gives the lease back.

#include <optional>

#include "base/files.h"

namespace pharos {

// The whole file. Nothing where the system grants no lease: the file is open for writing, belongs to another user, or lies on
// a file system that other machines write to. Reading it is the way then.
std::optional<Bytes> map_under_lease(const File& file);

// Has the pages of a part of a mapping in memory before they are touched, so that a disk that fails is an error, no signal.
Result<void> populate(std::span<const std::byte> mapped, const std::string& path);

}  // namespace pharos
