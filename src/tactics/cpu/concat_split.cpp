// Concat, Split and Gather as copies of contiguous pieces. Where there is one such piece per part (batch 1), parts and whole share
// memory instead.

#include <cstring>

#include "ops/op_errors.h"
#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

int64_t axis_of(const Problem& p, int64_t otherwise) {
  const int64_t axis = p.node->attr_int("axis", otherwise);
  return axis < 0 ? axis + int64_t(p.in(0).size()) : axis;
}

bool movable(const Type& t) { return t.is_concrete() && dtype_size(t.dtype) != 0; }

// The list of parts along the axis: inputs of Concat, outputs of Split.
const std::vector<Type>& parts_of(const Problem& p) { return p.node->is("Concat") ? p.inputs : p.outputs; }
const Type& whole_of(const Problem& p) { return p.node->is("Concat") ? p.outputs[0] : p.inputs[0]; }

Support supports(const Problem& p, const Device&) {
  if (p.inputs.empty() || p.outputs.empty() || !movable(p.inputs[0])) return unsupported("the elements cannot be copied as bytes");
  const int64_t axis = axis_of(p, 0);
  if (axis < 0 || axis >= int64_t(p.in(0).size())) return unsupported("the axis is out of range");
  for (const Type& t : parts_of(p))
    if (!movable(t) || t.dtype != p.inputs[0].dtype) return unsupported("the elements cannot be copied as bytes");
  if (!movable(whole_of(p))) return unsupported("the elements cannot be copied as bytes");
  return supported();
}

// Blocked layouts: along the channels where every part but the last is whole blocks; along other axes always.
std::vector<Formats> formats(const Problem& p, const Device& device) {
  std::vector<Formats> list{plain_formats(p)};
  const Dims dims = p.in(0);
  if (dims.size() < 3 || p.inputs[0].dtype != DType::f32) return list;
  const auto& parts = parts_of(p);
  if (axis_of(p, 0) == 1)
    for (size_t i = 0; i + 1 < parts.size(); ++i)
      if ((*parts[i].dims())[1] % device.block()) return list;
  Formats f = plain_formats(p);
  const bool concat = p.node->is("Concat");
  for (size_t i = 0; i < (concat ? f.inputs.size() : 1); ++i) f.inputs[i] = device.blocked();
  for (Format& o : f.outputs) o = device.blocked();
  list.insert(list.begin(), std::move(f));
  return list;
}

// Memory as [outer][pieces along the axis][inner]; sizes in bytes.
struct Piece { int64_t outer; size_t bytes; };
Piece piece_of(const Type& t, size_t axis) {
  Dims dims = *t.dims();
  const int block = format_block(t.format);
  if (block > 1) {  // N, C/block, H, W, block
    dims[1] = ceil_div(dims[1], block);
    dims.push_back(block);
  }
  return {count_of(dims, 0, axis), size_t(count_of(dims, axis)) * dtype_size(t.dtype)};
}

std::optional<Stretches> stretches(const Problem& p) {
  const auto axis = size_t(axis_of(p, 0));
  const Piece whole = piece_of(whole_of(p), axis);
  if (whole.outer != 1 || whole.bytes == 0) return std::nullopt;
  Stretches s{.in_output = p.node->is("Concat")};
  int64_t offset = 0;
  for (const Type& t : parts_of(p)) {
    s.offsets.push_back(offset);
    offset += int64_t(piece_of(t, axis).bytes);
  }
  return s;
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const auto axis = size_t(axis_of(p, 0));
  std::vector<size_t> bytes;
  for (const Type& t : parts_of(p)) bytes.push_back(piece_of(t, axis).bytes);
  const Piece whole = piece_of(whole_of(p), axis);
  return make_kernel([bytes, whole, concat = p.node->is("Concat")](const KernelArgs& a, const Threads& threads) {
    const int64_t grain = std::max<int64_t>(1, int64_t(262144 / std::max<size_t>(1, whole.bytes)));
    auto* const base = static_cast<std::byte*>(concat ? a.outputs[0]->data() : const_cast<void*>(a.inputs[0]->data()));
    const auto copy = [&](size_t part, size_t offset, int64_t o) {
      const Tensor* t = concat ? a.inputs[part] : a.outputs[part];
      if (!t || bytes[part] == 0) return;
      auto* const piece = static_cast<std::byte*>(const_cast<void*>(t->data())) + size_t(o) * bytes[part];
      std::byte* const place = base + size_t(o) * whole.bytes + offset;
      if (piece == place) return;  // it was made there
      std::memcpy(concat ? place : piece, concat ? piece : place, bytes[part]);
    };
    if (whole.outer >= threads.count() || bytes.size() == 1) {
      threads.for_each(whole.outer, [&](int64_t first, int64_t last) {
        for (int64_t o = first; o < last; ++o)
          for (size_t part = 0, offset = 0; part < bytes.size(); offset += bytes[part++]) copy(part, offset, o);
      }, grain);
      return;
    }
    threads.for_each(int64_t(bytes.size()), [&](int64_t first, int64_t last) {
      size_t offset = 0;
      for (size_t part = 0; part < size_t(last); offset += bytes[part++])
        if (part >= size_t(first))
          for (int64_t o = 0; o < whole.outer; ++o) copy(part, offset, o);
    }, whole.bytes > 262144 ? 1 : int64_t(bytes.size()));
  });
}

Support supports_gather(const Problem& p, const Device&) {
  if (p.inputs.size() < 2 || !movable(p.inputs[0]) || !p.inputs[1].is_concrete() || !p.outputs[0].is_concrete())
    return unsupported("the elements cannot be copied as bytes");
  if (p.inputs[1].dtype != DType::i64 && p.inputs[1].dtype != DType::i32) return unsupported("indices are not i32 or i64");
  const int64_t axis = axis_of(p, 0);
  if (axis < 0 || axis >= int64_t(p.in(0).size())) return unsupported("the axis is out of range");
  return supported();
}

Result<std::unique_ptr<Kernel>> prepare_gather(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Dims in = p.in(0);
  const auto axis = size_t(axis_of(p, 0));
  const int64_t outer = count_of(in, 0, axis), extent = in[axis], count = count_of(p.in(1));
  const size_t row = size_t(count_of(in, axis + 1)) * dtype_size(p.inputs[0].dtype);
  const bool wide = p.inputs[1].dtype == DType::i64;
  return make_kernel([=, node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<void> {
    const auto* from = static_cast<const std::byte*>(a.inputs[0]->data());
    auto* to = static_cast<std::byte*>(a.outputs[0]->data());
    const auto index = [&](int64_t i) {
      return wide ? static_cast<const int64_t*>(a.inputs[1]->data())[i] : int64_t{static_cast<const int32_t*>(a.inputs[1]->data())[i]};
    };
    for (int64_t i = 0; i < count; ++i)
      if (const int64_t v = index(i); v < -extent || v >= extent) return index_out_of_range(node, 1, v, -extent, extent - 1);
    if (row == 0) return {};
    threads.for_each(outer * count, [&](int64_t first, int64_t last) {
      for (int64_t r = first; r < last; ++r) {
        const int64_t v = index(r % count);
        std::memcpy(to + size_t(r) * row, from + size_t(r / count * extent + (v < 0 ? v + extent : v)) * row, row);
      }
    }, std::max<int64_t>(1, int64_t(65536 / row)));
    return {};
  });
}

}  // namespace

void define_concat_split(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.concat.copy",
      .doc = "Concat and Split as copies of contiguous pieces, also of channel-blocked tensors; without a copy where a part is one piece.",
      .ops = {{"", "Concat"}, {"", "Split"}},
      .numerics = Numerics::Exact,
      .supports = supports,
      .formats = formats,
      .stretches = stretches,
      .prepare = prepare,
  });
  tactics.add({
      .name = "cpu.gather.rows",
      .doc = "Gather as copies of rows, with checked indices.",
      .ops = {{"", "Gather"}},
      .numerics = Numerics::Exact,
      .supports = supports_gather,
      .prepare = prepare_gather,
  });
}

}  // namespace pharos
