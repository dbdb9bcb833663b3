#include <flatbuffers/flatbuffers.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/checked.h"
#include "base/text.h"
#include "catalog/engine.h"
#include "engine/layout.h"
#include "engine/plan_bytes.h"
#include "plan_generated.h"

namespace pharos {
namespace {

template <class T> using Vector = flatbuffers::Vector<T>;
template <class T> using Tables = Vector<flatbuffers::Offset<T>>;
using Texts = Tables<flatbuffers::String>;

constexpr int max_depth = 64;               // of subgraphs
constexpr int max_table_depth = 4 * max_depth;

// A bool must be 0 or 1 and a narrow integer in its range: code that reads them relies on it.
bool elements_legal(const Tensor& t) {
  const int bits = dtype_bits(t.dtype());
  if (t.dtype() != DType::boolean && bits >= 8) return true;
  const auto v = std::span(static_cast<const uint8_t*>(t.data()), t.bytes());
  if (t.dtype() == DType::boolean) return std::all_of(v.begin(), v.end(), [](uint8_t b) { return b <= 1; });
  if (!is_signed_integer(t.dtype())) return std::all_of(v.begin(), v.end(), [&](uint8_t b) { return b < (1 << bits); });
  const int half = 1 << (bits - 1);
  return std::all_of(v.begin(), v.end(), [&](uint8_t b) { return int8_t(b) >= -half && int8_t(b) < half; });
}

class Decoder {
 public:
  // Text and numbers that are copied out of the section cannot exceed it: several tables that share one long text
  // would.
  Decoder(size_t section_bytes, const WeightsMemory& weights) : budget_(section_bytes), weights_(weights) {}

  Result<Plan> decode(const fb::Plan& in) {
    Plan p;
    p.name = PHAROS_TRY(text(in.name()));
    p.producer = PHAROS_TRY(text(in.producer()));
    p.device.cpu = PHAROS_TRY(text(in.cpu()));
    if (in.isa() > uint8_t(Isa::Aarch64)) return bad("unknown instruction set");
    p.device.isa = Isa(in.isa());
    if (in.block() != 8 && in.block() != 16) return bad("a channel block that is neither 8 nor 16");
    p.device.block = in.block();
    p.graph = PHAROS_TRY(graph(*in.graph(), 0));
    PHAROS_TRY(choices(in, p));
    for (size_t i = 0; in.profiles() && i < in.profiles()->size(); ++i)
      p.profiles.push_back(PHAROS_TRY(profile(*in.profiles()->Get(unsigned(i)), p.graph)));
    if (in.activation_bytes() < 0) return bad("a negative size of the activations");
    p.activation_bytes = in.activation_bytes();
    p.options = PHAROS_TRY(pairs(in.options()));
    p.warnings = PHAROS_TRY(pairs(in.warnings()));
    for (size_t i = 0; in.plugins() && i < in.plugins()->size(); ++i) {
      const fb::Plugin& u = *in.plugins()->Get(unsigned(i));
      PluginUse use{PHAROS_TRY(text(u.name())), PHAROS_TRY(text(u.version())), {}};
      use.operators = PHAROS_TRY(texts(u.operators()));
      p.plugins.push_back(std::move(use));
    }
    if (auto r = verify(p.graph); !r) return bad(r.error().message());
    return p;
  }

 private:
  static Report bad(std::string details) {
    return Report(diag::engine_malformed, {{"details", escape_control(details)}});
  }

  Result<void> spend(size_t bytes) {
    if (bytes > budget_) return bad("its parts are larger than the whole");
    budget_ -= bytes;
    return {};
  }

  Result<std::string> text(const flatbuffers::String* s) {
    if (!s) return std::string();
    PHAROS_TRY(spend(s->size()));
    return s->str();
  }
  Result<std::vector<std::string>> texts(const Texts* v) {
    std::vector<std::string> out;
    if (!v) return out;
    PHAROS_TRY(spend(4 * size_t(v->size())));
    for (const auto* s : *v) out.push_back(PHAROS_TRY(text(s)));
    return out;
  }
  template <class T>
  Result<std::vector<T>> numbers(const Vector<T>* v) {
    if (!v) return std::vector<T>();
    PHAROS_TRY(spend(sizeof(T) * size_t(v->size())));
    // The verifier does not check that elements of eight bytes are aligned.
    std::vector<T> out(v->size());
    if (!out.empty()) std::memcpy(out.data(), v->Data(), out.size() * sizeof(T));
    return out;
  }
  Result<std::vector<ValueId>> ids(const Vector<uint32_t>* v, size_t values, bool optional) {
    const std::vector<uint32_t> raw = PHAROS_TRY(numbers(v));
    std::vector<ValueId> out;
    for (const uint32_t i : raw) {
      if (i >= values && !(optional && i == UINT32_MAX)) return bad(fmt::format("value {} of {}", i, values));
      out.push_back({i});
    }
    return out;
  }
  Result<Type> type(const flatbuffers::String* s) {
    const std::string t = PHAROS_TRY(text(s));
    auto parsed = Type::parse(t);
    if (!parsed) return bad(fmt::format("'{}' is not a type", t.substr(0, 80)));
    return std::move(*parsed);
  }
  Result<std::vector<std::pair<std::string, std::string>>> pairs(const Tables<fb::Pair>* v) {
    std::vector<std::pair<std::string, std::string>> out;
    for (size_t i = 0; v && i < v->size(); ++i) {
      const fb::Pair& p = *v->Get(unsigned(i));
      std::string key = PHAROS_TRY(text(p.key()));
      out.emplace_back(std::move(key), PHAROS_TRY(text(p.value())));
    }
    return out;
  }

  Result<Tensor> tensor(const fb::Tensor& in) {
    if (in.dtype() == 0) return Tensor();
    if (in.dtype() >= dtype_count) return bad(fmt::format("element type {}", in.dtype()));
    const DType dtype = DType(in.dtype());
    Dims dims = PHAROS_TRY(numbers(in.dims()));
    const auto count = element_count(dims);
    if (!count) return bad(fmt::format("a tensor of shape {}", dims_text(dims)));
    if (dtype == DType::string) return string_tensor(in, std::move(dims), *count);
    const auto bytes = checked_mul<uint64_t>(uint64_t(*count), dtype_size(dtype));
    if (!bytes || *bytes != in.bytes() || !within(in.offset(), in.bytes(), weights_.bytes.size()))
      return bad(fmt::format("a tensor of shape {} does not fit its place in the weights", dims_text(dims)));
    if (in.offset() % layout::tensor_alignment != 0) return bad("a tensor that is not aligned");
    Tensor t(dtype, std::move(dims), weights_.bytes.data() + in.offset(), weights_.owner);
    if (weights_.loaded && !elements_legal(t))
      return bad(fmt::format("a {} tensor with elements out of range", dtype_name(dtype)));
    return t;
  }
  Result<Tensor> string_tensor(const fb::Tensor& in, Dims dims, int64_t count) {
    std::vector<std::string> strings = PHAROS_TRY(texts(in.strings()));
    if (int64_t(strings.size()) != count)
      return bad("a string tensor with another number of strings than its shape has");
    Tensor t(DType::string, std::move(dims));
    if (!t.valid()) return bad("a string tensor that is too large");
    std::move(strings.begin(), strings.end(), t.as<std::string>().begin());
    return t;
  }
  Result<std::vector<Tensor>> tensors(const Tables<fb::Tensor>* v) {
    std::vector<Tensor> out;
    for (size_t i = 0; v && i < v->size(); ++i) out.push_back(PHAROS_TRY(tensor(*v->Get(unsigned(i)))));
    return out;
  }

  Result<Attribute> attribute(const fb::Attribute& in, int depth) {
    switch (in.kind()) {
      case 0: return Attribute(in.i());
      case 1: return Attribute(in.f());
      case 2: return Attribute(PHAROS_TRY(text(in.s())));
      case 3: return Attribute(PHAROS_TRY(numbers(in.ints())));
      case 4: return Attribute(PHAROS_TRY(numbers(in.floats())));
      case 5: return Attribute(PHAROS_TRY(texts(in.strings())));
      case 6: {
        std::vector<Tensor> t = PHAROS_TRY(tensors(in.tensors()));
        if (t.size() != 1) return bad("a tensor attribute without its tensor");
        return Attribute(std::move(t[0]));
      }
      case 7: {
        if (!in.graph()) return bad("a graph attribute without its graph");
        return Attribute(std::make_shared<const Graph>(PHAROS_TRY(graph(*in.graph(), depth + 1))));
      }
      case 8: return Attribute(PHAROS_TRY(tensors(in.tensors())));
      case 9: return Attribute(PHAROS_TRY(type(in.s())));
      default: return bad(fmt::format("an attribute of kind {}", in.kind()));
    }
  }

  Result<Node> node(const fb::Node& in, size_t values, int depth) {
    Node n;
    n.domain = PHAROS_TRY(text(in.domain()));
    n.op = PHAROS_TRY(text(in.op()));
    n.name = PHAROS_TRY(text(in.name()));
    n.inputs = PHAROS_TRY(ids(in.inputs(), values, true));
    n.outputs = PHAROS_TRY(ids(in.outputs(), values, true));
    n.captures = in.captures();
    if (n.captures > n.inputs.size()) return bad(fmt::format("node '{}' has more captures than inputs", n.name));
    n.origin = PHAROS_TRY(texts(in.origin()));
    for (size_t i = 0; in.attributes() && i < in.attributes()->size(); ++i) {
      const fb::Attribute& a = *in.attributes()->Get(unsigned(i));
      std::string key = PHAROS_TRY(text(a.key()));
      if (!n.attributes.emplace(key, PHAROS_TRY(attribute(a, depth))).second)
        return bad(fmt::format("node '{}' has attribute '{}' twice", n.name, key));
    }
    return n;
  }

  Result<void> value(const fb::Value& in, Graph& g) {
    std::string name = PHAROS_TRY(text(in.name()));
    const ValueId id = g.add_value(name, PHAROS_TRY(type(in.type())));
    Value& v = g.value(id);
    if (v.name != name) return bad(fmt::format("two values are named '{}'", name));
    if (in.constant()) v.constant = std::make_shared<const Tensor>(PHAROS_TRY(tensor(*in.constant())));
    v.packed = in.packed();
    return {};
  }

  Result<Graph> graph(const fb::Graph& in, int depth) {
    if (depth > max_depth) return bad("subgraphs are nested too deep");
    Graph g;
    g.name = PHAROS_TRY(text(in.name()));
    for (size_t i = 0; in.symbols() && i < in.symbols()->size(); ++i) {
      const fb::Symbol& s = *in.symbols()->Get(unsigned(i));
      g.symbols[PHAROS_TRY(text(s.name()))] = {s.min(), s.max()};
    }
    const size_t values = in.values() ? in.values()->size() : 0;
    for (size_t i = 0; i < values; ++i) PHAROS_TRY(value(*in.values()->Get(unsigned(i)), g));
    g.set_inputs(PHAROS_TRY(ids(in.inputs(), values, false)));
    g.set_outputs(PHAROS_TRY(ids(in.outputs(), values, false)));
    for (size_t i = 0; in.nodes() && i < in.nodes()->size(); ++i) {
      Node n = PHAROS_TRY(node(*in.nodes()->Get(unsigned(i)), values, depth));
      std::string name = n.name;
      const NodeId id = g.add_node(std::move(n));
      if (g[id].name != name) return bad(fmt::format("two nodes are named '{}'", name));
    }
    return g;
  }

  Result<std::vector<Format>> formats(const Vector<uint8_t>* v) {
    std::vector<Format> out;
    for (const uint8_t f : PHAROS_TRY(numbers(v))) {
      if (f > uint8_t(Format::ChannelsLast)) return bad(fmt::format("memory format {}", f));
      out.push_back(Format(f));
    }
    return out;
  }

  Result<void> choices(const fb::Plan& in, Plan& p) {
    const size_t count = in.choices() ? in.choices()->size() : 0;
    if (count != p.graph.node_count()) return bad(fmt::format("{} choices for {} nodes", count, p.graph.node_count()));
    for (size_t i = 0; i < count; ++i) {
      const fb::Choice& c = *in.choices()->Get(unsigned(i));
      Choice out;
      out.tactic = PHAROS_TRY(text(c.tactic()));
      out.config = PHAROS_TRY(text(c.config()));
      out.formats.inputs = PHAROS_TRY(formats(c.input_formats()));
      out.formats.outputs = PHAROS_TRY(formats(c.output_formats()));
      out.packed.parts = PHAROS_TRY(tensors(c.packed()));
      out.workspace = c.workspace();
      out.tuned_ms = c.tuned_ms();
      if (out.workspace < 0 || !std::isfinite(out.tuned_ms) || out.tuned_ms < 0)
        return bad("a negative workspace or time");
      p.choices.push_back(std::move(out));
    }
    return {};
  }

  Result<PlanProfile> profile(const fb::Profile& in, const Graph& g) {
    PlanProfile p;
    if (in.activation_bytes() < 0) return bad("a negative size of the activations");
    p.activation_bytes = in.activation_bytes();
    for (size_t i = 0; in.inputs() && i < in.inputs()->size(); ++i) {
      const fb::Bounds& b = *in.inputs()->Get(unsigned(i));
      std::string name = PHAROS_TRY(text(b.input()));
      DimBounds bounds{PHAROS_TRY(numbers(b.min())), PHAROS_TRY(numbers(b.opt())), PHAROS_TRY(numbers(b.max()))};
      PHAROS_TRY(check_bounds(name, bounds, g));
      p.inputs.emplace_back(std::move(name), std::move(bounds));
    }
    return p;
  }

  static Result<void> check_bounds(const std::string& name, const DimBounds& b, const Graph& g) {
    const auto found =
        std::find_if(g.inputs().begin(), g.inputs().end(), [&](ValueId v) { return g.value(v).name == name; });
    if (found == g.inputs().end()) return bad(fmt::format("a profile for '{}', which is no input", name));
    const Type& t = g.value(*found).type;
    if (b.min.size() != b.opt.size() || b.min.size() != b.max.size() || (t.shape && t.shape->size() != b.min.size()))
      return bad(fmt::format("a profile of another rank than input '{}'", name));
    for (size_t i = 0; i < b.min.size(); ++i)
      if (b.min[i] < 0 || b.min[i] > b.opt[i] || b.opt[i] > b.max[i])
        return bad(fmt::format("a profile of '{}' that is not in order", name));
    return {};
  }

  size_t budget_;
  const WeightsMemory& weights_;
};

// nullptr: it is no plan.
const fb::Plan* verified(std::span<const std::byte> bytes) {
  // Every table takes four bytes at least; counting visits keeps shared tables from multiplying.
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), max_table_depth,
                                 flatbuffers::uoffset_t(std::min<size_t>(bytes.size() / 4 + 1, UINT32_MAX)));
  if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE || !fb::VerifyPlanBuffer(verifier)) return nullptr;
  return fb::GetPlan(bytes.data());
}

bool looks_up_rows(const fb::Node& n) {
  if ((n.domain() && n.domain()->size() > 0) || n.op()->string_view() != "Gather") return false;
  for (size_t i = 0; n.attributes() && i < n.attributes()->size(); ++i)
    if (const fb::Attribute& a = *n.attributes()->Get(unsigned(i)); a.key()->string_view() == "axis" && a.i() != 0) return false;
  return true;
}

}  // namespace

Result<Plan> decode_plan(std::span<const std::byte> bytes, const WeightsMemory& weights) {
  const fb::Plan* const plan = verified(bytes);
  if (!plan) return Report(diag::engine_malformed, {{"details", "the plan section is no plan"}});
  return Decoder(bytes.size(), weights).decode(*plan);
}

std::vector<Stretch> lookup_tables(std::span<const std::byte> bytes) {
  const fb::Plan* const plan = verified(bytes);
  if (!plan || !plan->graph()->values() || !plan->graph()->nodes()) return {};
  const auto& values = *plan->graph()->values();
  std::vector<int> looked_up(values.size(), 0), read(values.size(), 0);
  for (const fb::Node* n : *plan->graph()->nodes())
    for (size_t i = 0; n->inputs() && i < n->inputs()->size(); ++i)
      if (const uint32_t v = n->inputs()->Get(unsigned(i)); v < values.size()) ++(i == 0 && looks_up_rows(*n) ? looked_up : read)[v];
  for (size_t i = 0; plan->graph()->outputs() && i < plan->graph()->outputs()->size(); ++i)
    if (const uint32_t v = plan->graph()->outputs()->Get(unsigned(i)); v < values.size()) ++read[v];
  std::vector<Stretch> out;
  for (size_t v = 0; v < values.size(); ++v)
    if (const fb::Tensor* t = values.Get(unsigned(v))->constant(); t && looked_up[v] && !read[v] && t->bytes() <= UINT64_MAX - t->offset())
      out.push_back({t->offset(), t->offset() + t->bytes()});
  return out;
}

}  // namespace pharos
