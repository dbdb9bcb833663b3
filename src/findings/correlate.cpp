#include "findings/correlate.h"

#include <algorithm>
#include <tuple>

namespace pharos {
namespace {

constexpr int none = -1;
constexpr int weak_rank = 15;  // below: guesses

bool is_error(const Finding& f) { return f.severity <= Severity::Error; }

struct Sorter {
  bool operator()(const Judged* a, const Judged* b) const {
    const Finding &x = a->finding, &y = b->finding;
    if (told_before(x, y) != told_before(y, x)) return told_before(x, y);
    if (a->first_order != b->first_order) return a->first_order < b->first_order;
    return x.report.code() < y.report.code();
  }
};

bool explains(const Judged& a, const Judged& b) {
  return std::find(a.rule->explains.begin(), a.rule->explains.end(), b.rule->diagnostic) != a.rule->explains.end();
}

// Whether `from` is reached from `to` by going up: such a link would make a circle.
bool leads_to(const std::vector<int>& parent, int from, int to) {
  for (int at = from; at != none; at = parent[size_t(at)]) {
    if (at == to) return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> correlate(std::vector<Judged> judged) {
  const int n = int(judged.size());
  std::vector<int> parent(judged.size(), none);
  const auto at = [&](int i) -> Judged& { return judged[size_t(i)]; };
  const auto adopt = [&](int child, int by) {
    if (child != by && parent[size_t(child)] == none && !leads_to(parent, by, child)) parent[size_t(child)] = by;
  };
  const auto prefer = [&](int a, int b) {  // the better of two causes
    if (a == none) return b;
    const Judged *x = &at(a), *y = &at(b);
    return Sorter()(y, x) ? b : a;
  };

  for (int child = 0; child < n; ++child) {
    int best = none;
    for (int i = 0; i < n; ++i) {
      if (i != child && at(i).finding.role == Role::Cause && explains(at(i), at(child))) best = prefer(best, i);
    }
    if (best != none) adopt(child, best);
  }

  // The first error decides; later ones of the kinds that fall over with it are its consequences.
  int first_error = none;
  for (int i = 0; i < n; ++i) {
    if (parent[size_t(i)] != none || at(i).finding.role != Role::Cause || !is_error(at(i).finding)) continue;
    // A message that a rule knows comes before one that nobody knows; two readings of one message are told apart by rank.
    const auto weight = [&](int k) { return std::tuple(at(k).finding.rank < weak_rank, at(k).first_order, -at(k).finding.rank); };
    if (first_error == none || weight(i) < weight(first_error)) first_error = i;
  }
  int best = first_error;
  if (best == none) {
    for (int i = 0; i < n; ++i) {
      if (parent[size_t(i)] == none && at(i).finding.role == Role::Cause && at(i).finding.severity <= Severity::Warning) best = prefer(best, i);
    }
  }
  for (int i = 0; i < n; ++i) {
    const bool falls = at(i).finding.role == Role::Consequence ||
                       (at(i).rule->may_follow_error && first_error != none && (at(i).first_order >= at(first_error).first_order || at(i).finding.rank < weak_rank));
    if (falls && best != none && i != best) adopt(i, best);
  }

  std::vector<const Judged*> order;
  for (const Judged& j : judged) order.push_back(&j);
  std::sort(order.begin(), order.end(), Sorter());
  std::vector<Finding> out;
  const auto root_of = [&](int i) {
    while (parent[size_t(i)] != none) i = parent[size_t(i)];
    return i;
  };
  std::vector<int> place(judged.size(), none);
  for (const Judged* j : order) {
    const int i = int(j - judged.data());
    if (root_of(i) != i) continue;
    place[size_t(i)] = int(out.size());
    out.push_back(j->finding);
  }
  for (const Judged* j : order) {
    const int i = int(j - judged.data());
    const int root = root_of(i);
    if (root == i) continue;
    Finding& consequence = out[size_t(place[size_t(root)])].consequences.emplace_back(j->finding);
    if (const Diagnostic* as = j->rule->as_consequence) consequence.report = Report(*as, consequence.report.arguments());
  }
  return out;
}

}  // namespace pharos
