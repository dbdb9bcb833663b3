#pragma once
// Values of a model's inputs and outputs in files, as ONNX writes them: one message without a tag, whose kind follows from
// the declared type (TensorProto, SequenceProto, OptionalProto, MapProto).

#include <string>

#include "pharos/limits.h"
#include "graph/datum.h"

namespace pharos {

Result<Datum> read_pb(const std::string& path, const Type& declared, const Limits& limits = {});
// The same from memory; `name` stands for the path in messages.
Result<Datum> parse_pb(std::span<const std::byte> bytes, const std::string& name, const Type& declared, const Limits& limits = {});

// `value_name` is stored in the message.
Result<std::string> pb_bytes(const Datum& value, const std::string& value_name);
Result<void> write_pb(const std::string& path, const Datum& value, const std::string& value_name);

}  // namespace pharos
