#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <unordered_map>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

struct KeyWriter {
  std::string& out;
  void operator()(int64_t v) const { out += fmt::format("i{};", v); }
  void operator()(float v) const { out += fmt::format("f{:08x};", std::bit_cast<uint32_t>(v)); }
  void operator()(const std::string& v) const { out += fmt::format("s{}:{};", v.size(), v); }
  void operator()(const Tensor& v) const { out += fmt::format("t{:016x};", content_hash(v)); }
  void operator()(const SharedGraph& v) const { out += fmt::format("g{};", static_cast<const void*>(v.get())); }
  void operator()(const Type& v) const { out += fmt::format("y{};", v.text()); }
  template <class T>
  void operator()(const std::vector<T>& v) const {
    out += '[';
    for (const T& x : v) (*this)(x);
    out += ']';
  }
};

bool commutative(const Node& n) {
  static constexpr std::string_view ops[] = {"Add", "Mul", "Max", "Min", "Sum", "And", "Or", "Xor", "Equal"};
  return n.domain.empty() && std::find(std::begin(ops), std::end(ops), n.op) != std::end(ops);
}

std::string key_of(const Node& n) {
  std::string key = n.domain + "::" + n.op + "(";
  std::vector<ValueId> inputs = n.inputs;
  if (commutative(n)) std::sort(inputs.begin(), inputs.end());
  for (const ValueId v : inputs) key += fmt::format("{},", v.index);
  key += ")";
  for (const ValueId v : n.outputs) key += v ? 'o' : '-';
  for (const auto& [name, value] : n.attributes) {
    key += name + "=";
    std::visit(KeyWriter{key}, value);
  }
  return key;
}

// Whether each output of `from` that is needed may be replaced: two graph outputs cannot share a value.
bool mergeable(const Graph& g, const Node& keep, const Node& from) {
  for (size_t i = 0; i < from.outputs.size(); ++i)
    if (from.outputs[i] && g.is_output(from.outputs[i]) && g.is_output(keep.outputs[i])) return false;
  return true;
}

int merge_nodes(Graph& g, PassContext& c) {
  int rewrites = 0;
  std::unordered_map<std::string, NodeId> seen;
  for (const NodeId id : g.topological_order()) {
    const OpDef* def = c.ops.find(g[id]);
    if (!def || def->random || g[id].outputs.empty()) continue;
    const auto [at, fresh] = seen.emplace(key_of(g[id]), id);
    if (fresh || !mergeable(g, g[at->second], g[id])) continue;
    const std::vector<ValueId> outputs = g[id].outputs;
    for (size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i]) replace_value(g, outputs[i], g[at->second].outputs[i]);
    g.merge_origin(at->second, id);
    g.erase(id);
    ++rewrites;
  }
  return rewrites;
}

// A cheap key that tells most tensors apart; equal keys are compared in full.
std::string sample_of(const Tensor& t) {
  std::string key = fmt::format("{}:{}:", int(t.dtype()), dims_text(t.dims()));
  const size_t bytes = t.bytes(), part = std::min<size_t>(bytes, 128);
  if (bytes == 0) return key;
  const auto* data = static_cast<const char*>(t.data());
  key.append(data, part);
  key.append(data + (bytes - part), part);
  return key;
}

int merge_constants(Graph& g) {
  int rewrites = 0;
  std::unordered_multimap<std::string, ValueId> seen;
  for (uint32_t i = 0; i < g.value_slots(); ++i) {
    const ValueId v{i};
    const Tensor* t = g.constant(v);
    if (!t || !t->valid() || t->dtype() == DType::string || g.value(v).uses.empty() || g.is_output(v)) continue;
    const std::string key = sample_of(*t);
    const auto [first, last] = seen.equal_range(key);
    const auto same =
        std::find_if(first, last, [&](const auto& entry) { return identical(*g.constant(entry.second), *t); });
    if (same == last) {
      seen.emplace(key, v);
      continue;
    }
    g.replace_uses(v, same->second);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace

Result<int> common_subexpressions(Graph& g, PassContext& c) {
  const int constants = merge_constants(g);
  return constants + merge_nodes(g, c);
}

}  // namespace pharos::passes
