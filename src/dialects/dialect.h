#pragma once
// A dialect is one way in which a program prints a message: a pattern for the head of a line. One file per program,
// dialects/<name>.cpp, with `define_<name>(DialectSet&)`; a file may define several shapes. What a pattern captures as
// `text` is tried again, so Triton around TensorRT or ROS around Python need no dialect of their own.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/event.h"

namespace re2 { class RE2; }

namespace pharos {

struct LevelName { std::string_view text; Level level; };

struct DialectSample {
  std::string_view line;
  Level level;
  std::string_view text;    // after all nested dialects
};

struct ParsedLine {
  bool prefixed = false;
  Level level = Level::None;
  std::optional<double> time;
  std::string_view dialect;
  std::string logger;
  std::string text;
  std::optional<OwnRecord> own;
};

struct Dialect {
  std::string_view name;
  std::string_view doc;
  // RE2 with the named groups level, time, logger and text (all but text may be missing). Anchored at the start.
  std::string_view line;
  std::vector<LevelName> levels;
  // Instead of `line`, for a shape that no pattern takes apart; false where it is another one. Sets `own`, does not nest.
  bool (*read)(std::string_view line, ParsedLine& out) = nullptr;
  Level default_level = Level::None;         // where the pattern has no level
  bool nests = true;                         // whether `text` is tried again
  std::vector<DialectSample> samples;
};

class DialectSet {
 public:
  DialectSet();
  DialectSet(DialectSet&&) noexcept;
  ~DialectSet();
  void add(Dialect dialect);
  const std::vector<Dialect>& all() const { return dialects_; }
  // The innermost severity counts: Triton prints a TensorRT error at its own level.
  ParsedLine parse(std::string_view line) const;

 private:
  struct Compiled;
  struct Heads;
  bool parse_once(std::string_view& text, ParsedLine& out, bool& again) const;
  std::vector<Dialect> dialects_;
  std::vector<std::unique_ptr<Compiled>> compiled_;
  std::unique_ptr<Heads> heads_;
};

DialectSet builtin_dialects();  // generated

// Seconds since 1970 of the times that logs print: 09/19/2024-22:15:35, 2020-07-14 10:29:28.123, 20240919 22:15:35,
// 0719 03:50:23.455711 (glog: no year, 1970 is taken). Nothing where it is none.
std::optional<double> parse_log_time(std::string_view text);

}  // namespace pharos
