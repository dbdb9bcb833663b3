#pragma once
// What changing a value's layout costs. Each kind of change is measured once.

#include <map>
#include <optional>

#include "builder/measurer.h"

namespace pharos {

inline constexpr double impossible_ms = 1e12;  // infinities would make NaN in sums

class Reorders {
 public:
  Reorders(const TacticSet& tactics, const Device& device, Measurer& measurer) : tactics_(tactics), device_(device), measurer_(measurer) {}

  double milliseconds(const Type& type, Format from, Format to);
  // The best tactic for it; nothing where there is none or the type is not concrete.
  std::optional<Timed> best(const Type& type, Format from, Format to);

 private:
  std::optional<Timed> find(Type type, Format from, Format to);
  const TacticSet& tactics_;
  const Device& device_;
  Measurer& measurer_;
  std::map<std::tuple<std::string, Format, Format>, std::optional<Timed>> known_;
};

}  // namespace pharos
