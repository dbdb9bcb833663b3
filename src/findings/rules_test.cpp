// Every rule proves itself on its samples, and no rule fires on the samples of another where it should not.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "catalog/catalog.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

const Doctor& doctor() {
  static const Doctor d;
  return d;
}

void collect(const std::vector<Finding>& findings, std::vector<const Finding*>& out) {
  for (const Finding& f : findings) {
    out.push_back(&f);
    collect(f.consequences, out);
  }
}

std::vector<const Finding*> all_findings(const Diagnosis& d) {
  std::vector<const Finding*> out;
  for (const RunDiagnosis& run : d.runs) collect(run.findings, out);
  return out;
}

TEST(Rules, TablesAreSound) {
  for (const std::string& fault : doctor().rules().faults()) ADD_FAILURE() << fault;
  for (const Rule& r : doctor().rules().all()) {
    if (r.triggers.empty()) continue;
    EXPECT_TRUE(std::any_of(r.samples.begin(), r.samples.end(), [](const RuleSample& s) { return s.fires; })) << r.diagnostic->slug << ": no positive sample";
    EXPECT_TRUE(std::any_of(r.samples.begin(), r.samples.end(), [](const RuleSample& s) { return !s.fires; })) << r.diagnostic->slug << ": no negative sample";
  }
}

TEST(Rules, SamplesFireTheirRuleAndOnlyTheirs) {
  for (const Rule& r : doctor().rules().all()) {
    for (const RuleSample& s : r.samples) {
      const Diagnosis d = doctor().examine_text(s.log);
      const auto found = all_findings(d);
      const bool fired = std::any_of(found.begin(), found.end(), [&](const Finding* f) { return &f->report.diagnostic() == r.diagnostic; });
      EXPECT_EQ(fired, s.fires) << r.diagnostic->slug << " on: " << s.log;
      // Told by its own rule: a positive sample of a cause is headed by that cause.
      if (s.fires && r.role == Role::Cause && r.diagnostic->severity <= Severity::Warning && d.top()) {
        EXPECT_EQ(d.top()->report.code(), r.diagnostic->code) << "another rule takes the sample of " << r.diagnostic->slug << ": " << s.log;
      }
    }
  }
}

TEST(Rules, TextsAreComplete) {
  for (const Rule& r : doctor().rules().all()) {
    const Diagnostic& d = *r.diagnostic;
    EXPECT_EQ(find_diagnostic(d.code), &d) << d.code << " is not in the catalogue";
    for (const Text* t : {&d.title, &d.message, &d.cause, &d.remedy}) {
      EXPECT_FALSE(t->en.empty()) << d.code;
      EXPECT_FALSE(t->zh.empty()) << d.code;
    }
    for (const RuleSample& s : r.samples) {
      if (!s.fires) continue;
      const Diagnosis diagnosis = doctor().examine_text(s.log);
      for (const Finding* f : all_findings(diagnosis)) {
        if (&f->report.diagnostic() != r.diagnostic) continue;
        for (const Language l : {Language::English, Language::Chinese}) {
          EXPECT_EQ(f->message(l).find('{'), std::string::npos) << d.code << ": " << f->message(l) << " on " << s.log;
          EXPECT_FALSE(f->remedy(l).empty()) << d.code;
        }
      }
    }
  }
}

TEST(Dialects, SamplesParse) {
  for (const Dialect& d : doctor().dialects().all()) {
    EXPECT_FALSE(d.samples.empty()) << d.name;
    for (const DialectSample& s : d.samples) {
      const ParsedLine p = doctor().dialects().parse(s.line);
      EXPECT_TRUE(p.prefixed) << s.line;
      EXPECT_EQ(p.level, s.level) << s.line;
      EXPECT_EQ(p.text, s.text) << s.line;
    }
  }
}

TEST(Facts, LiteralsAreLongEnough) {
  for (const Fact& f : doctor().facts().all()) EXPECT_GE(f.literal.size(), Prefilter::min_length) << f.name << ": " << f.literal;
}

}  // namespace
}  // namespace pharos
