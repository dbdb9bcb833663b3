#include "cli/verify/compare.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include <fmt/format.h>

namespace pharos {
namespace {

constexpr int max_nesting = 32;

std::string type_text(const Tensor& t) { return fmt::format("{}[{}]", dtype_name(t.dtype()), dims_text(t.dims())); }

std::complex<double> number_at(const Tensor& t, int64_t i) {
  if (t.dtype() == DType::c64) return std::complex<double>(static_cast<const std::complex<float>*>(t.data())[i]);
  if (t.dtype() == DType::c128) return static_cast<const std::complex<double>*>(t.data())[i];
  return t.double_at(i);
}

bool is_exact(DType t) { return is_integer(t) || t == DType::boolean; }

bool close(double a, double e, double rtol, double atol) {
  if (std::isnan(a) || std::isnan(e)) return std::isnan(a) && std::isnan(e);
  if (std::isinf(a) || std::isinf(e)) return a == e;
  return std::abs(a - e) <= atol + rtol * std::abs(e);
}

struct Tolerance { double rtol, atol; };

Tolerance tolerance_for(const Tensor& expected, const CompareOptions& o) {
  Tolerance t{o.rtol, o.atol};
  double scale = 0;
  for (int64_t i = 0; i < expected.count(); ++i) {
    const double v = std::abs(number_at(expected, i));
    if (std::isfinite(v)) scale = std::max(scale, v);
  }
  const bool half = expected.dtype() == DType::f16 || expected.dtype() == DType::bf16;
  double relative = o.scaled_atol;
  if (o.rule != CompareRule::Upstream) {
    if (half) t.rtol = std::max(t.rtol, 2e-2);
    relative = std::max(relative, half ? 1e-2 : 1e-4);
  } else if (half) {
    t.rtol = std::max(t.rtol, expected.dtype() == DType::f16 ? 1e-2 : 2e-2);
  }
  t.atol += relative * scale;
  return t;
}

Difference compare_strings(const Tensor& a, const Tensor& e) {
  for (int64_t i = 0; i < e.count(); ++i)
    if (a.as<std::string>()[size_t(i)] != e.as<std::string>()[size_t(i)])
      return {fmt::format("element {} is '{}'; expected '{}'", i, a.as<std::string>()[size_t(i)], e.as<std::string>()[size_t(i)])};
  return {};
}

// 64-bit integers do not fit a double.
Difference compare_integers(const Tensor& a, const Tensor& e) {
  int64_t wrong = 0, first = -1;
  Difference d;
  for (int64_t i = 0; i < e.count(); ++i)
    if (a.int_at(i) != e.int_at(i)) {
      if (wrong++ == 0) first = i;
      d.max_abs = std::max(d.max_abs, std::abs(double(a.int_at(i)) - double(e.int_at(i))));
    }
  if (wrong > 0)
    d.details = fmt::format("{} of {} elements differ, by at most {}; first: element {} is {}; expected {}", wrong, e.count(), d.max_abs, first,
                            a.int_at(first), e.int_at(first));
  return d;
}

Difference compare_numbers(const Tensor& a, const Tensor& e, const CompareOptions& o) {
  const Tolerance t = tolerance_for(e, o);
  Difference d;
  int64_t wrong = 0, worst = -1;
  double worst_excess = -1;
  for (int64_t i = 0; i < e.count(); ++i) {
    const auto x = number_at(a, i), y = number_at(e, i);
    const double difference = std::abs(x - y);
    if (std::isfinite(difference)) {
      d.max_abs = std::max(d.max_abs, difference);
      if (std::abs(y) > 0) d.max_rel = std::max(d.max_rel, difference / std::abs(y));
    }
    if (close(x.real(), y.real(), t.rtol, t.atol) && close(x.imag(), y.imag(), t.rtol, t.atol)) continue;
    ++wrong;
    const double excess = std::isfinite(difference) ? difference : HUGE_VAL;
    if (excess > worst_excess) { worst_excess = excess; worst = i; }
  }
  if (wrong > 0)
    d.details = fmt::format("{} of {} elements differ (rtol {:g}, atol {:g}); worst: element {} is {:.9g}; expected {:.9g}", wrong, e.count(), t.rtol,
                            t.atol, worst, number_at(a, worst).real(), number_at(e, worst).real());
  return d;
}

// What quantisation may change: single values by a step, but not the direction of the result nor its largest element.
Difference compare_quantized(const Tensor& a, const Tensor& e) {
  double aa = 0, ee = 0, ae = 0;
  int64_t top_a = 0, top_e = 0;
  Difference d;
  for (int64_t i = 0; i < e.count(); ++i) {
    const double x = a.double_at(i), y = e.double_at(i);
    aa += x * x, ee += y * y, ae += x * y;
    if (x > a.double_at(top_a)) top_a = i;
    if (y > e.double_at(top_e)) top_e = i;
    d.max_abs = std::max(d.max_abs, std::abs(x - y));
  }
  const double cosine = aa == 0 && ee == 0 ? 1 : ae / std::sqrt(aa * ee);
  if (!(cosine >= 0.99)) d.details = fmt::format("cosine similarity is {:.6f}; expected at least 0.99", cosine);
  else if (a.double_at(top_a) != a.double_at(top_e)) d.details = fmt::format("the largest element is {}; expected {}", top_a, top_e);
  return d;
}

Difference compare_tensors(const Tensor& a, const Tensor& e, const CompareOptions& o) {
  if (a.dtype() != e.dtype() || a.dims() != e.dims()) return {fmt::format("is {}; expected {}", type_text(a), type_text(e))};
  if (o.shapes_only || e.count() == 0) return {};
  if (e.dtype() == DType::string) return compare_strings(a, e);
  if (is_exact(e.dtype()) && o.rule == CompareRule::Upstream) return compare_integers(a, e);
  Difference d = is_exact(e.dtype()) ? compare_integers(a, e) : compare_numbers(a, e, o);
  if (d && o.rule == CompareRule::Quantized && e.dtype() != DType::c64 && e.dtype() != DType::c128)
    if (Difference q = compare_quantized(a, e); !q) d.details.clear();
  return d;
}

Difference compare_nested(const Datum& a, const Datum& e, const CompareOptions& o, int depth);

Difference compare_maps(const Map& a, const Map& e, const CompareOptions& o) {
  if (a.keys.dtype() != e.keys.dtype() || a.keys.count() != e.keys.count()) return {fmt::format("has keys {}; expected {}", type_text(a.keys), type_text(e.keys))};
  if (const Difference d = compare_tensors(a.keys, e.keys, {})) return {"keys: " + d.details};
  return compare_tensors(a.values, e.values, o);
}

Difference compare_sequences(const Sequence& a, const Sequence& e, const CompareOptions& o, int depth) {
  if (a.items.size() != e.items.size()) return {fmt::format("has {} items; expected {}", a.items.size(), e.items.size())};
  Difference all;
  for (size_t i = 0; i < e.items.size(); ++i) {
    const Difference d = compare_nested(a.items[i], e.items[i], o, depth + 1);
    all.max_abs = std::max(all.max_abs, d.max_abs);
    all.max_rel = std::max(all.max_rel, d.max_rel);
    if (d && !all) all.details = fmt::format("item {}: {}", i, d.details);
  }
  return all;
}

Difference compare_nested(const Datum& a, const Datum& e, const CompareOptions& o, int depth) {
  if (depth > max_nesting) return {"is nested too deeply"};
  if (a.is.index() != e.is.index()) return {fmt::format("is {}; expected {}", a.missing() ? "missing" : type_of(a).text(), type_of(e).text())};
  if (e.tensor()) return compare_tensors(*a.tensor(), *e.tensor(), o);
  if (e.sequence()) return compare_sequences(*a.sequence(), *e.sequence(), o, depth);
  if (e.map()) return compare_maps(*a.map(), *e.map(), o);
  if (!e.optional()) return {};
  if (bool(a.optional()->value) != bool(e.optional()->value)) return {a.optional()->value ? "is present; expected absent" : "is absent; expected present"};
  return e.optional()->value ? compare_nested(*a.optional()->value, *e.optional()->value, o, depth + 1) : Difference{};
}

}  // namespace

Difference compare(const Datum& actual, const Datum& expected, const CompareOptions& options) { return compare_nested(actual, expected, options, 0); }

}  // namespace pharos
