#pragma once
// Lines become events: wrappers are taken off, the dialect is recognised, lines without a head are joined to the message
// before them.

#include <cstdint>
#include <deque>
#include <vector>

#include "dialects/dialect.h"
#include "logs/event.h"
#include "logs/line_scanner.h"

namespace pharos {

class EventReceiver {
 public:
  virtual ~EventReceiver() = default;
  virtual void event(LogEvent& event) = 0;  // may be changed
  // While true, every line of the log arrives, each as an event of its own (tables, dumps).
  virtual bool wants_every_line() const = 0;
  // Whether the lines behind this head are a table of their own and no continuation.
  virtual bool starts_table(const LogEvent& head) const = 0;
};

class EventBuilder final : public LineReceiver {
 public:
  static constexpr size_t max_continuation = 12;  // lines; a stack trace or a node dump is cut there

  EventBuilder(const DialectSet& dialects, EventReceiver& receiver) : dialects_(dialects), receiver_(receiver) {}

  void line(const RawLine& line) override;
  bool wants_every_line() const override { return open_ || receiver_.wants_every_line(); }
  void finish();  // the last message

 private:
  void physical_line(int64_t number, std::string text, const std::vector<uint32_t>& literals, std::string_view before);
  void begin(int64_t number, ParsedLine parsed, std::string raw);
  void append(int64_t number, std::string_view text, std::string raw);
  bool look_back_for_head(int64_t number, std::string_view before);
  void close();

  const DialectSet& dialects_;
  EventReceiver& receiver_;
  bool open_ = false;
  LogEvent event_;
};

}  // namespace pharos
