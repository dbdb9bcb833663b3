#include "builder/timing_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <charconv>
#include <cmath>

#include "base/files.h"
#include "base/hash.h"
#include "catalog/build.h"

namespace pharos {
namespace {

constexpr std::string_view header = "pharos-timing-cache 1\n";
constexpr int64_t max_bytes = int64_t{256} << 20;

std::string line_of(std::string_view key, double ms) {
  // Nanoseconds as an integer: the text says exactly what a later build will read.
  const std::string head = fmt::format("{}\t{}", key, int64_t(std::llround(ms * 1e6)));
  return fmt::format("{}\t{:016x}\n", head, hash64(head));
}

std::string file_text(const std::map<std::string, double, std::less<>>& entries) {
  std::string text(header);
  for (const auto& [key, ms] : entries) text += line_of(key, ms);
  return text;
}

}  // namespace

size_t TimingCache::parse(std::string_view text) {
  if (!text.starts_with(header)) return text.empty() ? 0 : 1;
  text.remove_prefix(header.size());
  size_t rejected = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    text.remove_prefix(line.size());
    const size_t first = line.find('\t'), second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    int64_t ns = -1;
    if (second != std::string_view::npos) std::from_chars(line.data() + first + 1, line.data() + second, ns);
    if (ns < 0 || line != line_of(line.substr(0, first), double(ns) * 1e-6)) ++rejected;
    else entries_.emplace(std::string(line.substr(0, first)), double(ns) * 1e-6);
  }
  return rejected;
}

TimingCache TimingCache::load(const std::string& path, Log log) {
  TimingCache cache;
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return cache;
  auto text = read_file(path, max_bytes);
  if (!text) {
    log.report(diag::timing_cache_rejected, {{"file", path}, {"details", text.error().message()}});
    return cache;
  }
  if (const size_t rejected = cache.parse({reinterpret_cast<const char*>(text->data), text->size}))
    log.report(diag::timing_cache_rejected, {{"file", path}, {"details", fmt::format("{} damaged or foreign line(s) left out", rejected)}});
  return cache;
}

Result<void> TimingCache::save(const std::string& path) const {
  TimingCache merged = load(path, Log());
  for (const auto& [key, ms] : entries_) merged.entries_.insert_or_assign(key, ms);
  const std::string text = file_text(merged.entries_);
  return write_file(path, std::string_view(text));
}

const double* TimingCache::find(const std::string& key) const {
  const auto it = entries_.find(key);
  return it == entries_.end() ? nullptr : &it->second;
}

void TimingCache::put(const std::string& key, double milliseconds) {
  entries_.insert_or_assign(key, double(std::llround(milliseconds * 1e6)) * 1e-6);
  changed_ = true;
}

}  // namespace pharos
