// TopK: every element becomes an unsigned key that orders like it, with its place in the low bits, so that selecting and
// sorting compare whole words. Also ArgMax and ArgMin.

#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "ops/op_errors.h"
#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

struct Line { int64_t outer = 1, length = 1, inner = 1; };

std::optional<Line> line_of(const Problem& p, int64_t otherwise) {
  const Dims in = p.in(0);
  int64_t axis = p.node->attr_int("axis", otherwise);
  if (axis < 0) axis += int64_t(in.size());
  if (axis < 0 || axis >= int64_t(in.size())) return std::nullopt;
  return Line{count_of(in, 0, size_t(axis)), in[size_t(axis)], count_of(in, size_t(axis) + 1)};
}

// Larger elements have larger keys; NaN counts as the largest, zeros are equal.
uint64_t key_of(float x) {
  if (std::isnan(x)) return UINT32_MAX;
  const uint32_t bits = std::bit_cast<uint32_t>(x + 0.0f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}
uint64_t key_of(double x) {
  if (std::isnan(x)) return UINT64_MAX;
  const uint64_t bits = std::bit_cast<uint64_t>(x + 0.0);
  return bits >> 63 ? ~bits : bits | uint64_t{1} << 63;
}
uint64_t key_of(int32_t x) { return uint32_t(x) ^ 0x80000000u; }
uint64_t key_of(int64_t x) { return uint64_t(x) ^ uint64_t{1} << 63; }
uint64_t key_of(uint8_t x) { return x; }
uint64_t key_of(int8_t x) { return uint64_t(int64_t{x} + 128); }
uint64_t key_of(uint32_t x) { return x; }

// Calls f with a value of the element's type; false for types without keys.
template <class F>
bool with_keyed(DType type, F&& f) {
  switch (type) {
    case DType::f32: return f(float{}), true;
    case DType::f64: return f(double{}), true;
    case DType::i32: return f(int32_t{}), true;
    case DType::i64: return f(int64_t{}), true;
    case DType::u8: return f(uint8_t{}), true;
    case DType::i8: return f(int8_t{}), true;
    case DType::u32: return f(uint32_t{}), true;
    default: return false;
  }
}

Support supports(const Problem& p, const Device&) {
  if (p.inputs.size() < 2 || !p.inputs[0].is_concrete() || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  const auto line = line_of(p, -1);
  if (!line || line->length > int64_t{UINT32_MAX}) return unsupported("no such axis, or one of more than 2^32 elements");
  if (!with_keyed(p.inputs[0].dtype, [](auto) {})) return unsupported("no keys for this type");
  return supported();
}

// Key and place. Keys of 32 bits share a word with the place.
struct Wide {
  uint64_t key, place;  // the place is complemented, so that the first of equals is the largest
  friend bool operator>(const Wide& a, const Wide& b) { return a.key != b.key ? a.key > b.key : a.place > b.place; }
  static Wide of(uint64_t key, int64_t at) { return {key, ~uint64_t(at)}; }
  int64_t at() const { return int64_t(~place); }
};
struct Narrow {
  uint64_t word;
  friend bool operator>(Narrow a, Narrow b) { return a.word > b.word; }
  static Narrow of(uint64_t key, int64_t at) { return {key << 32 | uint32_t(~uint32_t(at))}; }
  int64_t at() const { return int64_t(~uint32_t(word)); }
};
template <class T> using Entry = std::conditional_t<sizeof(T) == 8, Wide, Narrow>;

size_t slot_bytes(const Problem& p) { return align64(size_t(line_of(p, -1)->length) * (dtype_size(p.inputs[0].dtype) == 8 ? sizeof(Wide) : sizeof(Narrow))); }

template <class T>
void select(const T* x, T* values, int64_t* places, int64_t length, int64_t inner, int64_t k, bool largest, std::byte* memory) {
  using E = Entry<T>;
  auto* entries = reinterpret_cast<E*>(memory);
  constexpr uint64_t all = sizeof(T) == 8 ? UINT64_MAX : UINT32_MAX;
  for (int64_t i = 0; i < length; ++i) {
    const uint64_t key = key_of(x[i * inner]);
    entries[i] = E::of(largest ? key : all - key, i);
  }
  const auto order = [](const E& a, const E& b) { return a > b; };
  if (k < length) std::nth_element(entries, entries + k, entries + length, order);
  std::sort(entries, entries + k, order);
  for (int64_t i = 0; i < k; ++i) {
    const int64_t at = entries[i].at();
    if (places) places[i * inner] = at;
    if (values) values[i * inner] = x[at * inner];
  }
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  const Line line = *line_of(p, -1);
  const Dims out = p.out(0);
  const int64_t lines = line.outer * line.inner, k = lines > 0 ? count_of(out) / lines : 0;
  const size_t slot = slot_bytes(p);
  const bool largest = p.node->attr_int("largest", 1) != 0;
  return make_kernel([=, type = p.inputs[0].dtype, most = device.threads, node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<void> {
    const int64_t asked = a.inputs[1] ? a.inputs[1]->int_at(0) : k;
    if (asked != k) return bad_value(node, 1, std::to_string(asked), fmt::format("{}, as inferred before", k));
    if (k == 0) return {};
    const int64_t parts = std::min<int64_t>({lines, threads.count(), most, std::max<int64_t>(1, lines * line.length / 2048)});
    with_keyed(type, [&](auto element) {
      using T = decltype(element);
      const T* x = static_cast<const T*>(a.inputs[0]->data());
      T* values = a.outputs[0] ? static_cast<T*>(a.outputs[0]->data()) : nullptr;
      int64_t* places = a.outputs.size() > 1 && a.outputs[1] ? static_cast<int64_t*>(a.outputs[1]->data()) : nullptr;
      threads.for_each(parts, [&](int64_t first, int64_t last) {
        for (int64_t part = first; part < last; ++part)
          for (int64_t l = lines * part / parts; l < lines * (part + 1) / parts; ++l) {
            const int64_t o = l / line.inner, i = l % line.inner, to = o * k * line.inner + i;
            select<T>(x + o * line.length * line.inner + i, values ? values + to : nullptr, places ? places + to : nullptr, line.length, line.inner, k, largest,
                      a.workspace.data() + size_t(part) * slot);
          }
      });
    });
    return {};
  });
}

// --- ArgMax, ArgMin

Support supports_arg(const Problem& p, const Device&) {
  if (p.inputs.size() != 1 || !p.inputs[0].is_concrete() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  const auto line = line_of(p, 0);
  if (!line || line->length == 0) return unsupported("no such axis, or an empty one");
  if (!with_keyed(p.inputs[0].dtype, [](auto) {})) return unsupported("no keys for this type");
  return supported();
}

// The extreme of one contiguous line: first its value, stretch by stretch, then its place.
template <bool largest, class T>
int64_t extreme_at(const T* x, int64_t n, bool last_wins) {
  constexpr int64_t stretch = 256;
  T best = x[0];
  bool any_nan = false;
  for (int64_t first = 0; first < n; first += stretch) {
    T top = x[first];
    unsigned nan = 0;
    for (int64_t i = first; i < std::min(n, first + stretch); ++i) {
      top = (largest ? x[i] > top : x[i] < top) ? x[i] : top;
      nan |= unsigned(x[i] != x[i]);
    }
    if (nan) { any_nan = true; break; }
    best = (largest ? top > best : top < best) ? top : best;
  }
  const auto matches = [&](int64_t i) { return any_nan ? x[i] != x[i] : x[i] == best; };
  if (last_wins) {
    int64_t i = n - 1;
    while (i > 0 && !matches(i)) --i;
    return i;
  }
  int64_t i = 0;
  while (i + 1 < n && !matches(i)) ++i;
  return i;
}

// Many lines side by side, which the compiler takes in vectors. A NaN is the extreme; among equals the first or the last wins.
template <bool largest, bool last_wins, class T>
void extremes_at(const T* x, int64_t length, int64_t stride, int64_t columns, int64_t* at) {
  constexpr int64_t most = 64;
  using Place = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
  T best[most];
  Place place[most] = {};
  std::copy_n(x, columns, best);
  for (int64_t k = 1; k < length; ++k) {
    const T* row = x + k * stride;
    for (int64_t c = 0; c < columns; ++c) {
      const T v = row[c], b = best[c];
      bool better = largest ? (last_wins ? v >= b : v > b) : (last_wins ? v <= b : v < b);
      if constexpr (std::is_floating_point_v<T>) better = (better & (b == b)) | ((v != v) & (last_wins | (b == b)));
      best[c] = better ? v : b;
      place[c] = better ? Place(k) : place[c];
    }
  }
  std::copy_n(place, columns, at);
}

Result<std::unique_ptr<Kernel>> prepare_arg(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Line line = *line_of(p, 0);
  const bool largest = p.node->is("ArgMax"), last_wins = p.node->attr_int("select_last_index", 0) != 0;
  return make_kernel([=, type = p.inputs[0].dtype](const KernelArgs& a, const Threads& threads) {
    auto* to = static_cast<int64_t*>(a.outputs[0]->data());
    with_keyed(type, [&](auto element) {
      using T = decltype(element);
      const T* x = static_cast<const T*>(a.inputs[0]->data());
      constexpr int64_t columns = 64;
      const int64_t blocks = ceil_div(line.inner, columns);
      threads.for_each(line.outer * blocks, [&](int64_t first, int64_t last) {
        for (int64_t u = first; u < last; ++u) {
          const int64_t o = u / blocks, c = u % blocks * columns, n = std::min(columns, line.inner - c);
          const T* from = x + o * line.length * line.inner + c;
          int64_t* out = to + o * line.inner + c;
          if (line.inner == 1) *out = largest ? extreme_at<true>(from, line.length, last_wins) : extreme_at<false>(from, line.length, last_wins);
          else if (largest && last_wins) extremes_at<true, true>(from, line.length, line.inner, n, out);
          else if (largest) extremes_at<true, false>(from, line.length, line.inner, n, out);
          else if (last_wins) extremes_at<false, true>(from, line.length, line.inner, n, out);
          else extremes_at<false, false>(from, line.length, line.inner, n, out);
        }
      }, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, line.length * std::min(columns, line.inner))));
    });
  });
}

}  // namespace

void define_top_k_select(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.top_k.select",
      .doc = "TopK by selecting and sorting ordered keys, line by line on all threads.",
      .ops = {{"", "TopK"}},
      .numerics = Numerics::Exact,
      .supports = supports,
      .workspace = [](const Problem& p, const Config&, const Device& device) { return slot_bytes(p) * size_t(device.threads); },
      .prepare = prepare,
  });
  tactics.add({
      .name = "cpu.arg.lines",
      .doc = "ArgMax and ArgMin, line by line on all threads.",
      .ops = {{"", "ArgMax"}, {"", "ArgMin"}},
      .numerics = Numerics::Exact,
      .supports = supports_arg,
      .prepare = prepare_arg,
  });
}

}  // namespace pharos
