#include "plugins/calls.h"

#include <fmt/format.h>

namespace pharos {

PharosDim InferCall::value(size_t i, size_t index) {
  const auto dims = c_.shape_value(i);
  return dims && index < dims->size() ? dim_handle((*dims)[index]) : PHAROS_DIM_UNKNOWN;
}

PharosDim InferCall::dim_up_to(PharosDim most) {
  const auto d = dim_of(most);
  if (!d) return PHAROS_DIM_UNKNOWN;
  if (bounds_.size() >= 4096) {
    breach("it asks for more than 4096 bounds in one call");
    return PHAROS_DIM_UNKNOWN;
  }
  bounds_.push_back(*d);
  return first_bound + PharosDim(bounds_.size() - 1);
}

std::optional<size_t> InferCall::bound_of(PharosDim handle) const {
  const uint64_t index = uint64_t(handle) - uint64_t(first_bound);
  return handle < 0 && index < bounds_.size() ? std::optional<size_t>(index) : std::nullopt;
}

// Arithmetic with an extent that depends on data knows nothing.
std::optional<Dim> InferCall::dim_of(PharosDim handle) { return bound_of(handle) ? Dim() : Call::dim_of(handle); }

PharosStatus InferCall::set_output(size_t i, PharosDType dtype, int32_t rank, const PharosDim* dims) {
  const auto wrong = [&](std::string what) {
    return breach(fmt::format("pharos_set_output for output {}: {}", i, what));
  };
  if (i >= outputs_.size()) return i < op_.outputs.size() ? PHAROS_OK : wrong("the operator has no such output");
  if (dtype < 0 || dtype >= dtype_count) return wrong(fmt::format("element type {} does not exist", dtype));
  const size_t p = std::min(i, op_.outputs.size() - 1);
  if (const uint64_t types = op_.outputs[p].types; dtype != PHAROS_UNDEFINED && types && !(types >> dtype & 1))
    return wrong(fmt::format("element type {} is none that its table declares", dtype_name(DType(dtype))));
  if (rank < -1 || rank > c_.limits().max_rank)
    return wrong(fmt::format("rank {}; expected 0 to {}, or -1", rank, c_.limits().max_rank));
  if (rank > 0 && !dims) return wrong("dims is NULL");
  Output& out = outputs_[i];
  out.set = true;
  out.bounds.assign(size_t(std::max(rank, 0)), std::nullopt);
  Type type;
  if (dtype != PHAROS_UNDEFINED || rank >= 0) type = Type::tensor(DType(dtype));
  if (rank >= 0) type.shape.emplace();
  for (int32_t axis = 0; axis < rank; ++axis) {
    const auto d = dim_of(dims[axis]);
    if (!d) return PHAROS_FAILED;
    if (const auto b = bound_of(dims[axis])) out.bounds[size_t(axis)] = bounds_[*b];
    type.shape->push_back(*d);
  }
  c_.set_output(i, std::move(type));
  return PHAROS_OK;
}

PharosStatus InferCall::finish() {
  for (size_t i = 0; i < outputs_.size(); ++i)
    if (c_.has_output(i) && !outputs_[i].set)
      return breach(fmt::format("it returned PHAROS_OK without setting the type of output {}", i));
  return PHAROS_OK;
}

PharosStatus RunCall::input(size_t i, PharosTensor& out) {
  if (i < args_.inputs.size() && args_.inputs[i]) show(*args_.inputs[i], out);
  return PHAROS_OK;
}

PharosStatus RunCall::output(size_t i, PharosTensor& out) {
  if (i < args_.outputs.size() && args_.outputs[i]) show(*args_.outputs[i], out);
  return PHAROS_OK;
}

PharosStatus RunCall::make_output(size_t i, std::span<const int64_t> dims, PharosTensor& out) {
  if (i >= args_.outputs.size() || !args_.outputs[i]) return PHAROS_OK;
  const Tensor& t = *args_.outputs[i];
  if (!std::equal(dims.begin(), dims.end(), t.dims().begin(), t.dims().end()))
    return breach(
        fmt::format("output {} was made as {}; its inference said {}", i, dims_text(dims), dims_text(t.dims())));
  show(t, out);
  return PHAROS_OK;
}

PharosStatus EvaluateCall::input(size_t i, PharosTensor& out) {
  if (!c_.has_input(i)) return PHAROS_OK;
  if (const Tensor* t = c_.input_datum(i).tensor()) show(*t, out);
  return PHAROS_OK;
}

PharosStatus EvaluateCall::output(size_t i, PharosTensor& out) {
  if (!c_.has_output(i)) return PHAROS_OK;
  const auto dims = types_[i].dims();
  if (!dims) return breach(fmt::format("the shape of output {} depends on data: it needs pharos_make_output", i));
  return make(i, *dims, out);
}

PharosStatus EvaluateCall::make_output(size_t i, std::span<const int64_t> dims, PharosTensor& out) {
  if (!c_.has_output(i)) return PHAROS_OK;
  const auto wrong = [&](std::string_view what) {
    return breach(fmt::format("output {} was made as {}: {}", i, dims_text(dims), what));
  };
  for (const int64_t d : dims)
    if (d < 0) return wrong("an extent is negative");
  if (const auto& shape = types_[i].shape) {
    if (shape->size() != dims.size()) return wrong(fmt::format("its inference said rank {}", shape->size()));
    const auto& bounds = inferred_.bounds(i);
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      const auto exact = (*shape)[axis].maybe_number();
      if (exact && *exact != dims[axis])
        return wrong(fmt::format("its inference said {} for dimension {}", *exact, axis));
      const auto most = axis < bounds.size() && bounds[axis] ? bounds[axis]->maybe_number() : std::nullopt;
      if (most && dims[axis] > *most)
        return wrong(fmt::format("its inference said {} at most for dimension {}", *most, axis));
    }
  }
  return make(i, Dims(dims.begin(), dims.end()), out);
}

PharosStatus EvaluateCall::make(size_t i, const Dims& dims, PharosTensor& out) {
  if (made_[i] && made_[i]->dims() != dims)
    return breach(
        fmt::format("output {} was made as {} and again as {}", i, dims_text(made_[i]->dims()), dims_text(dims)));
  if (!made_[i]) {
    const DType dtype = types_[i].dtype;
    if (dtype == DType::undefined) return breach(fmt::format("its inference knew no element type for output {}", i));
    auto t = c_.output(i, dtype, dims);
    if (!t) {
      if (!error_) error_ = t.error();
      say(t.error().message());
      return PHAROS_FAILED;
    }
    made_[i] = std::move(*t);
  }
  show(*made_[i], out);
  return PHAROS_OK;
}

PharosStatus EvaluateCall::finish() {
  for (size_t i = 0; i < made_.size(); ++i)
    if (c_.has_output(i) && !made_[i])
      return breach(fmt::format("it returned PHAROS_OK without asking for output {}", i));
  return PHAROS_OK;
}

}  // namespace pharos
