#pragma once
// Cuts a stream into lines and hands on those that are worth parsing: lines in which the prefilter found a literal, lines
// whose head announces a warning or an error, and whatever the receiver asked for. All others cost a few nanoseconds.

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "logs/byte_source.h"
#include "logs/prefilter.h"

namespace pharos {

struct RawLine {
  int64_t number = 0;                       // from 1
  std::string_view text;                    // without the line break; a longer line than max_line is cut
  std::span<const Prefilter::Hit> hits;     // positions are relative to `text`
  std::string_view before;                  // up to `look_back` bytes of the lines before it, each with its break
};

class LineReceiver {
 public:
  virtual ~LineReceiver() = default;
  virtual void line(const RawLine& line) = 0;
  virtual bool wants_every_line() const = 0;  // asked before each line
};

class LineScanner {
 public:
  static constexpr size_t block_size = size_t{1} << 20;
  static constexpr size_t max_line = 64 * 1024;  // bytes of a line that are looked at
  static constexpr size_t look_back = 4096;

  LineScanner(const Prefilter& prefilter, LineReceiver& receiver) : prefilter_(prefilter), receiver_(receiver) {}

  // Until the end of the source. Called again it goes on in the line count of before (a followed file).
  Result<void> read(ByteSource& source);
  // The last line, when it has no break; to be called after the last read().
  void finish();

  int64_t lines() const { return lines_; }
  int64_t bytes() const { return bytes_; }
  int64_t cut_lines() const { return cut_lines_; }

 private:
  void take(size_t fresh);
  void scan(size_t end);
  void one_line(size_t start, size_t end, size_t& next_hit);

  const Prefilter& prefilter_;
  LineReceiver& receiver_;
  std::vector<char> buffer_;
  std::vector<Prefilter::Hit> hits_, line_hits_;
  size_t begin_ = 0, end_ = 0;  // what is in the buffer and not yet scanned
  bool skipping_ = false;       // inside the rest of a line that was cut
  int64_t lines_ = 0, bytes_ = 0, cut_lines_ = 0;
};

// Whether the first bytes of a line announce a severity of warning or above, in any of the shapes that loggers use.
bool head_is_severe(std::string_view line);

}  // namespace pharos
