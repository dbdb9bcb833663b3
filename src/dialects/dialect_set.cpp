#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <mutex>

#include "dialects/dialect.h"

namespace pharos {

namespace {

// The message ends most patterns and may be long: only what stands before it is matched.
constexpr std::string_view message_group = "(?P<text>.*)", message_begins = "(?P<text>)";

re2::StringPiece piece(std::string_view s) { return {s.data(), s.size()}; }

RE2::Options options() {
  RE2::Options o;
  o.set_encoding(RE2::Options::EncodingLatin1);  // bytes: a log is not always valid UTF-8
  o.set_log_errors(false);
  return o;
}

std::string_view head_of(std::string_view pattern) {
  return pattern.ends_with(message_group) ? pattern.substr(0, pattern.size() - message_group.size()) : pattern;
}

}  // namespace

struct DialectSet::Compiled {
  explicit Compiled(std::string_view pattern)  // empty for a dialect that reads lines itself
      : open(pattern.ends_with(message_group)),
        regex(open ? std::string(head_of(pattern)) + std::string(message_begins) : std::string(pattern), options()) {
    for (const auto& [name, index] : regex.NamedCapturingGroups()) {
      if (name == "level") level = index;
      else if (name == "time") time = index;
      else if (name == "logger") logger = index;
      else if (name == "text") text = index;
    }
  }
  bool open;  // the message goes on to the end of the line
  RE2 regex;
  int level = 0, time = 0, logger = 0, text = 0;
};

// All heads as one automaton: one look tells which patterns are worth trying, and most lines fit none or one. Made at the
// first line, when all dialects are there.
struct DialectSet::Heads {
  void make(const std::vector<Dialect>& dialects) {
    std::call_once(once, [&] {
      assert(dialects.size() <= 64);
      set = std::make_unique<RE2::Set>(options(), RE2::ANCHOR_START);
      for (size_t i = 0; i < dialects.size(); ++i) {
        if (dialects[i].read) readers |= uint64_t{1} << i;
        else if (set->Add(piece(head_of(dialects[i].line)), nullptr) >= 0) dialect_of.push_back(i);
      }
      compiled = set->Compile();
    });
  }
  // A bit for each dialect that may read the line.
  uint64_t candidates(std::string_view line) const {
    uint64_t bits = readers;
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    if (compiled && set->Match(piece(line), &found, &error)) {
      for (const int f : found) bits |= uint64_t{1} << dialect_of[size_t(f)];
    } else if (!compiled || error.kind != RE2::Set::kNoError) {
      for (const size_t i : dialect_of) bits |= uint64_t{1} << i;
    }
    return bits;
  }
  std::once_flag once;
  std::unique_ptr<RE2::Set> set;
  std::vector<size_t> dialect_of;  // by number in the set
  uint64_t readers = 0;
  bool compiled = false;
};

DialectSet::DialectSet() : heads_(std::make_unique<Heads>()) {}
DialectSet::DialectSet(DialectSet&&) noexcept = default;
DialectSet::~DialectSet() = default;

void DialectSet::add(Dialect dialect) {
  compiled_.push_back(std::make_unique<Compiled>(dialect.line));
  dialects_.push_back(std::move(dialect));
}

// `text`: what is left of the line; the message in it afterwards.
bool DialectSet::parse_once(std::string_view& text, ParsedLine& out, bool& again) const {
  constexpr int max_groups = 8;
  std::array<re2::StringPiece, max_groups> groups;
  for (uint64_t bits = heads_->candidates(text); bits != 0; bits &= bits - 1) {
    const size_t i = size_t(std::countr_zero(bits));
    const Compiled& c = *compiled_[i];
    const Dialect& d = dialects_[i];
    if (d.read) {
      if (!d.read(text, out)) continue;
      out.dialect = d.name;
      out.prefixed = true;
      again = false;
      return true;
    }
    const int count = std::min(max_groups, c.regex.NumberOfCapturingGroups() + 1);
    if (!c.regex.Match(piece(text), 0, text.size(), RE2::ANCHOR_START, groups.data(), count)) continue;
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
    const std::string_view message = group(c.text);
    text = c.open ? text.substr(size_t(message.data() - text.data())) : message;
    again = d.nests;
    return true;
  }
  return false;
}

ParsedLine DialectSet::parse(std::string_view line) const {
  heads_->make(dialects_);
  ParsedLine out;
  std::string_view text = line;
  bool again = true;
  for (int depth = 0; depth < 4 && again; ++depth) {
    if (!parse_once(text, out, again)) break;
  }
  if (!out.own) out.text = std::string(text);  // a reader has set its own
  return out;
}

}  // namespace pharos
