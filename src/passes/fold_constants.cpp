// Folding: what is known at build time is computed by the reference evaluation. Two sources: contents that inference
// finds (shapes, and arithmetic with shapes), and nodes whose inputs are all constants.

#include <algorithm>

#include "ops/infer.h"
#include "ops/interpret.h"
#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

// A result may be larger than its operands (Expand, Range, an outer product) up to this many elements.
constexpr int64_t free_elements = int64_t{1} << 22;
// Multiply-adds that a folded product may take in the slow reference.
constexpr double max_work = 1e9;

bool has_random(const Graph& g, const OpSet& ops, int depth) {
  if (depth > 64) return true;
  for (const NodeId id : g.nodes()) {
    const OpDef* def = ops.find(g[id]);
    if (!def || def->random) return true;
    for (const auto& [key, value] : g[id].attributes)
      if (const auto* sub = std::get_if<SharedGraph>(&value); sub && *sub && has_random(**sub, ops, depth + 1))
        return true;
  }
  return false;
}

bool foldable(const Graph& g, const Node& n, const OpSet& ops) {
  const OpDef* def = ops.find(n);
  if (!def || def->random || !def->evaluate || n.outputs.empty()) return false;
  for (const auto& [key, value] : n.attributes)
    if (const auto* sub = std::get_if<SharedGraph>(&value); sub && *sub && has_random(**sub, ops, 0)) return false;
  for (const ValueId v : n.inputs)
    if (v && !g.constant(v)) return false;
  // What a graph output is made of must stay a node.
  return !(n.is("Identity") && g.is_output(n.outputs[0]));
}

int64_t largest_dim(const Tensor& t) { return t.rank() ? *std::max_element(t.dims().begin(), t.dims().end()) : 1; }

// Elements that the result may have, or nothing where computing it takes too long.
std::optional<int64_t> allowance(const Graph& g, const Node& n) {
  int64_t elements = 0, depth = 1;
  for (const ValueId v : n.inputs)
    if (const Tensor* t = g.constant(v)) {
      elements += t->count();
      depth = std::max(depth, largest_dim(*t));
    }
  const bool product =
      n.op == "MatMul" || n.op == "Gemm" || n.op == "Conv" || n.op == "ConvTranspose" || n.op == "Einsum";
  if (product && double(elements) * double(depth) > max_work) return std::nullopt;
  return std::max(free_elements, elements);
}

std::optional<std::vector<Datum>> compute(const Graph& g, const Node& n, const PassContext& c) {
  const auto elements = allowance(g, n);
  if (!elements) return std::nullopt;
  for (const ValueId v : n.outputs) {
    const auto dims = v ? g.value(v).type.dims() : std::nullopt;
    if (!dims) continue;
    const auto count = element_count(*dims);
    if (!count || *count > *elements) return std::nullopt;
  }
  std::vector<Datum> inputs;
  for (const ValueId v : n.inputs) inputs.push_back(v ? Datum(*g.constant(v)) : Datum());
  InterpretOptions options{.limits = c.limits, .observe = {}};
  options.limits.max_tensor_bytes = std::min(options.limits.max_tensor_bytes, *elements * 16);
  options.limits.max_loop_trips = 10'000;
  auto outputs = evaluate_node(*c.ops.find(n), c.ops, n, inputs, options);
  if (!outputs) return std::nullopt;  // the error belongs to the run, should the node ever run
  for (size_t i = 0; i < n.outputs.size(); ++i)
    if (n.outputs[i] && (i >= outputs->size() || !(*outputs)[i].tensor())) return std::nullopt;
  return std::move(*outputs);
}

// Readers of `v` read the constant instead. A graph output is copied from it, so that it still has a producer.
void become_constant(Graph& g, ValueId v, std::shared_ptr<const Tensor> tensor) {
  const ValueId c = g.add_constant(g.value(v).name, std::move(tensor));
  if (!g.is_output(v)) {
    g.replace_uses(v, c);
    return;
  }
  const NodeId p = g.producer(v);
  Node copy = make_node("Identity", {c});
  copy.name = g[p].name;
  copy.origin = g[p].origin;
  copy.outputs = {v};
  const auto& outputs = g[p].outputs;
  g.set_output(p, size_t(std::find(outputs.begin(), outputs.end(), v) - outputs.begin()), {});
  g.add_node(std::move(copy));
}

void count_dequantized(const Node& n, const Tensor& result, PassContext& c) {
  if (!n.is("DequantizeLinear")) return;
  ++c.dequantized_weights;
  c.dequantized_bytes += int64_t(result.bytes());
}

void erase_unread(Graph& g, NodeId id) {
  for (const ValueId v : g[id].outputs)
    if (v && (!g.value(v).uses.empty() || g.is_output(v))) return;
  g.erase(id);
}

int fold_known_contents(Graph& g, PassContext& c) {
  std::vector<Type> inputs;
  for (const ValueId v : g.inputs()) inputs.push_back(g.value(v).type);
  const auto inferred = infer_types_for(g, c.ops, inputs, {.limits = c.limits});
  if (!inferred) return 0;
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    const Node& n = g[id];
    if (n.is("Identity") && g.is_output(n.outputs[0])) continue;
    const std::vector<ValueId> outputs = n.outputs;
    bool changed = false;
    for (const ValueId v : outputs) {
      if (!v || v.index >= inferred->contents.size() || !inferred->contents[v.index]) continue;
      if (g.value(v).uses.empty() && !g.is_output(v)) continue;
      count_dequantized(n, *inferred->contents[v.index], c);
      become_constant(g, v, inferred->contents[v.index]);
      changed = true;
    }
    if (!changed) continue;
    ++rewrites;
    erase_unread(g, id);
  }
  return rewrites;
}

}  // namespace

Result<int> fold_constants(Graph& g, PassContext& c) {
  int rewrites = fold_known_contents(g, c);
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id)) continue;
    const Node n = g[id];
    if (!foldable(g, n, c.ops)) continue;
    auto outputs = compute(g, n, c);
    if (!outputs) continue;
    count_dequantized(n, *(*outputs)[0].tensor(), c);
    for (size_t i = 0; i < n.outputs.size(); ++i)
      if (n.outputs[i]) become_constant(g, n.outputs[i], std::make_shared<Tensor>(std::move(*(*outputs)[i].tensor())));
    g.erase(id);
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
