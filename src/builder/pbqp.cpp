#include "builder/pbqp.h"

#include <algorithm>
#include <limits>
#include <set>

namespace pharos {
namespace {

std::vector<double> transposed(const std::vector<double>& m, size_t rows, size_t columns) {
  std::vector<double> t(m.size());
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < columns; ++j) t[j * rows + i] = m[i * columns + j];
  return t;
}

void accumulate(std::vector<double>& into, const std::vector<double>& from) {
  if (into.empty()) into.assign(from.size(), 0.0);
  for (size_t i = 0; i < from.size(); ++i) into[i] += from[i];
}

}  // namespace

size_t Pbqp::add_variable(std::vector<double> costs) {
  costs_.push_back(std::move(costs));
  edges_.emplace_back();
  return costs_.size() - 1;
}

void Pbqp::add_edge(size_t a, size_t b, std::vector<double> costs) {
  accumulate(edges_[b][a], transposed(costs, alternatives(a), alternatives(b)));
  accumulate(edges_[a][b], costs);
}

// Takes `v` out and remembers its edges for the way back.
void Pbqp::remove(size_t v) {
  Removed r{v, {}};
  for (auto& [neighbour, matrix] : edges_[v]) {
    edges_[neighbour].erase(v);
    r.edges.emplace_back(neighbour, std::move(matrix));
  }
  edges_[v].clear();
  order_.push_back(std::move(r));
}

// Degree 1: whatever the neighbour takes, v answers with its best.
void Pbqp::reduce_leaf(size_t v) {
  const auto& [n, m] = *edges_[v].begin();
  for (size_t j = 0; j < alternatives(n); ++j) {
    double best = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < alternatives(v); ++i) best = std::min(best, costs_[v][i] + m[i * alternatives(n) + j]);
    costs_[n][j] += best;
  }
  remove(v);
}

// Degree 2: v becomes an edge between its neighbours.
void Pbqp::reduce_chain(size_t v) {
  const auto first = edges_[v].begin();
  const auto second = std::next(first);
  const size_t a = first->first, b = second->first;
  const size_t na = alternatives(a), nb = alternatives(b);
  std::vector<double> joined(na * nb, std::numeric_limits<double>::infinity());
  for (size_t i = 0; i < alternatives(v); ++i)
    for (size_t j = 0; j < na; ++j)
      for (size_t k = 0; k < nb; ++k)
        joined[j * nb + k] = std::min(joined[j * nb + k], costs_[v][i] + first->second[i * na + j] + second->second[i * nb + k]);
  remove(v);
  add_edge(a, b, std::move(joined));
}

// Higher degrees: decide v now by its cost plus the least that each neighbour can add.
void Pbqp::reduce_by_choice(size_t v) {
  size_t best = 0;
  double best_cost = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < alternatives(v); ++i) {
    double cost = costs_[v][i];
    for (const auto& [n, m] : edges_[v]) {
      double least = std::numeric_limits<double>::infinity();
      for (size_t j = 0; j < alternatives(n); ++j) least = std::min(least, m[i * alternatives(n) + j] + costs_[n][j]);
      cost += least;
    }
    if (cost < best_cost) { best_cost = cost; best = i; }
  }
  for (const auto& [n, m] : edges_[v])
    for (size_t j = 0; j < alternatives(n); ++j) costs_[n][j] += m[best * alternatives(n) + j];
  for (size_t i = 0; i < alternatives(v); ++i)
    if (i != best) costs_[v][i] = std::numeric_limits<double>::infinity();
  remove(v);
}

std::vector<size_t> Pbqp::solve() {
  std::set<std::pair<size_t, size_t>> by_degree;  // degree, variable
  std::vector<size_t> degree(costs_.size());
  for (size_t v = 0; v < costs_.size(); ++v) by_degree.emplace(degree[v] = edges_[v].size(), v);
  const auto refresh = [&](size_t v) {
    if (degree[v] == edges_[v].size() || !by_degree.erase({degree[v], v})) return;
    by_degree.emplace(degree[v] = edges_[v].size(), v);
  };
  while (!by_degree.empty()) {
    auto it = by_degree.begin();
    if (it->first > 2) it = std::prev(by_degree.end());
    const auto [d, v] = *it;
    by_degree.erase(it);
    std::vector<size_t> neighbours;
    for (const auto& [n, m] : edges_[v]) neighbours.push_back(n);
    if (d == 0) remove(v);
    else if (d == 1) reduce_leaf(v);
    else if (d == 2) reduce_chain(v);
    else reduce_by_choice(v);
    for (const size_t n : neighbours) refresh(n);
  }
  std::vector<size_t> chosen(costs_.size(), 0);
  for (auto r = order_.rbegin(); r != order_.rend(); ++r) {
    size_t best = 0;
    double best_cost = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < alternatives(r->variable); ++i) {
      double cost = costs_[r->variable][i];
      for (const auto& [n, m] : r->edges) cost += m[i * alternatives(n) + chosen[n]];
      if (cost < best_cost) { best_cost = cost; best = i; }
    }
    chosen[r->variable] = best;
  }
  return chosen;
}

}  // namespace pharos
