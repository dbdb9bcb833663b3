#include "onnx/functions.h"

#include <fmt/format.h>

#include "catalog/import.h"

namespace pharos {
namespace {

Result<LocalFunction> read_function(const onnx::FunctionProto& f, std::string label) {
  LocalFunction out{&f, std::move(label), {}};
  for (int i = 0; i < f.unknown_fields().field_count(); ++i) {
    const auto& field = f.unknown_fields().field(i);
    if (field.number() != proto::function_attribute_proto || field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    auto attribute = std::make_unique<onnx::AttributeProto>();
    if (!attribute->ParseFromString(field.length_delimited()) || attribute->name().empty())
      return Report(diag::model_invalid, {{"details", fmt::format("function '{}' has a default attribute that cannot be read", out.label)}});
    std::string name = attribute->name();
    out.defaults.insert_or_assign(std::move(name), std::move(attribute));
  }
  return out;
}

}  // namespace

Result<FunctionTable> FunctionTable::read(const onnx::ModelProto& model) {
  FunctionTable table;
  for (const onnx::FunctionProto& f : model.functions()) {
    const std::string overload(proto::overload_of(f));
    std::string label = fmt::format("{}::{}{}{}", f.domain(), f.name(), overload.empty() ? "" : ":", overload);
    auto key = std::tuple(proto::domain_of(f.domain()), f.name(), overload);
    if (table.functions_.contains(key)) return Report(diag::model_invalid, {{"details", fmt::format("function '{}' is defined twice", label)}});
    table.functions_.emplace(std::move(key), PHAROS_TRY(read_function(f, std::move(label))));
  }
  return table;
}

const LocalFunction* FunctionTable::find(const std::string& domain, const std::string& name, std::string_view overload) const {
  if (functions_.empty()) return nullptr;
  const auto it = functions_.find({domain, name, std::string(overload)});
  return it == functions_.end() ? nullptr : &it->second;
}

}  // namespace pharos
