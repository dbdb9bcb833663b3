#pragma once
// Changes that passes make, each leaving the links of the graph consistent.

#include <span>

#include "passes/match.h"
#include "passes/pass.h"

namespace pharos::passes {

// Of ONNX or a fused form of ours: an operator of a plugin may have the same name and mean something else.
inline bool is_builtin(const Node& n) { return n.domain.empty() || n.domain == "pharos"; }

// Every reader of `from` reads `to` instead. False (and nothing changes) where that would make a graph input, a
// constant or a second output name a graph output. `to` takes over what is known of the type of `from`.
bool replace_value(Graph& g, ValueId from, ValueId to);
// As above for a node whose single used output equals `to`; on success the node is erased, and its origin goes to
// whoever computes `to`.
bool bypass(Graph& g, NodeId node, ValueId to);

// `fresh` takes the place of `root`: its outputs (unless it has some), its name, and the origins of root and `absorbed`
// nodes. Nodes that nobody reads any more are erased.
NodeId replace_node(Graph& g, NodeId root, Node fresh, std::span<const NodeId> absorbed = {});
// Erases the producer of `v` and what it alone needed, if nobody reads them.
void erase_if_dead(Graph& g, ValueId v);

// A new node before others: returns its only output, of the given type. Origins are those of `like`.
ValueId emit(Graph& g, Node node, Type type, std::string_view name, NodeId like = {});
Node make_node(std::string op, std::vector<ValueId> inputs, Attributes attributes = {}, std::string domain = "");

ValueId add_ints(Graph& g, std::string name, std::span<const int64_t> values);  // a 1-D i64 constant
// A float constant of the dtype; dims must hold as many elements as there are values.
Tensor float_tensor(DType t, Dims dims, std::span<const double> values);
std::vector<double> to_doubles(const Tensor& t);

// `to` as the operand of a Reshape of `from`, if that cannot fail and can be written as constants, 0 and at most one -1.
std::optional<std::vector<int64_t>> reshape_operand(const Shape& from, const Shape& to);

// Copies the nodes of a subgraph into `g`; `inputs` stand for its inputs. Returns what its outputs became.
std::vector<ValueId> inline_graph(Graph& g, const Graph& body, std::span<const ValueId> inputs, NodeId site);

}  // namespace pharos::passes
