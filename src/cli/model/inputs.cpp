#include "cli/model/inputs.h"

#include <cstring>

#include <fmt/format.h>

#include "base/files.h"
#include "base/half.h"
#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/model/npy.h"
#include "onnx/data_files.h"

namespace pharos {
namespace {

constexpr int64_t max_input_bytes = int64_t{16} << 30;

Report invalid(const Binding& b, const std::string& path, std::string details) {
  return {diag::input_file_invalid,
          {{"input", escape_control(b.name)}, {"path", escape_control(path)}, {"details", std::move(details)}}};
}

uint64_t next(uint64_t& state) {  // splitmix64
  uint64_t z = state += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

template <class T>
void fill_float(HostTensor& t, uint64_t& state) {
  T* out = reinterpret_cast<T*>(t.data.data());
  for (size_t i = 0, n = t.data.size() / sizeof(T); i < n; ++i) out[i] = T(float(next(state) >> 40) * 0x1p-23f - 1.0f);
}

// Floats from [-1, 1). Integers are 0 or 1, so that they are valid as index, mask or token type of any model.
void fill_random(HostTensor& t, uint64_t seed) {
  uint64_t state = seed;
  for (const char c : t.name) state = state * 0x100000001b3ull + static_cast<unsigned char>(c);
  switch (t.dtype) {
    case DType::f32: case DType::c64: return fill_float<float>(t, state);
    case DType::f64: case DType::c128: return fill_float<double>(t, state);
    case DType::f16: return fill_float<Float16>(t, state);
    case DType::bf16: return fill_float<BFloat16>(t, state);
    default: break;
  }
  if (is_float(t.dtype)) return;  // 8-bit and narrower floats: zeros
  const size_t width = dtype_size(t.dtype);
  for (size_t i = 0; i < t.data.size(); i += width) t.data[i] = std::byte(next(state) >> 63);
}

Result<HostTensor> random_tensor(const Binding& b, Dims dims, const InputOptions& options, Cli& cli) {
  const auto count = element_count(dims);
  const auto too_large = [&] {
    return Report(diag::option_value_invalid,
                  {{"option", "--shapes"}, {"actual", dims_text(dims)}, {"expected", "at most 16 GiB"}});
  };
  const int64_t width = b.dtype == DType::string ? 1 : int64_t(dtype_size(b.dtype));
  if (!count || (width && *count > max_input_bytes / width)) return too_large();
  HostTensor t{.name = b.name, .dtype = b.dtype, .dims = std::move(dims)};
  std::string range = "0 or 1";
  if (b.dtype == DType::string) {
    t.strings.assign(size_t(*count), "a");
    range = "'a'";
  } else {
    t.data.resize(size_t(*count * width));
    fill_random(t, uint64_t(options.seed));
    if (is_float(b.dtype)) range = "-1 to 1";
  }
  if (options.announce) {
    cli.log().say({diag::random_input,
                   {{"input", escape_control(b.name)},
                    {"type", fmt::format("{}[{}]", dtype_name(b.dtype), dims_text(t.dims))},
                    {"range", range},
                    {"seed", std::to_string(options.seed)}}},
                  Stage::Run);
  }
  return t;
}

// The shape of a raw file: what is given or fixed; one open dimension follows from the size.
Result<Dims> raw_dims(const Binding& b, const std::string& path, const Dims* given, size_t bytes) {
  Dims dims = given ? *given : b.dims;
  int open = -1;
  int64_t known = int64_t(dtype_size(b.dtype));
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0) {
      if (open >= 0) return invalid(b, path, "the shape has several open dimensions: give it with --shapes");
      open = int(i);
    } else if (__builtin_mul_overflow(known, dims[i], &known)) {
      return invalid(b, path, "the shape is too large");
    }
  }
  if (open >= 0) {
    if (known <= 0 || int64_t(bytes) % known)
      return invalid(b, path, fmt::format("{} bytes are no multiple of {}", bytes, known));
    dims[size_t(open)] = int64_t(bytes) / known;
  } else if (int64_t(bytes) != known) {
    return invalid(b, path,
                   fmt::format("{} bytes; {} of {} needs {}", bytes, dims_text(dims), dtype_name(b.dtype), known));
  }
  return dims;
}

Result<HostTensor> read_input(const Binding& b, const std::string& path, const Dims* given) {
  if (path.ends_with(".pb")) {
    const Datum datum = PHAROS_TRY(read_pb(path, Type::tensor(b.dtype)));
    if (!datum.tensor()) return invalid(b, path, "holds no tensor");
    const Tensor& tensor = *datum.tensor();
    HostTensor t{.name = b.name, .dtype = tensor.dtype(), .dims = tensor.dims()};
    if (t.dtype == DType::string) {
      const auto values = tensor.as<std::string>();
      t.strings.assign(values.begin(), values.end());
    } else {
      const auto* first = static_cast<const std::byte*>(tensor.data());
      t.data.assign(first, first + tensor.bytes());
    }
    return t;
  }
  const Bytes bytes = PHAROS_TRY(read_file(path, max_input_bytes));
  if (path.ends_with(".npy")) {
    NpyArray array = PHAROS_TRY(parse_npy(bytes.span(), escape_control(b.name), escape_control(path)));
    return HostTensor{
        .name = b.name, .dtype = array.dtype, .dims = std::move(array.dims), .data = std::move(array.data)};
  }
  if (b.dtype == DType::string) return invalid(b, path, "strings come as .pb only");
  Dims dims = PHAROS_TRY(raw_dims(b, path, given, bytes.size));
  return HostTensor{
      .name = b.name, .dtype = b.dtype, .dims = std::move(dims), .data = {bytes.data, bytes.data + bytes.size}};
}

const Dims* shape_given(const NamedShapes& shapes, std::string_view name) {
  for (const auto& [n, dims] : shapes) {
    if (n == name || n == "*") return &dims;
  }
  return nullptr;
}

Result<HostTensor> without_file(Cli& cli, const EngineInfo& info, const Binding& b, const InputOptions& options) {
  if (const Dims* given = shape_given(options.shapes, b.name)) return random_tensor(b, *given, options, cli);
  if (b.has_rank && std::find_if(b.dims.begin(), b.dims.end(), [](int64_t d) { return d < 0; }) == b.dims.end()) {
    return random_tensor(b, b.dims, options, cli);
  }
  if (!info.profiles.empty()) {
    for (const auto& [name, bounds] : info.profiles[0].inputs) {
      if (name == b.name) return random_tensor(b, bounds.opt, options, cli);
    }
  }
  Dims example = b.dims;
  for (int64_t& d : example) if (d < 0) d = 1;
  return Report(diag::input_shape_missing,
                {{"input", escape_control(b.name)}, {"type", b.type}, {"example", dims_text(example)}});
}

std::string input_names(const EngineInfo& info) {
  std::string names;
  for (const Binding& b : info.inputs) names += (names.empty() ? "'" : ", '") + escape_control(b.name) + "'";
  return names.empty() ? "none" : names;
}

}  // namespace

Result<std::vector<HostTensor>> prepare_inputs(Cli& cli, const EngineInfo& info, const InputOptions& options) {
  const auto known = [&](std::string_view name) {
    for (const Binding& b : info.inputs) if (b.name == name) return true;
    return false;
  };
  const auto unknown = [&](std::string_view name) {
    return Report(diag::input_unknown, {{"input", escape_control(name)}, {"known", input_names(info)}});
  };
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& text : options.files) {
    // NAME=FILE; with one input the name may be left out.
    const size_t equals = text.find('=');
    if (equals == text.npos && info.inputs.size() == 1) files.emplace_back(info.inputs[0].name, text);
    else if (equals == text.npos)
      return Report(diag::option_value_invalid, {{"option", "--input"}, {"actual", text}, {"expected", "NAME=FILE"}});
    else files.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    if (!known(files.back().first)) return unknown(files.back().first);
  }
  for (const auto& [name, dims] : options.shapes) {
    if (name != "*" && !known(name)) return unknown(name);
  }
  std::vector<HostTensor> tensors;
  for (const Binding& b : info.inputs) {
    const std::string* path = nullptr;
    for (const auto& [name, file] : files) if (name == b.name) path = &file;
    if (b.dtype == DType::undefined)
      return invalid(b, path ? *path : "", "only tensors can be given, this is " + b.type);
    tensors.push_back(path ? PHAROS_TRY(read_input(b, *path, shape_given(options.shapes, b.name)))
                           : PHAROS_TRY(without_file(cli, info, b, options)));
  }
  return tensors;
}

Result<void> bind_inputs(ExecutionContext& context, const std::vector<HostTensor>& inputs) {
  for (const HostTensor& t : inputs) {
    if (t.dtype == DType::string) {
      PHAROS_TRY(context.set_input_strings(t.name, t.dims, t.strings));
    } else {
      const TensorView view{const_cast<std::byte*>(t.data.data()), t.dtype, t.dims, t.data.size()};
      PHAROS_TRY(context.set_input(t.name, view));
    }
  }
  return {};
}

}  // namespace pharos
