#pragma once
// Measured times, kept between builds, processes and models. An entry is addressed by its content: the problem, layouts,
// tactic and configuration (the key) and the environment it was measured in. It is either exactly right or not found.
//
// File: a header line, then one line "nanoseconds<TAB>environment<TAB>key<TAB>check" per entry, sorted; `check` is a hash
// of what stands before it, so a damaged entry is dropped by itself. Entries of other environments are kept for those who
// can use them. Saving holds a lock on the folder, merges with what the file holds by then, writes beside and renames:
// writers at the same time lose nothing, and a crash leaves the old file.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "tactics/tactic.h"

namespace pharos {

// What times depend on besides the work: version, instruction set, threads, processor.
struct TimingEnvironment {
  std::string version, isa, threads, cpu;
  std::string text() const;  // "0.1.0;x86-64-v4;2;AMD EPYC"
  static std::optional<TimingEnvironment> parse(std::string_view text);
  // "by Pharos 0.0.9 instead of 0.1.0, with 1 thread(s) instead of 2"
  std::string difference(const TimingEnvironment& wanted) const;
  friend bool operator==(const TimingEnvironment&, const TimingEnvironment&) = default;
};
TimingEnvironment timing_environment(const Device& device);

class TimingCache {
 public:
  static constexpr int64_t refused = -1;
  using Entries = std::map<std::pair<std::string, std::string>, int64_t>;  // (key, environment) → nanoseconds, or refused

  TimingCache() = default;
  explicit TimingCache(TimingEnvironment environment) : environment_(std::move(environment)), here_(environment_.text()) {}

  // A file that does not exist is an empty cache. What cannot be used is reported and left out, entry by entry; a file
  // that is no timing cache at all is an error, because saving would destroy it.
  static Result<TimingCache> load(const std::string& path, TimingEnvironment environment, Log log);
  Result<void> save(const std::string& path) const;

  // Milliseconds, measured in this environment; negative: it could not be prepared.
  std::optional<double> find(const std::string& key) const;
  void put(const std::string& key, double milliseconds);
  void put_refused(const std::string& key);
  std::string why_missing(const std::string& key) const;
  bool changed() const { return changed_; }

  // For those who look inside or combine files.
  const Entries& entries() const { return entries_; }
  size_t merge(const TimingCache& other, bool replace);  // how many entries were new or changed
  size_t prune(const std::function<bool(const std::string& key, const std::string& environment)>& drop);
  static std::string address(const std::string& key, const std::string& environment);  // 16 hexadecimal digits

 private:
  Result<void> parse(const std::string& path, std::string_view text, Log log);
  TimingEnvironment environment_;
  std::string here_;
  Entries entries_;
  std::vector<std::pair<std::string, std::string>> dropped_;  // by prune; a save leaves them out
  bool changed_ = false;
};

}  // namespace pharos
