#include "pharos/diagnostics.h"

#include <array>

namespace pharos {
namespace {

constexpr std::array<std::string_view, 9> stages{"none", "parse", "optimize", "precision", "tune", "serialize",
                                                 "load", "run", "verify"};
constexpr std::array<std::string_view, 5> severities{"INTERNAL_ERROR", "ERROR", "WARNING", "INFO", "VERBOSE"};

}  // namespace

std::string_view stage_name(Stage s) { return size_t(s) < stages.size() ? stages[size_t(s)] : stages[0]; }

std::string_view severity_name(Severity s) {
  return size_t(s) < severities.size() ? severities[size_t(s)] : severities[0];
}

char severity_letter(Severity s) { return size_t(s) < severities.size() ? "FEWIV"[size_t(s)] : 'F'; }

std::string_view Report::argument(std::string_view name) const {
  for (const auto& [key, value] : arguments_)
    if (key == name) return value;
  return {};
}

// A placeholder without argument stays as it stands: better a visible gap than a message that reads wrong.
std::string Report::message(Language language) const {
  const std::string_view text = diagnostic_->message.in(language);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t close = text[i] == '{' ? text.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) { out += text[i++]; continue; }
    const std::string_view name = text.substr(i + 1, close - i - 1);
    const std::string* found = nullptr;
    for (const auto& [key, value] : arguments_) {
      if (!found && key == name) found = &value;
      if (language == Language::Chinese && key.ends_with("_zh") && std::string_view(key).substr(0, key.size() - 3) == name) {
        found = &value;
        break;
      }
    }
    out += found ? *found : text.substr(i, close - i + 1);
    i = close + 1;
  }
  return out;
}

std::string Report::text(Language language) const {
  std::string out = "[" + std::string(diagnostic_->code) + "] " + message(language);
  if (context_.empty()) return out;
  out += " (";
  for (size_t i = 0; i < context_.size(); ++i) out += (i ? ", " : "") + context_[i];
  return out + ")";
}

}  // namespace pharos
