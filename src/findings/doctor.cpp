#include "findings/doctor.h"

#include <cctype>
#include <map>

#include "catalog/doctor.h"

namespace pharos {

Doctor::Doctor() : Doctor(builtin_dialects(), builtin_facts(), builtin_rules()) {}

Doctor::Doctor(DialectSet dialects, FactSet facts, RuleSet rules)
    : dialects_(std::move(dialects)), facts_(std::move(facts)), rules_(std::move(rules)) {
  index();
}

Doctor::~Doctor() = default;

// Every literal once, with all that wait for it.
void Doctor::index() {
  std::map<std::string, uint32_t> known;
  std::vector<std::string> literals;
  const auto number = [&](std::string_view literal) {
    std::string folded(literal);
    for (char& c : folded) c = char(std::tolower(uint8_t(c)));
    const auto [at, fresh] = known.emplace(folded, uint32_t(literals.size()));
    if (fresh) {
      literals.push_back(folded);
      listeners_.emplace_back();
    }
    return at->second;
  };
  for (uint32_t f = 0; f < facts_.all().size(); ++f) listeners_[number(facts_.all()[f].literal)].facts.push_back(f);
  for (uint32_t r = 0; r < rules_.all().size(); ++r) {
    if (rules_.all()[r].diagnostic == &diag::log_unknown_error) unknown_error_ = r;
    if (rules_.all()[r].diagnostic == &diag::log_unknown_warning) unknown_warning_ = r;
    if (rules_.all()[r].diagnostic == &diag::log_exception) exception_ = r;
    if (rules_.all()[r].own_record) {
      const Diagnostic& d = *rules_.all()[r].diagnostic;
      own_rules_.emplace(d.code, r);
      // Warnings and errors are seen by their head; what is below has to be searched for, in text and JSON.
      if (d.severity > Severity::Warning) {
        number("] [" + std::string(d.code) + "]");
        if (d.slug.size() >= Prefilter::min_length) number(d.slug);
      }
    }
    for (uint32_t t = 0; t < rules_.all()[r].triggers.size(); ++t) {
      const uint32_t n = number(rules_.all()[r].triggers[t].literal);
      listeners_[n].triggers.push_back({r, t});
    }
  }
  prefilter_ = std::make_unique<Prefilter>(std::move(literals));
}

std::optional<uint32_t> Doctor::own_rule(std::string_view code) const {
  const auto found = own_rules_.find(code);
  return found == own_rules_.end() ? std::nullopt : std::optional(found->second);
}

Diagnosis Doctor::examine_text(std::string_view text, const std::string& name) const {
  const auto source = memory_source(text);
  Examination examination(*this, name);
  (void)examination.read(*source);  // memory does not fail
  return examination.finish();
}

}  // namespace pharos
