#include "ops/op.h"

#include <fmt/format.h>

#include "catalog/graph.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

bool attribute_is(const Attribute& a, AttrType t) {
  switch (t) {
    case AttrType::Int: return std::holds_alternative<int64_t>(a);
    case AttrType::Float: return std::holds_alternative<float>(a);
    case AttrType::String: return std::holds_alternative<std::string>(a);
    case AttrType::Ints: return std::holds_alternative<std::vector<int64_t>>(a);
    case AttrType::Floats: return std::holds_alternative<std::vector<float>>(a);
    case AttrType::Strings: return std::holds_alternative<std::vector<std::string>>(a);
    case AttrType::Tensor: return std::holds_alternative<Tensor>(a);
    case AttrType::Graph: return std::holds_alternative<SharedGraph>(a);
    case AttrType::Tensors: return std::holds_alternative<std::vector<Tensor>>(a);
    case AttrType::Type: return std::holds_alternative<Type>(a);
  }
  return false;
}

constexpr std::string_view attribute_kinds[] = {"an integer", "a float", "a string", "a list of integers",
                                                "a list of floats", "a list of strings", "a tensor",
                                                "a graph", "a list of tensors", "a type"};

// The parameter that argument `i` belongs to; a variadic one takes the rest.
const Param* param_of(const std::vector<Param>& params, size_t i) {
  if (i < params.size()) return &params[i];
  if (!params.empty() && params.back().kind == Param::Kind::Variadic) return &params.back();
  return nullptr;
}

size_t least_count(const std::vector<Param>& params) {
  size_t n = 0;
  for (size_t i = 0; i < params.size(); ++i)
    if (params[i].kind == Param::Kind::Single) n = i + 1;
    else if (params[i].kind == Param::Kind::Variadic && params[i].least > 0) n = i + params[i].least;
  return n;
}

Report wrong_count(const Node& node, std::string_view what, size_t actual, const std::vector<Param>& params) {
  const bool open = !params.empty() && params.back().kind == Param::Kind::Variadic;
  const size_t least = least_count(params);
  const std::string expected = open ? fmt::format("at least {}", least)
                               : least == params.size() ? fmt::format("{}", least)
                                                        : fmt::format("{} to {}", least, params.size());
  return shapes_mismatch(node, fmt::format("has {} {}; expected {}", actual, what, expected));
}

}  // namespace

std::string TypeSet::text() const {
  std::string out;
  for (int i = 1; i < dtype_count; ++i)
    if (has(DType(i))) out += (out.empty() ? "" : ", ") + std::string(dtype_name(DType(i)));
  return out;
}

void OpSet::add(OpDef def) {
  auto key = std::pair(std::string(def.domain), std::string(def.name));
  defs_.insert_or_assign(std::move(key), std::move(def));
}

const OpDef* OpSet::find(std::string_view domain, std::string_view name) const {
  const auto it = defs_.find(std::pair(std::string(domain), std::string(name)));
  return it == defs_.end() ? nullptr : &it->second;
}

std::vector<const OpDef*> OpSet::all() const {
  std::vector<const OpDef*> out;
  for (const auto& [key, def] : defs_) out.push_back(&def);
  return out;
}

Result<void> check_node(const OpDef& def, const Node& node, std::span<const Type> input_types) {
  const size_t given = node.formal_inputs();
  if (given < least_count(def.inputs) || (given > 0 && !param_of(def.inputs, given - 1)))
    return wrong_count(node, "inputs", given, def.inputs);
  for (size_t i = 0; i < given; ++i) {
    const Param& p = *param_of(def.inputs, i);
    if (!node.inputs[i]) {
      if (p.kind == Param::Kind::Single || (p.kind == Param::Kind::Variadic && !p.container))
        return bad_input(node, i, "left out", fmt::format("a tensor ({})", p.name));
      continue;
    }
    if (p.container || i >= input_types.size()) continue;
    const Type& t = input_types[i];
    if (t.kind == Type::Kind::Unknown) continue;
    if (!t.is_tensor()) return bad_input(node, i, t.text(), "a tensor");
    if (t.dtype != DType::undefined && !p.types.has(t.dtype))
      return bad_input(node, i, fmt::format("of element type {}", dtype_name(t.dtype)), "one of " + p.types.text());
  }
  if (node.outputs.size() > 0 && !param_of(def.outputs, node.outputs.size() - 1))
    return wrong_count(node, "outputs", node.outputs.size(), def.outputs);
  if (def.free_attributes) return {};
  for (const AttrDef& a : def.attributes) {
    const auto it = node.attributes.find(a.name);
    if (it == node.attributes.end()) {
      if (a.required) return bad_attribute(node, a.name, "missing", std::string(attribute_kinds[int(a.type)]));
      continue;
    }
    if (!attribute_is(it->second, a.type))
      return bad_attribute(node, a.name, "of another kind", std::string(attribute_kinds[int(a.type)]));
  }
  return {};
}

}  // namespace pharos
