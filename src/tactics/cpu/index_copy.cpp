// GatherElements, GatherND, ScatterElements and ScatterND. Indices are checked before anything is written.

#include <cstring>

#include "ops/op_errors.h"
#include "ops/scatter.h"
#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

struct Bytes16 { uint64_t a, b; };

// Calls f with a value of the C++ type of an element: its own type where arithmetic is needed, otherwise one of its size.
template <class F>
void with_bytes(size_t size, F&& f) {
  switch (size) {
    case 1: return f(uint8_t{});
    case 2: return f(uint16_t{});
    case 4: return f(uint32_t{});
    case 8: return f(uint64_t{});
    default: return f(Bytes16{});
  }
}
template <class F>
void with_number(DType type, F&& f) {
  switch (type) {
    case DType::f32: return f(float{});
    case DType::f64: return f(double{});
    case DType::i32: return f(int32_t{});
    case DType::i64: return f(int64_t{});
    case DType::u8: return f(uint8_t{});
    default: return f(int8_t{});
  }
}
bool has_arithmetic(DType t) {
  return t == DType::f32 || t == DType::f64 || t == DType::i32 || t == DType::i64 || t == DType::u8 || t == DType::i8;
}

struct Indices {
  const Tensor* t;
  int64_t operator[](int64_t i) const {
    return t->dtype() == DType::i64 ? static_cast<const int64_t*>(t->data())[i] : int64_t{static_cast<const int32_t*>(t->data())[i]};
  }
};

template <class T>
std::optional<int64_t> first_outside(const void* data, int64_t n, int64_t extent) {
  const T* x = static_cast<const T*>(data);
  constexpr int64_t stretch = 1024;
  for (int64_t first = 0; first < n; first += stretch) {
    const int64_t last = std::min(n, first + stretch);
    unsigned outside = 0;
    for (int64_t i = first; i < last; ++i) outside |= unsigned(x[i] < -extent) | unsigned(x[i] >= extent);
    for (int64_t i = first; outside && i < last; ++i)
      if (x[i] < -extent || x[i] >= extent) return int64_t(x[i]);
  }
  return std::nullopt;
}

Result<void> check_indices(const Node& node, const Tensor& t, int64_t extent) {
  const auto bad = t.dtype() == DType::i64 ? first_outside<int64_t>(t.data(), t.count(), extent) : first_outside<int32_t>(t.data(), t.count(), extent);
  if (bad) return index_out_of_range(node, 1, *bad, -extent, extent - 1);
  return {};
}

int64_t axis_of(const Problem& p) {
  const int64_t axis = p.node->attr_int("axis", 0);
  return axis < 0 ? axis + int64_t(p.in(0).size()) : axis;
}

Support supports_common(const Problem& p) {
  if (p.inputs.size() < 2 || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (!p.has_input(i) || !p.inputs[i].is_concrete()) return unsupported("shapes depend on data");
  if (dtype_size(p.inputs[0].dtype) == 0 || p.inputs[0].dtype != p.outputs[0].dtype) return unsupported("the elements cannot be copied as bytes");
  if (p.inputs[1].dtype != DType::i64 && p.inputs[1].dtype != DType::i32) return unsupported("indices are not i32 or i64");
  return supported();
}

// --- along an axis

Support supports_elements(const Problem& p, const Device&) {
  if (const Support s = supports_common(p); !s) return s;
  const Dims data = p.in(0), index = p.in(1);
  const int64_t axis = axis_of(p);
  if (data.empty() || index.size() != data.size() || axis < 0 || axis >= int64_t(data.size())) return unsupported("ranks differ");
  for (size_t d = 0; d < data.size(); ++d)
    if (int64_t(d) != axis && index[d] > data[d]) return unsupported("the indices reach beyond the data");
  if (!p.node->is("ScatterElements")) return supported();
  if (p.inputs.size() != 3 || p.inputs[2].dtype != p.inputs[0].dtype || p.in(2) != index) return unsupported("the updates do not fit");
  const auto reduction = scatter_reduction(*p.node, p.inputs[0].dtype);
  if (!reduction || (*reduction != ScatterReduction::None && !has_arithmetic(p.inputs[0].dtype))) return unsupported("no arithmetic for this type");
  return supported();
}

// The lines of the index tensor along the axis, and where each begins in the index tensor and in the data.
struct Lines {
  Dims index_dims, data_strides;
  int64_t axis, length, index_step, data_step, extent, count = 1;
  Lines(const Dims& data, const Dims& index, int64_t along) : index_dims(index), axis(along), length(index[size_t(along)]), extent(data[size_t(along)]) {
    data_strides.resize(data.size());
    int64_t stride = 1, index_stride = 1;
    for (size_t d = data.size(); d-- > 0; stride *= data[d], index_stride *= index[d]) {
      data_strides[d] = stride;
      if (int64_t(d) == axis) index_step = index_stride, data_step = stride;
      else count *= index[d];
    }
  }
  std::pair<int64_t, int64_t> start(int64_t line) const {
    int64_t at = 0, to = 0, stride = 1;
    for (size_t d = index_dims.size(); d-- > 0; stride *= index_dims[d]) {
      if (int64_t(d) == axis) continue;
      const int64_t i = line % index_dims[d];
      line /= index_dims[d];
      at += i * stride, to += i * data_strides[d];
    }
    return {at, to};
  }
};

template <class T>
T reduced(T a, T b, ScatterReduction r) {
  switch (r) {
    case ScatterReduction::Add:
      if constexpr (std::is_integral_v<T>) return T(std::make_unsigned_t<T>(a) + std::make_unsigned_t<T>(b));
      else return a + b;
    case ScatterReduction::Mul:
      if constexpr (std::is_integral_v<T>) return T(uint64_t(a) * uint64_t(b));
      else return a * b;
    case ScatterReduction::Max: return a != a || a > b ? a : b;
    case ScatterReduction::Min: return a != a || a < b ? a : b;
    case ScatterReduction::None: break;
  }
  return b;
}

// GatherElements along an axis with the same dims behind it in both tensors: row by row, so that memory is read in order.
template <class T>
void gather_rows(const Lines& lines, const Indices& index, const T* from, T* to, const Threads& threads) {
  const int64_t inner = lines.index_step, rows = lines.count / inner * lines.length;
  threads.for_each(rows, [&](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; ++row) {
      const T* source = from + lines.start(row / lines.length * inner).second;
      for (int64_t c = 0, k = row * inner; c < inner; ++c, ++k) {
        const int64_t v = index[k];
        to[k] = source[(v < 0 ? v + lines.extent : v) * inner + c];
      }
    }
  }, std::max<int64_t>(1, 8192 / inner));
}

void copy_data(const KernelArgs& a, size_t size, const Threads& threads) {
  const auto* from = static_cast<const std::byte*>(a.inputs[0]->data());
  auto* to = static_cast<std::byte*>(a.outputs[0]->data());
  if (from == to) return;
  threads.for_each(a.inputs[0]->count(), [&](int64_t first, int64_t last) {
    std::memcpy(to + size_t(first) * size, from + size_t(first) * size, size_t(last - first) * size);
  }, 65536);
}

Result<std::unique_ptr<Kernel>> prepare_elements(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Lines lines(p.in(0), p.in(1), axis_of(p));
  const bool scatters = p.node->is("ScatterElements");
  const DType type = p.inputs[0].dtype;
  const ScatterReduction reduction = scatters ? *scatter_reduction(*p.node, type) : ScatterReduction::None;
  return make_kernel([=, node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<void> {
    PHAROS_TRY(check_indices(node, *a.inputs[1], lines.extent));
    const Indices index{a.inputs[1]};
    const size_t size = dtype_size(type);
    if (scatters) copy_data(a, size, threads);
    if (lines.length == 0) return {};
    const int64_t grain = std::max<int64_t>(1, 8192 / lines.length);
    const auto each = [&](auto element) {
      using T = decltype(element);
      const T* from = static_cast<const T*>(a.inputs[scatters ? 2 : 0]->data());
      T* to = static_cast<T*>(a.outputs[0]->data());
      if (!scatters && lines.index_step == lines.data_step && lines.index_step > 1) return gather_rows(lines, index, from, to, threads);
      // Different lines never meet in the data.
      threads.for_each(lines.count, [&](int64_t first, int64_t last) {
        for (int64_t line = first; line < last; ++line) {
          const auto [at, place] = lines.start(line);
          for (int64_t i = 0; i < lines.length; ++i) {
            const int64_t k = at + i * lines.index_step, v = index[k], there = place + (v < 0 ? v + lines.extent : v) * lines.data_step;
            if (!scatters) to[k] = from[there];
            else if constexpr (std::is_arithmetic_v<T>) to[there] = reduced(to[there], from[k], reduction);
            else to[there] = from[k];
          }
        }
      }, grain);
    };
    if (reduction == ScatterReduction::None) with_bytes(size, each);
    else with_number(type, each);
    return {};
  });
}

// --- index tuples

struct Tuples {
  int64_t batches = 1, per_batch = 1, batch_step = 0, depth = 0, run = 1;
  Dims extents, strides;  // of the indexed axes
};

std::optional<Tuples> tuples_of(const Problem& p) {
  const Dims data = p.in(0), index = p.in(1);
  const int64_t batch = p.node->is("GatherND") ? p.node->attr_int("batch_dims", 0) : 0;
  if (data.empty() || index.empty() || batch < 0 || batch >= int64_t(std::min(data.size(), index.size()))) return std::nullopt;
  Tuples t{.depth = index.back()};
  if (t.depth < 0 || t.depth > int64_t(data.size()) - batch) return std::nullopt;
  for (size_t d = 0; d < size_t(batch); ++d)
    if (data[d] != index[d]) return std::nullopt;
  t.batches = count_of(index, 0, size_t(batch));
  t.per_batch = count_of(index, size_t(batch), index.size() - 1);
  t.batch_step = count_of(data, size_t(batch));
  t.run = count_of(data, size_t(batch + t.depth));
  for (int64_t k = 0; k < t.depth; ++k) {
    t.extents.push_back(data[size_t(batch + k)]);
    t.strides.push_back(count_of(data, size_t(batch + k + 1)));
  }
  return t;
}

Support supports_tuples(const Problem& p, const Device&) {
  if (const Support s = supports_common(p); !s) return s;
  const auto t = tuples_of(p);
  if (!t) return unsupported("the indices do not fit the data");
  if (!p.node->is("ScatterND")) return supported();
  if (p.inputs.size() != 3 || p.inputs[2].dtype != p.inputs[0].dtype || count_of(p.in(2)) != t->per_batch * t->run) return unsupported("the updates do not fit");
  const auto reduction = scatter_reduction(*p.node, p.inputs[0].dtype);
  if (!reduction || (*reduction != ScatterReduction::None && !has_arithmetic(p.inputs[0].dtype))) return unsupported("no arithmetic for this type");
  return supported();
}

int64_t offset_of(const Tuples& t, const Indices& index, int64_t tuple) {
  int64_t at = 0;
  for (int64_t k = 0; k < t.depth; ++k) {
    const int64_t v = index[tuple * t.depth + k];
    at += (v < 0 ? v + t.extents[size_t(k)] : v) * t.strides[size_t(k)];
  }
  return at;
}

Result<void> check_tuples(const Node& node, const Tuples& t, const Indices& index) {
  for (int64_t i = 0; i < t.batches * t.per_batch; ++i)
    for (int64_t k = 0; k < t.depth; ++k)
      if (const int64_t v = index[i * t.depth + k], extent = t.extents[size_t(k)]; v < -extent || v >= extent)
        return index_out_of_range(node, 1, v, -extent, extent - 1);
  return {};
}

Result<std::unique_ptr<Kernel>> prepare_gather(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  return make_kernel([t = *tuples_of(p), size = dtype_size(p.inputs[0].dtype), node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<void> {
    const Indices index{a.inputs[1]};
    const int64_t tuples = t.batches * t.per_batch;
    const size_t row = size_t(t.run) * size;
    if (tuples == 0 || row == 0) return {};
    PHAROS_TRY(check_tuples(node, t, index));
    const auto* from = static_cast<const std::byte*>(a.inputs[0]->data());
    auto* to = static_cast<std::byte*>(a.outputs[0]->data());
    threads.for_each(tuples, [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i)
        std::memcpy(to + size_t(i) * row, from + size_t(i / t.per_batch * t.batch_step + offset_of(t, index, i)) * size, row);
    }, std::max<int64_t>(1, int64_t(65536 / row)));
    return {};
  });
}

Result<std::unique_ptr<Kernel>> prepare_scatter(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const DType type = p.inputs[0].dtype;
  return make_kernel([t = *tuples_of(p), type, reduction = *scatter_reduction(*p.node, type), node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<void> {
    const Indices index{a.inputs[1]};
    if (t.per_batch * t.run == 0) return copy_data(a, dtype_size(type), threads), Result<void>();
    PHAROS_TRY(check_tuples(node, t, index));
    copy_data(a, dtype_size(type), threads);
    const auto each = [&](auto element) {
      using T = decltype(element);
      const T* from = static_cast<const T*>(a.inputs[2]->data());
      T* to = static_cast<T*>(a.outputs[0]->data());
      // Tuples may repeat, and the last one wins: each thread has a part of all runs.
      threads.for_each(t.run, [&](int64_t first, int64_t last) {
        for (int64_t i = 0; i < t.per_batch; ++i) {
          T* there = to + offset_of(t, index, i);
          const T* update = from + i * t.run;
          if constexpr (std::is_arithmetic_v<T>) {
            if (reduction != ScatterReduction::None) {
              for (int64_t r = first; r < last; ++r) there[r] = reduced(there[r], update[r], reduction);
              continue;
            }
          }
          std::memcpy(there + first, update + first, size_t(last - first) * sizeof(T));
        }
      }, std::max<int64_t>(64, 65536 / t.per_batch));
    };
    if (reduction == ScatterReduction::None) with_bytes(dtype_size(type), each);
    else with_number(type, each);
    return {};
  });
}

}  // namespace

void define_index_copy(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.index.lines",
      .doc = "GatherElements and ScatterElements, line by line along the axis, with indices checked beforehand.",
      .ops = {{"", "GatherElements"}, {"", "ScatterElements"}},
      .supports = supports_elements,
      .prepare = prepare_elements,
  });
  tactics.add({
      .name = "cpu.gather_nd.runs",
      .doc = "GatherND as copies of runs.",
      .ops = {{"", "GatherND"}},
      .numerics = Numerics::Exact,
      .supports = supports_tuples,
      .prepare = prepare_gather,
  });
  tactics.add({
      .name = "cpu.scatter_nd.runs",
      .doc = "ScatterND, each thread with its part of every run.",
      .ops = {{"", "ScatterND"}},
      .supports = supports_tuples,
      .prepare = prepare_scatter,
  });
}

}  // namespace pharos
