#include "ops/ml/trees.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos::ml {
namespace {

struct PairHash {
  size_t operator()(const std::pair<int64_t, int64_t>& p) const {
    return size_t(uint64_t(p.first) * 0x9e3779b97f4a7c15u ^ (uint64_t(p.second) + 0x7f4a7c15u) * 0xc2b2ae3d27d4eb4fu);
  }
};
using PairMap = std::unordered_map<std::pair<int64_t, int64_t>, int64_t, PairHash>;

Result<void> same_size(const Node& node, std::string_view attribute, size_t actual, size_t expected,
                       bool optional = false) {
  if (actual == expected || (optional && actual == 0)) return {};
  return bad_attribute(node, attribute, fmt::format("of {} elements", actual), fmt::format("{} elements", expected));
}

bool holds(const Ensemble& e, const Ensemble::Branch& b, double v) {
  if (b.missing_is_true && std::isnan(v)) return true;
  switch (b.mode) {
    case Ensemble::Mode::Leq: return v <= b.split;
    case Ensemble::Mode::Lt: return v < b.split;
    case Ensemble::Mode::Gte: return v >= b.split;
    case Ensemble::Mode::Gt: return v > b.split;
    case Ensemble::Mode::Eq: return v == b.split;
    case Ensemble::Mode::Neq: return v != b.split;
    case Ensemble::Mode::Member: break;
  }
  const auto& set = e.sets[size_t(b.members)];
  return std::binary_search(set.begin(), set.end(), v);
}

}  // namespace

int64_t Ensemble::walk(int64_t at, std::span<const double> row) const {
  while (at >= 0) {
    const Branch& b = branches[size_t(at)];
    at = holds(*this, b, row[size_t(b.feature)]) ? b.yes : b.no;
  }
  return ~at;
}

Result<void> check(const Node& node, const Ensemble& e, int64_t targets) {
  const int64_t branches = int64_t(e.branches.size()), leaves = int64_t(e.leaf_end.size());
  const auto in_range = [&](int64_t child) { return child >= 0 ? child < branches : ~child < leaves; };
  for (const Vote& v : e.votes)
    if (v.target < 0 || v.target >= targets)
      return bad_attribute(node, "leaf targets", fmt::format("target {}", v.target),
                           fmt::format("0 to {}", targets - 1));
  for (const int64_t r : e.roots)
    if (!in_range(r))
      return bad_attribute(node, "tree_roots", std::to_string(r), fmt::format("a node below {}", branches));
  std::vector<int64_t> parents(e.branches.size(), 0);
  for (const auto& b : e.branches) {
    if (b.feature < 0 || b.feature == INT64_MAX)
      return bad_attribute(node, "nodes_featureids", std::to_string(b.feature), "0 or more");
    for (const int64_t child : {b.yes, b.no}) {
      if (!in_range(child))
        return bad_attribute(node, "nodes_truenodeids", fmt::format("child {}", child),
                             fmt::format("{} nodes, {} leaves", branches, leaves));
      if (child >= 0) ++parents[size_t(child)];
    }
  }
  // Without a cycle, taking away nodes that have no parent left takes away all.
  std::vector<int64_t> free;
  for (int64_t i = 0; i < branches; ++i)
    if (parents[size_t(i)] == 0) free.push_back(i);
  for (size_t done = 0; done < free.size(); ++done)
    for (const int64_t child : {e.branches[size_t(free[done])].yes, e.branches[size_t(free[done])].no})
      if (child >= 0 && --parents[size_t(child)] == 0) free.push_back(child);
  if (free.size() != e.branches.size())
    return bad_attribute(node, "nodes_truenodeids", "children that lead back to their parents", "trees without cycles");
  return {};
}

std::vector<double> number_list(const Node& node, const std::string& name) {
  if (const Tensor* t = node.attr_tensor(name + "_as_tensor")) return to_doubles(*t);
  const std::vector<float> v = node.attr_floats(name);
  return {v.begin(), v.end()};
}

namespace {

Result<Ensemble::Mode> mode_of(const Node& node, std::string_view name) {
  constexpr std::string_view names[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE",
                                        "BRANCH_GT",  "BRANCH_EQ", "BRANCH_NEQ"};
  for (size_t i = 0; i < std::size(names); ++i)
    if (name == names[i]) return Ensemble::Mode(i);
  return bad_attribute(node, "nodes_modes", "'" + std::string(name) + "'",
                       "LEAF, BRANCH_LEQ, _LT, _GTE, _GT, _EQ or _NEQ");
}

struct ClassicNodes {
  std::vector<int64_t> trees, ids, features, yes, no, missing;
  std::vector<std::string> modes;
  std::vector<double> splits;
};

Result<ClassicNodes> classic_nodes(const Node& node) {
  ClassicNodes n;
  n.trees = node.attr_ints("nodes_treeids");
  n.ids = node.attr_ints("nodes_nodeids");
  n.features = node.attr_ints("nodes_featureids");
  n.yes = node.attr_ints("nodes_truenodeids");
  n.no = node.attr_ints("nodes_falsenodeids");
  n.missing = node.attr_ints("nodes_missing_value_tracks_true");
  if (const auto* m = node.attr<std::vector<std::string>>("nodes_modes")) n.modes = *m;
  n.splits = number_list(node, "nodes_values");
  const size_t count = n.trees.size();
  PHAROS_TRY(same_size(node, "nodes_nodeids", n.ids.size(), count));
  PHAROS_TRY(same_size(node, "nodes_featureids", n.features.size(), count));
  PHAROS_TRY(same_size(node, "nodes_truenodeids", n.yes.size(), count));
  PHAROS_TRY(same_size(node, "nodes_falsenodeids", n.no.size(), count));
  PHAROS_TRY(same_size(node, "nodes_modes", n.modes.size(), count));
  PHAROS_TRY(same_size(node, "nodes_values", n.splits.size(), count));
  PHAROS_TRY(same_size(node, "nodes_missing_value_tracks_true", n.missing.size(), count, true));
  return n;
}

// Votes sorted by leaf; `leaf_of` maps (tree, node) to its leaf.
Result<void> classic_votes(const Node& node, std::string_view prefix, const PairMap& leaf_of, Ensemble& e) {
  const auto name = [&](std::string_view rest) { return fmt::format("{}_{}", prefix, rest); };
  const auto trees = node.attr_ints(name("treeids")), ids = node.attr_ints(name("nodeids")),
             targets = node.attr_ints(name("ids"));
  const std::vector<double> weights = number_list(node, name("weights"));
  PHAROS_TRY(same_size(node, name("nodeids"), ids.size(), trees.size()));
  PHAROS_TRY(same_size(node, name("ids"), targets.size(), trees.size()));
  PHAROS_TRY(same_size(node, name("weights"), weights.size(), trees.size()));
  std::vector<std::pair<int64_t, size_t>> order;
  for (size_t i = 0; i < trees.size(); ++i) {
    const auto it = leaf_of.find({trees[i], ids[i]});
    if (it == leaf_of.end())
      return bad_attribute(node, name("nodeids"), fmt::format("node {} of tree {}", ids[i], trees[i]),
                           "a leaf of the ensemble");
    order.emplace_back(it->second, i);
  }
  std::sort(order.begin(), order.end());
  e.leaf_end.assign(leaf_of.size(), 0);
  for (const auto& [leaf, i] : order) {
    e.votes.push_back({targets[i], weights[i]});
    e.leaf_end[size_t(leaf)] = e.votes.size();
  }
  for (size_t i = 1; i < e.leaf_end.size(); ++i) e.leaf_end[i] = std::max(e.leaf_end[i], e.leaf_end[i - 1]);
  return {};
}

}  // namespace

Result<Ensemble> classic_ensemble(const Node& node, std::string_view prefix, int64_t targets) {
  const ClassicNodes n = PHAROS_TRY(classic_nodes(node));
  Ensemble e;
  PairMap place, leaf_of;  // of every node: a branch, or a leaf as ~leaf
  std::unordered_map<int64_t, int64_t> seen_tree;
  int64_t branches = 0;
  for (size_t i = 0; i < n.trees.size(); ++i) {
    const std::pair key(n.trees[i], n.ids[i]);
    const bool is_leaf = n.modes[i] == "LEAF";
    const int64_t at = is_leaf ? ~int64_t(leaf_of.size()) : branches++;
    if (!place.emplace(key, at).second)
      return bad_attribute(node, "nodes_nodeids", fmt::format("node {} of tree {} twice", n.ids[i], n.trees[i]),
                           "every node once");
    if (is_leaf) leaf_of.emplace(key, int64_t(leaf_of.size()));
    if (seen_tree.emplace(n.trees[i], 0).second) e.roots.push_back(at);  // the first node of a tree is its root
  }
  for (size_t i = 0; i < n.trees.size(); ++i) {
    if (n.modes[i] == "LEAF") continue;
    Ensemble::Branch b{.split = n.splits[i], .feature = n.features[i]};
    b.mode = PHAROS_TRY(mode_of(node, n.modes[i]));
    b.missing_is_true = !n.missing.empty() && n.missing[i] != 0;
    for (const bool yes : {true, false}) {
      const auto it = place.find({n.trees[i], yes ? n.yes[i] : n.no[i]});
      if (it == place.end())
        return bad_attribute(node, yes ? "nodes_truenodeids" : "nodes_falsenodeids",
                             fmt::format("{} in tree {}", yes ? n.yes[i] : n.no[i], n.trees[i]), "a node of that tree");
      (yes ? b.yes : b.no) = it->second;
    }
    e.features = std::max(e.features, b.feature + (b.feature < INT64_MAX));
    e.branches.push_back(b);
  }
  PHAROS_TRY(classic_votes(node, prefix, leaf_of, e));
  PHAROS_TRY(check(node, e, targets));
  return e;
}

namespace {

Result<std::vector<double>> tensor_list(const Node& node, std::string_view attribute) {
  const Tensor* t = node.attr_tensor(attribute);
  if (!t) return bad_attribute(node, attribute, "missing", "a tensor");
  return to_doubles(*t);
}

// Sets of members follow each other, each ended by a NaN, in the order of the nodes that test membership.
Result<void> read_sets(const Node& node, Ensemble& e) {
  std::vector<double> values;
  if (const Tensor* t = node.attr_tensor("membership_values")) values = to_doubles(*t);
  std::vector<std::vector<double>> sets(1);
  for (const double v : values) {
    if (!std::isnan(v)) sets.back().push_back(v);
    else sets.emplace_back();
  }
  if (sets.back().empty()) sets.pop_back();
  int64_t used = 0;
  for (auto& b : e.branches)
    if (b.mode == Ensemble::Mode::Member) b.members = used++;
  if (used > int64_t(sets.size()))
    return bad_attribute(node, "membership_values", fmt::format("{} sets", sets.size()), fmt::format("{} sets", used));
  for (auto& s : sets) std::sort(s.begin(), s.end());
  e.sets = std::move(sets);
  return {};
}

}  // namespace

Result<Ensemble> modern_ensemble(const Node& node, int64_t targets) {
  Ensemble e;
  const auto features = node.attr_ints("nodes_featureids"), yes = node.attr_ints("nodes_truenodeids"),
             no = node.attr_ints("nodes_falsenodeids");
  const auto yes_leaf = node.attr_ints("nodes_trueleafs"), no_leaf = node.attr_ints("nodes_falseleafs"),
             missing = node.attr_ints("nodes_missing_value_tracks_true");
  const auto splits = PHAROS_TRY(tensor_list(node, "nodes_splits")),
             modes = PHAROS_TRY(tensor_list(node, "nodes_modes"));
  const size_t n = features.size();
  PHAROS_TRY(same_size(node, "nodes_truenodeids", yes.size(), n));
  PHAROS_TRY(same_size(node, "nodes_falsenodeids", no.size(), n));
  PHAROS_TRY(same_size(node, "nodes_trueleafs", yes_leaf.size(), n));
  PHAROS_TRY(same_size(node, "nodes_falseleafs", no_leaf.size(), n));
  PHAROS_TRY(same_size(node, "nodes_splits", splits.size(), n));
  PHAROS_TRY(same_size(node, "nodes_modes", modes.size(), n));
  PHAROS_TRY(same_size(node, "nodes_missing_value_tracks_true", missing.size(), n, true));
  for (size_t i = 0; i < n; ++i) {
    if (!(modes[i] >= 0 && modes[i] <= 6))
      return bad_attribute(node, "nodes_modes", fmt::format("{}", modes[i]), "0 to 6");
    for (const auto& [attribute, child] :
         {std::pair("nodes_truenodeids", yes[i]), std::pair("nodes_falsenodeids", no[i])})
      if (child < 0) return bad_attribute(node, attribute, std::to_string(child), "0 or more");
    Ensemble::Branch b{.split = splits[i], .feature = features[i], .mode = Ensemble::Mode(int(modes[i]))};
    b.missing_is_true = !missing.empty() && missing[i] != 0;
    b.yes = yes_leaf[i] ? ~yes[i] : yes[i];
    b.no = no_leaf[i] ? ~no[i] : no[i];
    e.features = std::max(e.features, b.feature + (b.feature < INT64_MAX));
    e.branches.push_back(b);
  }
  PHAROS_TRY(read_sets(node, e));
  const auto leaf_targets = node.attr_ints("leaf_targetids");
  const auto weights = PHAROS_TRY(tensor_list(node, "leaf_weights"));
  PHAROS_TRY(same_size(node, "leaf_weights", weights.size(), leaf_targets.size()));
  for (size_t i = 0; i < weights.size(); ++i) {
    e.votes.push_back({leaf_targets[i], weights[i]});
    e.leaf_end.push_back(e.votes.size());
  }
  e.roots = node.attr_ints("tree_roots");
  for (const int64_t r : e.roots)
    if (r < 0) return bad_attribute(node, "tree_roots", std::to_string(r), "0 or more");
  PHAROS_TRY(check(node, e, targets));
  return e;
}

void score_row(const Ensemble& e, Aggregate how, std::span<const double> row, Scores& s) {
  score_leaves(e, how, [&](size_t tree) { return e.walk(e.roots[tree], row); }, s);
}

}  // namespace pharos::ml
