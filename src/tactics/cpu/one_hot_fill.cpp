// OneHot and Trilu: mostly one value, with stretches of another.

#include <cstring>

#include "ops/op_errors.h"
#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

// Calls f with an unsigned value of the element's size; nothing for others.
template <class F>
bool with_size(size_t size, F&& f) {
  switch (size) {
    case 1: return f(uint8_t{}), true;
    case 2: return f(uint16_t{}), true;
    case 4: return f(uint32_t{}), true;
    case 8: return f(uint64_t{}), true;
    default: return false;
  }
}

// --- OneHot

std::optional<int64_t> hot_axis(const Problem& p) {
  const auto rank = int64_t(p.in(0).size());
  int64_t axis = p.node->attr_int("axis", -1);
  if (axis < 0) axis += rank + 1;
  if (axis < 0 || axis > rank) return std::nullopt;
  return axis;
}

bool is_index(DType t) { return t == DType::i64 || t == DType::i32 || t == DType::f32; }

int64_t index_at(const Tensor& t, int64_t i) {
  if (t.dtype() == DType::i64) return t.as<int64_t>()[size_t(i)];
  if (t.dtype() == DType::i32) return t.as<int32_t>()[size_t(i)];
  const float v = t.as<float>()[size_t(i)];
  return v >= -1e15f && v <= 1e15f ? int64_t(v) : v != v ? 0 : INT64_MIN;
}

Support supports_one_hot(const Problem& p, const Device&) {
  if (p.inputs.size() != 3 || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  for (const Type& t : p.inputs)
    if (!t.is_concrete()) return unsupported("shapes depend on data");
  if (!is_index(p.inputs[0].dtype) || !is_index(p.inputs[1].dtype) || count_of(p.in(1)) != 1 || count_of(p.in(2)) != 2) return unsupported("indices or values do not fit");
  if (!hot_axis(p) || p.inputs[2].dtype != p.outputs[0].dtype || !with_size(dtype_size(p.outputs[0].dtype), [](auto) {})) return unsupported("no loop for this type");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_one_hot(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Dims out = p.out(0);
  const auto axis = size_t(*hot_axis(p));
  const int64_t inner = count_of(out, axis + 1), depth = out[axis], count = count_of(p.in(0));
  return make_kernel([=, size = dtype_size(p.outputs[0].dtype), total = count_of(out), node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<void> {
    if (const int64_t asked = index_at(*a.inputs[1], 0); asked != depth) return bad_value(node, 1, std::to_string(asked), std::to_string(depth) + ", as inferred before");
    with_size(size, [&](auto element) {
      using T = decltype(element);
      const T* values = static_cast<const T*>(a.inputs[2]->data());
      T* y = static_cast<T*>(a.outputs[0]->data());
      threads.for_each(total, [&](int64_t first, int64_t last) { std::fill(y + first, y + last, values[0]); }, 65536);
      threads.for_each(count, [&](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; ++i) {
          const int64_t hot = index_at(*a.inputs[0], i);
          if (hot < -depth || hot >= depth) continue;  // all off
          y[(i / inner * depth + (hot < 0 ? hot + depth : hot)) * inner + i % inner] = values[1];
        }
      }, 16384);
    });
    return {};
  });
}

// --- Trilu

Support supports_trilu(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || p.in(0).size() < 2 || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  if (p.has_input(1) && (!p.inputs[1].is_concrete() || p.inputs[1].dtype != DType::i64 || count_of(p.in(1)) != 1)) return unsupported("the diagonal is not one number");
  if (dtype_size(p.inputs[0].dtype) == 0) return unsupported("the elements cannot be copied as bytes");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_trilu(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Dims in = p.in(0);
  const int64_t rows = in[in.size() - 2], columns = in.back(), lines = count_of(in) / std::max<int64_t>(1, columns);
  return make_kernel([=, size = dtype_size(p.inputs[0].dtype), upper = p.node->attr_int("upper", 1) != 0](const KernelArgs& a, const Threads& threads) {
    if (columns == 0) return;
    const int64_t given = a.inputs.size() > 1 && a.inputs[1] ? a.inputs[1]->as<int64_t>()[0] : 0, k = std::clamp(given, -rows, columns);
    const auto* x = static_cast<const std::byte*>(a.inputs[0]->data());
    auto* y = static_cast<std::byte*>(a.outputs[0]->data());
    threads.for_each(lines, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; ++r) {
        const int64_t diagonal = r % rows + k;
        const int64_t from = upper ? std::clamp<int64_t>(diagonal, 0, columns) : 0, to = upper ? columns : std::clamp<int64_t>(diagonal + 1, 0, columns);
        std::byte* row = y + size_t(r * columns) * size;
        std::memset(row, 0, size_t(from) * size);
        std::memmove(row + size_t(from) * size, x + size_t(r * columns + from) * size, size_t(to - from) * size);
        std::memset(row + size_t(to) * size, 0, size_t(columns - to) * size);
      }
    }, std::max<int64_t>(1, int64_t(65536 / (size_t(columns) * size))));
  });
}

}  // namespace

void define_one_hot_fill(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.one_hot.fill",
      .doc = "OneHot: filled with the one value, then the others set.",
      .ops = {{"", "OneHot"}},
      .numerics = Numerics::Exact,
      .supports = supports_one_hot,
      .prepare = prepare_one_hot,
  });
  tactics.add({
      .name = "cpu.trilu.rows",
      .doc = "Trilu, row by row.",
      .ops = {{"", "Trilu"}},
      .numerics = Numerics::Exact,
      .supports = supports_trilu,
      .in_place = [](const Problem&) { return 0; },
      .prepare = prepare_trilu,
  });
}

}  // namespace pharos
