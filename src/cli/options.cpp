#include "cli/options.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "catalog/command_line.h"
#include "cli/suggest.h"

namespace pharos {

bool parse_integer(std::string_view text, int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

bool parse_number(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty() && std::isfinite(value);
}

bool parse_bytes(std::string_view text, int64_t& bytes) {
  int shift = 0;
  if (text.ends_with('B') || text.ends_with('b')) text.remove_suffix(1);
  if (text.ends_with('i')) text.remove_suffix(1);
  if (!text.empty()) {
    switch (text.back()) {
      case 'K': case 'k': shift = 10; break;
      case 'M': case 'm': shift = 20; break;
      case 'G': case 'g': shift = 30; break;
      case 'T': case 't': shift = 40; break;
      default: break;
    }
    if (shift) text.remove_suffix(1);
  }
  double value = 0;
  if (!parse_number(text, value) || value < 0) return false;
  value = std::ldexp(value, shift);
  if (value >= 9.2e18) return false;
  bytes = int64_t(value);
  return true;
}

Options::Option& Options::add(std::string_view names, std::string_view value, std::string_view doc, Setter set) {
  const size_t comma = names.find(',');
  Option o{.name = std::string(names.substr(0, comma)),
           .value = std::string(value),
           .doc = std::string(doc),
           .group = group_,
           .set = std::move(set),
           .given = given_};
  if (comma != names.npos) o.short_name = names.substr(comma + 1);
  return options_.emplace_back(std::move(o));
}

void Options::flag(std::string_view names, bool& into, std::string_view doc) {
  add(names, "", doc, [&into](std::string_view) { into = true; return std::string(); });
}

void Options::text(std::string_view names, std::string_view value, std::string& into, std::string_view doc) {
  add(names, value, doc, [&into](std::string_view v) { into = v; return std::string(); }).otherwise = into;
}

void Options::texts(std::string_view names, std::string_view value, std::vector<std::string>& into,
                    std::string_view doc) {
  add(names, value, doc, [&into](std::string_view v) { into.emplace_back(v); return std::string(); });
}

void Options::integer(std::string_view names, std::string_view value, int64_t& into, int64_t low, int64_t high,
                      std::string_view doc) {
  add(names, value, doc, [&into, low, high](std::string_view v) {
    int64_t n = 0;
    if (!parse_integer(v, n) || n < low || n > high) {
      return high == INT64_MAX ? fmt::format("a whole number, {} or more", low)
                               : fmt::format("a whole number from {} to {}", low, high);
    }
    into = n;
    return std::string();
  }).otherwise = std::to_string(into);
}

void Options::integer(std::string_view names, std::string_view value, int& into, int low, int high,
                      std::string_view doc) {
  add(names, value, doc, [&into, low, high](std::string_view v) {
    int64_t n = 0;
    if (!parse_integer(v, n) || n < low || n > high) return fmt::format("a whole number from {} to {}", low, high);
    into = int(n);
    return std::string();
  }).otherwise = std::to_string(into);
}

void Options::number(std::string_view names, std::string_view value, double& into, double low, double high,
                     std::string_view doc) {
  add(names, value, doc, [&into, low, high](std::string_view v) {
    double n = 0;
    if (!parse_number(v, n) || n < low || n > high) return fmt::format("a number from {} to {}", low, high);
    into = n;
    return std::string();
  }).otherwise = fmt::format("{}", into);
}

void Options::bytes(std::string_view names, std::string_view value, int64_t& into, std::string_view doc) {
  add(names, value, doc, [&into](std::string_view v) {
    return parse_bytes(v, into) ? std::string() : std::string("a size such as 512M or 2G");
  });
}

void Options::choice(std::string_view names, const std::vector<std::string_view>& allowed, std::string& into,
                     std::string_view doc) {
  const std::vector<std::string> words(allowed.begin(), allowed.end());
  const std::string shown = fmt::format("{}", fmt::join(words, "|"));
  add(names, shown, doc, [&into, words, shown](std::string_view v) {
    for (const std::string& w : words) {
      if (w == v) { into = v; return std::string(); }
    }
    return "one of " + shown;
  }).otherwise = into;
}

void Options::call(std::string_view names, std::string_view value, Setter set, std::string_view doc) {
  add(names, value, doc, std::move(set));
}

void Options::positional(std::string_view name, std::string& into, std::string_view doc, bool required) {
  positionals_.push_back(
      {std::string(name), std::string(doc), required, false, [&into](std::string v) { into = std::move(v); }});
}

void Options::positionals(std::string_view name, std::vector<std::string>& into, std::string_view doc, bool required) {
  positionals_.push_back(
      {std::string(name), std::string(doc), required, true, [&into](std::string v) { into.push_back(std::move(v)); }});
}

const Options::Option* Options::find(std::string_view name) const {
  for (const Option& o : options_) {
    if (o.name == name || (!o.short_name.empty() && o.short_name == name)) return &o;
  }
  return nullptr;
}

bool Options::takes_value(std::string_view name) const {
  const Option* o = find(name);
  return o && !o->value.empty();
}

Report Options::unknown(std::string_view spelling) const {
  std::vector<std::string> names{"--help"};
  for (const Option& o : options_) names.push_back(o.name);
  return {diag::option_unknown,
          {{"verb", verb_}, {"option", std::string(spelling)}, {"suggestion", suggestion_text(spelling, names)}}};
}

Result<void> Options::set_option(const Option& option, std::string_view spelling, std::string_view value) const {
  const std::string expected = option.set(value);
  if (expected.empty()) {
    if (option.given) option.given->push_back(option.name);
    return {};
  }
  return Report(diag::option_value_invalid,
                {{"option", std::string(spelling)}, {"actual", std::string(value)}, {"expected", expected}});
}

// Reads the option at `at`; returns how many words it took.
Result<size_t> Options::parse_option(std::span<const std::string> args, size_t at) {
  const std::string_view word = args[at];
  const size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
  const std::string_view name = word.substr(0, equals);
  if (name == "--help" || name == "-h") { help_ = true; return size_t{1}; }
  const Option* option = find(name);
  // "-ofile": a short option with its value attached.
  if (!option && !word.starts_with("--") && word.size() > 2) {
    option = find(word.substr(0, 2));
    if (!option || option->value.empty()) return unknown(word);
    PHAROS_TRY(set_option(*option, word.substr(0, 2), word.substr(2)));
    return size_t{1};
  }
  if (!option) return unknown(name);
  if (option->value.empty()) {
    if (equals != word.npos) {
      return Report(
          diag::option_value_invalid,
          {{"option", std::string(name)}, {"actual", std::string(word.substr(equals + 1))}, {"expected", "no value"}});
    }
    PHAROS_TRY(set_option(*option, name, ""));
    return size_t{1};
  }
  if (equals != word.npos) {
    PHAROS_TRY(set_option(*option, name, word.substr(equals + 1)));
    return size_t{1};
  }
  if (at + 1 >= args.size()) {
    return Report(diag::argument_missing,
                  {{"verb", verb_}, {"what", fmt::format("a value for {}: {}", name, option->value)}});
  }
  PHAROS_TRY(set_option(*option, name, args[at + 1]));
  return size_t{2};
}

Result<void> Options::parse(std::span<const std::string> args) {
  size_t taken = 0;
  bool only_positionals = false, got_any = false;
  for (size_t i = 0; i < args.size();) {
    const std::string& word = args[i];
    if (!only_positionals && word == "--" && rest_.into) {
      rest_.into->assign(args.begin() + ptrdiff_t(i) + 1, args.end());
      break;
    }
    if (!only_positionals && word == "--") { only_positionals = true; ++i; continue; }
    if (!only_positionals && word.size() > 1 && word[0] == '-') {
      i += PHAROS_TRY(parse_option(args, i));
      continue;
    }
    if (taken >= positionals_.size()) return Report(diag::argument_unexpected, {{"verb", verb_}, {"argument", word}});
    positionals_[taken].set(word);
    got_any = true;
    if (!positionals_[taken].many) { ++taken; got_any = false; }
    ++i;
  }
  if (help_) return {};
  if (taken < positionals_.size() && positionals_[taken].required && !got_any) {
    return Report(diag::argument_missing, {{"verb", verb_}, {"what", positionals_[taken].name}});
  }
  return {};
}

std::string Options::usage() const {
  std::string text = "pharos " + verb_;
  for (const Positional& p : positionals_) {
    const std::string name = p.many ? p.name + "..." : p.name;
    text += p.required ? " " + name : " [" + name + "]";
  }
  return text + (rest_.into ? " [OPTIONS] [-- " + rest_.name + "]" : " [OPTIONS]");
}

void Options::rest(std::string_view name, std::vector<std::string>& into, std::string_view doc) {
  rest_ = {std::string(name), std::string(doc), &into};
}

std::string Options::help() const {
  const auto entry = [](std::string left, std::string_view doc, std::string_view otherwise) {
    std::string line = "  " + left;
    if (line.size() < 32) line.resize(32, ' ');
    else line += "\n" + std::string(32, ' ');
    line += doc;
    if (!otherwise.empty()) line += fmt::format(" [{}]", otherwise);
    return line + "\n";
  };
  std::string text;
  if (!positionals_.empty()) {
    text += "Arguments:\n";
    for (const Positional& p : positionals_) text += entry(p.name, p.doc, "");
    if (rest_.into) text += entry("-- " + rest_.name, rest_.doc, "");
  }
  std::string heading;
  for (const Option& o : options_) {
    if (o.group != heading) {
      heading = o.group;
      text += "\n" + heading + ":\n";
    }
    std::string left = o.short_name.empty() ? o.name : o.short_name + ", " + o.name;
    if (!o.value.empty()) left += " " + o.value;
    text += entry(left, o.doc, o.otherwise);
  }
  return text;
}

}  // namespace pharos
