#include "logs/line_scanner.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pharos {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "[09/19/2024-22:15:35] [V] ..." and "[09/19/2024-22:15:35] [TRT] [V] ...": nine in ten lines of a verbose log.
enum class Shape { Calm, Severe, Other };
Shape trtexec_shape(std::string_view line) {
  if (line.size() < 25 || line[0] != '[' || line[3] != '/' || line[20] != ']' || line[22] != '[') return Shape::Other;
  char letter = 0;
  if (line[24] == ']') letter = line[23];
  else if (line.size() > 30 && line.compare(23, 6, "TRT] [") == 0 && line[30] == ']') letter = line[29];
  switch (letter) {
    case 'V': case 'I': return Shape::Calm;
    case 'W': case 'E': case 'F': return Shape::Severe;
    default: return Shape::Other;
  }
}

constexpr std::array<std::string_view, 20> markers{
    "[E]", "[W]", "[F]", "[E:", "[W:", "[F:", "[e]", "[w]", "ERROR", "WARN", "FATAL", "Error", "error", "Warning", "warning",
    "E/", "W/", "Traceback", "rror:", "CRITICAL"};

constexpr auto first_bytes = [] {
  std::array<bool, 256> is{};
  for (const std::string_view m : markers) is[uint8_t(m[0])] = true;
  return is;
}();

}  // namespace

bool head_is_severe(std::string_view line) {
  switch (trtexec_shape(line)) {
    case Shape::Calm: return false;
    case Shape::Severe: return true;
    case Shape::Other: break;
  }
  // glog: E0719 03:50:23.455711
  if (line.size() > 5 && (line[0] == 'E' || line[0] == 'W' || line[0] == 'F') && is_digit(line[1]) && is_digit(line[2]) &&
      is_digit(line[3]) && is_digit(line[4]) && line[5] == ' ') {
    return true;
  }
  const std::string_view head = line.substr(0, 160);
  for (size_t i = 0; i < head.size(); ++i) {
    if (!first_bytes[uint8_t(head[i])]) continue;
    for (const std::string_view m : markers) {
      if (head.compare(i, m.size(), m) == 0) return true;
    }
  }
  return false;
}

Result<void> LineScanner::read(ByteSource& source) {
  if (buffer_.empty()) buffer_.resize(look_back + 2 * block_size);
  for (;;) {
    if (buffer_.size() - end_ < block_size) {
      const size_t keep = begin_ > look_back ? begin_ - look_back : 0;
      std::memmove(buffer_.data(), buffer_.data() + keep, end_ - keep);
      begin_ -= keep;
      end_ -= keep;
    }
    const size_t n = PHAROS_TRY(source.read(std::span(buffer_).subspan(end_, std::min(block_size, buffer_.size() - end_))));
    if (n == 0) return {};
    bytes_ += int64_t(n);
    take(n);
  }
}

void LineScanner::take(size_t fresh) {
  const size_t old_end = end_;
  end_ += fresh;
  if (skipping_) {
    const auto* found = static_cast<const char*>(std::memchr(buffer_.data() + old_end, '\n', fresh));
    if (!found) { end_ = old_end; return; }
    skipping_ = false;
    begin_ = size_t(found - buffer_.data()) + 1;
  }
  // Up to the last line break.
  size_t stop = end_;
  while (stop > std::max(begin_, old_end) && buffer_[stop - 1] != '\n') --stop;
  if (stop > begin_ && buffer_[stop - 1] == '\n') scan(stop);
  if (end_ - begin_ >= block_size) {  // a line without end: its beginning counts, the rest is passed over
    const size_t rest_begin = begin_;
    scan(std::min(end_, rest_begin + max_line));
    begin_ = end_;
    skipping_ = true;
    ++cut_lines_;
  }
}

void LineScanner::finish() {
  if (begin_ < end_) scan(end_);
}

void LineScanner::scan(size_t end) {
  hits_.clear();
  prefilter_.scan(std::string_view(buffer_.data() + begin_, end - begin_), hits_);
  // Reported in order of their ends; lines want them in order of their starts.
  for (Prefilter::Hit& h : hits_) h.position += begin_;
  std::sort(hits_.begin(), hits_.end(), [](const auto& a, const auto& b) {
    return a.position != b.position ? a.position < b.position : a.literal < b.literal;
  });
  size_t next_hit = 0;
  while (begin_ < end) {
    const auto* found = static_cast<const char*>(std::memchr(buffer_.data() + begin_, '\n', end - begin_));
    const size_t stop = found ? size_t(found - buffer_.data()) : end;
    one_line(begin_, stop, next_hit);
    begin_ = found ? stop + 1 : end;
  }
}

void LineScanner::one_line(size_t start, size_t stop, size_t& next_hit) {
  ++lines_;
  const size_t first_hit = next_hit;
  while (next_hit < hits_.size() && hits_[next_hit].position < stop) ++next_hit;
  std::string_view text(buffer_.data() + start, stop - start);
  if (first_hit == next_hit && !receiver_.wants_every_line() && !head_is_severe(text)) return;
  if (text.size() > max_line) { text = text.substr(0, max_line); ++cut_lines_; }
  line_hits_.assign(hits_.begin() + ptrdiff_t(first_hit), hits_.begin() + ptrdiff_t(next_hit));
  for (Prefilter::Hit& h : line_hits_) h.position -= start;
  std::erase_if(line_hits_, [&](const Prefilter::Hit& h) { return h.position >= text.size(); });
  if (text.ends_with('\r')) text.remove_suffix(1);
  const size_t back = std::min(start, look_back);
  receiver_.line({lines_, text, line_hits_, std::string_view(buffer_.data() + start - back, back)});
}

}  // namespace pharos
