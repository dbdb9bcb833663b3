#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/matrix_product.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

struct GemmShape { Dim m, k, n; };

Result<GemmShape> gemm_shape(const Node& node, const Shape& a, const Shape& b) {
  PHAROS_TRY(check_rank(node, 0, int(a.size()), 2, 2));
  PHAROS_TRY(check_rank(node, 1, int(b.size()), 2, 2));
  const bool ta = node.attr_int("transA", 0) != 0, tb = node.attr_int("transB", 0) != 0;
  const Dim &k = a[ta ? 0 : 1], &other = b[tb ? 1 : 0];
  if (k.is_number() && other.is_number() && !(k == other))
    return shapes_mismatch(node, fmt::format("cannot multiply {}[{}] with {}[{}]", ta ? "transposed " : "",
                                             shape_text(a), tb ? "transposed " : "", shape_text(b)));
  return GemmShape{a[ta ? 1 : 0], k, b[tb ? 0 : 1]};
}

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 3));
  const auto &a = c.input(0).shape, &b = c.input(1).shape;
  Shape out(2);
  if (a && b) {
    const GemmShape s = PHAROS_TRY(gemm_shape(c.node(), *a, *b));
    out = {s.m, s.n};
    const auto& bias = c.input(2).shape;
    if (bias && (bias->size() > 2 || !broadcast(out, *bias)))
      return shapes_mismatch(c.node(),
                             fmt::format("C [{}] cannot be repeated over [{}]", shape_text(*bias), shape_text(out)));
  }
  c.set_output(0, Type::tensor(t, std::move(out)));
  return {};
}

// Scaled sums of integers are cut off at the ends of the wide type.
template <class W>
W scaled(double factor, W v) {
  if (factor == 1) return v;
  const double r = factor * double(v);
  if constexpr (std::is_same_v<W, double>) return r;
  else return W(std::clamp(std::isnan(r) ? 0.0 : r, -9.2e18, 9.2e18));
}

// C broadcast to [m, n]: element (i, j) at i * row + j * column.
struct Bias { int64_t row = 0, column = 0; };

template <class W, class T>
void compute(const Node& node, const T* a, const T* b, const std::vector<W>& bias, const Bias& at, int64_t m, int64_t n,
             int64_t k, Tensor& y) {
  const bool ta = node.attr_int("transA", 0) != 0, tb = node.attr_int("transB", 0) != 0;
  const double alpha = node.attr_float("alpha", 1), beta = node.attr_float("beta", 1);
  std::vector<W> row(static_cast<size_t>(n));
  multiply_matrices<W>(MatrixView<T>{a, ta ? 1 : k, ta ? m : 1}, MatrixView<T>{b, tb ? 1 : n, tb ? k : 1}, m, n, k,
              [&](int64_t i, const W* sums) {
                for (int64_t j = 0; j < n; ++j) {
                  W v = scaled(alpha, sums[j]);
                  if (!bias.empty()) v = wrap_add(v, scaled(beta, bias[size_t(i * at.row + j * at.column)]));
                  row[size_t(j)] = v;
                }
                store(y, i * n, n, row.data());
              });
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor &a = c.input(0), &b = c.input(1);
  const GemmShape s = PHAROS_TRY(gemm_shape(c.node(), shape_of(a.dims()), shape_of(b.dims())));
  const int64_t m = s.m.number(), n = s.n.number(), k = s.k.number();
  const bool has_bias = c.has_input(2) && c.node().attr_float("beta", 1) != 0;
  Bias at;
  if (has_bias) {
    const Dims &d = c.input(2).dims(), out = {m, n};
    const auto fits = broadcast(shape_of(out), shape_of(d));
    if (d.size() > 2 || !fits || !(concrete(*fits) == out))
      return shapes_mismatch(c.node(), fmt::format("C {} cannot be repeated over {}", dims_text(d), dims_text(out)));
    const Strides strides = broadcast_strides(d, out);
    at = {strides[0], strides[1]};
  }
  Tensor y = PHAROS_TRY(c.output(0, a.dtype(), {m, n}));
  if (y.count() == 0) return {};
  if (wide_of(a.dtype()) == Wide::Float) {
    const std::vector<double> bias = has_bias ? to_doubles(c.input(2)) : std::vector<double>();
    if (a.dtype() == DType::f32)
      compute<double>(c.node(), a.as<float>().data(), b.as<float>().data(), bias, at, m, n, k, y);
    else compute<double>(c.node(), to_doubles(a).data(), to_doubles(b).data(), bias, at, m, n, k, y);
  } else {
    // Wrapping sums; scales other than 1 go through double, signed or not.
    const std::vector<int64_t> bias = has_bias ? to_vector<int64_t>(c.input(2)) : std::vector<int64_t>();
    const std::vector<int64_t> av = to_vector<int64_t>(a), bv = to_vector<int64_t>(b);
    compute<int64_t>(c.node(), av.data(), bv.data(), bias, at, m, n, k, y);
  }
  return {};
}

// Before opset 7 C was only repeated where `broadcast` said so, aligned as numpy does; before 11 it was required.
Result<void> without_broadcast(Graph& graph, NodeId node, int) {
  erase_attr(graph, node, "broadcast");
  return {};
}

}  // namespace

void define_gemm(OpSet& ops) {
  const TypeSet t = types::floats | TypeSet{DType::i32, DType::i64, DType::u32, DType::u64};
  ops.add({.name = "Gemm",
           .since = 13,
           .doc = "alpha * A * B + beta * C of matrices, each of A and B transposed on request.",
           .inputs = {{"A", t}, {"B", t}, {"C", t, Param::Kind::Optional}},
           .outputs = {{"Y", t}},
           .attributes = {{"alpha", AttrType::Float, false, "1"},
                          {"beta", AttrType::Float, false, "1"},
                          {"transA", AttrType::Int, false, "0"},
                          {"transB", AttrType::Int, false, "0"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{1, without_broadcast}, {7, nullptr}}});
}

}  // namespace pharos
