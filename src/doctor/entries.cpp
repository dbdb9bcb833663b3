#include <algorithm>

#include "doctor/shared.h"

namespace pharos::doctor {

// Several rules may lead to one diagnostic.
std::vector<Entry> entries() {
  std::vector<Entry> out;
  for (const Rule& rule : shared_doctor().rules().all()) {
    auto at = std::find_if(out.begin(), out.end(), [&](const Entry& e) { return e.diagnostic == rule.diagnostic; });
    if (at == out.end()) at = out.insert(out.end(), {.diagnostic = rule.diagnostic, .category = rule.category, .role = rule.role});
    if (at->reference.empty()) at->reference = rule.reference;
    for (const RuleSample& s : rule.samples) {
      if (s.fires) at->examples.push_back(s.log);
    }
    for (const Trigger& t : rule.triggers) {
      if (std::find(at->literals.begin(), at->literals.end(), t.literal) == at->literals.end()) at->literals.push_back(t.literal);
    }
  }
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.diagnostic->code < b.diagnostic->code; });
  return out;
}

std::optional<Entry> find_entry(std::string_view code_or_slug) {
  for (Entry& e : entries()) {
    if (e.diagnostic->code == code_or_slug || e.diagnostic->slug == code_or_slug) return std::move(e);
  }
  return std::nullopt;
}

}  // namespace pharos::doctor
