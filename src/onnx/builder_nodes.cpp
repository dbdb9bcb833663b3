#include <algorithm>

#include <fmt/format.h>

#include "catalog/general.h"
#include "catalog/import.h"
#include "onnx/builder.h"
#include "onnx/node_order.h"

namespace pharos {
namespace {

bool has_subgraph(const onnx::NodeProto& p) {
  return std::any_of(p.attribute().begin(), p.attribute().end(), [](const auto& a) { return a.has_g(); });
}

std::string path_of(const CallFrame& frame) {
  std::string out;
  for (const CallFrame* f = &frame; f && f->function; f = f->caller) out = f->function->label + (out.empty() ? "" : " -> " + out);
  return out;
}

}  // namespace

Result<void> ModelBuilder::build_nodes(const NodeList& nodes, std::string_view where, Scope& scope, const CallFrame& frame, ReadNodes& read) {
  const NodeOrder order = PHAROS_TRY(order_nodes(nodes, where));
  if (!order.superseded.empty()) {
    const int first = order.superseded.front();
    note_once(diag::constant_repeated, {{"value", nodes[first].output(0)}, {"node", frame.prefix + node_label(nodes[first], first)}});
  }
  for (const int i : order.nodes) {
    if (++nodes_built_ > options_.limits.max_nodes)
      return Report(diag::limit_exceeded, {{"what", "the number of nodes after inlining functions"}, {"actual", fmt::format("more than {}", options_.limits.max_nodes)},
                                           {"limit", std::to_string(options_.limits.max_nodes)}});
    PHAROS_TRY(build_node(nodes[i], node_label(nodes[i], i), scope, frame, read));
  }
  return {};
}

void ModelBuilder::note_once(const Diagnostic& d, Arguments arguments, std::string_view key) {
  Report report(d, std::move(arguments));
  const bool noted = std::any_of(out_.notes.begin(), out_.notes.end(), [&](const Report& r) {
    return &r.diagnostic() == &d && (key.empty() || r.argument(key) == report.argument(key));
  });
  if (!noted) note(std::move(report));
}

Result<int64_t> ModelBuilder::version_of(const std::string& domain, const std::string& label, const CallFrame& frame) {
  if (const auto it = frame.versions->find(domain); it != frame.versions->end()) return it->second;
  if (domain.empty()) return Report(diag::opset_missing, {{"domain", "ai.onnx"}, {"node", frame.prefix + label}});
  note_once(diag::domain_not_imported, {{"domain", domain}, {"node", frame.prefix + label}}, "domain");
  return INT32_MAX;
}

Result<std::vector<ValueId>> ModelBuilder::read_inputs(const onnx::NodeProto& p, const std::string& label, Scope& scope) {
  std::vector<ValueId> out;
  for (int i = 0; i < p.input_size(); ++i) {
    if (p.input(i).empty()) { out.emplace_back(); continue; }
    const auto v = lookup(scope, p.input(i));
    if (!v) return Report(diag::value_undefined, {{"op", p.op_type()}, {"node", label}, {"index", std::to_string(i)}, {"value", p.input(i)}});
    out.push_back(*v);
  }
  // Trailing inputs that are left out say nothing, except where positions also count for a subgraph.
  if (!has_subgraph(p))
    while (!out.empty() && !out.back()) out.pop_back();
  return out;
}

Result<std::vector<ValueId>> ModelBuilder::make_outputs(const onnx::NodeProto& p, const std::string& label, Scope& scope, const CallFrame& frame) {
  std::vector<ValueId> out;
  for (const std::string& name : p.output()) {
    if (name.empty()) { out.emplace_back(); continue; }
    const auto outside = scope.output_names.find(name);
    const ValueId v = scope.graph.add_value(outside != scope.output_names.end() ? outside->second : frame.prefix + name);
    PHAROS_TRY(define(scope, name, v, fmt::format("node '{}'", label)));
    out.push_back(v);
  }
  if (!has_subgraph(p))
    while (!out.empty() && !out.back()) out.pop_back();
  return out;
}

Result<void> ModelBuilder::build_node(const onnx::NodeProto& p, const std::string& label, Scope& scope, const CallFrame& frame, ReadNodes& read) {
  const std::string domain = proto::domain_of(p.domain());
  if (p.op_type().empty()) return Report(diag::model_invalid, {{"details", fmt::format("node '{}' has no operator", label)}});
  if (const LocalFunction* f = functions_.find(domain, p.op_type(), proto::overload_of(p))) return inline_call(*f, p, label, scope, frame, read);
  const int64_t opset = PHAROS_TRY(version_of(domain, label, frame));
  if (domain.empty() && p.op_type() == "Constant") return build_constant(p, label, scope, frame);
  Node node;
  node.domain = domain;
  node.op = p.op_type();
  node.name = frame.prefix + label;
  node.origin = {node.name};
  OperatorUse& use = out_.operators[domain.empty() ? node.op : domain + "::" + node.op];
  if (++use.count <= 20) use.nodes.push_back(node.name);
  node.inputs = PHAROS_TRY(read_inputs(p, label, scope));
  std::vector<Subgraph> subgraphs;
  PHAROS_TRY(read_attributes(p, node, scope, frame, subgraphs));
  node.outputs = PHAROS_TRY(make_outputs(p, label, scope, frame));
  unite_captures(node, std::move(subgraphs));
  read.push_back({scope.graph.add_node(std::move(node)), opset});
  return {};
}

// A Constant node is a value with contents: no reader has to ask which of the two forms it is.
Result<void> ModelBuilder::build_constant(const onnx::NodeProto& p, const std::string& label, Scope& scope, const CallFrame& frame) {
  Node node;
  node.op = p.op_type();
  node.name = frame.prefix + label;
  std::vector<Subgraph> none;
  PHAROS_TRY(read_attributes(p, node, scope, frame, none));
  Tensor t;
  for (const auto& [key, a] : node.attributes) {
    if (key == "value" || key == "sparse_value") { if (const auto* v = std::get_if<Tensor>(&a)) t = *v; }
    else if (key == "value_float") { if (const auto* v = std::get_if<float>(&a)) t = Tensor::scalar_f32(*v); }
    else if (key == "value_int") { if (const auto* v = std::get_if<int64_t>(&a)) t = Tensor::scalar_i64(*v); }
    else if (key == "value_floats") { if (const auto* v = std::get_if<std::vector<float>>(&a)) t = Tensor::from<float>(DType::f32, {int64_t(v->size())}, *v); }
    else if (key == "value_ints") { if (const auto* v = std::get_if<std::vector<int64_t>>(&a)) t = Tensor::vector_i64(*v); }
    else if (key == "value_string") { if (const auto* v = std::get_if<std::string>(&a)) t = Tensor::from<std::string>(DType::string, {}, std::span(v, 1)); }
    else if (key == "value_strings") { if (const auto* v = std::get_if<std::vector<std::string>>(&a)) t = Tensor::from<std::string>(DType::string, {int64_t(v->size())}, *v); }
  }
  if (t.dtype() == DType::undefined || p.input_size() > 0 || p.output_size() != 1 || p.output(0).empty())
    return Report(diag::model_invalid, {{"details", fmt::format("Constant '{}' needs one of its value attributes, no input and one output", node.name)}});
  const auto outside = scope.output_names.find(p.output(0));
  const ValueId v = scope.graph.add_constant(outside != scope.output_names.end() ? outside->second : frame.prefix + p.output(0), std::move(t));
  return define(scope, p.output(0), v, fmt::format("node '{}'", label));
}

Result<void> ModelBuilder::inline_call(const LocalFunction& f, const onnx::NodeProto& p, const std::string& label, Scope& scope,
                                       const CallFrame& frame, ReadNodes& read) {
  for (const CallFrame* c = &frame; c && c->function; c = c->caller)
    if (c->function == &f) return Report(diag::function_recursive, {{"function", f.label}, {"path", path_of(frame) + " -> " + f.label}});
  if (frame.depth >= options_.limits.max_depth)
    return Report(diag::limit_exceeded, {{"what", "nesting of functions and subgraphs"}, {"actual", fmt::format("more than {} levels", frame.depth)},
                                         {"limit", fmt::format("{} levels", options_.limits.max_depth)}});
  const auto invalid = [&](std::string details) {
    return Report(diag::model_invalid, {{"details", fmt::format("call '{}' of function '{}': {}", frame.prefix + label, f.label, details)}});
  };
  if (p.input_size() > f.proto->input_size()) return invalid(fmt::format("{} inputs; the function has {}", p.input_size(), f.proto->input_size()));
  if (p.output_size() > f.proto->output_size()) return invalid(fmt::format("{} outputs; the function has {}", p.output_size(), f.proto->output_size()));

  const Versions versions = PHAROS_TRY(read_versions(f.proto->opset_import(), frame.versions));
  CallFrame inner{&frame, &f, &versions, frame.prefix + label + "/", frame.depth + 1, {}};
  for (const auto& [key, value] : f.defaults) inner.attributes[key] = value.get();
  for (const auto& a : p.attribute()) {
    const onnx::AttributeProto* value = &a;
    if (!a.ref_attr_name().empty()) {
      const auto it = frame.attributes.find(a.ref_attr_name());
      if (it == frame.attributes.end()) continue;  // left out by the caller's caller
      value = it->second;
    }
    if (value->has_g() || value->graphs_size() > 0) return invalid(fmt::format("graph attribute '{}' cannot be passed to a function", a.name()));
    inner.attributes[a.name()] = value;
  }

  const std::vector<ValueId> inputs = PHAROS_TRY(read_inputs(p, label, scope));
  Scope body{scope.graph};
  for (int i = 0; i < f.proto->input_size(); ++i)
    if (!body.names.emplace(f.proto->input(i), size_t(i) < inputs.size() ? inputs[size_t(i)] : ValueId{}).second)
      return invalid(fmt::format("two inputs are named '{}'", f.proto->input(i)));
  for (int i = 0; i < p.output_size(); ++i) {
    if (p.output(i).empty()) continue;
    const auto outside = scope.output_names.find(p.output(i));
    body.output_names[f.proto->output(i)] = outside != scope.output_names.end() ? outside->second : frame.prefix + p.output(i);
  }
  PHAROS_TRY(build_nodes(f.proto->node(), f.label, body, inner, read));
  return bind_results(f, p, label, scope, body, inner);
}

// A result that is an input of the function, or the same as another result, gets an Identity: each name is a value of its own.
Result<void> ModelBuilder::bind_results(const LocalFunction& f, const onnx::NodeProto& p, const std::string& label, Scope& scope,
                                        Scope& body, const CallFrame& inner) {
  std::vector<ValueId> used;
  for (int i = 0; i < p.output_size(); ++i) {
    if (p.output(i).empty()) continue;
    const auto it = body.names.find(f.proto->output(i));
    if (it == body.names.end() || !it->second)
      return Report(diag::model_invalid, {{"details", fmt::format("function '{}' does not produce its output '{}'", f.label, f.proto->output(i))}});
    ValueId v = it->second;
    const auto& formal = f.proto->input();
    const bool passed = std::find(formal.begin(), formal.end(), f.proto->output(i)) != formal.end();
    if (passed || std::find(used.begin(), used.end(), v) != used.end())
      v = scope.graph.add("Identity", {v}, {}, body.output_names[f.proto->output(i)], {inner.prefix + "Identity"});
    used.push_back(v);
    PHAROS_TRY(define(scope, p.output(i), v, fmt::format("node '{}'", label)));
  }
  return {};
}

}  // namespace pharos
