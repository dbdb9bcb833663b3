#pragma once
// The inside of a Dim: a sum of products over atoms. Private to the dim*.cpp files.

#include "graph/dim.h"

namespace pharos {

// A symbol, or an operation that polynomials cannot express. `text` is canonical and serves as identity; its bounded
// length also bounds the depth of nesting.
struct Atom {
  enum class Kind : uint8_t { Symbol, Div, Min, Max };
  Kind kind;
  std::string name;  // of a symbol
  Dim a, b;          // operands of the others
  std::string text;
};

using Monomial = std::vector<std::shared_ptr<const Atom>>;  // by text; powers as repetition
struct Term { Monomial atoms; int64_t coefficient; };

struct Dim::Expr {
  std::vector<Term> terms;  // sorted, no zeros
  int64_t constant = 0;
};

std::string atom_text(const Atom& atom);
bool same_expr(const Dim::Expr& a, const Dim::Expr& b);

}  // namespace pharos
