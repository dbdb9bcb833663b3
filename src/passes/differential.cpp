#include "passes/differential.h"

#include <cmath>
#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

// SplitMix64: small, seedable, the same everywhere.
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  double uniform() { return double(next() >> 11) * 0x1p-53; }
};

template <class T>
void fill(Tensor& t, Random& random, bool is_float) {
  for (T& x : t.as<T>()) x = is_float ? T(float(random.uniform() * 2 - 1)) : T(int(random.next() % 3));
}

bool fill_random(Tensor& t, Random& random) {
  switch (t.dtype()) {
    case DType::f32: fill<float>(t, random, true); return true;
    case DType::f64: fill<double>(t, random, true); return true;
    case DType::f16: fill<Float16>(t, random, true); return true;
    case DType::bf16: fill<BFloat16>(t, random, true); return true;
    case DType::i64: case DType::u64: fill<int64_t>(t, random, false); return true;
    case DType::i32: case DType::u32: fill<int32_t>(t, random, false); return true;
    case DType::i16: case DType::u16: fill<int16_t>(t, random, false); return true;
    case DType::i8: case DType::u8: fill<int8_t>(t, random, false); return true;
    case DType::boolean: for (bool& b : t.as<bool>()) b = random.next() & 1; return true;
    default: return false;
  }
}

// Any extent will do where nothing is known; two keeps element counts small and broadcasting honest.
Dims choose_dims(const Graph& graph, const Shape& shape) {
  SymbolValues values;
  Dims dims;
  for (const Dim& d : shape) {
    std::vector<std::string> names;
    d.collect_symbols(names);
    for (const std::string& s : names) {
      int64_t v = 2 + int64_t(s.size() + (s.empty() ? 0 : size_t(s[0]))) % 3;
      if (const auto r = graph.symbols.find(s); r != graph.symbols.end())
        v = std::clamp(v, r->second.min, r->second.max);
      values[s] = v;
    }
    dims.push_back(d.evaluate(values).value_or(2));
  }
  return dims;
}

std::string compare_tensors(const Tensor& actual, const Tensor& expected, double tolerance) {
  if (actual.dtype() != expected.dtype())
    return fmt::format("element type {}; expected {}", dtype_name(actual.dtype()), dtype_name(expected.dtype()));
  if (actual.dims() != expected.dims())
    return fmt::format("shape {}; expected {}", dims_text(actual.dims()), dims_text(expected.dims()));
  if (!is_float(expected.dtype()))
    return identical(actual, expected) ? "" : "contents differ";
  double largest = 1e-3;
  for (int64_t i = 0; i < expected.count(); ++i)
    if (const double e = std::abs(expected.double_at(i)); std::isfinite(e)) largest = std::max(largest, e);
  for (int64_t i = 0; i < expected.count(); ++i) {
    const double a = actual.double_at(i), e = expected.double_at(i);
    if (a == e || (std::isnan(a) && std::isnan(e)) || std::abs(a - e) <= tolerance * largest) continue;
    return fmt::format("element {} is {}; expected {}", i, a, e);
  }
  return "";
}

}  // namespace

Result<std::vector<Datum>> random_inputs(const Graph& graph, uint64_t seed) {
  Random random{seed};
  std::vector<Datum> out;
  for (const ValueId v : graph.inputs()) {
    const Type& type = graph.value(v).type;
    if (!type.is_tensor() || !type.has_rank()) { out.emplace_back(); continue; }
    Tensor t(type.dtype, choose_dims(graph, *type.shape));
    if (!fill_random(t, random)) { out.emplace_back(); continue; }
    out.emplace_back(std::move(t));
  }
  return out;
}

Difference compare_results(std::span<const Datum> actual, std::span<const Datum> expected, double tolerance) {
  if (actual.size() != expected.size())
    return {true, fmt::format("{} outputs; expected {}", actual.size(), expected.size())};
  for (size_t i = 0; i < actual.size(); ++i) {
    const Tensor *a = actual[i].tensor(), *e = expected[i].tensor();
    if (!a != !e) return {true, fmt::format("output {} is no tensor any more", i)};
    if (!a) continue;  // containers are not touched by passes
    if (const std::string d = compare_tensors(*a, *e, tolerance); !d.empty())
      return {true, fmt::format("output {}: {}", i, d)};
  }
  return {};
}

double tolerance_of(const Graph& graph) {
  double tolerance = 1e-4;
  for (uint32_t v = 0; v < graph.value_slots(); ++v) {
    const DType t = graph.value(ValueId{v}).type.dtype;
    if (t == DType::f16) tolerance = std::max(tolerance, 1e-2);
    if (t == DType::bf16) tolerance = std::max(tolerance, 5e-2);
  }
  return tolerance;
}

}  // namespace pharos
