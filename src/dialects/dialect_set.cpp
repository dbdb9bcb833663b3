#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "dialects/dialect.h"

namespace pharos {

struct DialectSet::Compiled {
  explicit Compiled(std::string_view pattern)  // empty for a dialect that reads lines itself
      : regex(re2::StringPiece(pattern.data(), pattern.size()), options()) {
    for (const auto& [name, index] : regex.NamedCapturingGroups()) {
      if (name == "level") level = index;
      else if (name == "time") time = index;
      else if (name == "logger") logger = index;
      else if (name == "text") text = index;
    }
  }
  static RE2::Options options() {
    RE2::Options o;
    o.set_encoding(RE2::Options::EncodingLatin1);  // bytes: a log is not always valid UTF-8
    o.set_log_errors(false);
    return o;
  }
  RE2 regex;
  int level = 0, time = 0, logger = 0, text = 0;
};

DialectSet::DialectSet() = default;
DialectSet::DialectSet(DialectSet&&) noexcept = default;
DialectSet::~DialectSet() = default;

void DialectSet::add(Dialect dialect) {
  compiled_.push_back(std::make_unique<Compiled>(dialect.line));
  dialects_.push_back(std::move(dialect));
}

bool DialectSet::parse_once(std::string_view line, ParsedLine& out, bool& again) const {
  constexpr int max_groups = 8;
  std::array<re2::StringPiece, max_groups> groups;
  for (size_t i = 0; i < dialects_.size(); ++i) {
    const Compiled& c = *compiled_[i];
    const Dialect& d = dialects_[i];
    if (d.read) {
      if (!d.read(line, out)) continue;
      out.dialect = d.name;
      out.prefixed = true;
      again = d.nests;
      return true;
    }
    if (!c.regex.ok()) continue;
    const int count = std::min(max_groups, c.regex.NumberOfCapturingGroups() + 1);
    if (!c.regex.Match(re2::StringPiece(line.data(), line.size()), 0, line.size(), RE2::ANCHOR_START, groups.data(), count)) continue;
    const auto group = [&](int n) { return n > 0 && n < count ? std::string_view(groups[size_t(n)].data(), groups[size_t(n)].size()) : std::string_view(); };
    Level level = d.default_level;
    if (const std::string_view word = group(c.level); !word.empty()) {
      const auto known = std::find_if(d.levels.begin(), d.levels.end(), [&](const LevelName& l) { return l.text == word; });
      if (known == d.levels.end()) continue;
      level = known->level;
    }
    if (level != Level::None) out.level = level;
    if (const auto time = parse_log_time(group(c.time))) out.time = time;
    if (const std::string_view logger = group(c.logger); !logger.empty()) out.logger = logger;
    out.dialect = d.name;
    out.prefixed = true;
    out.text = std::string(group(c.text));
    again = d.nests;
    return true;
  }
  return false;
}

ParsedLine DialectSet::parse(std::string_view line) const {
  ParsedLine out;
  out.text = std::string(line);
  bool again = true;
  for (int depth = 0; depth < 4 && again; ++depth) {
    const std::string rest = out.text;
    if (!parse_once(rest, out, again)) break;
  }
  return out;
}

}  // namespace pharos
