#include "onnx/tensors.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/checked.h"
#include "base/text.h"
#include "catalog/general.h"
#include "catalog/import.h"
#include "onnx/types.h"

namespace pharos {
namespace {

Report wrong_size(const Tensor& t, const std::string& what, std::string expected, std::string actual) {
  return Report(diag::tensor_size_mismatch, {{"what", what}, {"type", fmt::format("{}[{}]", dtype_name(t.dtype()), dims_text(t.dims()))},
                                             {"expected", std::move(expected)}, {"actual", std::move(actual)}});
}

template <class To, class From>
Result<void> copy_values(Tensor& t, const From& values, const std::string& what, int parts = 1) {
  const auto to = std::span(static_cast<To*>(t.data()), size_t(t.count()) * size_t(parts));
  if (size_t(values.size()) != to.size())
    return wrong_size(t, what, fmt::format("{} values", to.size()), fmt::format("{}", values.size()));
  std::transform(values.begin(), values.end(), to.begin(), [](auto v) { return To(v); });
  return {};
}

// Types narrower than 32 bits stand in int32_data: one value each, 4- and 2-bit ones as packed bytes.
Result<void> copy_int32_data(Tensor& t, const onnx::TensorProto& p, const std::string& what) {
  if (dtype_bits(t.dtype()) >= 8) {
    switch (dtype_size(t.dtype())) {
      case 4: return copy_values<int32_t>(t, p.int32_data(), what);
      case 2: return copy_values<uint16_t>(t, p.int32_data(), what);
      default: break;
    }
    if (t.dtype() != DType::boolean) return copy_values<uint8_t>(t, p.int32_data(), what);
    PHAROS_TRY(copy_values<uint8_t>(t, p.int32_data(), what));
    for (size_t i = 0; i < t.as<uint8_t>().size(); ++i) t.as<uint8_t>()[i] = p.int32_data(int(i)) != 0;
    return {};
  }
  const int64_t bytes = packed_bytes(t.dtype(), t.count()).value_or(0);
  if (p.int32_data_size() != bytes) return wrong_size(t, what, fmt::format("{} packed values", bytes), fmt::format("{}", p.int32_data_size()));
  std::vector<std::byte> packed;
  for (const int32_t v : p.int32_data()) packed.push_back(std::byte(uint8_t(v)));
  unpack_elements(t, packed);
  return {};
}

Result<void> copy_typed(Tensor& t, const onnx::TensorProto& p, const std::string& what) {
  switch (t.dtype()) {
    case DType::f32: return copy_values<float>(t, p.float_data(), what);
    case DType::c64: return copy_values<float>(t, p.float_data(), what, 2);
    case DType::f64: return copy_values<double>(t, p.double_data(), what);
    case DType::c128: return copy_values<double>(t, p.double_data(), what, 2);
    case DType::i64: return copy_values<int64_t>(t, p.int64_data(), what);
    case DType::u64: return copy_values<uint64_t>(t, p.uint64_data(), what);
    case DType::u32: return copy_values<uint32_t>(t, p.uint64_data(), what);
    case DType::string:
      if (p.string_data_size() != t.count()) return wrong_size(t, what, fmt::format("{} strings", t.count()), fmt::format("{}", p.string_data_size()));
      std::copy(p.string_data().begin(), p.string_data().end(), t.as<std::string>().begin());
      return {};
    default: return copy_int32_data(t, p, what);
  }
}

std::optional<int64_t> typed_values(DType d, const onnx::TensorProto& p) {
  switch (d) {
    case DType::f32: case DType::c64: return p.float_data_size();
    case DType::f64: case DType::c128: return p.double_data_size();
    case DType::i64: return p.int64_data_size();
    case DType::u64: case DType::u32: return p.uint64_data_size();
    case DType::string: return p.string_data_size();
    default: return p.int32_data_size();
  }
}

const WeightCut* cut_of(const onnx::TensorProto& p, const std::vector<WeightCut>& cuts) {
  const auto& unknown = p.unknown_fields();
  for (int i = unknown.field_count() - 1; i >= 0; --i)
    if (const auto& f = unknown.field(i); f.number() == cut_field && f.type() == google::protobuf::UnknownField::TYPE_VARINT)
      return f.varint() < cuts.size() ? &cuts[size_t(f.varint())] : nullptr;
  return nullptr;
}

}  // namespace

TensorReader::TensorReader(const Source* model, std::vector<WeightCut> cuts, std::optional<std::string> folder, const Limits& limits,
                           bool allow_hard_links)
    : model_(model), cuts_(std::move(cuts)), folder_(std::move(folder)), limits_(limits), allow_hard_links_(allow_hard_links) {}

Result<void> TensorReader::charge(int64_t bytes, const std::string& what) {
  const auto total = checked_add(total_bytes_, bytes);
  if (bytes > limits_.max_tensor_bytes)
    return Report(diag::limit_exceeded, {{"what", what}, {"actual", bytes_text(bytes)}, {"limit", bytes_text(limits_.max_tensor_bytes)}});
  if (!total || *total > limits_.max_model_bytes)
    return Report(diag::limit_exceeded, {{"what", "the size of all tensors of the model"}, {"actual", "more than " + bytes_text(total_bytes_)},
                                         {"limit", bytes_text(limits_.max_model_bytes)}});
  total_bytes_ = *total;
  return {};
}

// Checks type and dims and that the contents are as long as they say, before any memory is taken.
Result<Tensor> TensorReader::prepare(const onnx::TensorProto& p, const std::string& what) {
  const DType dtype = PHAROS_TRY(read_dtype(p.data_type(), what));
  const Dims dims(p.dims().begin(), p.dims().end());
  const auto bad_dims = [&](std::string expected) {
    return Report(diag::tensor_dims_invalid, {{"what", what}, {"actual", dims_text(dims)}, {"expected", std::move(expected)}});
  };
  if (int(dims.size()) > limits_.max_rank) return bad_dims(fmt::format("at most {} of them", limits_.max_rank));
  for (const int64_t d : dims) if (d < 0) return bad_dims("no negative ones");
  const auto count = element_count(dims);
  const auto bytes = count ? checked_mul<int64_t>(*count, int64_t(dtype == DType::string ? sizeof(std::string) : dtype_size(dtype))) : std::nullopt;
  if (!bytes) return bad_dims("a number of bytes that fits 63 bits");
  if (p.has_segment()) return Report(diag::model_invalid, {{"details", what + " is split in segments, which no ONNX version defines"}});
  const Tensor shape_only(dtype, dims, nullptr);  // for messages
  const bool external = p.data_location() == onnx::TensorProto_DataLocation_EXTERNAL;
  const WeightCut* cut = cut_of(p, cuts_);
  if ((external || p.has_raw_data() || cut) && dtype == DType::string)
    return Report(diag::model_invalid, {{"details", what + " holds strings as raw data; they have to stand in string_data"}});
  if (!external) {
    const int64_t needed = packed_bytes(dtype, *count).value_or(INT64_MAX);
    if (cut || p.has_raw_data()) {
      const int64_t given = cut ? cut->size : int64_t(p.raw_data().size());
      if (given != needed) return wrong_size(shape_only, what, bytes_text(needed), bytes_text(given));
    } else if (typed_values(dtype, p) == 0 && *count > 0) {
      return wrong_size(shape_only, what, fmt::format("{} values", *count), "none");
    } else if (*count > int64_t{8} * typed_values(dtype, p).value_or(0) + 8) {
      return wrong_size(shape_only, what, fmt::format("{} values", *count), fmt::format("{}", *typed_values(dtype, p)));
    }
  }
  if (!external) PHAROS_TRY(charge(*bytes, what));
  return shape_only;
}

Result<void> TensorReader::fill_raw(Tensor& t, const Place& place) {
  if (dtype_bits(t.dtype()) >= 8) {
    PHAROS_TRY(place.source->read(place.offset, {static_cast<std::byte*>(t.data()), t.bytes()}));
    if (t.dtype() == DType::boolean)
      for (uint8_t& b : t.as<uint8_t>()) b = b != 0;
    return {};
  }
  std::vector<std::byte> packed(size_t(packed_bytes(t.dtype(), t.count()).value_or(0)));
  PHAROS_TRY(place.source->read(place.offset, packed));
  unpack_elements(t, packed);
  return {};
}

Result<Tensor> TensorReader::read(const onnx::TensorProto& p, const std::string& what) {
  const Tensor shape_only = PHAROS_TRY(prepare(p, what));
  if (p.data_location() == onnx::TensorProto_DataLocation_EXTERNAL) return read_external(p, shape_only, what);
  Tensor t(shape_only.dtype(), shape_only.dims());
  if (!t.valid()) return Report(diag::out_of_memory, {{"what", what}, {"requested", bytes_text(int64_t(shape_only.bytes()))}});
  if (const WeightCut* cut = cut_of(p, cuts_)) PHAROS_TRY(fill_raw(t, {model_, cut->offset}));
  else if (p.has_raw_data()) unpack_elements(t, std::as_bytes(std::span(p.raw_data().data(), p.raw_data().size())));
  else PHAROS_TRY(copy_typed(t, p, what));
  return t;
}

Result<const Source*> TensorReader::open(const std::string& location, const std::string& what) {
  if (!folder_) return Report(diag::external_data_no_folder, {{"what", what}, {"location", location}});
  if (const auto it = files_.find(location); it != files_.end()) return static_cast<const Source*>(it->second.get());
  // Drive letters and backslashes are separators elsewhere; here they could only be names made to mislead.
  const bool foreign = location.find('\\') != location.npos || (location.size() > 1 && location[1] == ':');
  if (foreign) return Report(diag::path_outside_folder, {{"path", location}, {"folder", *folder_}, {"details", "it is written as a Windows path"}});
  if (files_.size() >= 10000) return Report(diag::limit_exceeded, {{"what", "the number of external data files"}, {"actual", "more than 10000"}, {"limit", "10000"}});
  auto file = File::open_beneath(*folder_, location, allow_hard_links_);
  if (!file) return std::move(file).error().in("external data of " + what);
  auto& slot = files_[location];
  slot = std::make_unique<FileSource>(std::move(*file));
  return static_cast<const Source*>(slot.get());
}

Result<Tensor> TensorReader::read_external(const onnx::TensorProto& p, Tensor t, const std::string& what) {
  std::string location;
  int64_t offset = 0, length = -1;
  const auto bad = [&](std::string details) { return Report(diag::external_data_invalid, {{"what", what}, {"details", std::move(details)}}); };
  for (const auto& entry : p.external_data()) {
    const std::string &key = entry.key(), &value = entry.value();
    if (key == "location") {
      location = value;
    } else if (key == "offset" || key == "length") {
      int64_t n = -1;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
      if (error != std::errc() || end != value.data() + value.size() || n < 0)
        return bad(fmt::format("{} is '{}'; expected a number from 0 to 2^63 - 1", key, value));
      (key == "offset" ? offset : length) = n;
    } else if (key != "checksum") {  // the file's SHA-1 when it was saved; files are often packed again since
      return bad(fmt::format("unknown key '{}'; expected location, offset, length or checksum", key));
    }
  }
  if (location.empty()) return bad("no location is given");
  const int64_t needed = packed_bytes(t.dtype(), t.count()).value_or(INT64_MAX);
  if (length >= 0 && length != needed) return wrong_size(t, what, bytes_text(needed), bytes_text(length) + " of external data");
  const Source* file = PHAROS_TRY(open(location, what));
  if (!within(uint64_t(offset), uint64_t(needed), uint64_t(file->size())))
    return bad(fmt::format("needs {} bytes at offset {} of '{}', which has {} bytes", needed, offset, location, file->size()));
  const auto key = std::tuple(location, offset, t.dtype(), t.count());
  if (const auto it = shared_.find(key); it != shared_.end()) return it->second.reshaped(t.dims());
  PHAROS_TRY(charge(int64_t(t.bytes()), what));
  Tensor out(t.dtype(), t.dims());
  if (!out.valid()) return Report(diag::out_of_memory, {{"what", what}, {"requested", bytes_text(int64_t(t.bytes()))}});
  PHAROS_TRY(fill_raw(out, {file, offset}));
  shared_.emplace(key, out);
  return out;
}

}  // namespace pharos
