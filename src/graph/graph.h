#pragma once
// The intermediate representation: values and nodes in arenas, addressed by small ids. A value type: copying a Graph
// copies the structure and shares the constants. Not thread-safe while it is modified.
//
// Subgraphs (If, Loop, Scan, SequenceMap) read values of the enclosing graph only through explicit captures: the last
// `Node::captures` inputs of the node are appended, in order, to the formal inputs of each of its subgraphs.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/tensor.h"
#include "graph/type.h"

namespace pharos {

class Graph;

struct NodeId {
  uint32_t index = UINT32_MAX;
  explicit operator bool() const { return index != UINT32_MAX; }
  auto operator<=>(const NodeId&) const = default;
};
struct ValueId {
  uint32_t index = UINT32_MAX;  // the default is "none": an optional input or output that is left out
  explicit operator bool() const { return index != UINT32_MAX; }
  auto operator<=>(const ValueId&) const = default;
};

using SharedGraph = std::shared_ptr<const Graph>;
using Attribute = std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
                               std::vector<std::string>, Tensor, SharedGraph, std::vector<Tensor>, Type>;
using Attributes = std::map<std::string, Attribute, std::less<>>;

struct Node {
  std::string domain;  // "" is ai.onnx; "pharos" are our fused forms
  std::string op;
  std::string name;                  // unique within the graph; made up where the model has none
  std::vector<ValueId> inputs;       // none: left out
  std::vector<ValueId> outputs;      // none: left out
  Attributes attributes;
  std::vector<std::string> origin;   // names of the ONNX nodes it stems from, in model order
  uint32_t captures = 0;             // see the head of this file

  bool is(std::string_view op_name, std::string_view op_domain = "") const { return op == op_name && domain == op_domain; }
  size_t formal_inputs() const { return inputs.size() - captures; }
  bool has_subgraphs() const {
    for (const auto& [key, value] : attributes)
      if (std::holds_alternative<SharedGraph>(value)) return true;
    return false;
  }
  bool has_input(size_t i) const { return i < inputs.size() && bool(inputs[i]); }
  bool has_output(size_t i) const { return i < outputs.size() && bool(outputs[i]); }

  bool has_attr(std::string_view key) const { return attributes.find(key) != attributes.end(); }
  template <class T> const T* attr(std::string_view key) const {
    const auto it = attributes.find(key);
    return it == attributes.end() ? nullptr : std::get_if<T>(&it->second);
  }
  int64_t attr_int(std::string_view key, int64_t otherwise = 0) const { const auto* v = attr<int64_t>(key); return v ? *v : otherwise; }
  float attr_float(std::string_view key, float otherwise = 0) const { const auto* v = attr<float>(key); return v ? *v : otherwise; }
  std::string attr_string(std::string_view key, std::string_view otherwise = "") const { const auto* v = attr<std::string>(key); return v ? *v : std::string(otherwise); }
  std::vector<int64_t> attr_ints(std::string_view key, std::vector<int64_t> otherwise = {}) const { const auto* v = attr<std::vector<int64_t>>(key); return v ? *v : std::move(otherwise); }
  std::vector<float> attr_floats(std::string_view key, std::vector<float> otherwise = {}) const { const auto* v = attr<std::vector<float>>(key); return v ? *v : std::move(otherwise); }
  const Tensor* attr_tensor(std::string_view key) const { return attr<Tensor>(key); }
  const Graph* attr_graph(std::string_view key) const { const auto* v = attr<SharedGraph>(key); return v ? v->get() : nullptr; }
};

struct Value {
  std::string name;  // unique within the graph
  Type type;
  NodeId producer;            // none: graph input, constant
  uint32_t output_index = 0;  // which output of the producer
  std::vector<NodeId> uses;   // nodes that read it, once per reading input position
  bool is_input = false;
  std::shared_ptr<const Tensor> constant;  // known contents (plain format)
  bool packed = false;        // a constant whose contents live only in the packed weights of the node that reads it
};

class Graph {
 public:
  std::string name;
  // Declared ranges of symbols, from optimisation profiles or the model.
  SymbolRanges symbols;

  // --- values
  ValueId add_input(std::string name, Type type);
  ValueId add_constant(std::string name, Tensor tensor);           // the name is made unique
  ValueId add_constant(std::string name, std::shared_ptr<const Tensor> tensor);
  ValueId add_value(std::string name, Type type = {});             // to be produced by a node added later
  const Value& value(ValueId id) const { return values_[id.index]; }
  Value& value(ValueId id) { return values_[id.index]; }
  const Tensor* constant(ValueId id) const { return id ? values_[id.index].constant.get() : nullptr; }
  ValueId find_value(std::string_view name) const;  // linear in the number of values; none where absent
  void rename(ValueId id, std::string name);        // made unique
  const std::vector<ValueId>& inputs() const { return inputs_; }
  const std::vector<ValueId>& outputs() const { return outputs_; }
  void set_outputs(std::vector<ValueId> outputs);
  void set_inputs(std::vector<ValueId> inputs);
  bool is_output(ValueId id) const;
  size_t value_slots() const { return values_.size(); }  // ids are < value_slots(); some may be dead
  bool is_live(ValueId id) const;  // an input, an output, produced, or used

  // --- nodes
  // Links producer and uses. An empty node name is made up from the op; a taken one gets a suffix.
  NodeId add_node(Node node);
  // Convenience for passes: adds a node with one fresh output named after `name` and returns that output.
  ValueId add(std::string op, std::vector<ValueId> inputs, Attributes attributes = {}, std::string name = "",
              std::vector<std::string> origin = {}, std::string domain = "");
  const Node& node(NodeId id) const { return nodes_[id.index]; }
  Node& node(NodeId id) { return nodes_[id.index]; }  // change inputs and outputs only through the functions below
  const Node& operator[](NodeId id) const { return nodes_[id.index]; }
  size_t node_slots() const { return nodes_.size(); }
  bool is_alive(NodeId id) const { return id && id.index < nodes_.size() && alive_[id.index]; }
  std::vector<NodeId> nodes() const;              // alive ones, in id order
  size_t node_count() const { return live_nodes_; }
  // Every node after the producers of its inputs; stable (ties by id). Shorter than node_count() where there is a cycle.
  std::vector<NodeId> topological_order() const;

  void set_input(NodeId node, size_t i, ValueId v);  // grows the list of inputs with "none" as needed
  void set_output(NodeId node, size_t i, ValueId v); // `v` must have no producer yet (or none: drop the output)
  // In nodes and graph outputs. A graph output keeps its name by renaming `to`; where `to` cannot take it (an input, or
  // itself an output) an Identity goes between.
  void replace_uses(ValueId from, ValueId to);
  void erase(NodeId id);                        // its outputs lose their producer; the caller has replaced their uses
  void merge_origin(NodeId into, NodeId from);  // union, kept in order of first appearance
  std::string unique_name(std::string_view stem) const;  // taken by no value and no node

  // --- questions that passes ask
  NodeId producer(ValueId v) const { return v ? values_[v.index].producer : NodeId{}; }
  // The producer of `v`, if it is an `op` and `v` is read once and is no graph output.
  NodeId sole_producer(ValueId v, std::string_view op, std::string_view domain = "") const;
  NodeId sole_consumer(ValueId v) const;  // the only reader, if `v` is read once and is no graph output
  // Drops dead slots and renumbers in topological order. Invalidates all ids.
  void compact();

 private:
  // A name in use, and the number to try next for names that start from it.
  using Names = std::map<std::string, int, std::less<>>;
  static std::string claim(Names& names, std::string_view stem);
  static void release(Names& names, const std::string& name);
  static void note(Names& names, const std::string& name);
  ValueId new_value(std::string_view name, Type type);
  void link(NodeId id);
  void unlink_use(ValueId v, NodeId user);
  ValueId output_in_place_of(ValueId from, ValueId to);
  void count_outputs();
  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<char> alive_;
  size_t live_nodes_ = 0;
  std::vector<ValueId> inputs_, outputs_;
  std::vector<uint32_t> output_uses_;  // by value: how often it is an output of the graph; may be shorter than values_
  Names value_names_, node_names_;     // values and nodes apart
};

// The specification of a legal graph: ids in range, links consistent both ways, no cycle, names unique, every output
// The specification of a legal graph: ids in range, links consistent both ways, no cycle, names unique, every output
// produced, captures within bounds, subgraphs legal.
Result<void> verify(const Graph& graph);

// The text form; `parse_graph(print(g))` gives an equal graph (constants above `inline_limit` elements are printed as a
// content hash and come back without contents unless `inline_limit` is negative: then all are written out).
struct PrintOptions { int64_t inline_limit = 16; bool origins = true; bool types = true; };
std::string print(const Graph& graph, const PrintOptions& options = {});
Result<Graph> parse_graph(std::string_view text);

}  // namespace pharos
