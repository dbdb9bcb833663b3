// Pharos' own logs. A line of text is trtexec's shape around "[PH4101] message"; its arguments are read back with the
// catalogue's own template, in either language. A JSON line tells everything by itself.

#include <algorithm>

#include "catalog/catalog.h"
#include "dialects/dialect.h"
#include "logs/json_string.h"

namespace pharos {
namespace {

// "dynamic inputs: 'x'" against "dynamic inputs: {inputs}": the values of the placeholders, each up to the first place
// where the text behind it goes on. A remainder behind the template is the chain of places "(in ..., in ...)".
std::optional<Arguments> arguments_of(std::string_view pattern, std::string_view message) {
  Arguments out;
  std::string_view name;  // of the placeholder before `literal`
  for (;;) {
    const size_t open = std::min(pattern.find('{'), pattern.size());
    const std::string_view literal = pattern.substr(0, open);
    const size_t at = name.empty() ? (message.starts_with(literal) ? 0 : message.npos)
                      : literal.empty() && open == pattern.size() ? message.size() : message.find(literal);
    if (at == message.npos) return std::nullopt;
    if (!name.empty()) out.emplace_back(name, message.substr(0, at));
    message.remove_prefix(at + literal.size());
    if (open == pattern.size()) break;
    const size_t close = pattern.find('}', open);
    if (close == pattern.npos) return std::nullopt;
    name = pattern.substr(open + 1, close - open - 1);
    pattern.remove_prefix(close + 1);
  }
  return message.empty() || message.starts_with(" (") ? std::optional(std::move(out)) : std::nullopt;
}

bool is_code(std::string_view s) {
  return s.size() == 6 && s.starts_with("PH") && std::all_of(s.begin() + 2, s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool read_text(std::string_view line, ParsedLine& out) {
  if (line.size() < 9 || line[0] != '[' || line[7] != ']' || !is_code(line.substr(1, 6))) return false;
  OwnRecord own{.code = std::string(line.substr(1, 6))};
  if (const Diagnostic* d = find_diagnostic(own.code)) {
    const std::string_view message = line.substr(9);
    auto arguments = arguments_of(d->message.en, message);
    if (!arguments) arguments = arguments_of(d->message.zh, message);
    if (arguments) own.arguments = std::move(*arguments);
  }
  out.own = std::move(own);
  out.text = std::string(line);
  return true;
}

// One object of strings, objects of strings and lists of strings, as the log writes it.
class RecordReader {
 public:
  explicit RecordReader(std::string_view text) : text_(text) {}

  // Calls member(key, value) for each string, and member("arguments", ..) with `argument` set for those one level down.
  template <class Member>
  bool read(Member&& member) {
    if (!take('{')) return false;
    std::string object;  // the key of the one that is open, if one is
    for (;;) {
      if (take('}')) {
        if (object.empty()) return rest_is_blank();
        object.clear();
      } else {
        std::string key;
        if (!string(key) || !take(':')) return false;
        if (take('{')) {
          if (!object.empty()) return false;
          object = std::move(key);
          continue;
        }
        if (take('[')) {
          if (!skip_list()) return false;
        } else {
          std::string value;
          if (!string(value)) return false;
          member(object, key, std::move(value));
        }
      }
      take(',');
    }
  }

 private:
  bool take(char c) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool string(std::string& out) { return take('"') && read_json_string(text_, at_, out); }
  bool skip_list() {
    std::string ignored;
    while (!take(']')) {
      if (!string(ignored)) return false;
      take(',');
    }
    return true;
  }
  bool rest_is_blank() const { return text_.find_first_not_of(' ', at_) == text_.npos; }
  std::string_view text_;
  size_t at_ = 0;
};

Level level_of(std::string_view name) {
  constexpr std::string_view names[] = {"INTERNAL_ERROR", "ERROR", "WARNING", "INFO", "VERBOSE"};
  constexpr Level levels[] = {Level::Fatal, Level::Error, Level::Warning, Level::Info, Level::Verbose};
  for (size_t i = 0; i < std::size(names); ++i) {
    if (name == names[i]) return levels[i];
  }
  return Level::None;
}

Stage stage_of(std::string_view name) {
  for (Stage s = Stage::Parse; s <= Stage::Verify; s = Stage(uint8_t(s) + 1)) {
    if (name == stage_name(s)) return s;
  }
  return Stage::None;
}

bool read_json(std::string_view line, ParsedLine& out) {
  if (!line.starts_with("{\"time\": \"")) return false;
  OwnRecord own;
  std::string message;
  Level level = Level::None;
  std::optional<double> time;
  const bool whole = RecordReader(line).read([&](std::string_view object, std::string_view key, std::string value) {
    if (object == "arguments") own.arguments.emplace_back(key, std::move(value));
    else if (!object.empty()) return;
    else if (key == "code") own.code = std::move(value);
    else if (key == "severity") level = level_of(value);
    else if (key == "stage") own.stage = stage_of(value);
    else if (key == "layer") own.layer = std::move(value);
    else if (key == "time") time = parse_log_time(value);
    else if (key == "message") message = std::move(value);
  });
  if (!whole || !is_code(own.code) || level == Level::None) return false;
  out.level = level;
  out.time = time;
  out.text = "[" + own.code + "] " + message;
  out.own = std::move(own);
  return true;
}

}  // namespace

void define_pharos(DialectSet& dialects) {
  dialects.add({
      .name = "pharos",
      .doc = "Pharos' own log: trtexec's shape with a code, [MM/DD/YYYY-hh:mm:ss] [level] [PHxxxx] message",
      .read = read_text,
      .nests = false,
      .samples = {{"[11/23/2026-23:36:02] [E] [PH4101] dynamic input(s) without a profile", Level::Error, "[PH4101] dynamic input(s) without a profile"}},
  });
  dialects.add({
      .name = "pharos-output",
      .doc = "the result of 'pharos bench', which is no log line",
      .line = R"((?P<text>\d+ runs in [\d.]+ \w+, \d+ thread\(s\), .* of memory besides weights))",
      .nests = false,
      .samples = {{"327 runs in 200.4 ms, 2 thread(s), 532.00 KiB of memory besides weights", Level::None, "327 runs in 200.4 ms, 2 thread(s), 532.00 KiB of memory besides weights"}},
  });
  dialects.add({
      .name = "pharos-json",
      .doc = "Pharos' log as JSON lines (--log-json)",
      .read = read_json,
      .nests = false,
      .samples = {{R"({"time": "2026-11-25T09:07:38.226135Z", "severity": "ERROR", "phase": "build", "stage": "parse", "layer": "", "code": "PH1003", "slug": "graph-cyclic", "arguments": {"nodes": "a, \"b\""}, "context": [], "message": "nodes a, \"b\" form a cycle"})",
                   Level::Error, "[PH1003] nodes a, \"b\" form a cycle"}},
  });
}

}  // namespace pharos
