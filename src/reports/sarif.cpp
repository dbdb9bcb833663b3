// SARIF 2.1.0: findings as results with places in the log, diagnostics as rules, the gate's answer as notifications.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/json.h"
#include "reports/formats.h"

namespace pharos {
namespace {

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string_view level_of(Severity s) {
  return s <= Severity::Error ? "error" : s == Severity::Warning ? "warning" : "note";
}

// RFC 3986: what is no letter, digit or mark of a path is percent-encoded.
std::string uri(std::string_view path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", unsigned(uint8_t(c)));
  }
  return out;
}

// The text of a rule has places for what a log fills in: "{layer}" reads "<layer>".
std::string unfilled(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '{', '<');
  std::replace(out.begin(), out.end(), '}', '>');
  return out;
}

// What stays the same when the log is made again: numbers (times, addresses, sizes) and the place do not count.
std::string fingerprint(const Finding& f) {
  std::string text(f.report.code());
  const std::string line = f.evidence.empty() ? f.message(Language::English) : f.evidence[0].text;
  bool digits = false;
  for (const char c : line) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) text += c;
    else if (!digits) text += '#';
    digits = digit;
  }
  return hex64(hash64(text));
}

class Writer {
 public:
  Writer(Diagnoses logs, const ReportOptions& o) : logs_(logs), o_(o), l_(o.language) {
    for (const Diagnosis& d : logs) files_.insert(files_.end(), d.files.begin(), d.files.end());
    for (const Placed& p : ranked(logs)) {
      if (o.all || !is_minor(*p.finding)) results_.push_back(p);
    }
    for (const Placed& p : results_) {
      const Diagnostic* d = &p.finding->report.diagnostic();
      if (rule_index_.emplace(d, rules_.size()).second) rules_.push_back(p.finding);
    }
  }

  std::string report() {
    j_.begin_object().member("$schema", schema).member("version", "2.1.0").key("runs").begin_array().begin_object();
    tool();
    j_.member("language", l_ == Language::Chinese ? "zh-CN" : "en").member("columnKind", "unicodeCodePoints");
    invocation();
    j_.key("artifacts").begin_array();
    for (const std::string& file : files_) {
      j_.begin_object();
      location("location", file);
      j_.key("roles").begin_array().value("analysisTarget").end_array().end_object();
    }
    j_.end_array().key("results").begin_array();
    for (const Placed& p : results_) result(p);
    j_.end_array().key("properties").begin_object().member("verdict", category_name(verdict_of(logs_)));
    if (!o_.gate.empty()) j_.member("gatePassed", gate_passed(o_.gate));
    j_.end_object().end_object().end_array().end_object();
    return j_.text() + "\n";
  }

 private:
  void text(std::string_view name, std::string_view value) {
    j_.key(name).begin_object().member("text", value).end_object();
  }

  void tool() {
    j_.key("tool")
        .begin_object()
        .key("driver")
        .begin_object()
        .member("name", "pharos doctor")
        .member("version", PHAROS_VERSION)
        .key("rules")
        .begin_array();
    for (const Finding* f : rules_) rule(*f);
    j_.end_array().end_object().end_object();
  }

  void rule(const Finding& f) {
    const Diagnostic& d = f.report.diagnostic();
    const std::string cause = unfilled(d.cause.in(l_)), remedy = unfilled(d.remedy.in(l_));
    std::string steps;
    for (const char c : remedy) steps += c == '\n' ? std::string("\n- ") : std::string(1, c);
    j_.begin_object().member("id", d.code).member("name", d.slug);
    text("shortDescription", d.title.in(l_));
    text("fullDescription", cause);
    text("help", fmt::format("{}\n\n- {}\n\npharos explain {}", cause, steps, d.code));
    j_.key("defaultConfiguration").begin_object().member("level", level_of(f.severity)).end_object();
    j_.key("properties")
        .begin_object()
        .member("category", category_name(f.category))
        .key("tags")
        .begin_array()
        .value(category_name(f.category))
        .end_array();
    j_.end_object().end_object();
  }

  // The artifact that `file` is.
  void location(std::string_view name, std::string_view file) {
    j_.key(name).begin_object().member("uri", uri(file));
    const auto known = std::find(files_.begin(), files_.end(), file);
    if (known != files_.end()) j_.member("index", known - files_.begin());
    j_.end_object();
  }

  void place(const Evidence& e) {
    j_.key("physicalLocation").begin_object();
    location("artifactLocation", e.file);
    if (e.line > 0) {
      j_.key("region").begin_object().member("startLine", e.line);
      text("snippet", printable(e.text));
      j_.end_object();
    }
    j_.end_object();
  }

  void result(const Placed& p) {
    const Finding& f = *p.finding;
    const bool harmless = f.role == Role::Harmless;
    j_.begin_object().member("ruleId", f.report.code()).member("ruleIndex", rule_index_.at(&f.report.diagnostic()));
    j_.member("kind", harmless ? "informational" : "fail").member("level", harmless ? "none" : level_of(f.severity));
    text("message", message(f));
    j_.key("locations").begin_array().begin_object();
    place(f.evidence.empty() ? Evidence{.file = p.file()} : f.evidence[0]);
    j_.end_object().end_array();
    related(f);
    const std::string print = fingerprint(f);
    j_.key("partialFingerprints")
        .begin_object()
        .member("pharosFinding/v1", fmt::format("{}:{}", print, ++seen_[p.file() + print]))
        .end_object();
    j_.member("rank", f.confidence * 100).member("occurrenceCount", f.count);
    suppressions(f);
    j_.key("properties").begin_object().member("category", category_name(f.category)).member("role", role_name(f.role));
    j_.member("phase", phase_name(f.stage)).member("run", p.run_number).end_object().end_object();
  }

  std::string message(const Finding& f) const {
    std::string out = printable(f.message(l_)) + "\n\n" + printable(f.cause(l_));
    const std::string steps = numbered_remedy(f, l_);
    return steps.empty() ? out : out + "\n\n" + steps;
  }

  // Further evidence, and what followed.
  void related(const Finding& f) {
    j_.key("relatedLocations").begin_array();
    int64_t id = 0;
    for (size_t i = 1; i < f.evidence.size(); ++i) {
      j_.begin_object().member("id", ++id);
      place(f.evidence[i]);
      j_.end_object();
    }
    for (const Finding& c : f.consequences) {
      if (c.evidence.empty()) continue;
      j_.begin_object().member("id", ++id);
      place(c.evidence[0]);
      text("message", fmt::format("{} {}", c.report.code(), printable(c.message(l_))));
      j_.end_object();
    }
    j_.end_array();
  }

  // With a gate each result says whether it was waived; without one the member is left out, as the standard has it.
  void suppressions(const Finding& f) {
    if (o_.gate.empty()) return;
    j_.key("suppressions").begin_array();
    for (const Verdict& v : o_.gate) {
      for (const Objection& w : v.waived) {
        if (w.finding == &f)
          j_.begin_object()
              .member("kind", "external")
              .member("status", "accepted")
              .member("justification", printable(w.message(l_)))
              .end_object();
      }
    }
    j_.end_array();
  }

  // `file` is empty where it is none of those that were read.
  void notification(const Report& r, std::string_view file, std::string_view level) {
    j_.begin_object().key("descriptor").begin_object().member("id", r.code()).end_object().member("level", level);
    text("message", printable(r.message(l_)));
    if (!file.empty()) {
      j_.key("locations").begin_array().begin_object();
      place({.file = std::string(file)});
      j_.end_object().end_array();
    }
    j_.end_object();
  }

  // Another file that was named could not be read.
  bool unread() const {
    return std::any_of(logs_.begin(), logs_.end(), [](const Diagnosis& d) {
      return std::any_of(d.remarks.begin(), d.remarks.end(),
                         [](const Report& r) { return r.diagnostic().severity <= Severity::Error; });
    });
  }

  // What the doctor has to say about reading and about the gate.
  void invocation() {
    constexpr int exit_unreadable = 3;
    j_.key("invocations")
        .begin_array()
        .begin_object()
        .member("executionSuccessful", !unread())
        .member("exitCode", unread() ? exit_unreadable : gate_passed(o_.gate) ? 0 : 1);
    j_.key("toolExecutionNotifications").begin_array();
    for (size_t i = 0; i < logs_.size(); ++i) {
      for (const Report& r : logs_[i].remarks)
        notification(r, r.diagnostic().severity <= Severity::Error ? "" : logs_[i].files.front(),
                     level_of(r.diagnostic().severity));
      if (i >= o_.gate.size()) continue;
      for (const Objection& r : o_.gate[i].reasons) notification(r, logs_[i].files.front(), "error");
      for (const Objection& w : o_.gate[i].waived) notification(w, logs_[i].files.front(), "note");
    }
    j_.end_array().end_object().end_array();
  }

  Diagnoses logs_;
  const ReportOptions& o_;
  Language l_;
  Json j_{2};
  std::vector<std::string> files_;  // logs and what was read beside them
  std::vector<Placed> results_;
  std::vector<const Finding*> rules_;  // a finding of each
  std::map<const Diagnostic*, size_t> rule_index_;
  std::map<std::string, int> seen_;
};

}  // namespace

std::string sarif_report(Diagnoses logs, const ReportOptions& o) { return Writer(logs, o).report(); }

}  // namespace pharos
