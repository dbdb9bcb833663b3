#pragma once
// A dimension: a number, an expression over named symbols ("N", "2*N + 1", "floor((H - 1)/2) + 1") or unknown.
// Expressions are kept in a canonical form (a sum of products over atoms, where an atom is a symbol or a floor
// division, minimum or maximum), so that equal polynomials compare equal. Immutable values; cheap to copy.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pharos/types.h"

namespace pharos {

struct DimRange { int64_t min = 0, max = INT64_MAX; };
using SymbolRanges = std::map<std::string, DimRange, std::less<>>;
using SymbolValues = std::map<std::string, int64_t, std::less<>>;

class Dim {
 public:
  Dim() = default;  // unknown: equal to nothing, not even to itself
  Dim(int64_t n) : known_(true), constant_(n) {}
  static Dim symbol(std::string name);
  // Reads the printed form; nothing where the text is not a dimension. "?" is unknown.
  static std::optional<Dim> parse(std::string_view text);

  bool is_unknown() const { return !known_; }
  bool is_number() const { return known_ && !expr_; }
  bool is_symbolic() const { return known_ && expr_; }
  int64_t number() const { return constant_; }  // only where is_number()
  std::optional<int64_t> maybe_number() const { return is_number() ? std::optional(constant_) : std::nullopt; }
  std::optional<std::string> symbol_name() const;  // where it is exactly one symbol
  void collect_symbols(std::vector<std::string>& out) const;

  std::optional<int64_t> evaluate(const SymbolValues& values) const;  // nothing: unknown, overflow or a symbol without value
  Dim substitute(const std::map<std::string, Dim, std::less<>>& replacement) const;
  DimRange range(const SymbolRanges& ranges) const;  // conservative

  std::string text() const;
  // Equal for every value of the symbols, as far as the canonical form can tell. Unknown is equal to nothing.
  friend bool operator==(const Dim& a, const Dim& b);
  // Unknown operands, and overflow, give unknown.
  friend Dim operator+(const Dim& a, const Dim& b);
  friend Dim operator-(const Dim& a, const Dim& b);
  friend Dim operator*(const Dim& a, const Dim& b);
  friend Dim floor_div(const Dim& a, const Dim& b);  // by zero: unknown
  friend Dim ceil_div(const Dim& a, const Dim& b);
  friend Dim min(const Dim& a, const Dim& b);
  friend Dim max(const Dim& a, const Dim& b);

  struct Expr;  // in dim_expr.h

 private:
  static Dim from(std::optional<Expr> e);  // unknown where the arithmetic gave nothing
  static Dim of_atom(struct Atom atom);
  static Dim extreme(const Dim& a, const Dim& b, bool least);
  explicit Dim(std::shared_ptr<const Expr> e);
  static Dim make(std::shared_ptr<const Expr> e);
  std::shared_ptr<const Expr> expr() const;
  bool known_ = false;
  int64_t constant_ = 0;
  std::shared_ptr<const Expr> expr_;
};

using Shape = std::vector<Dim>;
std::string shape_text(const Shape& s);  // "N,3,224,224"
Shape shape_of(std::span<const int64_t> dims);
std::optional<Dims> concrete(const Shape& s);  // the numbers, where all of them are
// Product; 1 for a scalar.
Dim product(const Shape& s, size_t first = 0, size_t last = SIZE_MAX);
// Numpy broadcasting of two dims/shapes; nothing where they cannot match. Two different symbols give the unknown dim
// unless one is the number 1.
std::optional<Dim> broadcast(const Dim& a, const Dim& b);
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace pharos
