#include "logs/unwrap.h"

#include <algorithm>
#include <cstdint>

#include "logs/json_string.h"

namespace pharos {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Escape sequences of ECMA-48 (colours, cursor) and OSC titles; other control characters stay for the reports to show.
std::string without_escapes(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  for (size_t i = 0; i < line.size();) {
    if (line[i] != '\x1b') { out += line[i++]; continue; }
    if (++i >= line.size()) break;
    if (line[i] == '[') {
      ++i;
      while (i < line.size() && (uint8_t(line[i]) < 0x40 || uint8_t(line[i]) > 0x7e)) ++i;
      if (i < line.size()) ++i;
    } else if (line[i] == ']') {
      while (i < line.size() && line[i] != '\a' && line[i] != '\x1b') ++i;
      if (i < line.size() && line[i] == '\a') ++i;
    } else {
      ++i;
    }
  }
  return out;
}

// {"log":"...\n","stream":"stdout","time":"..."} (docker), {"MESSAGE":"..."} (journald), {"message": "..."} (shippers).
bool from_json(std::string_view line, std::string& out) {
  if (!line.starts_with('{')) return false;
  for (const std::string_view key : {"\"log\"", "\"MESSAGE\"", "\"message\"", "\"msg\""}) {
    size_t at = line.find(key);
    if (at == line.npos) continue;
    at += key.size();
    while (at < line.size() && (line[at] == ' ' || line[at] == ':')) ++at;
    if (at >= line.size() || line[at] != '"') continue;
    // Pharos' own JSON lines are a dialect: they carry more than a text.
    if (line.find("\"code\": \"PH") != line.npos) return false;
    out.clear();
    return read_json_string(line, ++at, out);
  }
  return false;
}

// 2024-01-01T00:00:00.000000000Z stdout F text
std::string_view without_cri(std::string_view line) {
  if (line.size() < 24 || !is_digit(line[0]) || line[4] != '-' || line[10] != 'T') return line;
  const size_t blank = line.find(' ');
  if (blank == line.npos || blank > 40) return line;
  const std::string_view rest = line.substr(blank + 1);
  for (const std::string_view stream : {"stdout F ", "stdout P ", "stderr F ", "stderr P "}) {
    if (rest.starts_with(stream)) return rest.substr(stream.size());
  }
  return line;
}

// "Nov 25 04:10:22 host unit[123]: text" (journalctl, syslog), "<34>Nov 25 ...", "<34>1 2003-10-11T22:14:15Z host app ..."
std::string_view without_syslog(std::string_view line) {
  std::string_view l = line;
  if (l.starts_with('<')) {
    const size_t close = l.find('>');
    if (close == l.npos || close > 4 || close < 2 || !is_digit(l[1])) return line;
    l.remove_prefix(close + 1);
  }
  if (l.size() < 20 || !is_letter(l[0]) || !is_letter(l[2]) || l[3] != ' ' || l[6] != ' ' || l[9] != ':' || l[12] != ':') {
    return line;
  }
  const size_t host = l.find(' ', 16);
  const size_t colon = l.find(": ", 16);
  if (host == l.npos || colon == l.npos || colon < host || colon - host > 80) return line;
  if (l.substr(host + 1, colon - host - 1).find(' ') != l.npos) return line;  // a unit has no blank
  return l.substr(colon + 2);
}

// docker compose and kubectl --prefix: "service-1  | text"
std::string_view without_compose(std::string_view line) {
  const size_t bar = line.find(" | ");
  if (bar == line.npos || bar > 40 || bar == 0 || !is_letter(line[0])) return line;
  const std::string_view name = line.substr(0, line.find(' '));
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; });
  const std::string_view gap = line.substr(name.size(), bar - name.size());
  return plain && name.find('-') != name.npos && gap.find_first_not_of(' ') == gap.npos ? line.substr(bar + 3) : line;
}

std::string last_state(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const size_t at = line.rfind('\r');
  return std::string(at == line.npos ? line : line.substr(at + 1));
}

}  // namespace

std::vector<std::string> unwrap(std::string_view line) {
  std::string held, inner;
  std::string_view text = line;  // in `line` or in `held`
  const auto hold = [&](std::string s) { held = std::move(s); text = held; };
  if (line.find('\x1b') != line.npos) hold(without_escapes(line));
  for (int depth = 0; depth < 4; ++depth) {  // Kubernetes over docker over syslog; no deeper
    if (from_json(text, inner)) { hold(without_escapes(inner)); continue; }
    std::string_view peeled = without_cri(text);
    if (peeled.size() == text.size()) peeled = without_syslog(text);
    if (peeled.size() == text.size()) peeled = without_compose(text);
    if (peeled.size() == text.size()) break;
    text = peeled;
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::vector<std::string> out;
  for (size_t at = 0;;) {
    const size_t end = text.find('\n', at);
    out.push_back(last_state(text.substr(at, end == text.npos ? text.npos : end - at)));
    if (end == text.npos) return out;
    at = end + 1;
  }
}

}  // namespace pharos
