#pragma once
// What the doctor says about a log.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facts/log_model.h"
#include "pharos/doctor.h"

namespace pharos {

using doctor::Category;
using doctor::category_name;
using doctor::Evidence;
using doctor::Role;
Text category_title(Category c);

// "{name}" is replaced by the argument of that name, in Chinese by that of "name_zh" where there is one; one that is
// missing becomes "?".
std::string filled(std::string_view text, const Arguments& arguments, Language language = Language::English);

struct Finding {
  Report report;                       // which diagnostic, with its arguments
  Category category = Category::Clean;
  Severity severity = Severity::Info;
  Role role = Role::Cause;
  double confidence = 0.8;             // 0 to 1: that this is what the messages mean
  int rank = 50;                       // among findings of one severity: higher is told first
  std::vector<Evidence> evidence;      // the line that carries the cause first
  int64_t count = 1;                   // messages of this kind
  Stage stage = Stage::None;
  std::vector<Finding> consequences;

  std::string title(Language l) const { return std::string(report.diagnostic().title.in(l)); }
  std::string message(Language l) const { return filled(report.diagnostic().message.in(l), report.arguments(), l); }
  std::string cause(Language l) const;
  std::vector<std::string> remedy(Language l) const;  // steps
  std::string_view reference() const;                  // where to read on; may be empty
  std::string_view reference_text;                     // set by the rule
};

// Whether `a` is told before `b`: causes and warnings first, then notes, then what is harmless; within these the more
// severe, then the higher rank. Neither is before the other where only their place in the log can decide.
bool told_before(const Finding& a, const Finding& b);

// Whether it may name the verdict: a defect, or the subject of a log that has none (a profile, a calibration).
bool decides_verdict(const Finding& f);

// One build or run in a log.
struct RunDiagnosis {
  LogModel log;
  std::vector<Finding> findings;       // best first: causes by severity, then notes, then harmless messages
};

struct Diagnosis {
  std::vector<std::string> files;
  std::vector<RunDiagnosis> runs;
  int64_t lines = 0, bytes = 0;
  std::vector<Report> remarks;         // about reading: cut lines, a file that ended in the middle

  Category verdict() const;
  const Finding* top() const;          // over all runs; null where the log is clean
};

}  // namespace pharos
