#pragma once
// Partitioned Boolean Quadratic Problem: every variable takes one of its alternatives; the sum of the alternatives' own
// costs and of the pair costs on the edges shall be least. Used to choose tactics and layouts together.
//
// Exact for graphs that reduce by degree 0, 1 and 2 (chains, trees, series-parallel graphs); larger degrees are decided by
// the usual local heuristic (Scholz and Eckstein, "Register Allocation for Irregular Architectures", 2002).

#include <cstddef>
#include <map>
#include <vector>

namespace pharos {

class Pbqp {
 public:
  // Costs of the alternatives of a new variable (at least one); returns its index.
  size_t add_variable(std::vector<double> costs);
  // Adds pair costs: `costs[i * alternatives(b) + j]` for alternative i of `a` and j of `b`; a != b.
  void add_edge(size_t a, size_t b, std::vector<double> costs);
  // The chosen alternative of every variable. Deterministic: ties go to the lower index. Consumes the problem.
  std::vector<size_t> solve();

 private:
  using Matrix = std::vector<double>;
  size_t alternatives(size_t v) const { return costs_[v].size(); }
  void remove(size_t v);
  void reduce_leaf(size_t v);
  void reduce_chain(size_t v);
  void reduce_by_choice(size_t v);

  struct Removed { size_t variable; std::vector<std::pair<size_t, Matrix>> edges; };
  std::vector<std::vector<double>> costs_;
  std::vector<std::map<size_t, Matrix>> edges_;  // by variable: neighbour → matrix oriented from the variable
  std::vector<Removed> order_;
};

}  // namespace pharos
