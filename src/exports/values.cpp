#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/exports.h"
#include "exports/readers.h"

namespace pharos {
namespace {

using Token = JsonReader::Token;

std::string shown(std::string_view key, double v) { return fmt::format("{} of {}", escape_control(key.substr(0, 60)), v); }

}  // namespace

Result<void> expect(JsonReader& r, Token wanted, std::string_view what) {
  if (PHAROS_TRY(r.next()) != wanted) return r.fault("another value", std::string(what));
  return {};
}

Result<double> lenient_quantity(JsonReader& r, std::string_view key) {
  const Token t = PHAROS_TRY(r.next());
  if (t == Token::Null) return std::nan("");
  if (t != Token::Number) return r.fault(fmt::format("{} without a number", escape_control(key.substr(0, 60))), "a number");
  if (std::isnan(r.number())) return r.number();
  if (!(std::abs(r.number()) <= max_milliseconds * 1e6)) return r.fault(shown(key, r.number()), "a value that a measurement can have");
  return r.number();
}

Result<double> quantity(JsonReader& r, std::string_view key) {
  const double v = PHAROS_TRY(lenient_quantity(r, key));
  if (!(v >= 0)) return r.fault(shown(key, v), "a number from 0 up");
  return v;
}

Result<std::string> text_value(JsonReader& r, std::string_view key) {
  if (PHAROS_TRY(r.next()) != Token::String) return r.fault(fmt::format("{} without a text", escape_control(key.substr(0, 60))), "a text in quotes");
  return r.text();
}

Report beyond(const JsonReader& r, std::string what, std::string limit) {
  return {diag::export_too_large, {{"path", r.name()}, {"line", std::to_string(r.line())}, {"what", std::move(what)}, {"limit", std::move(limit)}}};
}

}  // namespace pharos
