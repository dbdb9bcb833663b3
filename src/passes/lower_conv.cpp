#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {

Result<int> lower_conv(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.nodes()) {
    const Node& n = g[id];
    if (!n.is("Conv") || !c.takes("pharos", "Conv", dtype_of(g, n.inputs[0]))) continue;
    const std::string mode = n.attr_string("auto_pad", "NOTSET");
    if (mode != "NOTSET" && mode != "VALID") {
      c.note(g, id, fmt::format("kept as it is: its padding ({}) depends on extents that are not known", mode));
      continue;
    }
    g.node(id).attributes.erase("auto_pad");
    g.node(id).domain = "pharos";
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
