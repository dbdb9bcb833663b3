#include "dialects/event_builder.h"

#include <algorithm>

#include "logs/unwrap.h"

namespace pharos {
namespace {

constexpr size_t max_text = 16 * 1024;  // of one message

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

}  // namespace

void EventBuilder::line(const RawLine& raw) {
  std::vector<uint32_t> literals;
  for (const Prefilter::Hit& h : raw.hits) literals.push_back(h.literal);
  for (std::string& text : unwrap(raw.text)) physical_line(raw.number, std::move(text), literals, raw.before);
}

void EventBuilder::physical_line(int64_t number, std::string text, const std::vector<uint32_t>& literals, std::string_view before) {
  ParsedLine parsed = dialects_.parse(text);
  if (parsed.prefixed) close();  // first: the message before may start a table, which wants this line
  const bool each = receiver_.wants_every_line();
  const bool wanted = each || !literals.empty() || is_severe(parsed.level);
  if (parsed.prefixed || each) {
    close();
    if (!wanted) return;
    begin(number, std::move(parsed), std::move(text));
  } else if (open_ && event_.lines.size() < max_continuation && event_.text.size() < max_text) {
    append(number, parsed.text, std::move(text));
  } else if (!wanted && !head_is_severe(text)) {
    close();
    return;
  } else if (!open_ && look_back_for_head(number, before)) {
    append(number, parsed.text, std::move(text));
  } else {
    close();
    begin(number, std::move(parsed), std::move(text));
  }
  event_.literals.insert(event_.literals.end(), literals.begin(), literals.end());
  if (each || receiver_.starts_table(event_)) close();
}

void EventBuilder::begin(int64_t number, ParsedLine parsed, std::string raw) {
  event_ = {};
  event_.level = parsed.level;
  event_.time = parsed.time;
  event_.dialect = parsed.dialect;
  event_.logger = std::move(parsed.logger);
  event_.text = std::move(parsed.text);
  if (event_.text.size() > max_text) event_.text.resize(max_text);
  event_.own = std::move(parsed.own);
  event_.lines.push_back({number, std::move(raw)});
  open_ = true;
}

void EventBuilder::append(int64_t number, std::string_view text, std::string raw) {
  event_.text += ' ';
  event_.text += trimmed(text);
  event_.lines.push_back({number, std::move(raw)});
}

// A line worth reading without a head of its own: the message began in one of the lines that were passed over.
bool EventBuilder::look_back_for_head(int64_t number, std::string_view before) {
  const bool from_start = before.size() < LineScanner::look_back;
  std::vector<std::string_view> lines;  // nearest first
  while (!before.empty() && lines.size() < max_continuation) {
    before.remove_suffix(1);  // the line break
    const size_t cut = before.rfind('\n');
    if (cut == before.npos && !from_start) break;  // its beginning is out of sight
    const size_t start = cut == before.npos ? 0 : cut + 1;
    lines.push_back(before.substr(start));
    before = before.substr(0, start);
    const std::vector<std::string> parts = unwrap(lines.back());
    if (parts.size() != 1) return false;
    ParsedLine parsed = dialects_.parse(parts[0]);
    if (!parsed.prefixed) continue;
    begin(number - int64_t(lines.size()), std::move(parsed), parts[0]);
    for (size_t i = lines.size() - 1; i-- > 0;) {
      const std::vector<std::string> text = unwrap(lines[i]);
      append(number - int64_t(i) - 1, text.empty() ? std::string() : text[0], text.empty() ? std::string() : text[0]);
    }
    return true;
  }
  return false;
}

void EventBuilder::close() {
  if (!open_) return;
  open_ = false;
  std::sort(event_.literals.begin(), event_.literals.end());
  event_.literals.erase(std::unique(event_.literals.begin(), event_.literals.end()), event_.literals.end());
  receiver_.event(event_);
}

void EventBuilder::finish() { close(); }

}  // namespace pharos
