#include "findings/migration.h"

#include <algorithm>

#include "tensorrt/options.h"

namespace pharos {
namespace {

constexpr int oldest_target = 10, newest_target = 11;

// Words of a command line; quotes keep blanks together and stay in the word.
std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> out;
  std::string word;
  char quote = 0;
  for (const char c : command) {
    if (c == quote) quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
    if (c == ' ' && quote == 0) {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

void append(std::string& command, std::string_view word) {
  if (word.empty()) return;
  if (!command.empty()) command += ' ';
  command += word;
}

// Without its unit: "4096M" and "4096" mean the same where MiB is the unit anyway.
std::string_view plain_value(const tensorrt::ChangedOption& o, std::string_view value) {
  const bool has_unit = o.instead.ends_with("{value}M") && !value.empty() && (value.back() < '0' || value.back() > '9');
  return has_unit ? value.substr(0, value.size() - 1) : value;
}

}  // namespace

Migration migrate_command(std::string_view command, int major) {
  Migration out;
  const std::vector<std::string> words = words_of(command);
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const size_t equals = word.find('=');
    const tensorrt::ChangedOption* gone = tensorrt::removed_in(std::string_view(word).substr(0, equals), major);
    if (!gone) { append(out.command, word); continue; }
    OptionChange change{word, "", gone->why};
    std::string value = equals == word.npos ? std::string() : word.substr(equals + 1);
    const bool value_follows = equals == word.npos && gone->takes_value && i + 1 < words.size() && !words[i + 1].starts_with("-");
    if (value_follows) {
      value = words[++i];
      change.given += " " + value;
    }
    const bool empty_value = value.empty() && gone->instead.find("{value}") != std::string_view::npos;  // it did nothing
    if (!empty_value) change.instead = gone->rewritten(plain_value(*gone, value));
    append(out.command, change.instead);
    out.changes.push_back(std::move(change));
  }
  return out;
}

int breaks_in(std::string_view command, int major) {
  for (int next = std::max(major + 1, oldest_target); next <= newest_target; ++next) {
    if (!migrate_command(command, next).changes.empty()) return next;
  }
  return 0;
}

}  // namespace pharos
