#pragma once
// The message classes of ONNX. Included by the .cpp files of this folder only: slow to compile, and the only use of protobuf.

#include <onnx/onnx_pb.h>

#include <string>
#include <string_view>

namespace pharos::proto {

// The newest versions that this version of Pharos knows.
inline constexpr int64_t known_ir_version = 14, known_opset = 28, known_ml_opset = 5;

// Fields that are newer than the message classes of the system arrive as unknown fields.
enum Newer : int { node_overload = 8, function_attribute_proto = 11, function_overload = 13 };

std::string_view unknown_bytes(const google::protobuf::UnknownFieldSet& fields, int number);  // the last; empty if absent

inline std::string_view overload_of(const onnx::NodeProto& n) { return unknown_bytes(n.unknown_fields(), node_overload); }
inline std::string_view overload_of(const onnx::FunctionProto& f) { return unknown_bytes(f.unknown_fields(), function_overload); }

// "ai.onnx" is another spelling of the empty domain.
inline std::string domain_of(const std::string& domain) { return domain == "ai.onnx" ? std::string() : domain; }

}  // namespace pharos::proto
