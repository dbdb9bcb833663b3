#include <algorithm>
#include <array>

#include "builder/stages.h"
#include "ops/infer.h"

namespace pharos {
namespace {

bool is_half(DType t) { return t == DType::f16 || t == DType::bf16; }

// Operators whose result depends on the width of their type, or that carry a type of their own.
bool keeps_its_type(const Node& n) {
  static constexpr std::array names{"BitCast", "QuantizeLinear", "DequantizeLinear", "EyeLike", "RandomNormal", "RandomUniform",
                                    "RandomNormalLike", "RandomUniformLike", "Bernoulli", "SequenceEmpty", "Optional", "ConstantOfShape",
                                    "CastLike", "Range", "IsInf"};
  const bool foreign = !n.domain.empty() && n.domain != "pharos";
  return n.captures > 0 || foreign || std::find(names.begin(), names.end(), n.op) != names.end() ||
         std::any_of(n.attributes.begin(), n.attributes.end(), [](const auto& a) { return std::holds_alternative<SharedGraph>(a.second); });
}

Tensor widened(const Tensor& t) {
  Tensor out(DType::f32, t.dims());
  const auto to = out.as<float>();
  for (int64_t i = 0; i < t.count(); ++i) to[size_t(i)] = float(t.double_at(i));
  return out;
}

void add_cast(Graph& g, ValueId from, ValueId to, DType type, const std::vector<std::string>& origin) {
  Node cast;
  cast.op = "Cast";
  cast.name = g.value(to).name + "_cast";
  cast.attributes["to"] = int64_t(type);
  cast.inputs = {from};
  cast.outputs = {to};
  cast.origin = origin;
  g.add_node(std::move(cast));
}

}  // namespace

Result<int64_t> widen_half(Graph& g, const OpSet& ops) {
  int64_t count = 0;
  for (const NodeId id : g.nodes()) {
    const Node& n = g[id];
    for (const ValueId o : n.outputs) count += o && is_half(g.value(o).type.dtype);
    for (const ValueId v : n.outputs)
      if (v && is_half(g.value(v).type.dtype) && keeps_its_type(n)) return 0;
    for (const ValueId v : n.inputs)
      if (v && is_half(g.value(v).type.dtype) && keeps_its_type(n)) return 0;
    const OpDef* def = ops.find(n);
    if (!def || !def->evaluate) return 0;
    if (def->custom) {  // it may be of the domain ai.onnx
      for (const auto* list : {&n.inputs, &n.outputs})
        for (const ValueId v : *list)
          if (v && is_half(g.value(v).type.dtype)) return 0;
    }
  }
  if (count == 0) return 0;

  for (const NodeId id : g.nodes())
    if (Node& n = g.node(id); n.is("Cast"))
      if (const int64_t to = n.attr_int("to"); to == int64_t(DType::f16) || to == int64_t(DType::bf16)) n.attributes["to"] = int64_t(DType::f32);
  for (uint32_t v = 0; v < g.value_slots(); ++v) {
    Value& value = g.value(ValueId{v});
    if (!value.constant || !is_half(value.constant->dtype())) continue;
    value.constant = std::make_shared<Tensor>(widened(*value.constant));
    value.type = Type::tensor(DType::f32, value.constant->dims());
  }
  // The caller keeps the declared types: a Cast stands at each border.
  for (const ValueId in : g.inputs()) {
    const Type type = g.value(in).type;
    if (!type.is_tensor() || !is_half(type.dtype)) continue;
    Type wide = type;
    wide.dtype = DType::f32;
    const ValueId out = g.add_value(g.value(in).name + "_f32", wide);
    g.replace_uses(in, out);
    add_cast(g, in, out, DType::f32, {});
  }
  std::vector<ValueId> outputs = g.outputs();
  for (ValueId& o : outputs) {
    const Type type = g.value(o).type;
    if (!type.is_tensor() || !is_half(type.dtype) || g.value(o).is_input) continue;
    const std::string name = g.value(o).name;
    g.rename(o, name + "_f32");
    const ValueId out = g.add_value(name, type);
    add_cast(g, o, out, type.dtype, g.producer(o) ? g[g.producer(o)].origin : std::vector<std::string>{});
    o = out;
  }
  g.set_outputs(std::move(outputs));
  for (const NodeId id : g.nodes()) {
    if (g[id].is("Cast")) continue;
    for (const ValueId o : g[id].outputs)
      if (o && is_half(g.value(o).type.dtype)) g.value(o).type.dtype = DType::f32;
  }
  for (const NodeId id : g.nodes())
    if (g[id].is("Cast"))
      if (const ValueId o = g[id].outputs[0]; g.value(o).type.is_tensor()) g.value(o).type.dtype = DType(g[id].attr_int("to"));
  PHAROS_TRY(infer_types(g, ops));
  return count;
}

}  // namespace pharos
