#pragma once
// Times of candidates, kept between builds: key → milliseconds. The key holds everything a time depends on (problem,
// layouts, tactic, configuration, threads, processor, Pharos version), so an entry is either right or not found.
//
// File: one line "key<TAB>milliseconds<TAB>check" per entry, sorted by key; `check` is a hash of the line's first two
// fields, so a damaged entry is dropped by itself. Written beside, then renamed; merged with what is there.

#include <map>
#include <string>

#include "base/log.h"

namespace pharos {

class TimingCache {
 public:
  // A file that does not exist is an empty cache; damaged entries are counted in a warning and left out.
  static TimingCache load(const std::string& path, Log log);
  // Merges with the file's present entries (ours win) and replaces it.
  Result<void> save(const std::string& path) const;

  const double* find(const std::string& key) const;
  void put(const std::string& key, double milliseconds);
  size_t size() const { return entries_.size(); }
  bool changed() const { return changed_; }

 private:
  size_t parse(std::string_view text);  // returns how many lines were rejected
  std::map<std::string, double, std::less<>> entries_;
  bool changed_ = false;
};

}  // namespace pharos
