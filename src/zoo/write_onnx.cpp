#include "zoo/write_onnx.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "zoo/file_stream.h"
#include "zoo/random.h"
#include "zoo/wire.h"

namespace pharos {
namespace {

// Field numbers are those of onnx.proto.
constexpr int64_t ir_version = 8, opset = 17;
static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

size_t element_bytes(const NetTensor& t) { return t.dtype == DType::i64 ? 8 : 4; }
uint64_t raw_bytes(const NetTensor& t) { return uint64_t(t.count()) * element_bytes(t); }

// A TensorProto up to, but without, the bytes of raw_data.
Wire tensor_head(const NetTensor& t) {
  Wire w;
  for (const int64_t d : t.dims) w.number(1, d);
  w.number(2, int64_t(t.dtype));
  if (!t.name.empty()) w.text(8, t.name);
  w.length(9, raw_bytes(t));
  return w;
}

std::string contents(const NetTensor& t, uint64_t seed, int64_t first, int64_t count) {
  std::string bytes(size_t(count) * element_bytes(t), '\0');
  if (t.dtype == DType::i64) {
    std::vector<int64_t> values(static_cast<size_t>(count));
    fill_elements(t, first, values);
    std::memcpy(bytes.data(), values.data(), bytes.size());
  } else {
    std::vector<float> values(static_cast<size_t>(count));
    fill_elements(t, seed, first, values);
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  return bytes;
}

Wire attribute(const std::string& name, const NetAttr& value, uint64_t seed) {
  enum { Float = 1, Int = 2, String = 3, Tensor = 4, Ints = 7 };  // AttributeProto.AttributeType
  Wire w;
  w.text(1, name);
  if (const auto* i = std::get_if<int64_t>(&value)) w.number(3, *i).number(20, Int);
  else if (const auto* f = std::get_if<float>(&value)) w.real(2, *f).number(20, Float);
  else if (const auto* s = std::get_if<std::string>(&value)) w.text(4, *s).number(20, String);
  else if (const auto* v = std::get_if<std::vector<int64_t>>(&value)) {
    for (const int64_t i : *v) w.number(8, i);
    w.number(20, Ints);
  } else if (const auto* t = std::get_if<NetTensor>(&value)) {
    Wire tensor = tensor_head(*t);
    tensor.append(contents(*t, seed, 0, t->count()));
    w.message(5, tensor).number(20, Tensor);
  }
  return w;
}

Wire node_message(const NetNode& n, uint64_t seed) {
  Wire w;
  for (const std::string& i : n.inputs) w.text(1, i);
  for (const std::string& o : n.outputs) w.text(2, o);
  w.text(3, n.name).text(4, n.op);
  for (const auto& [name, value] : n.attributes) w.message(5, attribute(name, value, seed));
  return w;
}

Wire value_message(const NetValue& v) {
  Wire shape;
  for (const NetDim& d : v.dims) {
    Wire dim;
    if (const auto* n = std::get_if<int64_t>(&d)) dim.number(1, *n);
    else dim.text(2, std::get<std::string>(d));
    shape.message(1, dim);
  }
  Wire tensor, type, value;
  tensor.number(1, int64_t(v.dtype)).message(2, shape);
  type.message(1, tensor);
  value.text(1, v.name).message(2, type);
  return value;
}

Result<void> write_weight(FileStream& file, const NetTensor& t, uint64_t seed) {
  const Wire head = tensor_head(t);
  Wire length;
  length.length(5, head.size() + raw_bytes(t));
  PHAROS_TRY(file.write(length.bytes()));
  PHAROS_TRY(file.write(head.bytes()));
  constexpr int64_t piece = 1 << 18;
  for (int64_t first = 0; first < t.count(); first += piece) {
    PHAROS_TRY(file.write(contents(t, seed, first, std::min(piece, t.count() - first))));
  }
  return {};
}

}  // namespace

Result<void> write_onnx(const Net& net, const std::string& path) {
  Wire head, before, after, opsets;
  opsets.text(1, "").number(2, opset);
  head.number(1, ir_version).text(2, "pharos-zoo").text(3, PHAROS_VERSION).message(8, opsets);
  for (const NetNode& n : net.nodes) before.message(1, node_message(n, net.seed));
  before.text(2, net.name);
  for (const NetValue& v : net.inputs) after.message(11, value_message(v));
  for (const NetValue& v : net.outputs) after.message(12, value_message(v));

  uint64_t graph_bytes = before.size() + after.size();
  for (const NetTensor& t : net.weights) {
    const uint64_t tensor = tensor_head(t).size() + raw_bytes(t);
    Wire length;
    length.length(5, tensor);
    graph_bytes += length.size() + tensor;
  }
  head.length(7, graph_bytes);

  FileStream file = PHAROS_TRY(FileStream::create(path));
  PHAROS_TRY(file.write(head.bytes()));
  PHAROS_TRY(file.write(before.bytes()));
  for (const NetTensor& t : net.weights) PHAROS_TRY(write_weight(file, t, net.seed));
  PHAROS_TRY(file.write(after.bytes()));
  return file.commit();
}

}  // namespace pharos
