// FlexAttention: attention whose scores and weights pass through subgraphs.

#include <cmath>

#include <fmt/format.h>

#include "ops/attention_reference.h"
#include "ops/control_flow.h"
#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<DType> softmax_dtype(const Node& n, DType t) {
  const int64_t asked = n.attr_int("softmax_precision", 0);
  if (asked == 0) return t == DType::f64 ? DType::f64 : DType::f32;
  if (asked < 0 || asked >= dtype_count || !types::floats.has(DType(asked)))
    return bad_attribute(n, "softmax_precision", std::to_string(asked), "the number of one of " + types::floats.text());
  return DType(asked);
}

Result<void> infer_change(InferContext& c, std::string_view attribute, const Type& scores) {
  const Graph* graph = c.node().attr_graph(attribute);
  if (!graph) return {};
  PHAROS_TRY(check_subgraph(c.node(), graph, attribute, 1, 1));
  std::vector<Type> inputs{scores};
  append_captures(c, inputs);
  PHAROS_TRY(c.infer_subgraph(*graph, inputs));
  return {};
}

Result<void> infer(InferContext& c) {
  const Type &q = c.input(0), &k = c.input(1), &v = c.input(2);
  for (size_t i = 0; i < 3; ++i)
    if (c.input(i).has_rank() && c.input(i).rank() != 4) return bad_input(c.node(), i, fmt::format("of rank {}", c.input(i).rank()), "rank 4");
  const auto dim = [](const Type& t, size_t axis) { return t.shape ? (*t.shape)[axis] : Dim(); };
  const Type scores = Type::tensor(PHAROS_TRY(softmax_dtype(c.node(), q.dtype)), Shape{dim(q, 0), dim(q, 1), dim(q, 2), dim(k, 2)});
  PHAROS_TRY(infer_change(c, "score_mod", scores));
  PHAROS_TRY(infer_change(c, "prob_mod", scores));
  c.set_output(0, Type::tensor(q.dtype, Shape{dim(q, 0), dim(q, 1), dim(q, 2), dim(v, 3)}));
  return {};
}

// Runs the subgraph where there is one; its result must keep type and shape.
Result<Tensor> changed(EvalContext& c, std::string_view attribute, Tensor t) {
  const Graph* graph = c.node().attr_graph(attribute);
  if (!graph) return t;
  PHAROS_TRY(check_subgraph(c.node(), graph, attribute, 1, 1));
  std::vector<Datum> inputs{t};
  append_captures(c, inputs);
  const auto outputs = PHAROS_TRY(c.run_subgraph(*graph, std::move(inputs)));
  const Tensor* result = outputs[0].tensor();
  if (!result || result->dtype() != t.dtype() || result->dims() != t.dims())
    return bad_attribute(c.node(), attribute, "a graph with another type of result", fmt::format("{} of shape {}", dtype_name(t.dtype()), dims_text(t.dims())));
  return *result;
}

Result<Tensor> allocate(EvalContext& c, DType t, const Dims& dims) {
  const int64_t count = PHAROS_TRY(checked_count(c.node(), dims)), limit = c.limits().max_tensor_bytes;
  if (count > limit / int64_t(dtype_size(t)))
    return too_large(c.node(), "the scores of shape " + dims_text(dims), fmt::format("{} elements", count), fmt::format("{} bytes", limit));
  Tensor out(t, dims);
  if (!out.valid()) return too_large(c.node(), "the scores of shape " + dims_text(dims), fmt::format("{} elements", count), "the memory of this machine");
  return out;
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Tensor &q = c.input(0), &k = c.input(1), &v = c.input(2);
  for (size_t i = 0; i < 3; ++i) PHAROS_TRY(check_rank(n, i, c.input(i).rank(), 4, 4));
  if (k.dim(0) != q.dim(0) || v.dim(0) != q.dim(0) || v.dim(1) != k.dim(1) || v.dim(2) != k.dim(2) || k.dim(3) != q.dim(3) ||
      k.dim(1) < 1 || q.dim(1) % k.dim(1) != 0)
    return shapes_mismatch(n, fmt::format("Q {}, K {} and V {} do not fit", dims_text(q.dims()), dims_text(k.dims()), dims_text(v.dims())));
  const int64_t heads = q.dim(1), share = heads / k.dim(1), rows = q.dim(2), columns = k.dim(2), size = q.dim(3), v_size = v.dim(3);
  Tensor y = PHAROS_TRY(c.output(0, q.dtype(), {q.dim(0), heads, rows, v_size}));
  Tensor scores = PHAROS_TRY(allocate(c, PHAROS_TRY(softmax_dtype(n, q.dtype())), {q.dim(0), heads, rows, columns}));
  const double scale = n.attr_float("scale", float(1 / std::sqrt(double(size))));
  const Elements<double> qs(q), ks(k), vs(v);
  std::vector<double> row(size_t(columns), 0), out(size_t(v_size), 0);
  const auto kv_head = [&](int64_t bh) { return bh / heads * k.dim(1) + bh % heads / share; };
  for (int64_t bh = 0; bh < q.dim(0) * heads; ++bh)
    for (int64_t i = 0; i < rows; ++i) {
      const double* a = qs.data() + (bh * rows + i) * size;
      for (int64_t j = 0; j < columns; ++j) {
        const double* b = ks.data() + (kv_head(bh) * columns + j) * size;
        double sum = 0;
        for (int64_t d = 0; d < size; ++d) sum += a[d] * b[d];
        row[size_t(j)] = scale * sum;
      }
      store(scores, (bh * rows + i) * columns, columns, row.data());
    }
  scores = PHAROS_TRY(changed(c, "score_mod", std::move(scores)));
  Tensor weights = PHAROS_TRY(allocate(c, scores.dtype(), scores.dims()));
  for (int64_t at = 0; at < scores.count(); at += columns) {
    load(scores, at, columns, row.data());
    softmax_row(row.data(), columns);
    store(weights, at, columns, row.data());
  }
  weights = PHAROS_TRY(changed(c, "prob_mod", std::move(weights)));
  for (int64_t bh = 0; bh < q.dim(0) * heads; ++bh)
    for (int64_t i = 0; i < rows; ++i) {
      load(weights, (bh * rows + i) * columns, columns, row.data());
      std::fill(out.begin(), out.end(), 0.0);
      for (int64_t j = 0; j < columns; ++j) {
        const double* b = vs.data() + (kv_head(bh) * columns + j) * v_size;
        for (int64_t d = 0; d < v_size; ++d) out[size_t(d)] += row[size_t(j)] * b[d];
      }
      store(y, (bh * rows + i) * v_size, v_size, out.data());
    }
  return {};
}

}  // namespace

void define_flex_attention(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "FlexAttention",
           .domain = "ai.onnx.preview",
           .since = 1,
           .doc = "Attention whose scores and weights pass through subgraphs.",
           .inputs = {{"Q", t}, {"K", t}, {"V", t}},
           .outputs = {{"Y", t}},
           .attributes = {{"prob_mod", AttrType::Graph, false, "changes the weights"},
                          {"scale", AttrType::Float, false, "1 / sqrt(head size)"},
                          {"score_mod", AttrType::Graph, false, "changes the scores"},
                          {"softmax_precision", AttrType::Int, false, "type of the scores; f32, or f64 for f64"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
