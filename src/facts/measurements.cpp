#include "facts/measurements.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

namespace pharos {
namespace {

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = char(std::tolower(uint8_t(c)));
  return out;
}

// A word of its own: "half" in "Half(1,64)" but not in "halfway".
bool has_word(std::string_view text, std::string_view word) {
  const auto part = [](char c) { return std::isalnum(uint8_t(c)) || c == '_'; };
  for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return true;
  }
  return false;
}

// Pharos names its own operators with their domain: "pharos::Reorder".
std::string_view plain_type(std::string_view type) {
  constexpr std::string_view domain = "pharos::";
  return type.starts_with(domain) ? type.substr(domain.size()) : type;
}

}  // namespace

TimeSamples TimeSamples::after(double until_ms) const {
  if (start.size() != size()) return *this;
  const size_t first = size_t(std::lower_bound(start.begin(), start.end(), until_ms) - start.begin());
  if (first == 0 || first >= size()) return *this;
  TimeSamples out = *this;
  for (std::vector<double>* column : {&out.start, &out.latency, &out.compute, &out.enqueue, &out.h2d, &out.d2h}) {
    if (column->size() == size()) column->erase(column->begin(), column->begin() + std::ptrdiff_t(first));
  }
  out.wall_ms -= start[first] - start[0];
  out.warm_up_included = false;
  return out;
}

bool EngineLayer::reformats() const { return plain_type(type) == "Reformat" || plain_type(type) == "Reorder"; }

bool EngineLayer::computes() const {
  static constexpr std::string_view movers[] = {"reformat", "noop", "constant", "shapehosttodevice", "deviceshapetohost", "devicetoshapehost", "trainstation",
                                                "signal", "wait", "shape_call", "reshape", "shuffle", "reorder", "identity", "assertion", "slice", "concat", "copy"};
  const std::string t = folded(plain_type(type));
  return std::find(std::begin(movers), std::end(movers), t) == std::end(movers);
}

std::string narrowest_precision(const std::vector<EngineTensor>& list) {
  static constexpr std::string_view order[] = {"FP4", "INT4", "FP8", "INT8", "BF16", "FP16", "TF32", "FP32"};
  size_t best = std::size(order);
  for (const EngineTensor& t : list) {
    const std::string p = precision_in(t.format);
    best = std::min(best, size_t(std::find(std::begin(order), std::end(order), p) - std::begin(order)));
  }
  return best < std::size(order) ? std::string(order[best]) : std::string();
}

std::string precision_in(std::string_view format) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"fp32", "FP32"}, {"float", "FP32"}, {"float32", "FP32"}, {"f32", "FP32"}, {"tf32", "TF32"},
      {"fp16", "FP16"}, {"half", "FP16"}, {"float16", "FP16"}, {"f16", "FP16"},
      {"bf16", "BF16"}, {"bfloat16", "BF16"}, {"fp8", "FP8"}, {"float8", "FP8"}, {"e4m3", "FP8"}, {"fp4", "FP4"},
      {"int8", "INT8"}, {"i8", "INT8"}, {"u8", "INT8"}, {"uint8", "INT8"}, {"int4", "INT4"},
      {"int32", "INT32"}, {"i32", "INT32"}, {"int64", "INT64"}, {"i64", "INT64"}, {"bool", "BOOL"}};
  const std::string text = folded(format);
  for (const auto& [word, precision] : words) {
    if (has_word(text, word)) return std::string(precision);
  }
  return "";
}

}  // namespace pharos
