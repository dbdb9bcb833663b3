#include "onnx/types.h"

#include <fmt/format.h>

#include "catalog/import.h"

namespace pharos {
namespace {

constexpr int max_nesting = 32;  // of sequences in optionals in maps …

Report unsupported(std::string_view name, std::string actual) {
  return Report(diag::type_unsupported, {{"what", fmt::format("'{}'", name)}, {"actual", std::move(actual)}});
}

// A name that cannot be told from a number or a wildcard says nothing.
bool is_symbol(const std::string& s) {
  return s.find_first_not_of("0123456789-?*_ .") != std::string::npos;
}

Dim read_dim(const onnx::TensorShapeProto_Dimension& d, std::string_view name, int axis, DimMode mode) {
  if (d.has_dim_value() && d.dim_value() >= 0) return d.dim_value();
  if (mode == DimMode::Numbers) return {};
  if (d.has_dim_param() && is_symbol(d.dim_param())) return Dim::symbol(d.dim_param());
  return Dim::symbol(fmt::format("{}.{}", name, axis));
}

Result<Type> read_tensor(int number, const onnx::TensorShapeProto* shape, std::string_view name, DimMode mode, const Limits& limits) {
  if (number == 0 && mode == DimMode::Numbers) return Type{};
  Type t = Type::tensor(PHAROS_TRY(read_dtype(number, fmt::format("'{}'", name))));
  if (!shape) return t;
  if (shape->dim_size() > limits.max_rank)
    return Report(diag::tensor_dims_invalid, {{"what", fmt::format("'{}'", name)}, {"actual", fmt::format("{} of them", shape->dim_size())},
                                              {"expected", fmt::format("at most {}", limits.max_rank)}});
  t.shape.emplace();
  for (int i = 0; i < shape->dim_size(); ++i) t.shape->push_back(read_dim(shape->dim(i), name, i, mode));
  return t;
}

Result<Type> read_nested(const onnx::TypeProto& p, std::string_view name, DimMode mode, const Limits& limits, int depth) {
  if (depth > max_nesting) return unsupported(name, fmt::format("a type nested more than {} levels deep", max_nesting));
  switch (p.value_case()) {
    case onnx::TypeProto::kTensorType:
      return read_tensor(p.tensor_type().elem_type(), p.tensor_type().has_shape() ? &p.tensor_type().shape() : nullptr, name, mode, limits);
    // Dims within containers may differ from item to item: names mean nothing there.
    case onnx::TypeProto::kSequenceType:
      return Type::sequence(PHAROS_TRY(read_nested(p.sequence_type().elem_type(), name, DimMode::Numbers, limits, depth + 1)));
    case onnx::TypeProto::kOptionalType:
      return Type::optional(PHAROS_TRY(read_nested(p.optional_type().elem_type(), name, DimMode::Numbers, limits, depth + 1)));
    case onnx::TypeProto::kMapType: {
      const DType key = PHAROS_TRY(read_dtype(p.map_type().key_type(), fmt::format("the key of '{}'", name)));
      return Type::map(key, PHAROS_TRY(read_nested(p.map_type().value_type(), name, DimMode::Numbers, limits, depth + 1)));
    }
    case onnx::TypeProto::kSparseTensorType: return unsupported(name, "a sparse tensor");
    case onnx::TypeProto::kOpaqueType: return unsupported(name, "an opaque type");
    default: return Type{};
  }
}

}  // namespace

Result<DType> read_dtype(int64_t number, std::string_view what) {
  if (number < 1 || number >= dtype_count)
    return Report(diag::tensor_type_unknown, {{"what", std::string(what)}, {"actual", std::to_string(number)}, {"last", std::to_string(dtype_count - 1)}});
  return DType(number);
}

Result<Type> read_type(const onnx::TypeProto& proto, std::string_view name, DimMode mode, const Limits& limits) {
  return read_nested(proto, name, mode, limits, 0);
}

}  // namespace pharos
