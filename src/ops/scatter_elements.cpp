// ScatterElements, and Scatter, its name before opset 11.

#include <fmt/format.h>

#include "ops/scatter.h"

namespace pharos {
namespace {

template <class W>
W reduced(W a, W b, ScatterReduction r) {
  switch (r) {
    case ScatterReduction::Add: return wrap_add(a, b);
    case ScatterReduction::Mul: return wrap_mul(a, b);
    case ScatterReduction::Max: return a != a || a > b ? a : b;
    case ScatterReduction::Min: return a != a || a < b ? a : b;
    case ScatterReduction::None: break;
  }
  return b;
}

Result<void> infer(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 1));
  const Type& data = c.input(0);
  if (data.shape) PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), data.rank()));
  PHAROS_TRY(scatter_reduction(c.node(), t));
  c.set_output(0, tensor_type(t, data.shape));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &data = c.input(0), &indices = c.input(1), &updates = c.input(2);
  if (updates.dtype() != data.dtype())
    return bad_input(c.node(), 2, fmt::format("of element type {}", dtype_name(updates.dtype())),
                     std::string(dtype_name(data.dtype())));
  PHAROS_TRY(check_rank(c.node(), 1, indices.rank(), data.rank(), data.rank()));
  const int axis = PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis", 0), data.rank()));
  const ScatterReduction reduction = PHAROS_TRY(scatter_reduction(c.node(), data.dtype()));
  if (updates.dims() != indices.dims())
    return shapes_mismatch(c.node(), fmt::format("indices {} and updates {} differ", dims_text(indices.dims()),
                                                 dims_text(updates.dims())));
  for (int d = 0; d < data.rank(); ++d)
    if (d != axis && indices.dim(d) > data.dim(d))
      return shapes_mismatch(c.node(), fmt::format("indices {} reach beyond data {} outside the axis",
                                                   dims_text(indices.dims()), dims_text(data.dims())));
  const int64_t length = data.dim(axis);
  std::vector<int64_t> at_axis = indices.to_ints();
  for (int64_t& i : at_axis) {
    if (i < -length || i >= length) return index_out_of_range(c.node(), 1, i, -length, length - 1);
    if (i < 0) i += length;
  }
  Tensor y = PHAROS_TRY(c.output(0, data.dtype(), data.dims()));
  copy_run(y, 0, data, 0, data.count());
  Strides base = contiguous_strides(data.dims());
  const int64_t along = base[size_t(axis)];
  base[size_t(axis)] = 0;
  Walk<2>(indices.dims(), {contiguous_strides(indices.dims()), base})
      .rows([&](const auto& at, int64_t n, const auto& step) {
        for (int64_t i = 0; i < n; ++i) {
          const int64_t p = at[0] + i * step[0];
          scatter_run(y, at[1] + i * step[1] + at_axis[size_t(p)] * along, updates, p, 1, reduction);
        }
      });
  return {};
}

Result<void> rename(Graph& graph, NodeId node, int) {
  graph.node(node).op = "ScatterElements";  // deprecated in opset 11
  return {};
}

}  // namespace

Result<ScatterReduction> scatter_reduction(const Node& node, DType dtype) {
  const std::string name = node.attr_string("reduction", "none");
  if (name == "none") return ScatterReduction::None;
  if (dtype == DType::string || dtype == DType::c64 || dtype == DType::c128)
    return unsupported_case(node, fmt::format("reduction '{}' of {}", name, dtype_name(dtype)));
  if (name == "add") return ScatterReduction::Add;
  if (name == "mul") return ScatterReduction::Mul;
  if (name == "max") return ScatterReduction::Max;
  if (name == "min") return ScatterReduction::Min;
  return bad_attribute(node, "reduction", "'" + name + "'", "'none', 'add', 'mul', 'max' or 'min'");
}

void scatter_run(Tensor& to, int64_t first, const Tensor& from, int64_t from_first, int64_t n,
                 ScatterReduction reduction) {
  if (reduction == ScatterReduction::None) return copy_run(to, first, from, from_first, n);
  with_wide(to.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    std::array<W, size_t(wide_chunk)> a, b;
    for (int64_t begin = 0; begin < n; begin += wide_chunk) {
      const int64_t m = std::min(wide_chunk, n - begin);
      load(to, first + begin, m, a.data());
      load(from, from_first + begin, m, b.data());
      for (size_t i = 0; i < size_t(m); ++i) a[i] = reduced(a[i], b[i], reduction);
      store(to, first + begin, m, a.data());
    }
  });
}

void define_scatter_elements(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  OpDef def{
      .name = "ScatterElements",
      .since = 18,
      .doc =
          "A copy of the data with single elements replaced or combined; the index is the coordinate along the axis.",
      .inputs = {{"data", t}, {"indices", types::indices}, {"updates", t}},
      .outputs = {{"output", t}},
      .attributes = {{"axis", AttrType::Int, false, "0"},
                     {"reduction", AttrType::String, false, "'none' (default), 'add', 'mul', 'max' or 'min'"}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{11, nullptr}}};
  OpDef old = def;
  ops.add(std::move(def));
  old.name = "Scatter";
  old.since = 11;
  old.doc = "The name of ScatterElements before opset 11.";
  old.attributes.pop_back();
  old.older = {{9, rename}};
  ops.add(std::move(old));
}

}  // namespace pharos
