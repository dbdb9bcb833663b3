#pragma once
// Value or `Report`. No exception crosses a module border of Pharos: expected failures are return values.

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "pharos/diagnostics.h"

namespace pharos {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Report report) : state_(std::in_place_index<1>, std::move(report)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool has_value() const { return state_.index() == 0; }

  T& value() & { assert(has_value()); return *std::get_if<0>(&state_); }
  const T& value() const& { assert(has_value()); return *std::get_if<0>(&state_); }
  T&& value() && { assert(has_value()); return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Report& error() & { assert(!has_value()); return *std::get_if<1>(&state_); }
  const Report& error() const& { assert(!has_value()); return *std::get_if<1>(&state_); }
  Report&& error() && { assert(!has_value()); return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Report> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Report report) : report_(std::move(report)) {}

  explicit operator bool() const { return !report_; }
  bool has_value() const { return !report_; }
  Report& error() & { assert(report_); return *report_; }
  const Report& error() const& { assert(report_); return *report_; }
  Report&& error() && { assert(report_); return std::move(*report_); }

 private:
  std::optional<Report> report_;
};

}  // namespace pharos
