#include "reports/html_remedy.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pharos {
namespace {

constexpr std::array<std::string_view, 27> programs{"trtexec",
                                                    "./trtexec",
                                                    "/usr/src/tensorrt/bin/trtexec",
                                                    "polygraphy",
                                                    "pharos",
                                                    "python",
                                                    "python3",
                                                    "pip",
                                                    "pip3",
                                                    "nvidia-smi",
                                                    "docker",
                                                    "apt-get",
                                                    "sudo",
                                                    "nsys",
                                                    "ncu",
                                                    "compute-sanitizer",
                                                    "ldd",
                                                    "ldconfig",
                                                    "export",
                                                    "onnxsim",
                                                    "tegrastats",
                                                    "jetson_clocks",
                                                    "nvpmodel",
                                                    "kubectl",
                                                    "gdb",
                                                    "taskset",
                                                    "file"};

// Second words of programs: they look like prose and are not.
constexpr std::array<std::string_view, 32> subcommands{
    "inspect", "surgeon", "sanitize", "run",  "convert", "model",   "install", "debug",   "reduce",   "doctor",
    "explain", "bench",   "build",    "lint", "check",   "extract", "data",    "profile", "template", "baseline",
    "compare", "record",  "show",     "init", "verify",  "-m",      "network", "trtexec", "python3",  "capability",
    "cpupower", "frequency-set"};

template <size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool ascii(char c) { return uint8_t(c) < 0x80; }
bool name_char(char c) { return ascii(c) && (std::isalnum(uint8_t(c)) || c == '_'); }

class Splitter {
 public:
  explicit Splitter(std::string_view s) : s_(s) {}

  std::vector<StepPart> split() {
    size_t i = 0;
    while (i < s_.size()) {
      const size_t end = at_start_of_word(i) ? code_from(i) : i;
      if (end > i) {
        put(i, end);
        i = end;
      } else {
        ++i;
      }
    }
    if (done_ < s_.size()) parts_.push_back({s_.substr(done_), false});
    return std::move(parts_);
  }

 private:
  bool at_start_of_word(size_t i) const {
    return i == 0 || s_[i - 1] == ' ' || s_[i - 1] == '(' || s_[i - 1] == '\'' || s_[i - 1] == '"' || !ascii(s_[i - 1]);
  }

  void put(size_t from, size_t to) {
    if (from > done_) parts_.push_back({s_.substr(done_, from - done_), false});
    parts_.push_back({s_.substr(from, to - from), true});
    done_ = to;
  }

  // To the next blank or Chinese character; brackets and quotes hold their blanks.
  size_t word_end(size_t i) const {
    int depth = 0;
    char quote = 0;
    for (; i < s_.size(); ++i) {
      const char c = s_[i];
      if (!ascii(c) && quote == 0) break;
      if (quote != 0) { if (c == quote) quote = 0; continue; }
      if ((c == '\'' || c == '"') && s_.find(c, i + 1) != s_.npos && (depth > 0 || (i > 0 && s_[i - 1] == '='))) {
        quote = c;
        continue;
      }
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') { if (depth == 0) break; --depth; }
      if (c == ' ' && depth == 0) break;
    }
    return depth == 0 && quote == 0 ? i : std::min(s_.find(' ', i), i);
  }

  std::string_view word(size_t i) const { return s_.substr(i, word_end(i) - i); }

  // Punctuation of the sentence is not of the code.
  size_t trimmed(size_t from, size_t to) const {
    while (to > from && (s_[to - 1] == '.' || s_[to - 1] == ',' || s_[to - 1] == ';' || s_[to - 1] == ':')) {
      if (to - from >= 3 && s_.substr(to - 3, 3) == "...") break;
      --to;
    }
    return to;
  }

  static bool ends_clause(std::string_view w) {
    return !w.empty() &&
           (w.back() == ',' || w.back() == ';' || w.back() == ':' || (w.back() == '.' && !w.ends_with("...")));
  }

  static bool is_argument(std::string_view w) {
    if (w.empty()) return false;
    if (w[0] == '-' && w.size() > 1 && w != "--") return true;
    if (among(subcommands, w) || among(programs, w)) return true;
    return w.find_first_of("=/._<>|&$*") != w.npos && w.find_first_of("(") == w.npos &&
           w.find_first_not_of(".") != w.npos;
  }

  size_t code_from(size_t i) const {
    const std::string_view w = word(i);
    const size_t size = trimmed(i, i + w.size()) - i;
    if (size == 0) return i;
    const std::string_view bare = w.substr(0, size);
    if (among(programs, bare)) {
      const bool only = ends_clause(w);
      const size_t end = only ? i + size : arguments(i + w.size(), true);
      return end > i + size ? end : i;  // the name of a program alone is prose
    }
    if (bare.starts_with("--") && bare.size() > 2 && std::isalpha(uint8_t(bare[2])))
      return ends_clause(w) ? i + size : arguments(i + w.size(), false);
    if (const size_t end = statement(i); end > i) return statements(end);
    return i;
  }

  // Options and files behind; `i` is at the blank. A plain word that ends the clause is the value of the option before
  // it.
  size_t arguments(size_t i, bool program) const {
    size_t end = trimmed(0, i);
    bool option = false, dashed = false, piped = false;
    if (i > 0) {  // the word before may be an option by itself
      const size_t blank = s_.rfind(' ', i - 1);
      const std::string_view before = s_.substr(blank == s_.npos ? 0 : blank + 1, i - (blank == s_.npos ? 0 : blank + 1));
      dashed = before.starts_with('-') && before.find('=') == before.npos;
    }
    while (i < s_.size() && s_[i] == ' ') {
      const std::string_view w = word(i + 1);
      const std::string_view bare = w.substr(0, trimmed(i + 1, i + 1 + w.size()) - i - 1);
      const bool value = option && program && !bare.empty() && (ends_clause(w) || i + 1 + w.size() == s_.size());
      const bool number = dashed && !bare.empty() && bare.find_first_not_of("0123456789-,.") == bare.npos;
      if (!is_argument(bare) && !value && !number && !piped) break;
      piped = bare == "|";
      option = bare.starts_with("--") && bare.find('=') == bare.npos;
      dashed = bare.starts_with('-') && bare.find('=') == bare.npos;
      i += 1 + w.size();
      end = trimmed(0, i);
      if (ends_clause(w)) break;
    }
    return end;
  }

  // "name.call(…)" or "x = name.call(…)" or "config.flag = value"; nothing without a dot or an underscore.
  size_t statement(size_t i) const {
    size_t end = path(i);
    if (end == i) return i;
    const bool plain = s_.substr(i, end - i).find_first_of("._") == std::string_view::npos;
    if (s_.substr(end, 3) == " = ") {
      const size_t right = end + 3;
      if (plain && path(right) == right) return i;
      const size_t called = call(path(right));
      const size_t stop = called > right ? called : trimmed(right, word_end(right));
      return stop > right && (!plain || called > path(right)) ? stop : i;
    }
    if (plain) return i;
    const size_t called = call(end);
    return called > end ? called : i;
  }

  size_t statements(size_t end) const {
    while (s_.substr(end, 2) == "; ") {
      const size_t next = statement(end + 2);
      if (next == end + 2) break;
      end = next;
    }
    return end;
  }

  // A dotted name.
  size_t path(size_t i) const {
    if (i >= s_.size() || !(std::isalpha(uint8_t(s_[i])) || s_[i] == '_')) return i;
    size_t end = i;
    while (end < s_.size() && (name_char(s_[end]) ||
                               ((s_[end] == '.' || s_[end] == ':') && end + 1 < s_.size() &&
                                (name_char(s_[end + 1]) || s_[end + 1] == ':')) ||
                               (s_.substr(end, 2) == "->"))) {
      end += s_.substr(end, 2) == "->" ? 2 : 1;
    }
    return end;
  }

  // The balanced parentheses at `i` and what is called on them.
  size_t call(size_t i) const {
    if (i >= s_.size() || s_[i] != '(') return i;
    int depth = 0;
    for (size_t k = i; k < s_.size(); ++k) {
      if (s_[k] == '(') ++depth;
      if (s_[k] == ')' && --depth == 0) {
        const size_t after = k + 1 < s_.size() && s_[k + 1] == '.' ? path(k + 2) : k + 2;
        return after > k + 2 ? std::max(call(after), k + 1) : k + 1;
      }
    }
    return i;
  }

  std::string_view s_;
  size_t done_ = 0;
  std::vector<StepPart> parts_;
};

}  // namespace

std::vector<StepPart> split_step(std::string_view step) { return Splitter(step).split(); }

}  // namespace pharos
