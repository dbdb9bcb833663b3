#include <set>

#include <fmt/format.h>

#include "doctor/shared.h"

namespace pharos::doctor {

struct Session::State {
  explicit State(std::string name) : examination(shared_doctor(), std::move(name)) {}

  void feed(std::string_view bytes) {
    const auto source = memory_source(bytes);
    (void)examination.read(*source);  // memory does not fail
  }

  // What the last calls have brought, without those told before.
  std::vector<Finding> untold(const std::vector<Finding>& findings) {
    std::vector<Finding> out;
    for (const Finding& f : findings) {
      if (told.insert(fmt::format("{}/{}", f.run, f.code)).second) out.push_back(f);
      for (Finding& c : untold(f.consequences)) out.push_back(std::move(c));
    }
    return out;
  }

  Examination examination;
  std::set<std::string> told;  // run/code: as many as there are codes and runs
};

Session::Session(std::string name) : state_(std::make_unique<State>(std::move(name))) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

void Session::feed(std::string_view bytes) { state_->feed(bytes); }

void Session::message(Severity severity, std::string_view text) {
  std::string line = fmt::format("[{}] [TRT] ", severity_letter(severity));
  line += text;
  line += '\n';
  state_->feed(line);
  state_->examination.settle();
}

Diagnosis Session::diagnosis() const { return made_public(state_->examination.diagnosis()); }

std::vector<Finding> Session::fresh(Language language) { return state_->untold(diagnosis().findings(language)); }

Diagnosis Session::finish() { return made_public(state_->examination.finish()); }

}  // namespace pharos::doctor
