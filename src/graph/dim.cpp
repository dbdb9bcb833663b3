#include "graph/dim.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "graph/dim_expr.h"

namespace pharos {
namespace {

using Expr = Dim::Expr;

// Beyond these an expression says nothing useful any more, and its arithmetic would cost too much.
constexpr size_t max_terms = 64, max_degree = 16, max_atom_text = 1024;

// Higher degrees first, then by text: the order of printing.
bool before(const Monomial& a, const Monomial& b) {
  if (a.size() != b.size()) return a.size() > b.size();
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i]->text != b[i]->text) return a[i]->text < b[i]->text;
  return false;
}

// Sorts, joins equal monomials, drops zeros; nothing on overflow or where it becomes too large.
std::optional<Expr> normalized(Expr e) {
  std::stable_sort(e.terms.begin(), e.terms.end(),
                   [](const Term& a, const Term& b) { return before(a.atoms, b.atoms); });
  std::vector<Term> out;
  for (Term& t : e.terms) {
    if (!out.empty() && !before(out.back().atoms, t.atoms)) {
      const auto sum = checked_add(out.back().coefficient, t.coefficient);
      if (!sum) return std::nullopt;
      out.back().coefficient = *sum;
    } else {
      out.push_back(std::move(t));
    }
  }
  std::erase_if(out, [](const Term& t) { return t.coefficient == 0; });
  if (out.size() > max_terms) return std::nullopt;
  e.terms = std::move(out);
  return e;
}

std::optional<Expr> sum(const Expr& a, const Expr& b) {
  const auto constant = checked_add(a.constant, b.constant);
  if (!constant) return std::nullopt;
  Expr out{a.terms, *constant};
  out.terms.insert(out.terms.end(), b.terms.begin(), b.terms.end());
  return normalized(std::move(out));
}

std::optional<Expr> scaled(const Expr& a, int64_t factor) {
  Expr out = a;
  if (__builtin_mul_overflow(a.constant, factor, &out.constant)) return std::nullopt;
  for (Term& t : out.terms)
    if (__builtin_mul_overflow(t.coefficient, factor, &t.coefficient)) return std::nullopt;
  std::erase_if(out.terms, [](const Term& t) { return t.coefficient == 0; });
  return out;
}

std::optional<Term> times(const Term& a, const Term& b) {
  const auto c = checked_mul(a.coefficient, b.coefficient);
  if (!c || a.atoms.size() + b.atoms.size() > max_degree) return std::nullopt;
  Term out{{}, *c};
  std::merge(a.atoms.begin(), a.atoms.end(), b.atoms.begin(), b.atoms.end(), std::back_inserter(out.atoms),
             [](const auto& x, const auto& y) { return x->text < y->text; });
  return out;
}

std::optional<Expr> multiplied(const Expr& a, const Expr& b) {
  std::vector<Term> x = a.terms, y = b.terms;
  if (a.constant) x.push_back({{}, a.constant});
  if (b.constant) y.push_back({{}, b.constant});
  Expr out;
  for (const Term& s : x)
    for (const Term& t : y) {
      auto p = times(s, t);
      if (!p) return std::nullopt;
      if (p->atoms.empty()) out.constant = p->coefficient;
      else out.terms.push_back(std::move(*p));
    }
  return normalized(std::move(out));
}

int64_t floored(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

// `a` without the atoms of `b`; nothing where `b` does not divide it.
std::optional<Monomial> without(const Monomial& a, const Monomial& b) {
  Monomial out;
  size_t j = 0;
  for (const auto& atom : a) {
    if (j < b.size() && atom->text == b[j]->text) ++j;
    else out.push_back(atom);
  }
  return j == b.size() ? std::optional(std::move(out)) : std::nullopt;
}

// The exact quotient by a single term.
std::optional<Expr> divided_by_term(const Expr& a, const Term& b) {
  if (a.constant != 0) return std::nullopt;
  Expr out;
  for (const Term& t : a.terms) {
    auto rest = without(t.atoms, b.atoms);
    if (!rest || t.coefficient % b.coefficient != 0 || b.coefficient == -1) return std::nullopt;
    const int64_t q = t.coefficient / b.coefficient;
    if (rest->empty()) out.constant = q;
    else out.terms.push_back({std::move(*rest), q});
  }
  return normalized(std::move(out));
}

// Where `a` is a whole multiple of `b`, the factor.
std::optional<int64_t> ratio(const Expr& a, const Expr& b) {
  if (a.terms.size() != b.terms.size() || b.terms.empty() || b.terms[0].coefficient == -1) return std::nullopt;
  if (a.terms[0].coefficient % b.terms[0].coefficient != 0) return std::nullopt;
  const int64_t q = a.terms[0].coefficient / b.terms[0].coefficient;
  const auto same = scaled(b, q);
  return same && same_expr(*same, a) ? std::optional(q) : std::nullopt;
}

// floor(a / d) for d > 1 as whole part and rest, the rest having coefficients in [0, d) without common factor.
struct Split { Expr whole, rest; int64_t divisor; };
Split split(const Expr& a, int64_t d) {
  Split s{{{}, floored(a.constant, d)}, {}, d};
  s.rest.constant = a.constant - s.whole.constant * d;
  for (const Term& t : a.terms) {
    const int64_t q = floored(t.coefficient, d), r = t.coefficient - q * d;
    if (q) s.whole.terms.push_back({t.atoms, q});
    if (r) s.rest.terms.push_back({t.atoms, r});
  }
  int64_t g = d;
  for (const Term& t : s.rest.terms) g = std::gcd(g, t.coefficient);
  for (Term& t : s.rest.terms) t.coefficient /= g;
  s.rest.constant /= g;
  s.divisor = d / g;
  return s;
}

}  // namespace

Dim::Dim(std::shared_ptr<const Expr> e) : known_(true), expr_(std::move(e)) {}

Dim Dim::make(std::shared_ptr<const Expr> e) { return e->terms.empty() ? Dim(e->constant) : Dim(std::move(e)); }

std::shared_ptr<const Dim::Expr> Dim::expr() const {
  if (expr_) return expr_;
  auto e = std::make_shared<Expr>();
  e->constant = constant_;
  return e;
}

Dim Dim::from(std::optional<Expr> e) { return e ? make(std::make_shared<const Expr>(std::move(*e))) : Dim(); }

Dim Dim::of_atom(Atom atom) {
  atom.text = atom_text(atom);
  if (atom.text.size() > max_atom_text) return {};
  Expr e;
  e.terms.push_back({{std::make_shared<const Atom>(std::move(atom))}, 1});
  return from(std::move(e));
}

Dim Dim::symbol(std::string name) { return of_atom({Atom::Kind::Symbol, std::move(name), {}, {}, ""}); }

std::optional<std::string> Dim::symbol_name() const {
  if (!is_symbolic() || expr_->constant != 0 || expr_->terms.size() != 1) return std::nullopt;
  const Term& t = expr_->terms[0];
  if (t.coefficient != 1 || t.atoms.size() != 1 || t.atoms[0]->kind != Atom::Kind::Symbol) return std::nullopt;
  return t.atoms[0]->name;
}

bool operator==(const Dim& a, const Dim& b) {
  if (!a.known_ || !b.known_) return false;
  if (!a.expr_ || !b.expr_) return !a.expr_ && !b.expr_ && a.constant_ == b.constant_;
  return a.expr_ == b.expr_ || same_expr(*a.expr_, *b.expr_);
}

Dim operator+(const Dim& a, const Dim& b) {
  if (!a.known_ || !b.known_) return {};
  if (a.is_number() && b.is_number()) {
    const auto n = checked_add(a.constant_, b.constant_);
    return n ? Dim(*n) : Dim();
  }
  return Dim::from(sum(*a.expr(), *b.expr()));
}

Dim operator-(const Dim& a, const Dim& b) {
  if (!a.known_ || !b.known_) return {};
  if (a.is_number() && b.is_number()) {
    const auto n = checked_sub(a.constant_, b.constant_);
    return n ? Dim(*n) : Dim();
  }
  const auto negative = scaled(*b.expr(), -1);
  return negative ? Dim::from(sum(*a.expr(), *negative)) : Dim();
}

Dim operator*(const Dim& a, const Dim& b) {
  if (!a.known_ || !b.known_) return {};
  if (a.is_number() && b.is_number()) {
    const auto n = checked_mul(a.constant_, b.constant_);
    return n ? Dim(*n) : Dim();
  }
  return Dim::from(multiplied(*a.expr(), *b.expr()));
}

// Equal quotients must get equal forms, so whole parts leave the fraction and nested divisions join.
Dim floor_div(const Dim& a, const Dim& b) {
  if (!a.known_ || !b.known_ || (b.is_number() && b.constant_ == 0)) return {};
  if (b.is_number() && b.constant_ < 0) {
    const Dim n = Dim(0) - a, d = Dim(0) - b;
    return n.known_ && d.known_ ? floor_div(n, d) : Dim();
  }
  if (a.is_number() && b.is_number()) return Dim(floored(a.constant_, b.constant_));
  if (!b.is_number()) {
    if (a.is_number() && a.constant_ == 0) return Dim(0);
    if (const auto q = ratio(*a.expr(), *b.expr_)) return Dim(*q);
    if (b.expr_->constant == 0 && b.expr_->terms.size() == 1)
      if (auto q = divided_by_term(*a.expr(), b.expr_->terms[0])) return Dim::from(std::move(q));
    return Dim::of_atom({Atom::Kind::Div, "", a, b, ""});
  }
  if (b.constant_ == 1) return a;
  Split s = split(*a.expr_, b.constant_);
  const Dim whole = Dim::from(normalized(std::move(s.whole)));
  if (s.rest.terms.empty()) return whole;  // what is left of the constant is less than one divisor
  const Expr& rest = s.rest;
  if (rest.terms.size() == 1 && rest.terms[0].coefficient == 1 && rest.terms[0].atoms.size() == 1) {
    // floor((floor(x/m) + c)/n) = floor((x + c*m)/(m*n))
    const Atom& inner = *rest.terms[0].atoms[0];
    if (inner.kind == Atom::Kind::Div && inner.b.is_number() && inner.b.number() > 0)
      return whole + floor_div(inner.a + Dim(rest.constant) * inner.b, inner.b * Dim(s.divisor));
  }
  return whole + Dim::of_atom({Atom::Kind::Div, "", Dim::from(normalized(std::move(s.rest))), Dim(s.divisor), ""});
}

Dim ceil_div(const Dim& a, const Dim& b) {
  // The form that convolution arithmetic gives, where the divisor is known to be positive.
  if (b.is_number() && b.constant_ > 0) return floor_div(a + (b - Dim(1)), b);
  return Dim(0) - floor_div(Dim(0) - a, b);
}

Dim Dim::extreme(const Dim& a, const Dim& b, bool least) {
  if (!a.known_ || !b.known_) return {};
  if (a == b) return a;
  const Dim difference = a - b;
  if (difference.is_number()) return (difference.number() < 0) == least ? a : b;
  const bool in_order = a.is_number() != b.is_number() ? b.is_number() : a.text() < b.text();
  return of_atom({least ? Atom::Kind::Min : Atom::Kind::Max, "", in_order ? a : b, in_order ? b : a, ""});
}

Dim min(const Dim& a, const Dim& b) { return Dim::extreme(a, b, true); }
Dim max(const Dim& a, const Dim& b) { return Dim::extreme(a, b, false); }

}  // namespace pharos
