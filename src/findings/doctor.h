#pragma once
// The doctor: logs in, diagnosis out. Built once (patterns are compiled), then used for any number of logs; one log at a
// time per `Examination`. A Doctor is immutable and may be shared by threads.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "dialects/dialect.h"
#include "facts/fact.h"
#include "findings/finding.h"
#include "findings/rule.h"
#include "logs/byte_source.h"
#include "logs/prefilter.h"

namespace pharos {

struct Export;

class Doctor {
 public:
  Doctor();  // the built-in dialects, facts and rules
  Doctor(DialectSet dialects, FactSet facts, RuleSet rules);
  ~Doctor();
  Doctor(const Doctor&) = delete;
  Doctor& operator=(const Doctor&) = delete;

  const DialectSet& dialects() const { return dialects_; }
  const FactSet& facts() const { return facts_; }
  const RuleSet& rules() const { return rules_; }
  const Prefilter& prefilter() const { return *prefilter_; }

  struct FactRef { uint32_t fact; };
  struct TriggerRef { uint32_t rule, trigger; };
  struct Listeners { std::vector<uint32_t> facts; std::vector<TriggerRef> triggers; };
  const Listeners& listeners(uint32_t literal) const { return listeners_[literal]; }
  // The rule for records of Pharos' own log with this code, if there is one.
  std::optional<uint32_t> own_rule(std::string_view code) const;
  // The rules for severe messages that no other knows.
  std::optional<uint32_t> unknown_error_rule() const { return unknown_error_; }
  std::optional<uint32_t> unknown_warning_rule() const { return unknown_warning_; }
  std::optional<uint32_t> exception_rule() const { return exception_; }  // for exceptions that no other knows

  // A log, or a JSON export alone (exports/).
  Result<Diagnosis> examine_file(const std::string& path) const;
  // Logs with the JSON exports beside them, one diagnosis for each log. An export belongs to the log named before it, those
  // before the first log to that one; without a log the exports are examined together. A second export of one kind begins
  // a diagnosis of its own. The first file that cannot be read, or is empty, is the error; with `unreadable` each such
  // file goes there, and the others are examined.
  Result<std::vector<Diagnosis>> examine_files(std::span<const std::string> paths) const;
  std::vector<Diagnosis> examine_files(std::span<const std::string> paths, std::vector<Report>& unreadable) const;
  // A log as a stream; PH9006 where it is empty. What is damaged further on is a remark.
  Result<Diagnosis> examine(ByteSource& source, const std::string& name) const;
  Diagnosis examine_text(std::string_view text, const std::string& name = "log") const;

 private:
  void index();
  DialectSet dialects_;
  FactSet facts_;
  RuleSet rules_;
  std::unique_ptr<Prefilter> prefilter_;
  std::vector<Listeners> listeners_;
  std::map<std::string_view, uint32_t> own_rules_;  // by code
  std::optional<uint32_t> unknown_error_, unknown_warning_, exception_;
};

// One log under examination: bytes may come in pieces (a followed file).
class Examination {
 public:
  Examination(const Doctor& doctor, std::string file);
  ~Examination();
  Result<void> read(ByteSource& source);
  // What a file beside the log tells, to the last measured run that does not contradict it; a remark where all do.
  void attach(const Export& file);
  int64_t bytes() const;  // read so far
  // What is known so far. `settle` ends the message that may still go on (a log that is quiet); `finish` the last line too.
  Diagnosis diagnosis() const;
  void settle();
  Diagnosis finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pharos
