#include "builder/pbqp.h"

#include <gtest/gtest.h>

#include <random>

namespace pharos {
namespace {

struct Instance {
  std::vector<std::vector<double>> costs;
  struct Edge { size_t a, b; std::vector<double> m; };
  std::vector<Edge> edges;

  double cost(const std::vector<size_t>& x) const {
    double sum = 0;
    for (size_t v = 0; v < costs.size(); ++v) sum += costs[v][x[v]];
    for (const Edge& e : edges) sum += e.m[x[e.a] * costs[e.b].size() + x[e.b]];
    return sum;
  }
  double best() const {
    std::vector<size_t> x(costs.size(), 0);
    double least = cost(x);
    for (;;) {
      size_t v = 0;
      while (v < x.size() && ++x[v] == costs[v].size()) x[v++] = 0;
      if (v == x.size()) return least;
      least = std::min(least, cost(x));
    }
  }
  std::vector<size_t> solve() const {
    Pbqp p;
    for (const auto& c : costs) p.add_variable(c);
    for (const Edge& e : edges) p.add_edge(e.a, e.b, e.m);
    return p.solve();
  }
};

// `extra`: edges besides a random tree.
Instance random_instance(std::mt19937& random, int variables, int extra) {
  std::uniform_real_distribution<double> uniform(0, 10);
  Instance p;
  for (int v = 0; v < variables; ++v) {
    p.costs.emplace_back(1 + random() % 4);
    for (double& c : p.costs.back()) c = uniform(random);
  }
  const auto connect = [&](size_t a, size_t b) {
    p.edges.push_back({a, b, std::vector<double>(p.costs[a].size() * p.costs[b].size())});
    for (double& c : p.edges.back().m) c = uniform(random);
  };
  for (size_t v = 1; v < size_t(variables); ++v) connect(random() % v, v);
  for (int e = 0; e < extra; ++e)
    if (const size_t a = random() % variables, b = random() % variables; a != b) connect(a, b);
  return p;
}

TEST(Pbqp, IsExactOnTrees) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const Instance p = random_instance(random, 2 + int(random() % 6), 0);
    EXPECT_NEAR(p.cost(p.solve()), p.best(), 1e-9) << "round " << round;
  }
}

TEST(Pbqp, IsNearTheOptimumOnDenseGraphs) {
  std::mt19937 random(2);
  double found = 0, best = 0;
  for (int round = 0; round < 200; ++round) {
    const Instance p = random_instance(random, 7, 8);
    found += p.cost(p.solve());
    best += p.best();
  }
  EXPECT_LT(found / best, 1.05);
}

TEST(Pbqp, KeepsALayoutAlongAChainWhenConvertingCostsMore) {
  Pbqp p;
  // Two layouts; node 1 is slightly faster in layout 0, its neighbours much faster in layout 1.
  for (const auto& c : {std::vector<double>{9, 1}, {2, 3}, {9, 1}}) p.add_variable(c);
  p.add_edge(0, 1, {0, 5, 5, 0});
  p.add_edge(1, 2, {0, 5, 5, 0});
  EXPECT_EQ(p.solve(), (std::vector<size_t>{1, 1, 1}));
}

}  // namespace
}  // namespace pharos
