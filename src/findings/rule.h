#pragma once
// A rule recognises one diagnostic in the logs of others. Rules stand in tables, one file per subject:
// findings/rules/<subject>.cpp with `define_<subject>(RuleSet&)`; their texts are entries of the catalogue
// (catalog/log_<subject>.h).
//
// A trigger is a literal that must stand in a line (ASCII case ignored, at least Prefilter::min_length bytes, no quotes,
// tabs or backslashes: they look different inside JSON wrappers) and, where that is not enough, a pattern over the whole
// message, whose lines are joined by blanks. Named groups of the pattern become arguments of the report.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "findings/finding.h"
#include "logs/event.h"

namespace re2 { class RE2; }

namespace pharos {

struct Trigger {
  std::string_view literal;
  std::string_view pattern = {};       // RE2; empty: the literal is enough. (?i) where case may differ
};

struct RuleSample {
  std::string_view log;                // a line, or several with \n
  bool fires;
};

// A message that a trigger recognised.
struct Hit {
  size_t trigger = 0;
  Level level = Level::None;
  Stage stage = Stage::None;
  int64_t line = 0, order = 0;         // order: of its message among those of the run
  std::optional<double> time;
  std::string text;                    // the message, cut
  Arguments arguments;                 // named groups
  std::vector<Evidence> evidence;      // the line with the literal first
  std::string_view argument(std::string_view name) const;
};

struct Rule;
class HitLookup;

struct JudgeContext {
  const Rule& rule;
  std::span<const Hit> hits;           // the first ones, at most max_hits
  int64_t count;                       // all of them
  const LogModel& log;
  const HitLookup& others;
  // The finding as the rule declares it, from one hit; judges start from it.
  Finding finding(const Hit& hit) const;
  Finding finding() const;             // from the first hit, or without one
};

using Judge = std::optional<Finding> (*)(const JudgeContext&);

struct Rule {
  const Diagnostic* diagnostic = nullptr;
  Category category = Category::Clean;
  Role role = Role::Cause;
  int rank = 50;
  double confidence = 0.9;
  std::vector<Trigger> triggers;       // none: the judge looks at the facts of every log
  bool own_record = false;             // instead of triggers: records of Pharos' own log that bear the diagnostic's code
  Judge judge = nullptr;               // none: one finding from the first hit, with all hits as evidence
  // Diagnostics that follow from this one: where both are found, they become its consequences.
  std::vector<const Diagnostic*> explains = {};
  // How the finding is told as a consequence, with the same arguments; none: as itself.
  const Diagnostic* as_consequence = nullptr;
  // An error that the first error of a run may have caused (illegal access after a failed allocation, ...).
  bool may_follow_error = false;
  std::vector<RuleSample> samples;
  std::string_view reference = {};
};

// The hits of all rules of one run.
class HitLookup {
 public:
  virtual ~HitLookup() = default;
  virtual std::span<const Hit> hits(const Diagnostic& diagnostic) const = 0;
  virtual int64_t count(const Diagnostic& diagnostic) const = 0;
};

class RuleSet {
 public:
  static constexpr size_t max_hits = 64;  // of one rule and run that are kept; more are counted

  RuleSet();
  RuleSet(RuleSet&&) noexcept;
  ~RuleSet();
  void add(Rule rule);
  const std::vector<Rule>& all() const { return rules_; }
  // The hit of a trigger on a message, if its pattern agrees. `file` goes into the evidence.
  std::optional<Hit> match(size_t rule, size_t trigger, const LogEvent& event, const std::string& file) const;
  // Faults in the table: literals too short or with forbidden bytes, patterns that do not compile. For tests.
  std::vector<std::string> faults() const;

 private:
  std::vector<Rule> rules_;
  std::vector<std::vector<std::unique_ptr<re2::RE2>>> patterns_;
};

RuleSet builtin_rules();  // generated

}  // namespace pharos
