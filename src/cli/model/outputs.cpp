#include "cli/model/outputs.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "graph/tensor.h"

namespace pharos {

Result<std::vector<HostTensor>> collect_outputs(ExecutionContext& context, const EngineInfo& info) {
  std::vector<HostTensor> outputs;
  for (const Binding& b : info.outputs) {
    HostTensor t{.name = b.name, .dtype = b.dtype};
    if (b.dtype == DType::undefined) {
      outputs.push_back(std::move(t));
      continue;
    }
    const TensorView view = PHAROS_TRY(context.output(b.name));
    t.dims.assign(view.dims.begin(), view.dims.end());
    if (b.dtype == DType::string) {
      const auto strings = PHAROS_TRY(context.output_strings(b.name));
      t.strings.assign(strings.begin(), strings.end());
    } else {
      const auto* first = static_cast<const std::byte*>(view.data);
      t.data.assign(first, first + size_t(element_count(t.dims).value_or(0)) * dtype_size(b.dtype));
    }
    outputs.push_back(std::move(t));
  }
  return outputs;
}

size_t elements_of(const HostTensor& t) {
  if (t.dtype == DType::string) return t.strings.size();
  const size_t width = dtype_size(t.dtype);
  return width ? t.data.size() / width : 0;
}

double element_of(const HostTensor& t, size_t i) {
  if (t.dtype == DType::c64) return reinterpret_cast<const float*>(t.data.data())[2 * i];
  if (t.dtype == DType::c128) return reinterpret_cast<const double*>(t.data.data())[2 * i];
  const Tensor view(t.dtype, t.dims, const_cast<std::byte*>(t.data.data()));
  return view.double_at(int64_t(i));
}

std::vector<std::string> output_row(const HostTensor& t) {
  const size_t n = elements_of(t);
  std::vector<std::string> row{escape_control(t.name), std::string(dtype_name(t.dtype)), dims_text(t.dims)};
  if (t.dtype == DType::undefined) return {row[0], "sequence or map"};
  if (t.dtype == DType::string || n == 0) {
    row.insert(row.end(), {"", "", "", n && t.dtype == DType::string ? "'" + escape_control(t.strings[0]) + "'" : ""});
    return row;
  }
  double low = INFINITY, high = -INFINITY, sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const double v = element_of(t, i);
    low = std::min(low, v);
    high = std::max(high, v);
    sum += v;
  }
  for (const double v : {low, high, sum / double(n), element_of(t, 0)}) row.push_back(fmt::format("{:.6g}", v));
  return row;
}

Comparison compare_tensors(const HostTensor& actual, const HostTensor& expected, double rtol, double atol) {
  if (actual.dtype != expected.dtype || actual.dims != expected.dims) {
    return {false, fmt::format("{} {}; expected {} {}", dtype_name(actual.dtype), dims_text(actual.dims),
                               dtype_name(expected.dtype), dims_text(expected.dims))};
  }
  if (actual.dtype == DType::undefined) return {true, "not compared: no tensor"};
  if (actual.dtype == DType::string) return {actual.strings == expected.strings, "strings"};
  const size_t n = elements_of(actual);
  double scale = 0, worst = 0;
  for (size_t i = 0; i < n; ++i) {
    if (const double e = std::abs(element_of(expected, i)); std::isfinite(e)) scale = std::max(scale, e);
  }
  size_t worst_at = 0;
  for (size_t i = 0; i < n; ++i) {
    const double a = element_of(actual, i), e = element_of(expected, i);
    if (a == e || (std::isnan(a) && std::isnan(e))) continue;
    const double difference = std::isfinite(a - e) ? std::abs(a - e) : INFINITY;
    if (difference > worst) { worst = difference; worst_at = i; }
  }
  if (worst <= atol + rtol * scale) return {true, fmt::format("largest difference {:.3g}, scale {:.3g}", worst, scale)};
  return {false, fmt::format("element {} is {:.7g}; expected {:.7g} (allowed difference {:.3g})", worst_at,
                             element_of(actual, worst_at), element_of(expected, worst_at), atol + rtol * scale)};
}

}  // namespace pharos
