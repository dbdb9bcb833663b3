#include "compare/match.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <unordered_map>

namespace pharos {
namespace {

using Layers = std::span<const MatchLayer>;
using Pairs = std::vector<std::pair<size_t, size_t>>;

constexpr size_t max_aligned = 4096;  // layers of a side that are compared by place: the table is quadratic

// Sets of layers that belong together; the layers of `a` come first.
class Sets {
 public:
  explicit Sets(size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), size_t(0)); }
  size_t find(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(size_t i, size_t k) { parent_[find(k)] = find(i); }

 private:
  std::vector<size_t> parent_;
};

class Matcher {
 public:
  Matcher(Layers a, Layers b)
      : a_(a), b_(b), sets_(a.size() + b.size()), found_a_(a.size(), false), found_b_(b.size(), false) {}

  LayerMatching match() {
    if (renumbered()) {
      pair_up(aligned(all(a_), all(b_)), true);
    } else {
      same_names();
      shared_nodes();
      std::vector<size_t> left_a, left_b;
      for (size_t i = 0; i < a_.size(); ++i)
        if (!found_a_[i]) left_a.push_back(i);
      for (size_t i = 0; i < b_.size(); ++i)
        if (!found_b_[i]) left_b.push_back(i);
      pair_up(aligned(left_a, left_b, true), true);
    }
    return groups();
  }

 private:
  static std::vector<size_t> all(Layers layers) {
    std::vector<size_t> out(layers.size());
    std::iota(out.begin(), out.end(), size_t(0));
    return out;
  }

  // The n-th layer of a name with the n-th of that name.
  Pairs by_name() const {
    std::unordered_map<std::string_view, std::vector<size_t>> names;
    for (size_t i = b_.size(); i-- > 0;) names[b_[i].name].push_back(i);
    Pairs out;
    for (size_t i = 0; i < a_.size(); ++i) {
      const auto at = names.find(a_[i].name);
      if (a_[i].parsed.weak || at == names.end() || at->second.empty()) continue;
      out.emplace_back(i, at->second.back());
      at->second.pop_back();
    }
    return out;
  }

  // Exporters number nodes from the start of the graph ("Conv_131"): one node more at its head shifts all names behind
  // it, and a name then means another layer. Known by this: in order of execution the engines compute the same, under
  // other names.
  bool renumbered() {
    const auto numbered = [](const MatchLayer& l) {
      return !l.parsed.nodes.empty() && l.parsed.nodes.front().find_first_of("/.") == std::string::npos;
    };
    if (a_.empty() || b_.empty() || !std::all_of(a_.begin(), a_.end(), numbered) ||
        !std::all_of(b_.begin(), b_.end(), numbered))
      return false;
    size_t computing = 0, same_names = 0;
    for (const MatchLayer& l : a_) computing += l.parsed.kind == LayerKind::Compute;
    for (const auto& [i, k] : by_name()) same_names += a_[i].parsed.kind == LayerKind::Compute;
    if (same_names * 10 >= computing * 6) return false;
    const Pairs pairs = aligned(all(a_), all(b_));
    size_t in_place = 0, shifted = 0;
    for (const auto& [i, k] : pairs) {
      if (a_[i].parsed.kind != LayerKind::Compute) continue;
      ++in_place;
      shifted += a_[i].name != b_[k].name;
    }
    return shifted * 2 > in_place && in_place * 10 >= computing * 8;
  }

  void pair_up(const Pairs& pairs, bool renamed) {
    for (const auto& [i, k] : pairs) {
      sets_.join(i, a_.size() + k);
      found_a_[i] = found_b_[k] = true;
      if (renamed && a_[i].name != b_[k].name) renamed_.push_back(i);
    }
  }

  void same_names() { pair_up(by_name(), false); }

  // Layers that hold the same node: fused here, apart there.
  void shared_nodes() {
    std::unordered_map<std::string_view, std::vector<size_t>> holders;
    for (size_t i = 0; i < a_.size(); ++i) {
      if (a_[i].parsed.kind != LayerKind::Compute || a_[i].parsed.weak) continue;
      for (const std::string& n : a_[i].parsed.nodes) holders[n].push_back(i);
    }
    for (size_t k = 0; k < b_.size(); ++k) {
      if (b_[k].parsed.kind != LayerKind::Compute || b_[k].parsed.weak) continue;
      for (const std::string& n : b_[k].parsed.nodes) {
        const auto at = holders.find(n);
        if (at == holders.end()) continue;
        for (const size_t i : at->second) {
          // Layers of one name are told apart by their order already.
          if (a_[i].name == b_[k].name) continue;
          sets_.join(i, a_.size() + k);
          found_a_[i] = found_b_[k] = true;
        }
      }
    }
  }

  // The last layer before each one that has a counterpart, by its set; 0 where there is none.
  std::vector<size_t> anchors(size_t size, size_t offset, const std::vector<bool>& found) {
    std::vector<size_t> out(size, 0);
    for (size_t i = 0, last = 0; i < size; ++i) {
      if (found[i]) last = sets_.find(offset + i) + 1;
      out[i] = last;
    }
    return out;
  }

  // The longest common subsequence of what the layers compute: renamed layers keep their order. `between`: and stand
  // behind the same layer that is known already, so that a layer taken out here is not one put in elsewhere.
  Pairs aligned(const std::vector<size_t>& left, const std::vector<size_t>& right, bool between = false) {
    const size_t n = left.size(), m = right.size();
    if (n == 0 || m == 0 || n > max_aligned || m > max_aligned) return {};
    const std::vector<size_t> before_a = between ? anchors(a_.size(), 0, found_a_) : std::vector<size_t>(a_.size(), 0);
    const std::vector<size_t> before_b =
        between ? anchors(b_.size(), a_.size(), found_b_) : std::vector<size_t>(b_.size(), 0);
    std::map<std::pair<std::string_view, size_t>, uint32_t> ids;
    const auto id = [&](const MatchLayer& l, size_t anchor) {
      return ids.emplace(std::pair(std::string_view(l.parsed.operators), anchor), uint32_t(ids.size())).first->second;
    };
    std::vector<uint32_t> x(n), y(m);
    for (size_t i = 0; i < n; ++i) x[i] = id(a_[left[i]], before_a[left[i]]);
    for (size_t k = 0; k < m; ++k) y[k] = id(b_[right[k]], before_b[right[k]]);
    std::vector<uint16_t> best((n + 1) * (m + 1), 0);
    const auto at = [&](size_t i, size_t k) -> uint16_t& { return best[i * (m + 1) + k]; };
    for (size_t i = n; i-- > 0;) {
      for (size_t k = m; k-- > 0;)
        at(i, k) = x[i] == y[k] ? uint16_t(at(i + 1, k + 1) + 1) : std::max(at(i + 1, k), at(i, k + 1));
    }
    Pairs out;
    for (size_t i = 0, k = 0; i < n && k < m;) {
      if (x[i] == y[k]) out.emplace_back(left[i++], right[k++]);
      else if (at(i + 1, k) >= at(i, k + 1)) ++i;
      else ++k;
    }
    return out;
  }

  LayerMatching groups() {
    LayerMatching out;
    std::map<size_t, size_t> index;  // of a set
    const auto group = [&](size_t element) -> LayerGroup& {
      const auto [at, fresh] = index.emplace(sets_.find(element), out.groups.size());
      if (fresh) out.groups.emplace_back();
      return out.groups[at->second];
    };
    for (size_t i = 0; i < a_.size(); ++i) group(i).a.push_back(i);
    for (size_t k = 0; k < b_.size(); ++k) group(a_.size() + k).b.push_back(k);
    for (const size_t i : renamed_) group(i).renamed = true;
    for (const LayerGroup& g : out.groups) {
      if (g.a.empty() || g.b.empty() || a_[g.a.front()].parsed.kind == LayerKind::Reformat) continue;
      ++out.matched;
      out.by_name += !g.renamed;
    }
    return out;
  }

  Layers a_, b_;
  Sets sets_;
  std::vector<bool> found_a_, found_b_;
  std::vector<size_t> renamed_;
};

}  // namespace

LayerMatching match_layers(std::span<const MatchLayer> a, std::span<const MatchLayer> b) {
  return Matcher(a, b).match();
}

}  // namespace pharos
