#include <cmath>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> check_order(const Node& n) {
  const int64_t p = n.attr_int("p", 2);
  if (p == 1 || p == 2) return {};
  return bad_attribute(n, "p", std::to_string(p), "1 or 2");
}

Result<void> infer(InferContext& c) {
  PHAROS_TRY(check_order(c.node()));
  if (c.input(0).has_rank()) PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), c.input(0).rank()));
  return infer_same(c);
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_order(c.node()));
  const Tensor& x = c.input(0);
  const bool squares = c.node().attr_int("p", 2) == 2;
  const AxisSplit s = split_at(x.dims(), PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", -1), x.rank())));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  std::vector<double> v = to_doubles(x);
  for (int64_t o = 0; o < s.outer; ++o)
    for (int64_t i = 0; i < s.inner; ++i) {
      const auto at = [&](int64_t k) { return size_t((o * s.length + k) * s.inner + i); };
      double norm = 0;
      for (int64_t k = 0; k < s.length; ++k) norm += squares ? v[at(k)] * v[at(k)] : std::abs(v[at(k)]);
      if (squares) norm = std::sqrt(norm);
      for (int64_t k = 0; k < s.length; ++k) v[at(k)] = norm == 0 ? 0 : v[at(k)] / norm;
    }
  from_doubles(y, v);
  return {};
}

}  // namespace

void define_lp_normalization(OpSet& ops) {
  ops.add({.name = "LpNormalization",
           .since = 22,
           .doc = "Divides by the 1- or 2-norm along an axis; zero where the norm is zero.",
           .inputs = {{"input", types::floats}},
           .outputs = {{"output", types::floats}},
           .attributes = {{"axis", AttrType::Int, false, "-1"}, {"p", AttrType::Int, false, "1 or 2 (2)"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, nullptr}}});
}

}  // namespace pharos
