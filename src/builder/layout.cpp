#include "builder/layout.h"

#include <fmt/format.h>

namespace pharos {
namespace {

Format format_at(const std::vector<Format>& list, size_t i) { return i < list.size() ? list[i] : Format::Plain; }

}  // namespace

std::vector<NodeId> apply_layouts(Graph& graph, const std::map<NodeId, Formats>& formats) {
  for (const auto& [id, f] : formats)
    for (size_t o = 0; o < graph[id].outputs.size(); ++o)
      if (const ValueId v = graph[id].outputs[o]) graph.value(v).type.format = format_at(f.outputs, o);

  std::vector<NodeId> inserted;
  std::map<std::pair<ValueId, Format>, ValueId> made;
  const auto reordered = [&](ValueId v, Format to) {
    if (graph.value(v).type.format == to) return v;
    auto [it, fresh] = made.try_emplace({v, to});
    if (!fresh) return it->second;
    Node node;
    node.domain = "pharos";
    node.op = "Reorder";
    node.name = fmt::format("{}_to_{}", graph.value(v).name, format_name(to));
    node.inputs = {v};
    node.attributes["to"] = std::string(format_name(to));
    if (const NodeId p = graph.producer(v)) node.origin = graph[p].origin;
    Type type = graph.value(v).type;
    type.format = to;
    const ValueId out = graph.add_value(fmt::format("{}_{}", graph.value(v).name, format_name(to)), type);
    node.outputs = {out};
    inserted.push_back(graph.add_node(std::move(node)));
    return it->second = out;
  };

  for (const NodeId id : graph.nodes()) {
    if (graph[id].is("Reorder", "pharos")) continue;
    const auto f = formats.find(id);
    for (size_t i = 0; i < graph[id].inputs.size(); ++i) {
      const ValueId v = graph[id].inputs[i];
      if (!v || graph.value(v).constant || !graph.value(v).type.is_tensor()) continue;
      const Format wanted = f == formats.end() ? Format::Plain : format_at(f->second.inputs, i);
      if (const ValueId r = reordered(v, wanted); r != v) graph.set_input(id, i, r);
    }
  }
  // The caller sees plain outputs under their own names.
  std::vector<ValueId> outputs = graph.outputs();
  for (ValueId& v : outputs) {
    if (graph.value(v).type.format == Format::Plain) continue;
    const std::string name = graph.value(v).name;
    const ValueId plain = reordered(v, Format::Plain);
    graph.rename(v, name + "_blocked");
    graph.rename(plain, name);
    v = plain;
  }
  graph.set_outputs(std::move(outputs));
  return inserted;
}

}  // namespace pharos
