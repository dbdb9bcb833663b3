#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  Type item = c.input(0);
  if (item.shape) {
    const int axis = PHAROS_TRY(checked_axis(node, node.attr_int("axis"), item.rank()));
    if (!c.has_input(1) && node.attr_int("keepdims", 1) == 0) item.shape->erase(item.shape->begin() + axis);
    else (*item.shape)[size_t(axis)] = c.has_input(1) ? Dim() : Dim(1);
  }
  c.set_output(0, Type::sequence(std::move(item)));
  return {};
}

// Lengths of the parts along an axis of length `total`.
Result<std::vector<int64_t>> parts_of(EvalContext& c, int64_t total) {
  const Node& node = c.node();
  const Tensor* split = c.has_input(1) ? &c.input(1) : nullptr;
  if (split && split->rank() > 1) return bad_input(node, 1, fmt::format("of rank {}", split->rank()), "rank 0 or 1");
  if (split && split->rank() == 1) {
    std::vector<int64_t> parts = split->to_ints();
    int64_t left = total;
    for (const int64_t p : parts) {
      if (p < 0 || p > left)
        return bad_value(node, 1, fmt::format("a length of {}", p), fmt::format("lengths whose sum is {}", total));
      left -= p;
    }
    if (left != 0)
      return bad_value(node, 1, fmt::format("lengths whose sum is {}", total - left), fmt::format("the sum {}", total));
    return parts;
  }
  const int64_t size = split ? split->int_at(0) : 1;
  if (size <= 0) return bad_value(node, 1, fmt::format("{}", size), "a positive length");
  const int64_t count = total / size + (total % size != 0);
  // Parts may be empty in the other dims: their number is bounded by the bytes that their descriptions take.
  if (count > c.limits().max_tensor_bytes / 256)
    return too_large(node, "the sequence", fmt::format("{} items", count),
                     fmt::format("{} items", c.limits().max_tensor_bytes / 256));
  std::vector<int64_t> parts(size_t(count), size);
  if (total % size != 0) parts.back() = total % size;
  return parts;
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Tensor& in = c.input(0);
  const int axis = PHAROS_TRY(checked_axis(node, node.attr_int("axis"), in.rank()));
  const AxisSplit s = split_at(in.dims(), axis);
  const bool keep = c.has_input(1) || node.attr_int("keepdims", 1) != 0;
  Sequence out{Type::tensor(in.dtype()), {}};
  int64_t first = 0;
  for (const int64_t length : PHAROS_TRY(parts_of(c, s.length))) {
    Dims dims = in.dims();
    if (keep) dims[size_t(axis)] = length;
    else dims.erase(dims.begin() + axis);
    Tensor part(in.dtype(), dims);
    if (!part.valid()) return too_large(node, "an item of the sequence", dims_text(dims), "the memory of this machine");
    for (int64_t o = 0; o < s.outer; ++o)
      copy_run(part, o * length * s.inner, in, (o * s.length + first) * s.inner, length * s.inner);
    out.items.emplace_back(std::move(part));
    first += length;
  }
  c.set_output(0, std::move(out));
  return {};
}

}  // namespace

void define_split_to_sequence(OpSet& ops) {
  ops.add({
      .name = "SplitToSequence",
      .since = 24,
      .doc = "Cuts a tensor along an axis into a sequence of parts, of equal or of given lengths.",
      .inputs = {{"input"}, {"split", types::indices, Param::Kind::Optional}},
      .outputs = {{.name = "output_sequence", .container = true}},
      .attributes = {{"axis", AttrType::Int, false, "default 0"},
                     {"keepdims", AttrType::Int, false, "0: drop the axis where `split` is left out; default 1"}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{11, nullptr}},
  });
}

}  // namespace pharos
