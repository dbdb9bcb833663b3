#pragma once
// Results against expected results.

#include <string>

#include "graph/datum.h"

namespace pharos {

enum class CompareRule : uint8_t {
  Upstream,   // |a - e| <= atol + rtol * |e|
  Model,      // atol relative to the largest value of the output; wider for 16-bit floats
  Quantized,  // cosine similarity >= 0.99 and the same largest element
};

struct CompareOptions {
  CompareRule rule = CompareRule::Upstream;
  double rtol = 1e-3, atol = 1e-7;
  double scaled_atol = 0;        // times the largest |expected| of the tensor, added to atol
  bool shapes_only = false;      // for results that are random by definition
};

struct Difference {
  std::string details;           // empty: equal
  double max_abs = 0, max_rel = 0;
  explicit operator bool() const { return !details.empty(); }
};

Difference compare(const Datum& actual, const Datum& expected, const CompareOptions& options);

}  // namespace pharos
