#pragma once
// Graphs from GraphProtos: names become values, functions are inlined, subgraphs get explicit captures.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "onnx/functions.h"
#include "onnx/import.h"
#include "onnx/tensors.h"
#include "onnx/upgrade.h"

namespace pharos {

using Versions = std::map<std::string, int64_t, std::less<>>;  // by domain

// The function call whose body is being read; null pointers outside of functions.
struct CallFrame {
  const CallFrame* caller = nullptr;
  const LocalFunction* function = nullptr;
  const Versions* versions = nullptr;
  std::string prefix;   // of names: "call_node/"
  int depth = 0;        // of functions and subgraphs together
  std::map<std::string, const onnx::AttributeProto*, std::less<>> attributes;
};

// Names that are visible at one place, and the graph that holds their values.
struct Scope {
  Graph& graph;
  Scope* parent = nullptr;  // of the enclosing graph, for captures
  std::unordered_map<std::string_view, ValueId> names;  // none: an input that the caller left out
  std::unordered_map<std::string_view, std::string> output_names;  // of a function: names its results have outside
  std::vector<std::pair<ValueId, ValueId>> captures;  // value of the parent, input of this graph
};

class ModelBuilder {
 public:
  ModelBuilder(const onnx::ModelProto& model, const OpSet& ops, const ImportOptions& options, TensorReader& tensors, ImportedModel& out)
      : model_(model), ops_(ops), options_(options), tensors_(tensors), out_(out) {}

  Result<void> build();

 private:
  using ReadNodes = std::vector<ReadNode>;

  // builder.cpp: graphs
  Result<Versions> read_versions(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports, const Versions* otherwise);
  Result<void> build_root(const Versions& versions);
  Result<void> add_initializers(const onnx::GraphProto& g, Scope& scope, bool root);
  Result<void> add_outputs(const onnx::GraphProto& g, Scope& scope);
  Result<Graph> build_subgraph(const onnx::GraphProto& g, Scope& parent, const CallFrame& frame, std::vector<std::pair<ValueId, ValueId>>& captures);
  Result<void> define(Scope& scope, std::string_view name, ValueId value, std::string_view by);
  std::optional<ValueId> lookup(Scope& scope, std::string_view name);
  void restore_output_names(const onnx::GraphProto& g);

  // builder_nodes.cpp
  Result<void> build_nodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes, std::string_view where, Scope& scope,
                           const CallFrame& frame, ReadNodes& read);
  Result<void> build_node(const onnx::NodeProto& p, const std::string& label, Scope& scope, const CallFrame& frame, ReadNodes& read);
  Result<std::vector<ValueId>> read_inputs(const onnx::NodeProto& p, const std::string& label, Scope& scope);
  Result<std::vector<ValueId>> make_outputs(const onnx::NodeProto& p, const std::string& label, Scope& scope, const CallFrame& frame);
  Result<int64_t> version_of(const std::string& domain, const std::string& label, const CallFrame& frame);
  Result<void> build_constant(const onnx::NodeProto& p, const std::string& label, Scope& scope, const CallFrame& frame);
  Result<void> inline_call(const LocalFunction& f, const onnx::NodeProto& p, const std::string& label, Scope& scope,
                           const CallFrame& frame, ReadNodes& read);
  Result<void> bind_results(const LocalFunction& f, const onnx::NodeProto& p, const std::string& label, Scope& scope, Scope& body,
                            const CallFrame& inner);

  // builder_attributes.cpp
  struct Subgraph { std::string key; Graph graph; std::vector<std::pair<ValueId, ValueId>> captures; };
  Result<void> read_attributes(const onnx::NodeProto& p, Node& node, Scope& scope, const CallFrame& frame, std::vector<Subgraph>& subgraphs);
  Result<std::optional<Attribute>> read_attribute(const onnx::AttributeProto& a, const std::string& what);
  static void unite_captures(Node& node, std::vector<Subgraph> subgraphs);

  void note(Report report) { out_.notes.push_back(std::move(report)); }
  // Unless there is one already of that diagnostic (and the same argument `key`).
  void note_once(const Diagnostic& d, Arguments arguments, std::string_view key = "");

  const onnx::ModelProto& model_;
  const OpSet& ops_;
  const ImportOptions& options_;
  TensorReader& tensors_;
  ImportedModel& out_;
  FunctionTable functions_;
  Unknowns unknowns_;
  int64_t nodes_built_ = 0;
};

}  // namespace pharos
