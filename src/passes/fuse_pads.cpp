#include <algorithm>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// Padding of the spatial axes, begins then ends, if the Pad adds nothing else and only zeros.
std::optional<std::vector<int64_t>> zero_spatial_pads(const Graph& g, const Node& n) {
  const auto rank = rank_of(g, n.inputs[0]);
  const auto pads = n.has_input(1) ? ints_of(g, n.inputs[1]) : std::nullopt;
  if (!rank || *rank < 3 || !pads || n.attr_string("mode", "constant") != "constant") return std::nullopt;
  if (n.has_input(2) && scalar_of(g, n.inputs[2]) != std::optional(0.0)) return std::nullopt;
  std::vector<int64_t> axes;
  if (n.has_input(3)) {
    const auto given = ints_of(g, n.inputs[3]);
    if (!given) return std::nullopt;
    axes = *given;
  } else {
    for (int i = 0; i < *rank; ++i) axes.push_back(i);
  }
  if (pads->size() != 2 * axes.size()) return std::nullopt;
  const size_t spatial = size_t(*rank) - 2;
  std::vector<int64_t> out(2 * spatial, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = axes[i] < 0 ? axes[i] + *rank : axes[i];
    const int64_t begin = (*pads)[i], end = (*pads)[i + axes.size()];
    if (begin < 0 || end < 0 || axis < 0 || axis >= *rank || (axis < 2 && (begin || end))) return std::nullopt;
    if (axis < 2) continue;
    out[size_t(axis) - 2] += begin;
    out[size_t(axis) - 2 + spatial] += end;
  }
  return out;
}

bool never_negative(const Graph& g, ValueId v) {
  const NodeId p = g.producer(v);
  if (!p) return false;
  const Node& n = g[p];
  if (n.is("Relu") || n.is("Sigmoid") || n.attr_string("activation") == "relu" ||
      n.attr_string("activation") == "sigmoid")
    return true;
  return n.is("Clip") && n.has_input(1) && scalar_of(g, n.inputs[1]).value_or(-1) >= 0;
}

bool all_zero(const std::vector<int64_t>& v) {
  return std::all_of(v.begin(), v.end(), [](int64_t x) { return x == 0; });
}

// Why the reader cannot take the padding; empty where it can.
std::string refusal(const Graph& g, const Node& pad, const std::vector<int64_t>& pads, const Node& reader) {
  const std::string mode = reader.attr_string("auto_pad", "NOTSET");
  if (mode != "NOTSET" && mode != "VALID") return fmt::format("reader '{}' pads by {}", reader.name, mode);
  if (reader.is("Conv") || reader.is("Conv", "pharos")) return "";
  if (reader.attr_int("ceil_mode")) return fmt::format("reader '{}' rounds its output up", reader.name);
  if (reader.is("AveragePool"))
    return all_zero(reader.attr_ints("pads")) || reader.attr_int("count_include_pad")
               ? ""
               : "reader does not count its own padding";
  // MaxPool pads with minus infinity: the same only where nothing is negative and every window sees an element.
  if (!never_negative(g, pad.inputs[0])) return fmt::format("zeros are not neutral for MaxPool '{}'", reader.name);
  const auto kernel = reader.attr_ints("kernel_shape");
  const auto dilations = reader.attr_ints("dilations");
  if (!all_zero(reader.attr_ints("pads")) ||
      std::any_of(dilations.begin(), dilations.end(), [](int64_t d) { return d != 1; }))
    return "the pooling has padding or dilation of its own";
  for (size_t i = 0; i < pads.size(); ++i)
    if (pads[i] >= kernel[i % kernel.size()]) return "a window would lie in the padding";
  return "";
}

bool candidate(const Node& n) {
  return n.is("Conv") || n.is("Conv", "pharos") || n.is("MaxPool") || n.is("AveragePool");
}

void take_over(Graph& g, NodeId pad, NodeId reader, const std::vector<int64_t>& extra) {
  std::vector<int64_t> pads = g[reader].attr_ints("pads");
  pads.resize(extra.size(), 0);
  for (size_t i = 0; i < extra.size(); ++i) pads[i] += extra[i];
  auto& attributes = g.node(reader).attributes;
  attributes.erase("auto_pad");
  attributes["pads"] = pads;
  if (g[reader].is("AveragePool")) attributes["count_include_pad"] = int64_t{1};
  g.merge_origin(reader, pad);
  g.set_input(reader, 0, g[pad].inputs[0]);
}

}  // namespace

Result<int> fuse_pads(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !g[id].is("Pad") || !g[id].has_input(0)) continue;
    const auto pads = zero_spatial_pads(g, g[id]);
    const ValueId out = g[id].outputs[0];
    const std::vector<NodeId> readers = g.value(out).uses;
    for (const NodeId reader : readers) {
      if (!candidate(g[reader]) || g[reader].inputs[0] != out) continue;
      std::string why =
          pads ? refusal(g, g[id], *pads, g[reader]) : "it is not constant zero padding of the spatial axes";
      if (!why.empty()) {
        c.note(g, id, fmt::format("not merged into {} '{}': {}", g[reader].op, g[reader].name, why));
        continue;
      }
      take_over(g, id, reader, *pads);
      ++rewrites;
    }
    erase_if_dead(g, out);
  }
  return rewrites;
}

}  // namespace pharos::passes
