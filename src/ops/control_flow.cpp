#include "ops/control_flow.h"

#include <cstring>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos {

Result<void> check_subgraph(const Node& node, const Graph* graph, std::string_view attribute, size_t formal_inputs,
                            size_t outputs) {
  if (!graph) return bad_attribute(node, attribute, "missing", "a graph");
  if (graph->inputs().size() != formal_inputs + node.captures)
    return shapes_mismatch(node, fmt::format("graph '{}' takes {} inputs; expected {}", attribute,
                                             graph->inputs().size(), formal_inputs + node.captures));
  if (graph->outputs().size() < outputs)
    return shapes_mismatch(node, fmt::format("graph '{}' yields {} outputs; expected {}", attribute,
                                             graph->outputs().size(), outputs));
  return {};
}

void append_captures(const EvalContext& c, std::vector<Datum>& inputs) {
  for (size_t i = c.node().formal_inputs(); i < c.node().inputs.size(); ++i) inputs.push_back(c.input_datum(i));
}

void append_captures(const InferContext& c, std::vector<Type>& inputs) {
  for (size_t i = c.node().formal_inputs(); i < c.node().inputs.size(); ++i) inputs.push_back(c.input(i));
}

Type join(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.dtype != b.dtype) return Type{};
  Type out = a;
  if (a.kind == Type::Kind::Tensor) {
    if (!a.shape || !b.shape || a.shape->size() != b.shape->size()) { out.shape.reset(); return out; }
    for (size_t d = 0; d < a.shape->size(); ++d)
      if (!((*a.shape)[d] == (*b.shape)[d])) (*out.shape)[d] = Dim();
  } else if (a.element && b.element) {
    out.element = std::make_shared<Type>(join(*a.element, *b.element));
  }
  return out;
}

Tensor slice_at(const Tensor& t, int axis, int64_t index) {
  Dims dims = t.dims();
  dims.erase(dims.begin() + axis);
  const AxisSplit split = split_at(t.dims(), axis);
  if (split.outer == 1) {
    const size_t size = t.dtype() == DType::string ? sizeof(std::string) : dtype_size(t.dtype());
    const auto* first = static_cast<const std::byte*>(t.data()) + size_t(index * split.inner) * size;
    return Tensor(t.dtype(), std::move(dims), const_cast<std::byte*>(first), std::make_shared<Tensor>(t));
  }
  Tensor out(t.dtype(), std::move(dims));
  if (!out.valid()) return out;
  for (int64_t o = 0; o < split.outer; ++o)
    copy_run(out, o * split.inner, t, (o * split.length + index) * split.inner, split.inner);
  return out;
}

Result<void> Stack::grow(const EvalContext& c) {
  const int64_t element = dtype_ == DType::string ? int64_t(sizeof(std::string)) : int64_t(dtype_size(dtype_));
  const int64_t limit = c.limits().max_tensor_bytes / std::max<int64_t>(1, element * std::max<int64_t>(1, item_count_));
  if (size_ + 1 > limit)
    return too_large(c.node(), "a scan output", fmt::format("more than {} items of {}", size_, dims_text(item_dims_)),
                     fmt::format("{} bytes", c.limits().max_tensor_bytes));
  capacity_ = std::min(limit, std::max<int64_t>(4, 2 * capacity_));
  Tensor bigger(dtype_, {capacity_ * item_count_});
  if (!bigger.valid())
    return too_large(c.node(), "a scan output", fmt::format("{} items of {}", capacity_, dims_text(item_dims_)),
                     "the memory of this machine");
  copy_run(bigger, 0, storage_, 0, size_ * item_count_);
  storage_ = std::move(bigger);
  return {};
}

Result<void> Stack::append(const EvalContext& c, size_t output, const Datum& item) {
  const Tensor* t = item.tensor();
  if (!t) return unsupported_case(c.node(), fmt::format("output {} collects values that are not tensors", output));
  if (size_ == 0) {
    dtype_ = t->dtype();
    item_dims_ = t->dims();
    item_count_ = t->count();
  } else if (t->dtype() != dtype_ || t->dims() != item_dims_) {
    return shapes_mismatch(
        c.node(), fmt::format("output {} collects {}[{}] after {}[{}]; every iteration must yield the same", output,
                              dtype_name(t->dtype()), dims_text(t->dims()), dtype_name(dtype_), dims_text(item_dims_)));
  }
  if (size_ == capacity_) PHAROS_TRY(grow(c));
  copy_run(storage_, size_ * item_count_, *t, 0, item_count_);
  ++size_;
  return {};
}

Result<void> Stack::finish(EvalContext& c, size_t output, int64_t axis, bool reverse, const Type& declared) const {
  Dims dims = item_dims_;
  DType dtype = dtype_;
  if (size_ == 0) {
    if (!declared.is_tensor() || declared.dtype == DType::undefined)
      return unsupported_case(c.node(), fmt::format("output {} of no iterations has no declared type", output));
    dtype = declared.dtype;
    if (declared.shape)
      for (const Dim& d : *declared.shape) dims.push_back(std::max<int64_t>(0, d.maybe_number().value_or(0)));
  }
  const int a = PHAROS_TRY(checked_axis(c.node(), axis, int(dims.size()) + 1, "scan_output_axes"));
  Dims full = dims;
  full.insert(full.begin() + a, size_);
  Tensor out = PHAROS_TRY(c.output(output, dtype, full));
  if (size_ == 0) return {};
  Strides from = contiguous_strides(dims);
  from.insert(from.begin() + a, reverse ? -item_count_ : item_count_);
  copy_strided(out, 0, contiguous_strides(full), storage_, reverse ? (size_ - 1) * item_count_ : 0, from, full);
  return {};
}

Result<void> Stack::place(EvalContext& c, size_t output, Tensor& to, int64_t batch, int64_t batches,
                          int64_t length) const {
  if (size_ == 0) return {};
  Dims dims = item_dims_;
  dims.insert(dims.begin(), {batches, length});
  if (to.dtype() == DType::undefined) {
    to = PHAROS_TRY(c.output(output, dtype_, dims));
    if (dtype_ != DType::string && to.count() > 0) std::memset(to.data(), 0, to.bytes());
  } else if (to.dtype() != dtype_ || to.dims() != dims) {
    return shapes_mismatch(c.node(), fmt::format("output {} collects items of different shapes", output));
  }
  copy_run(to, batch * length * item_count_, storage_, 0, size_ * item_count_);
  return {};
}

}  // namespace pharos
