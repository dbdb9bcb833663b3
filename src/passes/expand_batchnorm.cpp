#include <cmath>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {

// y = x * s + t with one s and t per channel, for the pointwise passes. Only in f32: in narrower types the rounding of
// s and t would show.
Result<int> expand_batchnorm(Graph& g, PassContext&) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    const Node n = g[id];
    if (!n.is("BatchNormalization") || n.attr_int("training_mode") || n.has_output(1) || n.inputs.size() < 5) continue;
    const auto rank = rank_of(g, n.inputs[0]);
    if (!rank || *rank < 2 || dtype_of(g, n.inputs[0]) != DType::f32) continue;
    const Tensor* p[4];
    bool constant = true;
    for (size_t i = 0; i < 4; ++i)
      constant = (p[i] = g.constant(n.inputs[i + 1])) && p[i]->count() == p[0]->count() && constant;
    if (!constant) continue;
    const double epsilon = n.attr_float("epsilon", 1e-5f);
    std::vector<double> s, t;
    for (int64_t i = 0; i < p[0]->count(); ++i) {
      s.push_back(p[0]->double_at(i) / std::sqrt(p[3]->double_at(i) + epsilon));
      t.push_back(p[1]->double_at(i) - p[2]->double_at(i) * s.back());
    }
    Dims dims(size_t(*rank) - 1, 1);
    dims[0] = p[0]->count();
    const ValueId scale = g.add_constant(n.name + "_scale", float_tensor(DType::f32, dims, s));
    const ValueId shift = g.add_constant(n.name + "_shift", float_tensor(DType::f32, dims, t));
    const ValueId scaled =
        emit(g, make_node("Mul", {n.inputs[0], scale}), g.value(n.inputs[0]).type, n.name + "_scaled", id);
    replace_node(g, id, make_node("Add", {scaled, shift}));
    ++rewrites;
  }
  return rewrites;
}

}  // namespace pharos::passes
