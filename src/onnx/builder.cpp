#include "onnx/builder.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalog/general.h"
#include "catalog/import.h"
#include "onnx/types.h"

namespace pharos {
namespace {

Report invalid(std::string details) { return Report(diag::model_invalid, {{"details", std::move(details)}}); }

int64_t newest(const std::string& domain) {
  if (domain.empty()) return proto::known_opset;
  return domain == "ai.onnx.ml" ? proto::known_ml_opset : INT64_MAX;
}

}  // namespace

Result<Versions> ModelBuilder::read_versions(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports,
                                             const Versions* otherwise) {
  Versions out;
  if (otherwise) out = *otherwise;
  Versions seen;
  for (const auto& i : imports) {
    const std::string domain = proto::domain_of(i.domain());
    if (i.version() < 1) return invalid(fmt::format("opset version {} of domain '{}' is not possible", i.version(), i.domain()));
    if (const auto [it, fresh] = seen.emplace(domain, i.version()); !fresh && it->second != i.version())
      return invalid(fmt::format("domain '{}' is imported with opset {} and with opset {}", i.domain(), it->second, i.version()));
    if (i.version() > newest(domain) && !otherwise)
      note(Report(diag::opset_too_new, {{"domain", domain.empty() ? "ai.onnx" : domain}, {"version", std::to_string(i.version())},
                                        {"known", std::to_string(newest(domain))}}));
    out[domain] = i.version();
  }
  return out;
}

Result<void> ModelBuilder::define(Scope& scope, std::string_view name, ValueId value, std::string_view by) {
  if (const auto [it, fresh] = scope.names.emplace(name, value); !fresh) {
    const Value* before = it->second ? &scope.graph.value(it->second) : nullptr;
    const std::string first = !before                 ? "an input"
                              : before->is_input      ? "a graph input"
                              : before->constant      ? "an initializer or constant"
                                                      : "a node before";
    return Report(diag::value_defined_twice, {{"graph", scope.graph.name}, {"value", std::string(name)}, {"first", first}, {"second", std::string(by)}});
  }
  return {};
}

// A value of an enclosing graph comes in as a capture; constants are shared instead, so that their contents stay known.
std::optional<ValueId> ModelBuilder::lookup(Scope& scope, std::string_view name) {
  if (const auto it = scope.names.find(name); it != scope.names.end()) return it->second;
  if (!scope.parent) return std::nullopt;
  const auto outer = lookup(*scope.parent, name);  // as deep as subgraphs are nested
  if (!outer) return std::nullopt;
  ValueId inner;
  if (*outer) {
    const Value& v = scope.parent->graph.value(*outer);
    if (v.constant) {
      inner = scope.graph.add_constant(v.name, v.constant);
    } else {
      inner = scope.graph.add_input(v.name, {});
      scope.captures.emplace_back(*outer, inner);
    }
  }
  scope.names.emplace(name, inner);
  return inner;
}

Result<void> ModelBuilder::add_initializers(const onnx::GraphProto& g, Scope& scope, bool root) {
  const auto add = [&](const std::string& name, auto read) -> Result<void> {
    if (name.empty()) return invalid(fmt::format("graph '{}' has an initializer without a name", scope.graph.name));
    // The input of a subgraph that also has a default is an input; those of the model are constants.
    if (const auto it = scope.names.find(name); !root && it != scope.names.end() && it->second && scope.graph.value(it->second).is_input) return {};
    const ValueId v = scope.graph.add_constant(name, PHAROS_TRY(read()));
    return define(scope, name, v, "an initializer");
  };
  for (const auto& t : g.initializer())
    PHAROS_TRY(add(t.name(), [&] { return tensors_.read(t, fmt::format("initializer '{}'", t.name())); }));
  for (const auto& t : g.sparse_initializer())
    PHAROS_TRY(add(t.values().name(), [&] { return tensors_.read(t, fmt::format("sparse initializer '{}'", t.values().name())); }));
  return {};
}

Result<void> ModelBuilder::add_outputs(const onnx::GraphProto& g, Scope& scope) {
  std::vector<ValueId> outputs;
  for (const auto& o : g.output()) {
    const auto v = lookup(scope, o.name());
    if (!v || !*v) return invalid(fmt::format("output '{}' of graph '{}' is produced by no node, input or initializer", o.name(), scope.graph.name));
    outputs.push_back(*v);
  }
  scope.graph.set_outputs(std::move(outputs));
  return {};
}

Result<Graph> ModelBuilder::build_subgraph(const onnx::GraphProto& g, Scope& parent, const CallFrame& frame,
                                           std::vector<std::pair<ValueId, ValueId>>& captures) {
  if (frame.depth >= options_.limits.max_depth)
    return Report(diag::limit_exceeded, {{"what", "nesting of functions and subgraphs"}, {"actual", fmt::format("more than {} levels", frame.depth)},
                                         {"limit", fmt::format("{} levels", options_.limits.max_depth)}});
  CallFrame inner = frame;
  ++inner.depth;
  Graph graph;
  graph.name = g.name();
  Scope scope{graph, &parent};
  for (const auto& i : g.input()) {
    // What the node passes decides: declared shapes of bodies are often those of one iteration, or of another form.
    const Type type = i.type().has_tensor_type() ? PHAROS_TRY(read_type(i.type(), i.name(), DimMode::Numbers, options_.limits)) : Type{};
    PHAROS_TRY(define(scope, i.name(), graph.add_input(i.name(), type.is_tensor() ? Type::tensor(type.dtype) : Type{}), "an input"));
  }
  PHAROS_TRY(add_initializers(g, scope, false));
  ReadNodes read;
  PHAROS_TRY(build_nodes(g.node(), graph.name, scope, inner, read));
  PHAROS_TRY(add_outputs(g, scope));
  for (int i = 0; i < g.output_size(); ++i) {
    Value& v = graph.value(graph.outputs()[size_t(i)]);
    if (g.output(i).has_type() && v.type.kind == Type::Kind::Unknown && !v.constant)
      v.type = PHAROS_TRY(read_type(g.output(i).type(), g.output(i).name(), DimMode::Numbers, options_.limits));
  }
  PHAROS_TRY(upgrade_nodes(graph, ops_, read, unknowns_));
  captures = std::move(scope.captures);
  return graph;
}

// Inlining may have made other names first; what the model calls its outputs counts.
void ModelBuilder::restore_output_names(const onnx::GraphProto& g) {
  Graph& graph = out_.graph;
  for (int i = 0; i < g.output_size(); ++i) {
    const ValueId v = graph.outputs()[size_t(i)];
    const std::string& name = g.output(i).name();
    if (graph.value(v).name == name || graph.value(v).is_input) continue;
    if (const ValueId other = graph.find_value(name); other && other != v) graph.rename(other, graph.unique_name(name));
    graph.rename(v, name);
  }
}

Result<void> ModelBuilder::build_root(const Versions& versions) {
  const onnx::GraphProto& g = model_.graph();
  Graph& graph = out_.graph;
  graph.name = g.name().empty() ? "model" : g.name();
  Scope scope{graph};
  PHAROS_TRY(add_initializers(g, scope, true));
  std::unordered_map<std::string_view, bool> seen;
  for (const auto& i : g.input()) {
    if (i.name().empty()) return invalid(fmt::format("graph '{}' has an input without a name", graph.name));
    if (!seen.emplace(i.name(), true).second)
      return Report(diag::value_defined_twice, {{"graph", graph.name}, {"value", i.name()}, {"first", "a graph input"}, {"second", "another input"}});
    if (scope.names.contains(i.name())) continue;  // an initializer with its default: not asked of the caller
    const Type type = PHAROS_TRY(read_type(i.type(), i.name(), DimMode::Symbols, options_.limits));
    if (type.kind == Type::Kind::Unknown) return invalid(fmt::format("input '{}' has no type", i.name()));
    PHAROS_TRY(define(scope, i.name(), graph.add_input(i.name(), type), "an input"));
  }
  CallFrame frame;
  frame.versions = &versions;
  ReadNodes read;
  PHAROS_TRY(build_nodes(g.node(), graph.name, scope, frame, read));
  if (g.output_size() == 0) return invalid(fmt::format("graph '{}' has no outputs", graph.name));
  PHAROS_TRY(add_outputs(g, scope));
  PHAROS_TRY(upgrade_nodes(graph, ops_, read, unknowns_));
  out_.unknown = unknowns_.list();
  if (!unknowns_.empty() && !options_.allow_unknown_operators) return unknowns_.report(ops_);
  restore_output_names(g);
  return {};
}

Result<void> ModelBuilder::build() {
  functions_ = PHAROS_TRY(FunctionTable::read(model_));
  out_.functions = int64_t(functions_.size());
  Versions versions = PHAROS_TRY(read_versions(model_.opset_import(), nullptr));
  for (const auto& [domain, version] : versions) out_.opsets.emplace_back(domain, version);
  // Before IR version 3 there were no imports: the operators are those of opset 1.
  if (versions.empty() && model_.ir_version() > 0 && model_.ir_version() < 3) versions[""] = 1;
  return build_root(versions);
}

}  // namespace pharos
