#include "builder/profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "catalog/build.h"

namespace pharos {
namespace {

bool is_dynamic(const Value& v) { return v.type.is_tensor() && !v.type.is_concrete(); }

const DimBounds* bounds_of(const OptimizationProfile& p, std::string_view name) {
  for (const auto& [input, bounds] : p.inputs)
    if (input == name) return &bounds;
  return nullptr;
}

// A shape for the message: fixed dims as they are, 1 for the others.
std::string suggestion(const Value& v) {
  if (!v.type.shape) return v.name + ":<dims>";
  std::string dims;
  for (const Dim& d : *v.type.shape) dims += (dims.empty() ? "" : "x") + std::to_string(d.is_number() ? d.number() : 1);
  return v.name + ":" + (dims.empty() ? "scalar" : dims);
}

Report missing(const Graph& g, const std::vector<ValueId>& open) {
  std::string inputs, shapes;
  for (const ValueId id : open) {
    const Value& v = g.value(id);
    inputs += (inputs.empty() ? "" : ", ") + fmt::format("'{}' ({})", v.name, v.type.text());
    shapes += (shapes.empty() ? "" : ",") + suggestion(v);
  }
  return Report(diag::profile_missing, {{"inputs", inputs}, {"option", fmt::format("--shapes {} (or --min-shapes, --opt-shapes and --max-shapes)", shapes)}});
}

Report misfit(size_t index, std::string_view input, std::string details) {
  return Report(diag::profile_misfit, {{"index", std::to_string(index)}, {"input", std::string(input)}, {"details", std::move(details)}});
}

Result<void> check_bounds(size_t index, const Value& v, const DimBounds& b) {
  if (b.min.size() != b.opt.size() || b.opt.size() != b.max.size())
    return misfit(index, v.name, fmt::format("min {}, opt {} and max {} have different ranks", dims_text(b.min), dims_text(b.opt), dims_text(b.max)));
  if (!v.type.is_tensor()) return misfit(index, v.name, "is no tensor");
  if (v.type.shape && v.type.shape->size() != b.opt.size())
    return misfit(index, v.name, fmt::format("has rank {}; the profile gives {}", v.type.shape->size(), dims_text(b.opt)));
  for (size_t d = 0; d < b.opt.size(); ++d) {
    if (b.min[d] < 0 || b.min[d] > b.opt[d] || b.opt[d] > b.max[d])
      return misfit(index, v.name, fmt::format("dim {}: min {}, opt {}, max {} are not in order", d, b.min[d], b.opt[d], b.max[d]));
    if (!v.type.shape || !(*v.type.shape)[d].is_number()) continue;
    if (const int64_t n = (*v.type.shape)[d].number(); b.min[d] != n || b.max[d] != n)
      return misfit(index, v.name, fmt::format("dim {} is fixed at {} in the model; the profile gives {} to {}", d, n, b.min[d], b.max[d]));
  }
  for (const Dims* dims : {&b.min, &b.opt, &b.max})
    if (!element_count(*dims)) return misfit(index, v.name, fmt::format("{} has more than 2^63 elements", dims_text(*dims)));
  return {};
}

// Dims of one name are equal: passes rely on it, and so does what the builder measures at a profile's shapes.
Result<void> check_named_dims(const Graph& g, size_t index, const OptimizationProfile& p) {
  struct First { const std::string* input; size_t dim; const DimBounds* bounds; };
  std::map<std::string, First, std::less<>> known;
  for (const ValueId id : g.inputs()) {
    const Value& v = g.value(id);
    const DimBounds* b = is_dynamic(v) && v.type.shape ? bounds_of(p, v.name) : nullptr;
    for (size_t d = 0; b && d < v.type.shape->size(); ++d) {
      const auto symbol = (*v.type.shape)[d].symbol_name();
      if (!symbol) continue;
      const First& first = known.try_emplace(*symbol, First{&v.name, d, b}).first->second;
      const auto range = [](const DimBounds& x, size_t at) {
        return x.min[at] == x.max[at] ? std::to_string(x.opt[at]) : fmt::format("{}/{}/{}", x.min[at], x.opt[at], x.max[at]);
      };
      const std::string here = range(*b, d), there = range(*first.bounds, first.dim);
      if (here != there)
        return misfit(index, v.name, fmt::format("dim {}, '{}', is {}; '{}' has {} for it, and dims of one name are equal", d, *symbol,
                                                 here, *first.input, there));
    }
  }
  return {};
}

void set_symbol_ranges(Graph& g, const std::vector<OptimizationProfile>& profiles) {
  for (const ValueId id : g.inputs()) {
    const Value& v = g.value(id);
    if (!is_dynamic(v) || !v.type.shape) continue;
    for (size_t d = 0; d < v.type.shape->size(); ++d) {
      const auto symbol = (*v.type.shape)[d].symbol_name();
      if (!symbol) continue;
      DimRange range{INT64_MAX, 0};
      for (const OptimizationProfile& p : profiles) {
        const DimBounds* b = bounds_of(p, v.name);
        range = {std::min(range.min, b->min[d]), std::max(range.max, b->max[d])};
      }
      g.symbols[*symbol] = range;
    }
  }
}

}  // namespace

Result<std::vector<OptimizationProfile>> check_profiles(Graph& graph, const std::vector<OptimizationProfile>& profiles) {
  std::vector<ValueId> open;
  for (const ValueId id : graph.inputs()) {
    const Value& v = graph.value(id);
    const auto covers = [&](const OptimizationProfile& p) { return bounds_of(p, v.name) != nullptr; };
    if (is_dynamic(v) && (profiles.empty() || !std::all_of(profiles.begin(), profiles.end(), covers))) open.push_back(id);
  }
  for (size_t p = 0; p < profiles.size(); ++p)
    for (const auto& [name, bounds] : profiles[p].inputs) {
      const auto& inputs = graph.inputs();
      const auto it = std::find_if(inputs.begin(), inputs.end(), [&](ValueId id) { return graph.value(id).name == name; });
      if (it == inputs.end()) {
        std::string known;
        for (const ValueId id : inputs) known += (known.empty() ? "'" : ", '") + graph.value(id).name + "'";
        return misfit(p, name, "the model has no such input; it has " + known);
      }
      PHAROS_TRY(check_bounds(p, graph.value(*it), bounds));
    }
  if (!open.empty()) return missing(graph, open);
  for (size_t p = 0; p < profiles.size(); ++p) PHAROS_TRY(check_named_dims(graph, p, profiles[p]));
  std::vector<OptimizationProfile> out;
  // A profile that fixes what is fixed anyway says nothing.
  const bool any = std::any_of(graph.inputs().begin(), graph.inputs().end(), [&](ValueId id) { return is_dynamic(graph.value(id)); });
  if (any) out = profiles;
  set_symbol_ranges(graph, out);
  return out;
}

std::vector<Type> input_types_at(const Graph& graph, const OptimizationProfile* profile, ProfilePoint point) {
  std::vector<Type> types;
  for (const ValueId id : graph.inputs()) {
    const Value& v = graph.value(id);
    const DimBounds* b = profile ? bounds_of(*profile, v.name) : nullptr;
    if (!b || v.type.is_concrete()) types.push_back(v.type);
    else types.push_back(Type::tensor(v.type.dtype, point == ProfilePoint::Min ? b->min : point == ProfilePoint::Opt ? b->opt : b->max));
  }
  return types;
}

}  // namespace pharos
