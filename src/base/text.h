#pragma once
// How quantities and foreign names are written in messages.

#include <cstdint>
#include <string>
#include <string_view>

namespace pharos {

std::string bytes_text(int64_t bytes);            // "512 B", "1.50 MiB"
std::string duration_text(double milliseconds);   // "812 us", "12.3 ms", "4.56 s", "3 min 12 s"
// Control characters, also those in UTF-8 and broken UTF-8, become "\x1b": a name from a file cannot steer a terminal.
std::string escape_control(std::string_view text);

}  // namespace pharos
