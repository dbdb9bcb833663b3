#include "builder/timing_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "base/file_lock.h"
#include "base/files.h"
#include "base/hash.h"
#include "catalog/timing_cache.h"

namespace pharos {
namespace {

constexpr std::string_view magic = "pharos-timing-cache ", version = "2";
constexpr int64_t max_bytes = int64_t{256} << 20;

std::string line_of(std::string_view key, std::string_view environment, int64_t ns) {
  const std::string head = fmt::format("{}\t{}\t{}", ns, environment, key);
  return fmt::format("{}\t{}\n", head, hex64(hash64(head)));
}

std::string file_text(const TimingCache::Entries& entries) {
  std::string text = fmt::format("{}{}\n", magic, version);
  for (const auto& [id, ns] : entries) text += line_of(id.first, id.second, ns);
  return text;
}

// Keys hold attributes of models, which may hold anything.
std::string one_line(const std::string& key) {
  if (key.find_first_of("\t\n\\") == key.npos) return key;
  std::string out;
  for (const char c : key) out += c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\\' ? "\\\\" : std::string(1, c);
  return out;
}

struct Line {
  int64_t ns = 0;
  std::string_view environment, key;
  std::string wrong;  // instead of the others
};

Line parse_line(std::string_view line) {
  if (line.empty() || line.back() != '\n') return {.wrong = "the line is cut off"};
  line.remove_suffix(1);
  std::array<std::string_view, 4> field;
  size_t fields = 0;
  for (std::string_view rest = line; fields < field.size(); ++fields) {
    const size_t tab = fields + 1 < field.size() ? rest.find('\t') : rest.npos;
    field[fields] = rest.substr(0, tab);
    if (tab == rest.npos) { ++fields; break; }
    rest.remove_prefix(tab + 1);
  }
  if (fields != field.size()) return {.wrong = fmt::format("{} fields instead of {}", fields, field.size())};
  if (field[3] != hex64(hash64(line.substr(0, line.size() - field[3].size() - 1)))) return {.wrong = "the checksum does not match"};
  Line l{.environment = field[1], .key = field[2]};
  const auto [end, error] = std::from_chars(field[0].data(), field[0].data() + field[0].size(), l.ns);
  if (error != std::errc() || end != field[0].data() + field[0].size() || l.ns < TimingCache::refused) return {.wrong = "the time is no number"};
  if (!TimingEnvironment::parse(l.environment)) return {.wrong = "the environment cannot be read"};
  return l;
}

}  // namespace

std::string TimingEnvironment::text() const { return fmt::format("{};{};{};{}", version, isa, threads, cpu); }

std::optional<TimingEnvironment> TimingEnvironment::parse(std::string_view text) {
  TimingEnvironment e;
  for (std::string* part : {&e.version, &e.isa, &e.threads}) {
    const size_t end = text.find(';');
    if (end == text.npos) return std::nullopt;
    *part = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  e.cpu = text;
  return e;
}

std::string TimingEnvironment::difference(const TimingEnvironment& wanted) const {
  std::string out;
  const auto compare = [&](std::string_view what, const std::string& has, const std::string& wants) {
    if (has != wants) out += fmt::format("{}{} {} instead of {}", out.empty() ? "" : ", ", what, has, wants);
  };
  compare("Pharos", version, wanted.version);
  compare("processor", cpu, wanted.cpu);
  compare("instruction set", isa, wanted.isa);
  compare("threads", threads, wanted.threads);
  return out;
}

TimingEnvironment timing_environment(const Device& device) {
  return {PHAROS_VERSION, std::string(isa_name(device.isa)), std::to_string(device.threads), one_line(device.name)};
}

std::string TimingCache::address(const std::string& key, const std::string& environment) {
  return hex64(hash64(environment + "\t" + key));
}

Result<void> TimingCache::parse(const std::string& path, std::string_view text, Log log) {
  if (text.empty()) return {};
  if (!text.starts_with(magic)) return Report(diag::timing_cache_foreign_file, {{"file", path}});
  const size_t end = text.find('\n');
  if (const std::string_view has = text.substr(magic.size(), end == text.npos ? text.npos : end - magic.size()); has != version) {
    log.report(diag::timing_cache_rejected, {{"file", path}, {"count", "all"},
                                             {"details", fmt::format("format {} instead of {}", has.substr(0, 20), version)}});
    return {};
  }
  text.remove_prefix(std::min(text.size(), end + 1));
  size_t rejected = 0;
  std::map<std::string, int64_t, std::less<>> elsewhere;
  for (size_t number = 2; !text.empty(); ++number) {
    const size_t stop = text.find('\n');
    const std::string_view line = text.substr(0, stop == text.npos ? stop : stop + 1);
    text.remove_prefix(line.size());
    const Line entry = parse_line(line);
    if (!entry.wrong.empty()) {
      ++rejected;
      log.report(diag::timing_entry_damaged, {{"file", path}, {"line", std::to_string(number)}, {"details", entry.wrong}});
      continue;
    }
    if (environment_ != TimingEnvironment{} && entry.environment != here_) ++elsewhere[std::string(entry.environment)];
    entries_.insert_or_assign({std::string(entry.key), std::string(entry.environment)}, entry.ns);
  }
  if (rejected)
    log.report(diag::timing_cache_rejected, {{"file", path}, {"count", std::to_string(rejected)}, {"details", "damaged"}});
  for (const auto& [environment, count] : elsewhere) {
    const TimingEnvironment other = *TimingEnvironment::parse(environment);
    log.report(other.version == environment_.version ? diag::timing_entries_elsewhere : diag::timing_entries_version,
               {{"file", path}, {"count", std::to_string(count)}, {"difference", other.difference(environment_)}});
  }
  return {};
}

Result<TimingCache> TimingCache::load(const std::string& path, TimingEnvironment environment, Log log) {
  TimingCache cache(std::move(environment));
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return cache;
  if (S_ISREG(info.st_mode) && info.st_size == 0) return cache;
  auto text = read_file(path, max_bytes);
  if (!text) return std::move(text).error().in(fmt::format("reading the timing cache '{}'", path));
  PHAROS_TRY(cache.parse(path, {reinterpret_cast<const char*>(text->data), text->size}, log));
  return cache;
}

Result<void> TimingCache::save(const std::string& path) const {
  const FileLock lock = PHAROS_TRY(FileLock::beside(path));
  TimingCache present = PHAROS_TRY(load(path, {}, Log()));
  present.merge(*this, true);
  for (const auto& id : dropped_) present.entries_.erase(id);
  return write_file(path, std::string_view(file_text(present.entries_)));
}

std::optional<double> TimingCache::find(const std::string& key) const {
  const auto it = entries_.find({one_line(key), here_});
  return it == entries_.end() ? std::nullopt : std::optional(double(it->second) * 1e-6);
}

void TimingCache::put(const std::string& key, double milliseconds) {
  const double ns = std::clamp(milliseconds * 1e6, 0.0, double(std::numeric_limits<int64_t>::max() / 2));
  entries_.insert_or_assign({one_line(key), here_}, int64_t(std::llround(ns)));
  changed_ = true;
}

// The entry that comes nearest tells what differs.
void TimingCache::put_refused(const std::string& key) {
  entries_.insert_or_assign({one_line(key), here_}, refused);
  changed_ = true;
}

std::string TimingCache::why_missing(const std::string& key) const {
  if (entries_.empty()) return "the cache is empty";
  const std::string line = one_line(key);
  std::string nearest;
  for (auto it = entries_.lower_bound({line, ""}); it != entries_.end() && it->first.first == line; ++it) {
    const std::string difference = TimingEnvironment::parse(it->first.second)->difference(environment_);
    if (nearest.empty() || difference.size() < nearest.size()) nearest = difference;
  }
  return nearest.empty() ? "never timed" : "timed elsewhere: " + nearest;
}

size_t TimingCache::merge(const TimingCache& other, bool replace) {
  size_t changes = 0;
  for (const auto& [id, ns] : other.entries_) {
    const auto [it, added] = entries_.try_emplace(id, ns);
    if (added) ++changes;
    else if (replace && it->second != ns) { it->second = ns; ++changes; }
  }
  changed_ = changed_ || changes > 0;
  return changes;
}

size_t TimingCache::prune(const std::function<bool(const std::string&, const std::string&)>& drop) {
  size_t dropped = 0;
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (!drop(it->first.first, it->first.second)) { ++it; continue; }
    dropped_.push_back(it->first);
    it = entries_.erase(it);
    ++dropped;
  }
  changed_ = changed_ || dropped > 0;
  return dropped;
}

}  // namespace pharos
