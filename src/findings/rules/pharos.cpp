// Pharos' own diagnostics, met in its logs: each is a finding with its own cause and remedy, in the doctor's categories.

#include <algorithm>
#include <initializer_list>

#include "catalog/catalog.h"
#include "findings/judging.h"

namespace pharos {
namespace {

struct Codes { Category category; std::initializer_list<std::string_view> codes; };

// Where the layer of a code is too wide to tell.
const Codes exceptions[] = {
    {Category::Crash, {"PH0001", "PH0142", "PH2001", "PH2204", "PH2205", "PH2308"}},
    {Category::OutOfMemory, {"PH0002", "PH2107", "PH6006", "PH6007"}},
    {Category::ApiMisuse, {"PH0101", "PH0102", "PH0103", "PH0104", "PH0105", "PH0106", "PH0107", "PH0110", "PH0111", "PH0130", "PH0131", "PH0132",
                           "PH0133", "PH1112", "PH2110", "PH2202", "PH2302", "PH2304", "PH2306", "PH2307", "PH2309", "PH2310", "PH2311", "PH4111"}},
    {Category::DynamicShape, {"PH0113", "PH0118", "PH0134", "PH1106", "PH4101", "PH4102", "PH6003", "PH6008", "PH6012"}},
    {Category::UnsupportedOp, {"PH1010", "PH1035", "PH1101", "PH1102", "PH1103", "PH1104", "PH1105", "PH1120", "PH2106", "PH2108", "PH2109"}},
    {Category::ParseError, {"PH0003", "PH0014", "PH0015"}},
    {Category::Precision, {"PH0116", "PH0140", "PH1108", "PH1109", "PH1110", "PH2208", "PH4110"}},
    {Category::Performance, {"PH0117", "PH0141", "PH1107", "PH2203", "PH8001", "PH8002", "PH8003"}},
    {Category::NoImplementation, {"PH2305", "PH4001", "PH4108"}},
    {Category::EngineMismatch, {"PH2303", "PH6009", "PH6011"}},
    {Category::Environment, {"PH2206", "PH2301", "PH4107", "PH4109", "PH4204", "PH4206"}},
};

Category category_of(const Diagnostic& d) {
  for (const Codes& e : exceptions) {
    if (std::find(e.codes.begin(), e.codes.end(), d.code) != e.codes.end()) return e.category;
  }
  switch (d.layer) {
    case Layer::Import: case Layer::Graph: return Category::ParseError;
    case Layer::Precision: return Category::Precision;
    case Layer::Tactics: return Category::Performance;
    case Layer::Engine: return Category::EngineMismatch;
    case Layer::Runtime: return Category::ApiMisuse;
    case Layer::General: case Layer::Serving: case Layer::Environment: case Layer::Doctor: return Category::Environment;
  }
  return Category::Environment;
}

// Several records of one code that differ in what they are about: one finding that names them all.
std::optional<Finding> named(const JudgeContext& c) {
  constexpr size_t shown = 4;
  constexpr std::string_view subjects[] = {"layer", "node", "op", "input", "inputs", "path", "file", "option", "operators", "name", "output"};
  Finding f = c.finding();
  for (const std::string_view subject : subjects) {
    const std::vector<std::string> values = distinct(all_hits(c), subject);
    if (values.size() > 1) set_argument(f, std::string(subject), listed(values, shown, Language::English));
  }
  return f;
}

// Follows from another record: the warnings that --fail-on-warning counts, what the caller cancelled.
bool is_consequence(const Diagnostic& d) { return d.slug == "warnings-fatal" || d.slug == "policy-code-found"; }

// Records that are facts and no findings: progress, sizes.
bool is_progress(const Diagnostic& d) { return d.slug == "stage-finished" || d.slug == "lint-memory"; }

}  // namespace

void define_pharos(RuleSet& rules) {
  for (const Diagnostic* d : all_diagnostics()) {
    const bool of_other_logs = d->layer == Layer::Doctor && (d->code >= "PH9100" || (d->code >= "PH9010" && d->code < "PH9020"));
    if (of_other_logs || d->severity > Severity::Info || is_progress(*d)) continue;
    rules.add({.diagnostic = d,
               .category = category_of(*d),
               .role = is_consequence(*d) ? Role::Consequence : d->severity == Severity::Info ? Role::Note : Role::Cause,
               .rank = 60,
               .confidence = 1,  // the code says it
               .own_record = true,
               .judge = named});
  }
}

}  // namespace pharos
