#include "onnx/data_files.h"

#include <onnx/onnx-data_pb.h>

#include <fmt/format.h>

#include <cstring>

#include "base/files.h"
#include "catalog/import.h"
#include "onnx/tensors.h"
#include "onnx/types.h"

namespace pharos {
namespace {

constexpr int max_nesting = 32;

// One file being read.
class Reader {
 public:
  Reader(const std::string& name, const Limits& limits) : name_(name), tensors_(nullptr, {}, std::nullopt, limits) {}

  Report invalid(std::string details) const { return Report(diag::data_file_invalid, {{"path", name_}, {"details", std::move(details)}}); }

  Result<Datum> tensor(const onnx::TensorProto& p) { return Datum(PHAROS_TRY(tensors_.read(p, fmt::format("tensor '{}'", p.name())))); }
  Result<Datum> tensor(const onnx::SparseTensorProto& p) { return Datum(PHAROS_TRY(tensors_.read(p, fmt::format("tensor '{}'", p.values().name())))); }

  Result<Datum> sequence(const onnx::SequenceProto& p, const Type& declared, int depth = 0) {
    if (depth > max_nesting) return invalid("sequences are nested too deeply");
    const Type element = declared.element ? *declared.element : Type{};
    Sequence out{element, {}};
    for (const auto& v : p.tensor_values()) out.items.push_back(PHAROS_TRY(tensor(v)));
    for (const auto& v : p.sparse_tensor_values()) out.items.push_back(PHAROS_TRY(tensor(v)));
    for (const auto& v : p.sequence_values()) out.items.push_back(PHAROS_TRY(sequence(v, element, depth + 1)));
    for (const auto& v : p.map_values()) out.items.push_back(PHAROS_TRY(map(v)));
    for (const auto& v : p.optional_values()) out.items.push_back(PHAROS_TRY(optional(v, element, depth + 1)));
    return Datum(std::move(out));
  }

  Result<Datum> optional(const onnx::OptionalProto& p, const Type& declared, int depth = 0) {
    if (depth > max_nesting) return invalid("optionals are nested too deeply");
    const Type element = declared.element ? *declared.element : Type{};
    Datum value;
    switch (p.elem_type()) {
      case onnx::OptionalProto::UNDEFINED: return Datum(Optional{element, nullptr});
      case onnx::OptionalProto::TENSOR: value = PHAROS_TRY(tensor(p.tensor_value())); break;
      case onnx::OptionalProto::SPARSE_TENSOR: value = PHAROS_TRY(tensor(p.sparse_tensor_value())); break;
      case onnx::OptionalProto::SEQUENCE: value = PHAROS_TRY(sequence(p.sequence_value(), element, depth + 1)); break;
      case onnx::OptionalProto::MAP: value = PHAROS_TRY(map(p.map_value())); break;
      case onnx::OptionalProto::OPTIONAL: value = PHAROS_TRY(optional(p.optional_value(), element, depth + 1)); break;
      default: return invalid(fmt::format("an optional holds element kind {}", p.elem_type()));
    }
    return Datum(Optional{element, std::make_shared<Datum>(std::move(value))});
  }

  Result<Datum> map(const onnx::MapProto& p) {
    const DType key = PHAROS_TRY(read_dtype(p.key_type(), "the key of a map"));
    const int64_t n = key == DType::string ? p.string_keys_size() : p.keys_size();
    if (!is_integer(key) && key != DType::string) return invalid(fmt::format("a map has keys of type {}", dtype_name(key)));
    Map out;
    if (key == DType::string) {
      out.keys = Tensor(key, {n});
      std::copy(p.string_keys().begin(), p.string_keys().end(), out.keys.as<std::string>().begin());
    } else {
      out.keys = Tensor::from<int64_t>(DType::i64, {n}, std::vector<int64_t>(p.keys().begin(), p.keys().end()));
    }
    if (p.values().tensor_values_size() != n) return invalid(fmt::format("a map has {} keys and {} values", n, p.values().tensor_values_size()));
    out.values = Tensor(DType::f32, {0});
    for (int i = 0; i < n; ++i) {
      const Tensor v = PHAROS_TRY(tensors_.read(p.values().tensor_values(i), "a value of a map"));
      if (v.count() != 1 || v.dtype() == DType::string) return invalid("a map holds values that are not single numbers");
      if (i == 0) out.values = Tensor(v.dtype(), {n});
      if (v.dtype() != out.values.dtype()) return invalid("a map holds values of different types");
      std::memcpy(static_cast<std::byte*>(out.values.data()) + size_t(i) * v.bytes(), v.data(), v.bytes());
    }
    return Datum(std::move(out));
  }

 private:
  const std::string& name_;
  TensorReader tensors_;
};

template <class Message>
bool parsed(Message& m, std::span<const std::byte> bytes) {
  return bytes.size() < size_t{1} << 31 && m.ParseFromArray(bytes.data(), int(bytes.size()));
}

void write(const Tensor& t, onnx::TensorProto& p) {
  p.set_data_type(int32_t(t.dtype()));
  for (const int64_t d : t.dims()) p.add_dims(d);
  if (t.dtype() == DType::string) {
    for (const std::string& s : t.as<std::string>()) p.add_string_data(s);
    return;
  }
  const auto packed = pack_elements(t);
  p.set_raw_data(packed.data(), packed.size());
}

Result<void> write(const Sequence& s, onnx::SequenceProto& p, int depth);

Result<void> write(const Map& m, onnx::MapProto& p) {
  p.set_key_type(int32_t(m.keys.dtype()));
  for (int64_t i = 0; i < m.keys.count(); ++i) {
    if (m.keys.dtype() == DType::string) p.add_string_keys(m.keys.as<std::string>()[size_t(i)]);
    else p.add_keys(m.keys.int_at(i));
    if (i >= m.values.count() || m.values.dtype() == DType::string) continue;
    const size_t size = dtype_size(m.values.dtype());
    Tensor one(m.values.dtype(), {});
    std::memcpy(one.data(), static_cast<const std::byte*>(m.values.data()) + size_t(i) * size, size);
    write(one, *p.mutable_values()->add_tensor_values());
  }
  p.mutable_values()->set_elem_type(onnx::SequenceProto::TENSOR);
  return {};
}

Result<void> write(const Optional& o, onnx::OptionalProto& p, int depth) {
  p.set_elem_type(onnx::OptionalProto::UNDEFINED);
  if (!o.value || depth > max_nesting) return {};
  if (const Tensor* t = o.value->tensor()) {
    p.set_elem_type(onnx::OptionalProto::TENSOR);
    write(*t, *p.mutable_tensor_value());
  } else if (const Sequence* s = o.value->sequence()) {
    p.set_elem_type(onnx::OptionalProto::SEQUENCE);
    return write(*s, *p.mutable_sequence_value(), depth + 1);
  } else if (const Map* m = o.value->map()) {
    p.set_elem_type(onnx::OptionalProto::MAP);
    return write(*m, *p.mutable_map_value());
  }
  return {};
}

Result<void> write(const Sequence& s, onnx::SequenceProto& p, int depth) {
  p.set_elem_type(onnx::SequenceProto::TENSOR);
  if (depth > max_nesting) return {};
  for (const Datum& d : s.items) {
    if (const Tensor* t = d.tensor()) {
      write(*t, *p.add_tensor_values());
    } else if (const Sequence* inner = d.sequence()) {
      p.set_elem_type(onnx::SequenceProto::SEQUENCE);
      PHAROS_TRY(write(*inner, *p.add_sequence_values(), depth + 1));
    } else if (const Map* m = d.map()) {
      p.set_elem_type(onnx::SequenceProto::MAP);
      PHAROS_TRY(write(*m, *p.add_map_values()));
    } else if (const Optional* o = d.optional()) {
      p.set_elem_type(onnx::SequenceProto::OPTIONAL);
      PHAROS_TRY(write(*o, *p.add_optional_values(), depth + 1));
    }
  }
  return {};
}

}  // namespace

Result<Datum> parse_pb(std::span<const std::byte> bytes, const std::string& name, const Type& declared, const Limits& limits) {
  Reader reader(name, limits);
  switch (declared.kind) {
    case Type::Kind::Sequence: {
      onnx::SequenceProto p;
      return parsed(p, bytes) ? reader.sequence(p, declared) : reader.invalid("not a SequenceProto");
    }
    case Type::Kind::Optional: {
      onnx::OptionalProto p;
      return parsed(p, bytes) ? reader.optional(p, declared) : reader.invalid("not an OptionalProto");
    }
    case Type::Kind::Map: {
      onnx::MapProto p;
      return parsed(p, bytes) ? reader.map(p) : reader.invalid("not a MapProto");
    }
    default: break;
  }
  onnx::TensorProto p;
  if (!parsed(p, bytes)) return reader.invalid("not a TensorProto");
  auto t = reader.tensor(p);
  if (!t) return std::move(t).error().in(fmt::format("in '{}'", name));
  return t;
}

Result<Datum> read_pb(const std::string& path, const Type& declared, const Limits& limits) {
  const Bytes bytes = PHAROS_TRY(read_file(path, limits.max_model_bytes));
  return parse_pb(bytes.span(), path, declared, limits);
}

Result<std::string> pb_bytes(const Datum& value, const std::string& value_name) {
  std::string out;
  const auto done = [&](auto& p) {
    p.set_name(value_name);
    return p.SerializeToString(&out);
  };
  bool good = false;
  if (const Tensor* t = value.tensor()) {
    onnx::TensorProto p;
    write(*t, p);
    good = done(p);
  } else if (const Sequence* s = value.sequence()) {
    onnx::SequenceProto p;
    PHAROS_TRY(write(*s, p, 0));
    good = done(p);
  } else if (const Map* m = value.map()) {
    onnx::MapProto p;
    PHAROS_TRY(write(*m, p));
    good = done(p);
  } else if (const Optional* o = value.optional()) {
    onnx::OptionalProto p;
    PHAROS_TRY(write(*o, p, 0));
    good = done(p);
  }
  if (!good) return Report(diag::data_file_invalid, {{"path", value_name}, {"details", "the value is missing, or larger than the 2 GiB that a message can hold"}});
  return out;
}

Result<void> write_pb(const std::string& path, const Datum& value, const std::string& value_name) {
  return write_file(path, std::string_view(PHAROS_TRY(pb_bytes(value, value_name))));
}

}  // namespace pharos
