// What a Dim is for given symbols: value, range, substitution; and shapes.

#include <algorithm>

#include "base/checked.h"
#include "graph/dim_expr.h"

namespace pharos {
namespace {

// Bounds in 128 bits, where the ends of int64_t stand for "unbounded".
using Wide = __int128;
struct Interval { Wide low, high; };

constexpr Wide lowest = INT64_MIN, highest = INT64_MAX;
Wide saturated(Wide v) { return std::clamp(v, lowest, highest); }
bool unbounded(Wide v) { return v <= lowest || v >= highest; }

Wide product_of(Wide a, Wide b) {
  if (a == 0 || b == 0) return 0;
  if (unbounded(a) || unbounded(b)) return (a < 0) == (b < 0) ? highest : lowest;
  return saturated(a * b);
}
Wide sum_of(Wide a, Wide b) {
  if (unbounded(a)) return a;
  return unbounded(b) ? b : saturated(a + b);
}

Interval operator*(Interval x, Interval y) {
  const Wide p[] = {product_of(x.low, y.low), product_of(x.low, y.high), product_of(x.high, y.low),
                    product_of(x.high, y.high)};
  return {*std::min_element(p, p + 4), *std::max_element(p, p + 4)};
}
Interval operator+(Interval x, Interval y) { return {sum_of(x.low, y.low), sum_of(x.high, y.high)}; }

Wide floored(Wide a, Wide b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
Wide quotient(Wide a, Wide b) {
  if (unbounded(b))
    return a == 0 || !unbounded(a) ? ((a < 0) == (b < 0) || a == 0 ? 0 : -1) : (a < 0) == (b < 0) ? highest : lowest;
  if (unbounded(a)) return (a < 0) == (b < 0) ? highest : lowest;
  return floored(a, b);
}

Interval operator/(Interval x, Interval y) {
  if (y.low == 0) y.low = 1;  // a divisor of zero has no value at all
  if (y.high == 0) y.high = -1;
  if (y.low > y.high || (y.low < 0 && y.high > 0)) return {lowest, highest};
  const Wide q[] = {quotient(x.low, y.low), quotient(x.low, y.high), quotient(x.high, y.low), quotient(x.high, y.high)};
  return {*std::min_element(q, q + 4), *std::max_element(q, q + 4)};
}

Interval interval(const Dim& d, const SymbolRanges& ranges) {
  const DimRange r = d.range(ranges);
  return {r.min, r.max};
}

Interval interval(const Atom& atom, const SymbolRanges& ranges) {
  if (atom.kind == Atom::Kind::Symbol) {
    const auto it = ranges.find(atom.name);
    return it == ranges.end() ? Interval{0, highest} : Interval{it->second.min, it->second.max};
  }
  const Interval a = interval(atom.a, ranges), b = interval(atom.b, ranges);
  if (atom.kind == Atom::Kind::Div) return a / b;
  if (atom.kind == Atom::Kind::Min) return {std::min(a.low, b.low), std::min(a.high, b.high)};
  return {std::max(a.low, b.low), std::max(a.high, b.high)};
}

std::optional<int64_t> value_of(const Atom& atom, const SymbolValues& values) {
  if (atom.kind == Atom::Kind::Symbol) {
    const auto it = values.find(atom.name);
    return it == values.end() ? std::nullopt : std::optional(it->second);
  }
  const auto a = atom.a.evaluate(values), b = atom.b.evaluate(values);
  if (!a || !b) return std::nullopt;
  if (atom.kind == Atom::Kind::Min) return std::min(*a, *b);
  if (atom.kind == Atom::Kind::Max) return std::max(*a, *b);
  if (*b == 0 || (*a == INT64_MIN && *b == -1)) return std::nullopt;
  return int64_t(floored(*a, *b));
}

Dim substituted(const Atom& atom, const std::map<std::string, Dim, std::less<>>& replacement) {
  if (atom.kind == Atom::Kind::Symbol) {
    const auto it = replacement.find(atom.name);
    return it == replacement.end() ? Dim::symbol(atom.name) : it->second;
  }
  const Dim a = atom.a.substitute(replacement), b = atom.b.substitute(replacement);
  if (atom.kind == Atom::Kind::Div) return floor_div(a, b);
  return atom.kind == Atom::Kind::Min ? min(a, b) : max(a, b);
}

}  // namespace

bool same_expr(const Dim::Expr& a, const Dim::Expr& b) {
  if (a.constant != b.constant || a.terms.size() != b.terms.size()) return false;
  for (size_t i = 0; i < a.terms.size(); ++i) {
    const Term &s = a.terms[i], &t = b.terms[i];
    if (s.coefficient != t.coefficient || s.atoms.size() != t.atoms.size()) return false;
    for (size_t k = 0; k < s.atoms.size(); ++k)
      if (s.atoms[k] != t.atoms[k] && s.atoms[k]->text != t.atoms[k]->text) return false;
  }
  return true;
}

void Dim::collect_symbols(std::vector<std::string>& out) const {
  if (!is_symbolic()) return;
  for (const Term& t : expr_->terms)
    for (const auto& atom : t.atoms) {
      if (atom->kind != Atom::Kind::Symbol) {
        atom->a.collect_symbols(out);
        atom->b.collect_symbols(out);
      } else if (std::find(out.begin(), out.end(), atom->name) == out.end()) {
        out.push_back(atom->name);
      }
    }
}

std::optional<int64_t> Dim::evaluate(const SymbolValues& values) const {
  if (!known_) return std::nullopt;
  if (!expr_) return constant_;
  int64_t total = expr_->constant;
  for (const Term& t : expr_->terms) {
    int64_t p = t.coefficient;
    for (const auto& atom : t.atoms) {
      const auto v = value_of(*atom, values);
      if (!v || __builtin_mul_overflow(p, *v, &p)) return std::nullopt;
    }
    if (__builtin_add_overflow(total, p, &total)) return std::nullopt;
  }
  return total;
}

Dim Dim::substitute(const std::map<std::string, Dim, std::less<>>& replacement) const {
  if (!is_symbolic()) return *this;
  Dim total(expr_->constant);
  for (const Term& t : expr_->terms) {
    Dim p(t.coefficient);
    for (const auto& atom : t.atoms) p = p * substituted(*atom, replacement);
    total = total + p;
  }
  return total;
}

DimRange Dim::range(const SymbolRanges& ranges) const {
  if (!known_) return {};
  if (!expr_) return {constant_, constant_};
  Interval total{expr_->constant, expr_->constant};
  for (const Term& t : expr_->terms) {
    Interval p{t.coefficient, t.coefficient};
    for (const auto& atom : t.atoms) p = p * interval(*atom, ranges);
    total = total + p;
  }
  return {int64_t(saturated(total.low)), int64_t(saturated(total.high))};
}

std::string shape_text(const Shape& s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) out += (i ? "," : "") + s[i].text();
  return out;
}

Shape shape_of(std::span<const int64_t> dims) { return Shape(dims.begin(), dims.end()); }

std::optional<Dims> concrete(const Shape& s) {
  Dims out;
  out.reserve(s.size());
  for (const Dim& d : s) {
    if (!d.is_number()) return std::nullopt;
    out.push_back(d.number());
  }
  return out;
}

Dim product(const Shape& s, size_t first, size_t last) {
  Dim out(1);
  for (size_t i = first; i < std::min(last, s.size()); ++i) out = out * s[i];
  return out;
}

std::optional<Dim> broadcast(const Dim& a, const Dim& b) {
  if (a == b) return a;
  if (a.is_number() && a.number() == 1) return b;
  if (b.is_number() && b.number() == 1) return a;
  if (a.is_number() && b.is_number()) return std::nullopt;
  // Whatever the other one is, it must be 1 or this number.
  if (a.is_number()) return a;
  if (b.is_number()) return b;
  return Dim();
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const size_t rank = std::max(a.size(), b.size());
  Shape out(rank);
  for (size_t i = 0; i < rank; ++i) {
    const size_t from_end = rank - 1 - i;
    const Dim x = from_end < a.size() ? a[a.size() - 1 - from_end] : Dim(1);
    const Dim y = from_end < b.size() ? b[b.size() - 1 - from_end] : Dim(1);
    auto d = broadcast(x, y);
    if (!d) return std::nullopt;
    out[i] = std::move(*d);
  }
  return out;
}

}  // namespace pharos
