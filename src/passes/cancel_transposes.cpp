// Transposes move towards the outputs through nodes that do not care about the order of axes, if they then meet another
// transpose; two in a row become one, or none.

#include <algorithm>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

using Perm = std::vector<int64_t>;

bool is_identity(const Perm& p) { return std::is_sorted(p.begin(), p.end()); }

// first, then second
Perm compose(const Perm& first, const Perm& second) {
  Perm out;
  for (const int64_t s : second) out.push_back(first[size_t(s)]);
  return out;
}

Shape permuted(const Shape& s, const Perm& p) {
  Shape out;
  for (const int64_t i : p) out.push_back(s[size_t(i)]);
  return out;
}

Perm inverse(const Perm& p) {
  Perm out(p.size());
  for (size_t i = 0; i < p.size(); ++i) out[size_t(p[i])] = int64_t(i);
  return out;
}

std::optional<Perm> transpose_of(const Graph& g, ValueId v) {
  const Node* n = made_by(g, v, "Transpose");
  return n ? permutation(g, *n) : std::nullopt;
}

bool merge_with_previous(Graph& g, NodeId id) {
  const Node& n = g[id];
  const auto first = transpose_of(g, n.inputs[0]), second = permutation(g, n);
  if (!first || !second || first->size() != second->size()) return false;
  const NodeId before = g.producer(n.inputs[0]);
  const ValueId x = g[before].inputs[0];
  const Perm both = compose(*first, *second);
  if (is_identity(both) && bypass(g, id, x)) return true;
  Node merged = make_node("Transpose", {x}, {{"perm", both}});
  const NodeId absorbed[] = {before};
  replace_node(g, id, std::move(merged), absorbed);
  return true;
}

// A transpose that moves only axes of extent 1 is a view.
bool to_reshape(Graph& g, NodeId id) {
  const auto perm = permutation(g, g[id]);
  const auto from = shape_of(g, g[id].inputs[0]);
  if (!perm || !from || perm->size() != from->size()) return false;
  Perm moved;
  for (const int64_t p : *perm)
    if (!((*from)[size_t(p)] == Dim(1))) moved.push_back(p);
  if (!is_identity(moved)) return false;
  const auto operand = reshape_operand(*from, permuted(*from, *perm));
  if (!operand) return false;
  replace_node(g, id, make_node("Reshape", {g[id].inputs[0], add_ints(g, g[id].name + "_shape", *operand)}));
  return true;
}

// Each element of the result depends on the elements of the operands at the same place.
bool is_elementwise(const Node& n) {
  static constexpr std::string_view ops[] = {
      "Relu",     "LeakyRelu",  "Sigmoid", "Tanh",  "Clip",  "Elu",  "Selu", "HardSigmoid", "HardSwish",
      "Softplus", "Gelu",       "Mish",    "Swish", "Exp",   "Log",  "Sqrt", "Neg",         "Abs",
      "Erf",      "Reciprocal", "Floor",   "Ceil",  "Round", "Cast", "Not",  "Add",         "Sub",
      "Mul",      "Div",        "Max",     "Min",   "Pow",   "Sum",  "Sign"};
  return n.domain.empty() && n.outputs.size() == 1 && std::find(std::begin(ops), std::end(ops), n.op) != std::end(ops);
}

// Operands beyond these are parameters (bounds of Clip), not data.
size_t data_operands(const Node& n) { return n.op == "Clip" ? 1 : n.inputs.size(); }

// The permutation that all operands share, constants aside; how many of them are transposes read by nobody else.
struct Shared { Perm perm; int transposes = 0; };
std::optional<Shared> shared_permutation(const Graph& g, const Node& n) {
  Shared s;
  for (size_t i = 0; i < data_operands(n); ++i) {
    const ValueId v = n.inputs[i];
    if (!v) return std::nullopt;
    if (g.constant(v)) continue;
    const auto p = transpose_of(g, v);
    if (!p || (s.transposes && *p != s.perm) || g.is_output(v)) return std::nullopt;
    for (const NodeId user : g.value(v).uses)
      if (user != g.value(v).uses[0]) return std::nullopt;
    s.perm = *p;
    ++s.transposes;
  }
  if (!s.transposes) return std::nullopt;
  return s;
}

// Whether constants can be permuted the other way: full rank, or one element.
bool constants_follow(const Graph& g, const Node& n, size_t rank) {
  for (size_t i = 0; i < data_operands(n); ++i)
    if (const Tensor* t = g.constant(n.inputs[i]); t && t->count() != 1 && size_t(t->rank()) > rank) return false;
  return true;
}

// Following single readers from `v` through elementwise nodes, is there a transpose to meet?
bool meets_transpose(const Graph& g, ValueId v) {
  for (int i = 0; i < 16; ++i) {
    const NodeId next = g.sole_consumer(v);
    if (!next) return false;
    if (g[next].is("Transpose")) return true;
    if (!is_elementwise(g[next])) return false;
    for (size_t k = 0; k < data_operands(g[next]); ++k)
      if (g[next].inputs[k] != v && !g.constant(g[next].inputs[k])) return false;
    v = g[next].outputs[0];
  }
  return false;
}

// The constant as seen before the transpose: leading axes of extent 1 made explicit, then permuted.
ValueId constant_before(Graph& g, ValueId v, const Perm& perm, NodeId like) {
  const Tensor t = *g.constant(v);
  if (t.count() == 1 && t.rank() == 0) return v;
  Dims dims = t.dims();
  dims.insert(dims.begin(), perm.size() - dims.size(), 1);
  const ValueId full = g.add_constant(g.value(v).name, t.reshaped(dims));
  Dims after;
  for (const int64_t i : inverse(perm)) after.push_back(dims[size_t(i)]);
  return emit(g, make_node("Transpose", {full}, {{"perm", inverse(perm)}}), Type::tensor(t.dtype(), after), "permuted",
              like);
}

bool sink(Graph& g, NodeId id) {
  const Node n = g[id];
  if (!is_elementwise(n)) return false;
  const auto shared = shared_permutation(g, n);
  if (!shared || !constants_follow(g, n, shared->perm.size())) return false;
  const bool fewer = shared->transposes > 1 && n.inputs[0] != n.inputs[1];
  if (!fewer && !meets_transpose(g, n.outputs[0])) return false;
  const auto shape = shape_of(g, n.outputs[0]);
  if (!shape || shape->size() != shared->perm.size()) return false;

  Node moved = make_node(n.op, n.inputs, n.attributes);
  for (size_t i = 0; i < data_operands(n); ++i) {
    const ValueId v = n.inputs[i];
    moved.inputs[i] = g.constant(v) ? constant_before(g, v, shared->perm, id) : g[g.producer(v)].inputs[0];
  }
  moved.name = n.name;
  const Type type = Type::tensor(dtype_of(g, n.outputs[0]), permuted(*shape, inverse(shared->perm)));
  const ValueId y = emit(g, std::move(moved), type, n.name + "_moved", id);
  std::vector<NodeId> absorbed;
  for (size_t i = 0; i < data_operands(n); ++i)
    if (const NodeId p = g.producer(n.inputs[i])) absorbed.push_back(p);
  replace_node(g, id, make_node("Transpose", {y}, {{"perm", shared->perm}}), absorbed);
  return true;
}

}  // namespace

Result<int> cancel_transposes(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || g[id].inputs.empty() || !g[id].inputs[0]) continue;
    if (g[id].is("Transpose") ? merge_with_previous(g, id) || to_reshape(g, id) : sink(g, id)) ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
