// The public face of ExecutionContext.

#include <fmt/format.h>

#include "catalog/runtime.h"
#include "runtime/context_impl.h"

namespace pharos {

ExecutionContext::ExecutionContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExecutionContext::~ExecutionContext() = default;

namespace {

bool same_dims(const Type& type, std::span<const int64_t> dims) {
  if (!type.is_tensor() || !type.shape || type.shape->size() != dims.size()) return false;
  for (size_t i = 0; i < dims.size(); ++i)
    if (!(*type.shape)[i].is_number() || (*type.shape)[i].number() != dims[i]) return false;
  return true;
}

Result<void> check_view(const std::string& name, const TensorView& view) {
  const auto count = element_count(view.dims);
  for (const int64_t d : view.dims)
    if (d < 0 || !count)
      return Report(diag::binding_type_mismatch, {{"name", name}, {"actual", "shape " + dims_text(view.dims)},
                                                  {"expected", "extents of 0 and more that fit 64 bits"}});
  const size_t size = dtype_size(view.dtype);
  if (size == 0)
    return Report(diag::binding_type_mismatch, {{"name", name}, {"actual", std::string(dtype_name(view.dtype))},
                                                {"expected", "an element type with a size"}});
  if (uint64_t(*count) > view.bytes / size || (*count > 0 && !view.data))
    return Report(diag::buffer_too_small, {{"name", name}, {"actual", std::to_string(view.data ? view.bytes : 0)},
                                           {"shape", dims_text(view.dims)}, {"expected", fmt::format("{}", uint64_t(*count) * size)}});
  return {};
}

}  // namespace

Result<void> ExecutionContext::set_input_shape(std::string_view name, std::span<const int64_t> dims) {
  const size_t i = PHAROS_TRY(impl_->input_index(name));
  const Graph& g = impl_->engine->plan.graph;
  const Value& v = g.value(g.inputs()[i]);
  const Type type = Type::tensor(v.type.dtype, dims);
  if (!merge(type, v.type))
    return Report(diag::binding_type_mismatch, {{"name", v.name}, {"actual", type.text()}, {"expected", v.type.text()}});
  impl_->set_shape(i, type);
  return {};
}

Result<void> ExecutionContext::set_input(std::string_view name, const TensorView& view) {
  const size_t i = PHAROS_TRY(impl_->input_index(name));
  // The common case, the same shape as before, only moves a pointer.
  if (Tensor* bound = impl_->input_data[i].tensor(); bound && bound->dtype() == view.dtype &&
      same_dims(impl_->input_types[i], view.dims) && view.data && view.bytes >= bound->bytes() &&
      std::equal(view.dims.begin(), view.dims.end(), bound->dims().begin(), bound->dims().end())) {
    bound->rebind(view.data);
    return {};
  }
  PHAROS_TRY(check_view(std::string(name), view));
  return impl_->set_input_datum(i, Tensor(view.dtype, Dims(view.dims.begin(), view.dims.end()), view.data));
}

Result<void> ExecutionContext::set_input_strings(std::string_view name, std::span<const int64_t> dims, std::vector<std::string> values) {
  const size_t i = PHAROS_TRY(impl_->input_index(name));
  const auto count = element_count(dims);
  if (!count || *count != int64_t(values.size()))
    return Report(diag::buffer_too_small, {{"name", std::string(name)}, {"actual", fmt::format("{}", values.size())},
                                           {"shape", dims_text(dims)}, {"expected", count ? std::to_string(*count) : "too many"}});
  Tensor t(DType::string, Dims(dims.begin(), dims.end()));
  for (size_t k = 0; k < values.size(); ++k) t.as<std::string>()[k] = std::move(values[k]);
  return impl_->set_input_datum(i, std::move(t));
}

Result<void> ExecutionContext::set_output(std::string_view name, const TensorView& view) {
  const size_t o = PHAROS_TRY(impl_->output_index(name));
  auto& bound = impl_->output_views[o];
  if (bound && bound->dtype() == view.dtype && view.data && view.bytes >= bound->bytes() &&
      std::equal(view.dims.begin(), view.dims.end(), bound->dims().begin(), bound->dims().end())) {
    bound->rebind(view.data);
    return {};
  }
  PHAROS_TRY(check_view(std::string(name), view));
  const Value& v = impl_->engine->plan.graph.value(impl_->engine->plan.graph.outputs()[o]);
  const Type type = Type::tensor(view.dtype, view.dims);
  if (v.type.kind != Type::Kind::Unknown && !merge(type, v.type))
    return Report(diag::binding_type_mismatch, {{"name", v.name}, {"actual", type.text()}, {"expected", v.type.text()}});
  bound = Tensor(view.dtype, Dims(view.dims.begin(), view.dims.end()), view.data);
  return {};
}

Result<Dims> ExecutionContext::output_shape(std::string_view name) {
  const size_t o = PHAROS_TRY(impl_->output_index(name));
  PHAROS_TRY(impl_->resolve());
  const ValueId v = impl_->engine->plan.graph.outputs()[o];
  const Slot& s = impl_->plan->slots[v.index];
  if (s.place == Slot::Place::Dynamic || s.place == Slot::Place::Unused)
    return Report(diag::output_not_available, {{"name", std::string(name)}, {"details", "its shape depends on the data of a run"}});
  return s.dims;
}

Result<void> ExecutionContext::run(RunTimes* times) { return impl_->run(times); }

Result<TensorView> ExecutionContext::output(std::string_view name) const {
  const size_t o = PHAROS_TRY(impl_->output_index(name));
  const Tensor* t = PHAROS_TRY(impl_->output_tensor(o));
  if (t->dtype() == DType::string)
    return Report(diag::output_not_available, {{"name", std::string(name)}, {"details", "it is text: use output_strings"}});
  return TensorView{const_cast<void*>(t->data()), t->dtype(), t->dims(), t->bytes()};
}

Result<std::span<const std::string>> ExecutionContext::output_strings(std::string_view name) const {
  const size_t o = PHAROS_TRY(impl_->output_index(name));
  const Tensor* t = PHAROS_TRY(impl_->output_tensor(o));
  if (t->dtype() != DType::string)
    return Report(diag::output_not_available, {{"name", std::string(name)}, {"details", "it is no text: use output"}});
  return t->as<std::string>();
}

void ExecutionContext::set_profiler(Profiler* profiler) { impl_->profiler = profiler; }
int64_t ExecutionContext::memory_bytes() const { return int64_t(impl_->arena.size()); }

}  // namespace pharos
