#pragma once
// Declared types of a model.

#include <string_view>

#include "pharos/limits.h"
#include "base/result.h"
#include "graph/type.h"
#include "onnx/proto.h"

namespace pharos {

// How dims without a number are read.
enum class DimMode : uint8_t {
  Symbols,  // of a graph input: names are symbols, a dim without name gets a symbol of its own
  Numbers,  // elsewhere: only numbers count; names of results follow from inference
};

// `name`: of the value, for messages and for the symbols of unnamed dims. A type that says nothing is Unknown.
Result<Type> read_type(const onnx::TypeProto& proto, std::string_view name, DimMode mode, const Limits& limits);

// The element type for a number of TensorProto.DataType.
Result<DType> read_dtype(int64_t number, std::string_view what);

}  // namespace pharos
