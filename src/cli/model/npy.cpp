#include "cli/model/npy.h"

#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/options.h"

namespace pharos {
namespace {

struct Descr { std::string_view text; DType dtype; };
constexpr Descr descrs[] = {{"<f4", DType::f32}, {"<f8", DType::f64},  {"<f2", DType::f16}, {"|u1", DType::u8},
                            {"|i1", DType::i8},  {"<u2", DType::u16},  {"<i2", DType::i16}, {"<u4", DType::u32},
                            {"<i4", DType::i32}, {"<u8", DType::u64},  {"<i8", DType::i64}, {"|b1", DType::boolean},
                            {"<c8", DType::c64}, {"<c16", DType::c128}};

// The text between quotes behind 'key': in the header's dictionary, or what stands up to the next comma at depth 0.
std::string_view value_of(std::string_view header, std::string_view key) {
  size_t at = header.find(fmt::format("'{}'", key));
  if (at == header.npos) return {};
  at = header.find(':', at);
  if (at == header.npos) return {};
  header.remove_prefix(at + 1);
  while (header.starts_with(' ')) header.remove_prefix(1);
  if (header.starts_with('\'')) return header.substr(1, header.find('\'', 1) - 1);
  if (header.starts_with('(')) return header.substr(1, header.find(')') - 1);
  return header.substr(0, header.find_first_of(",}"));
}

bool parse_tuple(std::string_view text, Dims& dims) {
  while (!text.empty()) {
    const size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    int64_t n = 0;
    if (!item.empty()) {
      if (!parse_integer(item, n) || n < 0 || dims.size() >= 64) return false;
      dims.push_back(n);
    }
    if (comma == text.npos) return true;
    text.remove_prefix(comma + 1);
  }
  return true;
}

}  // namespace

Result<NpyArray> parse_npy(std::span<const std::byte> file, const std::string& what, const std::string& path) {
  const auto invalid = [&](std::string details) {
    return Report(diag::input_file_invalid, {{"input", what}, {"path", path}, {"details", std::move(details)}});
  };
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
  if (bytes.size() < 10 || !bytes.starts_with("\x93NUMPY")) return invalid("no .npy header");
  const int version = bytes[6];
  if (version < 1 || version > 3) return invalid(fmt::format(".npy version {} is not known", version));
  const size_t length_bytes = version == 1 ? 2 : 4;
  if (bytes.size() < 8 + length_bytes) return invalid("the header is cut off");
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, length_bytes);
  const size_t start = 8 + length_bytes + length;
  if (start > bytes.size()) return invalid("the header is cut off");
  const std::string_view header = bytes.substr(8 + length_bytes, length);

  NpyArray array;
  const std::string_view descr = value_of(header, "descr");
  for (const Descr& d : descrs) {
    if (d.text == descr || (descr.starts_with('=') && d.text.substr(1) == descr.substr(1))) array.dtype = d.dtype;
  }
  if (array.dtype == DType::undefined)
    return invalid(fmt::format("element type '{}' is not supported", escape_control(descr)));
  if (!parse_tuple(value_of(header, "shape"), array.dims)) return invalid("the shape cannot be read");
  if (value_of(header, "fortran_order").starts_with("True") && array.dims.size() > 1) {
    return invalid("Fortran order; save it with numpy.ascontiguousarray");
  }
  const auto count = element_count(array.dims);
  const size_t element = dtype_size(array.dtype), held = bytes.size() - start;
  if (!count || uint64_t(*count) > held / element || uint64_t(*count) * element != held) {
    return invalid(fmt::format("shape {} of {} does not fit the {} bytes behind the header", dims_text(array.dims),
                               dtype_name(array.dtype), held));
  }
  array.data.assign(file.begin() + ptrdiff_t(start), file.end());
  return array;
}

std::string npy_bytes(DType dtype, const Dims& dims, std::span<const std::byte> data) {
  std::string_view descr;
  for (const Descr& d : descrs) if (d.dtype == dtype) descr = d.text;
  if (descr.empty()) descr = dtype_size(dtype) == 2 ? "<u2" : "|u1";
  std::string shape;
  for (const int64_t d : dims) shape += std::to_string(d) + (dims.size() == 1 ? "," : ", ");
  if (dims.size() > 1) shape.resize(shape.size() - 2);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  header.append(63 - (header.size() + 10) % 64, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += char(header.size() & 0xff);
  out += char(header.size() >> 8);
  out += header;
  out.append(reinterpret_cast<const char*>(data.data()), data.size());
  return out;
}

}  // namespace pharos
