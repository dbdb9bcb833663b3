#pragma once
// The local functions of a model.

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "onnx/proto.h"

namespace pharos {

struct LocalFunction {
  const onnx::FunctionProto* proto;
  std::string label;  // "domain::name" or "domain::name:overload"
  std::map<std::string, std::unique_ptr<onnx::AttributeProto>, std::less<>> defaults;
};

class FunctionTable {
 public:
  static Result<FunctionTable> read(const onnx::ModelProto& model);
  const LocalFunction* find(const std::string& domain, const std::string& name, std::string_view overload) const;
  size_t size() const { return functions_.size(); }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, LocalFunction> functions_;
};

}  // namespace pharos
