#pragma once
// One message of a log, whatever program printed it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pharos/diagnostics.h"

namespace pharos {

enum class Level : uint8_t { Fatal, Error, Warning, Info, Verbose, None };  // None: the logger prints no severity

constexpr bool is_severe(Level l) { return l <= Level::Warning; }
std::string_view level_name(Level l);  // "fatal", "error", ...

// A physical line with wrappers (containers, colours) taken off.
struct EventLine {
  int64_t number = 0;
  std::string text;
};

// What a record of Pharos' own log tells beyond its message.
struct OwnRecord {
  std::string code;                  // "PH4101"; may be of a newer version than this catalogue
  Stage stage = Stage::None;         // None: text logs do not tell
  std::string layer;                 // the node or plan step; may be empty
  Arguments arguments;
};

struct LogEvent {
  Level level = Level::None;
  Stage stage = Stage::None;        // where in build or run it was printed, as far as the log told so far
  std::optional<double> time;       // seconds since 1970, local time of the log; for differences only
  std::string_view dialect;         // name of the innermost dialect that recognised the head; empty: none did
  std::string logger;               // "TRT", "TensorRT", ...; may be empty
  std::string text;                 // the message without prefixes; its lines joined by single blanks
  std::vector<EventLine> lines;     // the head and what continues it
  std::vector<uint32_t> literals;   // of the prefilter, sorted, that occur in it
  std::optional<OwnRecord> own;
};

}  // namespace pharos
