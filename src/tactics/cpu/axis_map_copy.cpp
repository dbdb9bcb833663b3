// Pad, Tile and nearest Resize of any axes and element types.

#include <algorithm>

#include "ops/pad_params.h"
#include "ops/resize_params.h"
#include "tactics/cpu/axis_map.h"

namespace pharos {
namespace {

using namespace cpu;

// The maps take memory of their own for every index.
constexpr int64_t most_outputs = int64_t{1} << 31;

using Maps = std::vector<std::vector<int64_t>>;

std::optional<Maps> padded(const Problem& p) {
  if (!is_constant(p, 1) || (p.has_input(3) && !is_constant(p, 3))) return std::nullopt;
  const auto params = pad_params(*p.node, p.in(0), p.constants[1]->to_ints(), constant_ints(p, 3), most_outputs);
  if (!params) return std::nullopt;
  return params->source;
}

std::optional<Maps> tiled(const Problem& p) {
  const Dims in = p.in(0), out = p.out(0);
  if (in.size() != out.size()) return std::nullopt;
  Maps maps(in.size());
  for (size_t d = 0; d < in.size(); ++d)
    for (int64_t i = 0; i < out[d]; ++i) maps[d].push_back(i % in[d]);
  return maps;
}

std::optional<Maps> resized(const Problem& p) {
  const auto known = [&](size_t i) { return p.has_input(i) && is_constant(p, i) && p.constants[i]->count() > 0 ? p.constants[i] : nullptr; };
  for (size_t i = 1; i < p.inputs.size(); ++i)
    if (p.has_input(i) && !is_constant(p, i)) return std::nullopt;
  const auto params = resize_params(*p.node, p.in(0), known(1), known(2), known(3));
  if (!params || params->mode != ResizeMode::Nearest || params->output_dims() != p.out(0)) return std::nullopt;
  Maps maps;
  for (const ResizeAxis& axis : params->axes) {
    std::vector<int64_t>& map = maps.emplace_back();
    if (!axis.resized) {
      for (int64_t i = 0; i < axis.out; ++i) map.push_back(i);
      continue;
    }
    ResizeTaps taps = resize_taps(*params, axis);
    if (std::ranges::any_of(taps.outside, [](char c) { return c != 0; })) return std::nullopt;
    map = std::move(taps.index);
  }
  return maps;
}

std::optional<Maps> maps_of(const Problem& p) { return p.node->is("Pad") ? padded(p) : p.node->is("Tile") ? tiled(p) : resized(p); }

Support supports(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || !p.outputs[0].is_concrete() || p.inputs[0].dtype != p.outputs[0].dtype ||
      dtype_size(p.inputs[0].dtype) == 0)
    return unsupported("the elements cannot be copied as bytes");
  const auto count = element_count(p.out(0));
  if (!count || *count == 0 || *count > most_outputs) return unsupported("nothing to copy, or more than 2^31 elements");
  if (p.node->is("Pad") && p.has_input(2) && (!p.inputs[2].is_concrete() || count_of(p.in(2)) > 1 || p.inputs[2].dtype != p.inputs[0].dtype))
    return unsupported("the filling is not one element");
  if (count_of(p.in(0)) == 0 && !p.node->is("Pad")) return unsupported("nothing to copy from");
  const auto maps = maps_of(p);
  if (!maps) return unsupported("parameters are not constant, or nothing that a copy can do");
  Dims out;
  for (const auto& map : *maps) out.push_back(int64_t(map.size()));
  if (out != p.out(0)) return unsupported("parameters contradict the shape of the output");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const bool pads = p.node->is("Pad");
  return make_kernel([copy = AxisMapCopy(p.in(0), *maps_of(p), dtype_size(p.inputs[0].dtype)), pads](const KernelArgs& a, const Threads& threads) {
    static constexpr std::byte zero[16]{};
    const Tensor* filling = pads && a.inputs.size() > 2 ? a.inputs[2] : nullptr;
    copy.run(a.inputs[0]->data(), a.outputs[0]->data(), filling && filling->count() ? filling->data() : zero, threads);
  });
}

}  // namespace

void define_axis_map_copy(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.movement.mapped",
      .doc = "Pad, Tile and nearest Resize: copies of stretches, with the source of every index worked out beforehand.",
      .ops = {{"", "Pad"}, {"", "Tile"}, {"", "Resize"}},
      .numerics = Numerics::Exact,
      .supports = supports,
      .prepare = prepare,
  });
}

}  // namespace pharos
