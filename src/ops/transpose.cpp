#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// Axis of the input for each axis of the output.
Result<std::vector<int>> permutation(const Node& node, int rank) {
  std::vector<int> out;
  const auto* perm = node.attr<std::vector<int64_t>>("perm");
  if (!perm) {
    for (int d = rank; d-- > 0;) out.push_back(d);
    return out;
  }
  if (int(perm->size()) != rank)
    return bad_attribute(node, "perm", fmt::format("{} axes", perm->size()),
                         fmt::format("{}, the rank of the input", rank));
  return checked_axes(node, *perm, rank, "perm");
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (x.shape) {
    out = Shape();
    for (const int a : PHAROS_TRY(permutation(c.node(), x.rank()))) out->push_back((*x.shape)[size_t(a)]);
  } else if (const auto* perm = c.node().attr<std::vector<int64_t>>("perm")) {
    out = Shape(perm->size());
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  if (auto value = c.shape_value(0)) c.set_shape_value(0, std::move(*value));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Strides own = contiguous_strides(x.dims());
  Dims dims;
  Strides from;
  for (const int a : PHAROS_TRY(permutation(c.node(), x.rank()))) {
    dims.push_back(x.dim(a));
    from.push_back(own[size_t(a)]);
  }
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  copy_strided(y, 0, contiguous_strides(dims), x, 0, from, dims);
  return {};
}

}  // namespace

void define_transpose(OpSet& ops) {
  ops.add(
      {.name = "Transpose",
       .since = 25,
       .doc = "Reorders the axes.",
       .inputs = {{"data"}},
       .outputs = {{"transposed"}},
       .attributes = {{"perm", AttrType::Ints, false, "input axis for each output axis; reversed where it is missing"}},
       .infer = infer,
       .evaluate = evaluate,
       .older = {{1, nullptr}}});
}

}  // namespace pharos
