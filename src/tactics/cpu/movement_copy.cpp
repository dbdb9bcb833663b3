// Operators that only move elements, as one strided copy: Transpose, Expand, Slice, DepthToSpace, SpaceToDepth; and those
// that leave memory as it is: Reshape, Flatten, Squeeze, Unsqueeze, Identity.

#include <cstring>

#include "tactics/cpu/strided_copy.h"

namespace pharos {
namespace {

using namespace cpu;

struct View { Dims dims, strides; int64_t base = 0; };

std::optional<View> transposed(const Problem& p) {
  const Dims in = p.in(0), from = row_major_strides(in);
  auto perm = p.node->attr_ints("perm");
  if (perm.empty())
    for (size_t d = in.size(); d-- > 0;) perm.push_back(int64_t(d));
  if (perm.size() != in.size()) return std::nullopt;
  View v;
  for (const int64_t axis : perm) {
    if (axis < 0 || size_t(axis) >= in.size()) return std::nullopt;
    v.dims.push_back(in[size_t(axis)]), v.strides.push_back(from[size_t(axis)]);
  }
  return v;
}

std::optional<View> expanded(const Problem& p) {
  const Dims in = p.in(0), out = p.out(0), from = row_major_strides(in);
  if (in.size() > out.size()) return std::nullopt;
  View v{out, Dims(out.size(), 0)};
  for (size_t d = 0; d < in.size(); ++d)
    if (in[d] != 1) v.strides[out.size() - in.size() + d] = from[d];
  return v;
}

std::optional<View> sliced(const Problem& p) {
  const Dims in = p.in(0), out = p.out(0);
  const auto starts = constant_ints(p, 1);
  if (!starts || (p.has_input(3) && !is_constant(p, 3)) || (p.has_input(4) && !is_constant(p, 4))) return std::nullopt;
  const auto axes = constant_ints(p, 3), steps = constant_ints(p, 4);
  if ((axes && axes->size() != starts->size()) || (steps && steps->size() != starts->size())) return std::nullopt;
  View v{out, row_major_strides(in)};
  for (size_t i = 0; i < starts->size(); ++i) {
    int64_t axis = axes ? (*axes)[i] : int64_t(i);
    if (axis < 0) axis += int64_t(in.size());
    if (axis < 0 || size_t(axis) >= in.size()) return std::nullopt;
    const int64_t extent = in[size_t(axis)], step = steps ? (*steps)[i] : 1;
    if (step == 0 || (v.dims[size_t(axis)] > 1 && (step < -extent || step > extent))) return std::nullopt;
    int64_t start = (*starts)[i];
    if (start < 0) start = start < -extent ? 0 : start + extent;
    start = std::clamp<int64_t>(start, 0, step < 0 ? std::max<int64_t>(extent - 1, 0) : extent);
    v.base += start * v.strides[size_t(axis)];
    v.strides[size_t(axis)] *= v.dims[size_t(axis)] > 1 ? step : 1;
  }
  return v;
}

std::optional<View> depth_to_space(const Problem& p) {
  const Dims in = p.in(0);
  const int64_t b = p.node->attr_int("blocksize");
  if (in.size() != 4 || b < 1 || in[1] % (b * b)) return std::nullopt;
  const int64_t c = in[1] / (b * b), plane = in[2] * in[3];
  const bool crd = p.node->attr_string("mode", "DCR") == "CRD";
  const int64_t channel = crd ? b * b * plane : plane, block_y = crd ? b * plane : b * c * plane, block_x = crd ? plane : c * plane;
  return View{{in[0], c, in[2], b, in[3], b}, {in[1] * plane, channel, in[3], block_y, 1, block_x}};
}

std::optional<View> space_to_depth(const Problem& p) {
  const Dims in = p.in(0);
  const int64_t b = p.node->attr_int("blocksize");
  if (in.size() != 4 || b < 1 || in[2] % b || in[3] % b) return std::nullopt;
  const int64_t plane = in[2] * in[3];
  return View{{in[0], b, b, in[1], in[2] / b, in[3] / b}, {in[1] * plane, in[3], 1, plane, b * in[3], b}};
}

std::optional<View> view_of(const Problem& p) {
  const std::string& op = p.node->op;
  return op == "Transpose" ? transposed(p) : op == "Expand" ? expanded(p) : op == "Slice" ? sliced(p)
       : op == "DepthToSpace" ? depth_to_space(p) : space_to_depth(p);
}

bool movable(const Problem& p) {
  return !p.inputs.empty() && !p.outputs.empty() && p.inputs[0].is_concrete() && p.outputs[0].is_concrete() &&
         p.inputs[0].dtype == p.outputs[0].dtype && dtype_size(p.inputs[0].dtype) != 0;
}

Support supports_view(const Problem& p, const Device&) {
  if (!movable(p)) return unsupported("the elements cannot be copied as bytes");
  const auto view = view_of(p);
  if (!view) return unsupported("parameters are not constant, or out of range");
  if (count_of(view->dims) != count_of(p.out(0))) return unsupported("parameters contradict the shape of the output");
  return supported();
}

StridedCopy copy_of(const Problem& p, Isa isa) {
  const View v = *view_of(p);
  return StridedCopy(v.dims, v.strides, v.base, dtype_size(p.inputs[0].dtype), isa);
}

std::optional<Stretches> stretches_of_view(const Problem& p) {
  const auto at = copy_of(p, Isa::Portable).stretch();
  return at ? std::optional(Stretches{.offsets = {*at}}) : std::nullopt;
}

Result<std::unique_ptr<Kernel>> prepare_view(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([copy = copy_of(p, device.isa)](const KernelArgs& a, const Threads& threads) {
    copy.run(a.inputs[0]->data(), a.outputs[0]->data(), threads);
  });
}

Support supports_same(const Problem& p, const Device&) {
  if (!movable(p) || count_of(p.in(0)) != count_of(p.out(0))) return unsupported("the elements cannot be copied as bytes");
  return supported();
}

// A blocked tensor without spatial extent is a plain matrix with padded rows, so it needs no Reorder before.
bool is_blocked_vector(const Problem& p) {
  const Dims in = p.in(0);
  return in.size() >= 3 && p.inputs[0].dtype == DType::f32 && count_of(in, 2) == 1 && !p.node->is("Identity");
}

std::vector<Formats> formats_same(const Problem& p, const Device& device) {
  std::vector<Formats> list{plain_formats(p)};
  if (p.node->is("Identity") && p.inputs[0].dtype == DType::f32 && p.in(0).size() >= 3) {
    list.push_back(plain_formats(p));
    list.back().inputs[0] = list.back().outputs[0] = device.blocked();
  } else if (is_blocked_vector(p)) {
    list.push_back(plain_formats(p));
    list.back().inputs[0] = device.blocked();
  }
  return list;
}

Result<std::unique_ptr<Kernel>> prepare_same(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const bool padded = p.inputs[0].format != Format::Plain && p.outputs[0].format == Format::Plain;
  const size_t row = padded ? size_t(p.in(0)[1]) * 4 : size_t(stored(p.inputs[0])) * dtype_size(p.inputs[0].dtype);
  const int64_t rows = padded ? p.in(0)[0] : 1;
  const size_t stride = padded && rows ? size_t(stored(p.inputs[0]) / rows) * 4 : row;
  return make_kernel([=](const KernelArgs& a, const Threads&) {
    const auto* from = static_cast<const std::byte*>(a.inputs[0]->data());
    auto* to = static_cast<std::byte*>(a.outputs[0]->data());
    if (from == to && stride == row) return;
    for (int64_t r = 0; r < rows && row; ++r) std::memmove(to + size_t(r) * row, from + size_t(r) * stride, row);
  });
}

}  // namespace

void define_movement_copy(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.movement.strided",
      .doc = "Transpose, Expand, Slice, DepthToSpace and SpaceToDepth as one strided copy with merged axes; without a copy where it is one stretch.",
      .ops = {{"", "Transpose"}, {"", "Expand"}, {"", "Slice"}, {"", "DepthToSpace"}, {"", "SpaceToDepth"}},
      .numerics = Numerics::Exact,
      .supports = supports_view,
      .stretches = stretches_of_view,
      .prepare = prepare_view,
  });
  tactics.add({
      .name = "cpu.movement.same",
      .doc = "Operators that keep the elements in order: a block copy, or nothing where input and output share memory.",
      .ops = {{"", "Reshape"}, {"", "Flatten"}, {"", "Squeeze"}, {"", "Unsqueeze"}, {"", "Identity"}},
      .numerics = Numerics::Exact,
      .supports = supports_same,
      .formats = formats_same,
      .in_place = [](const Problem&) { return 0; },
      .prepare = prepare_same,
  });
}

}  // namespace pharos
