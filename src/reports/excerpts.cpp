#include "reports/excerpts.h"

#include <filesystem>
#include <set>

#include "logs/line_scanner.h"
#include "logs/unwrap.h"

namespace pharos {
namespace {

using Wanted = std::set<int64_t>;

void want(const Finding& f, int around, std::map<std::string, Wanted>& files, size_t& left) {
  for (const Evidence& e : f.evidence) {
    for (int64_t n = std::max<int64_t>(1, e.line - around); n <= e.line + around && left > 0; ++n)
      left -= files[e.file].insert(n).second;
  }
  for (const Finding& c : f.consequences) want(c, 0, files, left);
}

// Keeps the lines that are wanted.
class Keeper final : public LineReceiver {
 public:
  Keeper(const Wanted& wanted, std::map<int64_t, std::string>& lines) : wanted_(wanted), lines_(lines) {}
  bool wants_every_line() const override { return true; }
  void line(const RawLine& raw) override {
    if (!wanted_.contains(raw.number)) return;
    std::string text;
    for (const std::string& part : unwrap(raw.text)) text += (text.empty() ? "" : " ") + part;
    if (text.size() > Excerpts::max_line) text.resize(Excerpts::max_line);
    lines_[raw.number] = std::move(text);
  }

 private:
  const Wanted& wanted_;
  std::map<int64_t, std::string>& lines_;
};

// Ends where nothing more is wanted.
class Upto final : public ByteSource {
 public:
  Upto(ByteSource& source, const std::map<int64_t, std::string>& lines, int64_t last)
      : source_(source), lines_(lines), last_(last) {}
  Result<size_t> read(std::span<char> out) override {
    if (lines_.contains(last_)) return size_t{0};
    return source_.read(out);
  }

 private:
  ByteSource& source_;
  const std::map<int64_t, std::string>& lines_;
  int64_t last_;
};

bool quotes(const Evidence& e, const std::string& line) {
  const size_t n = std::min({e.text.size(), line.size(), size_t{40}});
  return line.find(e.text.substr(0, n)) != std::string::npos || e.text.find(line.substr(0, n)) != std::string::npos;
}

// A log that was rotated or rewritten since does not hold the evidence any more: what is around it there is of no use.
// Some evidence is a summary of its line, so not all of it need be there word for word.
bool still_holds(Diagnoses logs, const std::string& file, const std::map<int64_t, std::string>& lines) {
  size_t all = 0, found = 0;
  for (const Placed& p : ranked(logs)) {
    for (const Evidence& e : p.finding->evidence) {
      if (e.file != file) continue;
      const auto at = lines.find(e.line);
      ++all;
      found += at != lines.end() && quotes(e, at->second);
    }
  }
  return found > 0 && 3 * found >= all;
}

}  // namespace

const std::string* Excerpts::line(const std::string& file, int64_t number) const {
  const auto f = files_.find(file);
  if (f == files_.end()) return nullptr;
  const auto l = f->second.find(number);
  return l == f->second.end() ? nullptr : &l->second;
}

Excerpts read_excerpts(Diagnoses logs, int around) {
  std::map<std::string, Wanted> files;
  size_t left = Excerpts::max_lines;
  for (const Placed& p : ranked(logs)) want(*p.finding, around, files, left);
  Excerpts out;
  for (const auto& [file, wanted] : files) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) continue;  // a pipe cannot be read twice
    const auto source = open_log(file);
    if (!source) continue;
    std::map<int64_t, std::string> lines;
    Keeper keeper(wanted, lines);
    const Prefilter none({});
    LineScanner scanner(none, keeper);
    Upto upto(**source, lines, *wanted.rbegin());
    (void)scanner.read(upto);  // what came before a fault is still of use
    scanner.finish();
    if (still_holds(logs, file, lines)) out.files_[file] = std::move(lines);
  }
  return out;
}

}  // namespace pharos
