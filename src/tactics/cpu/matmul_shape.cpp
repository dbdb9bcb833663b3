#include "tactics/cpu/matmul_shape.h"

#include "tactics/cpu/common.h"

namespace pharos::cpu {
namespace {

MatMulProblem no(std::string reason) { return {unsupported(std::move(reason)), {}}; }

// The matrix of an operand and the batch dims before it; a vector is a row (of A) or a column (of B).
void split_matrix(const Dims& dims, bool is_a, int64_t& rows, int64_t& columns, Dims& batch) {
  if (dims.size() == 1) {
    rows = is_a ? 1 : dims[0], columns = is_a ? dims[0] : 1;
    return;
  }
  rows = dims[dims.size() - 2], columns = dims.back();
  batch.assign(dims.begin(), dims.end() - 2);
}

}  // namespace

int64_t MatMulShape::batches() const { return count_of(batch); }

MatMulProblem matmul_problem(const Problem& p) {
  const Node& node = *p.node;
  if (!all_f32(p)) return no("not in f32");
  if (p.inputs.size() < 2) return no("inputs are missing");
  const Dims a = p.in(0), b = p.in(1);
  if (a.empty() || b.empty()) return no("an operand is a scalar");
  MatMulShape s;
  const bool gemm = node.is("Gemm"), fused = node.domain == "pharos";
  if (gemm || fused) {
    s.trans_a = a.size() > 1 && node.attr_int("transA"), s.trans_b = b.size() > 1 && node.attr_int("transB");
    s.scale = node.attr_float(gemm ? "alpha" : "scale", 1.0f);
    s.bias_scale = gemm ? node.attr_float("beta", 1.0f) : 1.0f;
  }
  int64_t ka = 1, kb = 1;
  Dims batch_a, batch_b;
  split_matrix(a, true, s.m, ka, batch_a);
  split_matrix(b, false, kb, s.n, batch_b);
  if (s.trans_a) std::swap(s.m, ka);
  if (s.trans_b) std::swap(kb, s.n);
  if (ka != kb) return no("the operands do not fit together");
  s.k = ka;
  const size_t rank = std::max(batch_a.size(), batch_b.size());
  batch_a.insert(batch_a.begin(), rank - batch_a.size(), 1);
  batch_b.insert(batch_b.begin(), rank - batch_b.size(), 1);
  for (size_t i = 0; i < rank; ++i) {
    if (batch_a[i] != batch_b[i] && batch_a[i] != 1 && batch_b[i] != 1) return no("the batches do not fit together");
    s.batch.push_back(batch_a[i] == 1 ? batch_b[i] : batch_a[i]);
  }
  s.batch_a = std::move(batch_a), s.batch_b = std::move(batch_b);
  s.has_bias = p.has_input(2) && s.bias_scale != 0, s.has_z = p.has_input(3);
  if (s.has_bias) {
    // A vector over the columns; Gemm's C may be anything that broadcasts, of which a scalar is taken too when constant.
    const Dims c = p.in(2);
    const int64_t columns = count_of(c);
    const bool row = columns == s.n && (c.empty() ? s.n == 1 : c.back() == s.n);
    const bool scaled = s.bias_scale != 1 || !row;
    if (!row && !(columns == 1 && is_constant(p, 2))) return no("the added matrix is not one row");
    if (scaled && !is_constant(p, 2)) return no("the added row is scaled and not constant");
  }
  return {supported(), std::move(s)};
}

}  // namespace pharos::cpu
