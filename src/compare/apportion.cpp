#include "compare/apportion.h"

#include <algorithm>
#include <numeric>

namespace pharos {

std::vector<int64_t> apportion(std::span<const int64_t> parts, int64_t total) {
  using Wide = __int128;
  std::vector<int64_t> out(parts.size(), 0);
  const int64_t sum = std::accumulate(parts.begin(), parts.end(), int64_t{0});
  if (sum == 0) return out;
  std::vector<Wide> remainders(parts.size());
  int64_t given = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    // Rounded down, whatever the signs; the remainder is then in [0, |sum|).
    Wide numerator = Wide(parts[i]) * total, denominator = sum;
    if (denominator < 0) {
      numerator = -numerator;
      denominator = -denominator;
    }
    Wide quotient = numerator / denominator, remainder = numerator % denominator;
    if (remainder < 0) {
      remainder += denominator;
      --quotient;
    }
    out[i] = int64_t(quotient);
    remainders[i] = remainder;
    given += out[i];
  }
  std::vector<size_t> order(parts.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](size_t i, size_t k) { return remainders[i] > remainders[k]; });
  for (size_t i = 0; given < total && i < order.size(); ++i, ++given) ++out[order[i]];
  return out;
}

}  // namespace pharos
