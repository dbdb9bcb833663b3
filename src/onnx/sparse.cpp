#include <cstring>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/text.h"
#include "catalog/general.h"
#include "catalog/import.h"
#include "onnx/tensors.h"

namespace pharos {
namespace {

Report bad(const std::string& what, std::string details) { return Report(diag::sparse_invalid, {{"what", what}, {"details", std::move(details)}}); }

// Position of entry `i` in the dense tensor: its linear index, or one coordinate per axis. Nothing where it lies outside.
std::optional<int64_t> position(const Tensor& indices, int64_t i, const Dims& dims, int64_t count) {
  if (indices.rank() == 1) {
    const int64_t at = indices.int_at(i);
    return at >= 0 && at < count ? std::optional(at) : std::nullopt;
  }
  int64_t at = 0;
  for (size_t a = 0; a < dims.size(); ++a) {
    const int64_t k = indices.int_at(i * int64_t(dims.size()) + int64_t(a));
    if (k < 0 || k >= dims[a]) return std::nullopt;
    at = at * dims[a] + k;
  }
  return at;
}

}  // namespace

Result<Tensor> TensorReader::read(const onnx::SparseTensorProto& p, const std::string& what) {
  const Tensor values = PHAROS_TRY(read(p.values(), what + " (values)"));
  const Dims dims(p.dims().begin(), p.dims().end());
  for (const int64_t d : dims) if (d < 0) return bad(what, "a dimension is negative: " + dims_text(dims));
  const auto count = element_count(dims);
  const size_t element = values.dtype() == DType::string ? sizeof(std::string) : dtype_size(values.dtype());
  const auto bytes = count ? checked_mul<int64_t>(*count, int64_t(element)) : std::nullopt;
  if (!bytes || int(dims.size()) > limits_.max_rank) return bad(what, "impossible dimensions " + dims_text(dims));
  if (values.rank() != 1) return bad(what, fmt::format("values have rank {}; expected 1", values.rank()));
  PHAROS_TRY(charge(*bytes, what));
  Tensor out(values.dtype(), dims);
  if (!out.valid()) return Report(diag::out_of_memory, {{"what", what}, {"requested", bytes_text(*bytes)}});
  if (values.count() == 0) return out;  // indices may then be left out
  const Tensor indices = PHAROS_TRY(read(p.indices(), what + " (indices)"));
  const bool linear = indices.rank() == 1 && indices.dim(0) == values.count();
  const bool by_axis = indices.rank() == 2 && indices.dim(0) == values.count() && indices.dim(1) == int64_t(dims.size());
  if (indices.dtype() != DType::i64 || (!linear && !by_axis))
    return bad(what, fmt::format("indices are {}[{}]; expected i64[{}] or i64[{}x{}]", dtype_name(indices.dtype()), dims_text(indices.dims()),
                                 values.count(), values.count(), dims.size()));
  for (int64_t i = 0; i < values.count(); ++i) {
    const auto at = position(indices, i, dims, *count);
    if (!at) return bad(what, fmt::format("index {} lies outside of {}", i, dims_text(dims)));
    if (out.dtype() == DType::string) out.as<std::string>()[size_t(*at)] = values.as<std::string>()[size_t(i)];
    else std::memcpy(static_cast<std::byte*>(out.data()) + size_t(*at) * element, static_cast<const std::byte*>(values.data()) + size_t(i) * element, element);
  }
  return out;
}

}  // namespace pharos
