#include "onnx/proto.h"

namespace pharos::proto {

std::string_view unknown_bytes(const google::protobuf::UnknownFieldSet& fields, int number) {
  for (int i = fields.field_count() - 1; i >= 0; --i)
    if (const auto& f = fields.field(i); f.number() == number && f.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      return f.length_delimited();
  return {};
}

}  // namespace pharos::proto
