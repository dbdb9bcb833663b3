#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <cstring>
#include <map>

#include "base/hash.h"
#include "base/text.h"
#include "catalog/engine.h"
#include "catalog/general.h"
#include "engine/layout.h"
#include "engine/plan_bytes.h"
#include "plan_generated.h"

namespace pharos {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
template <class T> using Offsets = std::vector<Offset<T>>;

// Depth of subgraphs is limited by verify(), which runs first.
class Encoder {
 public:
  Result<PlanBytes> encode(const Plan& plan) {
    const auto graph = encode(plan.graph, &plan);
    Offsets<fb::Choice> choices;
    for (const Choice& c : plan.choices) choices.push_back(encode(c));
    Offsets<fb::Profile> profiles;
    for (const PlanProfile& p : plan.profiles) profiles.push_back(encode(p));
    const auto name = text(plan.name), producer = text(plan.producer), cpu = text(plan.device.cpu);
    const auto c = builder_.CreateVector(choices);
    const auto p = builder_.CreateVector(profiles);
    const auto options = encode(plan.options), warnings = encode(plan.warnings);
    Offsets<fb::Plugin> used;
    for (const PluginUse& u : plan.plugins) {
      const auto n = text(u.name), v = text(u.version);
      used.push_back(fb::CreatePlugin(builder_, n, v, texts(u.operators)));
    }
    const auto plugins = builder_.CreateVector(used);
    builder_.Finish(fb::CreatePlan(builder_, name, producer, uint8_t(plan.device.isa), cpu, plan.device.block, graph, c,
                                   p, plan.activation_bytes, options, warnings, plugins));
    out_.plan.assign(reinterpret_cast<const char*>(builder_.GetBufferPointer()), builder_.GetSize());
    return std::move(out_);
  }

 private:
  Offset<flatbuffers::String> text(const std::string& s) { return builder_.CreateString(s); }
  Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> texts(std::span<const std::string> v) {
    Offsets<flatbuffers::String> out;
    for (const std::string& s : v) out.push_back(text(s));
    return builder_.CreateVector(out);
  }
  Offset<flatbuffers::Vector<uint32_t>> ids(const std::vector<ValueId>& v) {
    std::vector<uint32_t> out;
    for (const ValueId id : v) out.push_back(id.index);
    return builder_.CreateVector(out);
  }

  // Equal contents are stored once, wherever they lie in memory: that keeps equal plans equal.
  uint64_t place(const Tensor& t) {
    const std::span bytes(static_cast<const std::byte*>(t.data()), t.bytes());
    if (bytes.empty()) return 0;
    auto& same = placed_[{hash128(bytes), bytes.size()}];
    for (const size_t i : same) {
      const auto& p = out_.weights.places[i];
      if (std::memcmp(p.tensor->data(), bytes.data(), bytes.size()) == 0) return p.offset;
    }
    same.push_back(out_.weights.places.size());
    constexpr uint64_t a = layout::tensor_alignment;
    const uint64_t offset = (out_.weights.size + a - 1) / a * a;
    out_.weights.places.push_back({&t, offset});
    out_.weights.size = offset + bytes.size();
    return offset;
  }

  Offset<fb::Tensor> encode(const Tensor& t) {
    if (!t.valid()) return fb::CreateTensor(builder_);
    const auto dims = builder_.CreateVector(t.dims());
    if (t.dtype() == DType::string)
      return fb::CreateTensor(builder_, uint8_t(t.dtype()), dims, 0, 0, texts(t.as<std::string>()));
    return fb::CreateTensor(builder_, uint8_t(t.dtype()), dims, place(t), t.bytes());
  }
  Offset<flatbuffers::Vector<Offset<fb::Tensor>>> encode(const std::vector<Tensor>& v) {
    Offsets<fb::Tensor> out;
    for (const Tensor& t : v) out.push_back(encode(t));
    return builder_.CreateVector(out);
  }
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Offset<flatbuffers::Vector<Offset<fb::Pair>>> encode(const Pairs& v) {
    Offsets<fb::Pair> out;
    for (const auto& [key, value] : v) {
      const auto k = text(key), s = text(value);
      out.push_back(fb::CreatePair(builder_, k, s));
    }
    return builder_.CreateVector(out);
  }

  Offset<fb::Attribute> encode(const std::string& key, const Attribute& value) {
    const auto k = text(key);
    const uint8_t kind = uint8_t(value.index());
    Offset<flatbuffers::String> s;
    Offset<flatbuffers::Vector<int64_t>> ints;
    Offset<flatbuffers::Vector<float>> floats;
    Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> strings;
    Offset<flatbuffers::Vector<Offset<fb::Tensor>>> tensors;
    Offset<fb::Graph> graph;
    if (const auto* v = std::get_if<std::string>(&value)) s = text(*v);
    else if (const auto* v = std::get_if<Type>(&value)) s = text(v->text());
    else if (const auto* v = std::get_if<std::vector<int64_t>>(&value)) ints = builder_.CreateVector(*v);
    else if (const auto* v = std::get_if<std::vector<float>>(&value)) floats = builder_.CreateVector(*v);
    else if (const auto* v = std::get_if<std::vector<std::string>>(&value)) strings = texts(*v);
    else if (const auto* v = std::get_if<Tensor>(&value))
      tensors = builder_.CreateVector(Offsets<fb::Tensor>{encode(*v)});
    else if (const auto* v = std::get_if<std::vector<Tensor>>(&value)) tensors = encode(*v);
    else if (const auto* v = std::get_if<SharedGraph>(&value)) graph = encode_subgraph(**v);
    const auto* i = std::get_if<int64_t>(&value);
    const auto* f = std::get_if<float>(&value);
    return fb::CreateAttribute(builder_, k, kind, i ? *i : 0, f ? *f : 0, s, ints, floats, strings, tensors, graph);
  }

  // Node ids of a subgraph mean nothing outside it, so it can be written compact.
  Offset<fb::Graph> encode_subgraph(const Graph& g) {
    auto copy = std::make_shared<Graph>(g);
    copy->compact();
    out_.keep.push_back(copy);
    return encode(*copy, nullptr);
  }

  Offset<fb::Node> encode(const Node& n) {
    Offsets<fb::Attribute> attributes;
    for (const auto& [key, value] : n.attributes) attributes.push_back(encode(key, value));
    const auto domain = text(n.domain), op = text(n.op), name = text(n.name);
    const auto inputs = ids(n.inputs), outputs = ids(n.outputs);
    const auto a = builder_.CreateVector(attributes);
    const auto origin = texts(n.origin);
    return fb::CreateNode(builder_, domain, op, name, inputs, outputs, n.captures, a, origin);
  }

  // In the order in which the steps run: what they read of weights, then what they carry.
  Offset<fb::Graph> encode(const Graph& g, const Plan* plan) {
    std::vector<Offset<fb::Tensor>> constants(g.value_slots());
    const auto place_constant = [&](ValueId v) {
      if (v && g.constant(v) && constants[v.index].IsNull()) constants[v.index] = encode(*g.constant(v));
    };
    Offsets<fb::Node> nodes;
    for (uint32_t i = 0; i < g.node_slots(); ++i) {
      const Node& n = g[NodeId{i}];
      for (const ValueId v : n.inputs) place_constant(v);
      if (plan)
        for (const Tensor& t : plan->choices[i].packed.parts)
          if (t.valid() && t.dtype() != DType::string) place(t);
      nodes.push_back(encode(n));
    }
    Offsets<fb::Value> values;
    for (uint32_t v = 0; v < g.value_slots(); ++v) {
      place_constant({v});
      const Value& value = g.value({v});
      const auto name = text(value.name), type = text(value.type.text());
      values.push_back(fb::CreateValue(builder_, name, type, constants[v], value.packed));
    }
    Offsets<fb::Symbol> symbols;
    for (const auto& [name, range] : g.symbols)
      symbols.push_back(fb::CreateSymbol(builder_, text(name), range.min, range.max));
    const auto name = text(g.name);
    const auto s = builder_.CreateVector(symbols);
    const auto v = builder_.CreateVector(values);
    const auto inputs = ids(g.inputs()), outputs = ids(g.outputs());
    const auto n = builder_.CreateVector(nodes);
    return fb::CreateGraph(builder_, name, s, v, inputs, outputs, n);
  }

  Offset<fb::Choice> encode(const Choice& c) {
    const auto formats = [this](const std::vector<Format>& v) {
      return builder_.CreateVector(std::vector<uint8_t>(reinterpret_cast<const uint8_t*>(v.data()),
                                                        reinterpret_cast<const uint8_t*>(v.data()) + v.size()));
    };
    const auto tactic = text(c.tactic), config = text(c.config);
    const auto in = formats(c.formats.inputs), out = formats(c.formats.outputs);
    const auto packed = encode(c.packed.parts);
    return fb::CreateChoice(builder_, tactic, config, in, out, packed, c.workspace, c.tuned_ms);
  }

  Offset<fb::Profile> encode(const PlanProfile& p) {
    Offsets<fb::Bounds> inputs;
    for (const auto& [input, b] : p.inputs) {
      const auto name = text(input);
      const auto low = builder_.CreateVector(b.min), opt = builder_.CreateVector(b.opt),
                 high = builder_.CreateVector(b.max);
      inputs.push_back(fb::CreateBounds(builder_, name, low, opt, high));
    }
    const auto v = builder_.CreateVector(inputs);
    return fb::CreateProfile(builder_, v, p.activation_bytes);
  }

  FlatBufferBuilder builder_{1 << 16};
  PlanBytes out_;
  std::map<std::pair<Hash128, size_t>, std::vector<size_t>> placed_;
};

// A generous estimate of the FlatBuffer's size, which must stay below 2 GiB.
class Estimate {
 public:
  void graph(const Graph& g) {
    for (uint32_t v = 0; v < g.value_slots(); ++v) {
      add(g.value({v}).name.size() + 160);
      if (const Tensor* t = g.constant({v})) tensor(*t);
    }
    for (const NodeId id : g.nodes()) {
      const Node& n = g[id];
      add(256 + n.op.size() + n.name.size() + n.domain.size() + 4 * (n.inputs.size() + n.outputs.size()));
      for (const std::string& o : n.origin) add(o.size() + 16);
      for (const auto& [key, value] : n.attributes) attribute(key, value);
    }
  }
  void tensor(const Tensor& t) {
    add(128 + 8 * t.dims().size());
    if (t.dtype() == DType::string && t.valid())
      for (const std::string& s : t.as<std::string>()) add(s.size() + 16);
  }
  uint64_t bytes() const { return bytes_; }

 private:
  void add(size_t n) { bytes_ += n; }
  void attribute(const std::string& key, const Attribute& value) {
    add(key.size() + 128);
    if (const auto* v = std::get_if<std::string>(&value)) add(v->size());
    if (const auto* v = std::get_if<std::vector<int64_t>>(&value)) add(8 * v->size());
    if (const auto* v = std::get_if<std::vector<float>>(&value)) add(4 * v->size());
    if (const auto* v = std::get_if<std::vector<std::string>>(&value))
      for (const std::string& s : *v) add(s.size() + 16);
    if (const auto* v = std::get_if<Tensor>(&value)) tensor(*v);
    if (const auto* v = std::get_if<std::vector<Tensor>>(&value))
      for (const Tensor& t : *v) tensor(t);
    if (const auto* v = std::get_if<SharedGraph>(&value)) graph(**v);
  }
  uint64_t bytes_ = 0;
};

}  // namespace

Result<PlanBytes> encode_plan(const Plan& plan) {
  PHAROS_TRY(verify(plan.graph));
  if (plan.graph.node_slots() != plan.graph.node_count() || plan.choices.size() != plan.graph.node_count())
    return Report(diag::internal_error,
                  {{"details", fmt::format("a plan of {} nodes in {} slots has {} choices", plan.graph.node_count(),
                                           plan.graph.node_slots(), plan.choices.size())}});
  Estimate estimate;
  estimate.graph(plan.graph);
  constexpr uint64_t limit = uint64_t{1} << 30;
  if (estimate.bytes() > limit)
    return Report(diag::engine_too_large, {{"what", "the plan"},
                                           {"actual", bytes_text(int64_t(estimate.bytes()))},
                                           {"limit", bytes_text(int64_t(limit))}});
  return Encoder().encode(plan);
}

}  // namespace pharos
