// Operators whose results have as many rows as the data says: NonMaxSuppression and NonZero.

#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "ops/op_errors.h"
#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

Support supports_nms(const Problem& p, const Device&) {
  for (size_t i = 0; i < 2; ++i)
    if (!p.has_input(i) || !p.inputs[i].is_concrete() || p.inputs[i].dtype != DType::f32 || p.in(i).size() != 3) return unsupported("not boxes and scores in f32");
  if (p.in(0)[2] != 4 || p.in(0)[0] != p.in(1)[0] || p.in(0)[1] != p.in(1)[2]) return unsupported("boxes and scores do not fit");
  for (size_t i = 2; i < p.inputs.size(); ++i)
    if (p.has_input(i) && (!p.inputs[i].is_concrete() || count_of(p.in(i)) != 1)) return unsupported("a limit is not one number");
  return supported();
}

// Boxes as corners, one list per coordinate, so that a box is compared with many kept ones at once.
struct Boxes {
  std::vector<float> y1, x1, y2, x2, area;
  explicit Boxes(size_t n) : y1(n), x1(n), y2(n), x2(n), area(n) {}
  void set(size_t to, const Boxes& from, size_t i) {
    y1[to] = from.y1[i], x1[to] = from.x1[i], y2[to] = from.y2[i], x2[to] = from.x2[i], area[to] = from.area[i];
  }
};

Boxes corners(const float* b, int64_t n, bool center) {
  Boxes out(static_cast<size_t>(n));
  for (size_t i = 0; i < size_t(n); ++i, b += 4) {
    const float p = b[0], q = b[1], r = b[2], s = b[3];
    if (center) out.y1[i] = q - s / 2, out.x1[i] = p - r / 2, out.y2[i] = q + s / 2, out.x2[i] = p + r / 2;
    else out.y1[i] = std::min(p, r), out.x1[i] = std::min(q, s), out.y2[i] = std::max(p, r), out.x2[i] = std::max(q, s);
    out.area[i] = (out.y2[i] - out.y1[i]) * (out.x2[i] - out.x1[i]);
  }
  return out;
}

// Whether a box overlaps one of the first `count` kept boxes by more than the threshold.
bool is_covered(const Boxes& all, size_t box, const Boxes& kept, size_t count, float threshold) {
  const float y1 = all.y1[box], x1 = all.x1[box], y2 = all.y2[box], x2 = all.x2[box], area = all.area[box];
  if (!(area > 0)) return false;
  constexpr size_t stretch = 64;
  for (size_t first = 0; first < count; first += stretch) {
    const size_t last = std::min(count, first + stretch);
    unsigned covered = 0;
    for (size_t k = first; k < last; ++k) {
      const float height = std::min(kept.y2[k], y2) - std::max(kept.y1[k], y1), width = std::min(kept.x2[k], x2) - std::max(kept.x1[k], x1);
      const float both = height * width;
      covered |= unsigned(height > 0) & unsigned(width > 0) & unsigned(kept.area[k] > 0) & unsigned(both / (kept.area[k] + area - both) > threshold);
    }
    if (covered) return true;
  }
  return false;
}

struct Limits3 { int64_t most = 0; float iou = 0; std::optional<float> least; };

std::vector<int64_t> selected(const Boxes& boxes, const float* scores, int64_t n, const Limits3& limits) {
  std::vector<int64_t> order;
  for (int64_t i = 0; i < n; ++i)
    if (!std::isnan(scores[i]) && (!limits.least || scores[i] > *limits.least)) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
  std::vector<int64_t> keep;
  Boxes kept(static_cast<size_t>(std::min<int64_t>(limits.most, int64_t(order.size()))));
  for (const int64_t i : order) {
    if (int64_t(keep.size()) >= limits.most) break;
    if (is_covered(boxes, size_t(i), kept, keep.size(), limits.iou)) continue;
    kept.set(keep.size(), boxes, size_t(i));
    keep.push_back(i);
  }
  return keep;
}

Result<std::unique_ptr<Kernel>> prepare_nms(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const int64_t batches = p.in(0)[0], n = p.in(0)[1], classes = p.in(1)[1];
  return make_producing_kernel([=, node = *p.node](const KernelArgs& a, const Threads& threads) -> Result<std::vector<Tensor>> {
    const auto number = [&](size_t i) { return i < a.inputs.size() ? a.inputs[i] : nullptr; };
    Limits3 limits;
    if (const Tensor* t = number(2)) limits.most = std::max<int64_t>(0, t->int_at(0));
    if (const Tensor* t = number(3)) limits.iou = t->as<float>()[0];
    if (const Tensor* t = number(4)) limits.least = t->as<float>()[0];
    if (!(limits.iou >= 0 && limits.iou <= 1)) return bad_value(node, 3, fmt::format("{}", limits.iou), "0 to 1");
    const int64_t pairs = n == 0 || limits.most == 0 ? 0 : batches * classes;
    std::vector<std::vector<int64_t>> found(static_cast<size_t>(pairs));
    std::vector<Boxes> boxes;
    for (int64_t b = 0; b < batches && pairs; ++b) boxes.push_back(corners(in_f32(a, 0) + b * n * 4, n, node.attr_int("center_point_box") != 0));
    threads.for_each(pairs, [&](int64_t first, int64_t last) {
      for (int64_t k = first; k < last; ++k) found[size_t(k)] = selected(boxes[size_t(k / classes)], in_f32(a, 1) + k * n, n, limits);
    });
    int64_t rows = 0;
    for (const auto& list : found) rows += int64_t(list.size());
    Tensor out(DType::i64, {rows, 3});
    int64_t* to = out.as<int64_t>().data();
    for (int64_t k = 0; k < pairs; ++k)
      for (const int64_t i : found[size_t(k)]) *to++ = k / classes, *to++ = k % classes, *to++ = i;
    return std::vector<Tensor>{std::move(out)};
  });
}

Support supports_non_zero(const Problem& p, const Device&) {
  if (p.inputs.size() != 1 || !p.inputs[0].is_concrete() || p.in(0).empty()) return unsupported("a scalar");
  const size_t size = dtype_size(p.inputs[0].dtype);
  if (size == 0 || size > 8 || (is_float(p.inputs[0].dtype) && p.inputs[0].dtype != DType::f32 && p.inputs[0].dtype != DType::f64))
    return unsupported("no loop for this type");
  return supported();
}

template <class T>
void append_non_zero(const void* data, int64_t n, std::vector<int64_t>& to) {
  const T* x = static_cast<const T*>(data);
  for (int64_t i = 0; i < n; ++i)
    if (x[i] != T(0)) to.push_back(i);
}

Result<std::unique_ptr<Kernel>> prepare_non_zero(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  return make_producing_kernel([dims = p.in(0), type = p.inputs[0].dtype](const KernelArgs& a, const Threads& threads) -> Result<std::vector<Tensor>> {
    const int64_t n = count_of(dims);
    std::vector<int64_t> at;
    const void* x = a.inputs[0]->data();
    if (type == DType::f32) append_non_zero<float>(x, n, at);
    else if (type == DType::f64) append_non_zero<double>(x, n, at);
    else if (dtype_size(type) == 1) append_non_zero<uint8_t>(x, n, at);
    else if (dtype_size(type) == 2) append_non_zero<uint16_t>(x, n, at);
    else if (dtype_size(type) == 4) append_non_zero<uint32_t>(x, n, at);
    else append_non_zero<uint64_t>(x, n, at);
    const auto count = int64_t(at.size());
    Tensor out(DType::i64, {int64_t(dims.size()), count});
    int64_t* to = out.as<int64_t>().data();
    threads.for_each(int64_t(dims.size()), [&](int64_t first, int64_t last) {
      for (int64_t d = first; d < last; ++d) {
        const int64_t inner = count_of(dims, size_t(d) + 1), extent = dims[size_t(d)];
        for (int64_t i = 0; i < count; ++i) to[d * count + i] = at[size_t(i)] / inner % extent;
      }
    });
    return std::vector<Tensor>{std::move(out)};
  });
}

}  // namespace

void define_boxes(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.nms.sorted",
      .doc = "NonMaxSuppression class by class on all threads; a box is compared with many kept ones at once.",
      .ops = {{"", "NonMaxSuppression"}},
      .numerics = Numerics::Exact,
      .sizes_outputs = true,
      .supports = supports_nms,
      .prepare = prepare_nms,
  });
  tactics.add({
      .name = "cpu.non_zero.scan",
      .doc = "The places of what is not zero, found in one pass.",
      .ops = {{"", "NonZero"}},
      .numerics = Numerics::Exact,
      .sizes_outputs = true,
      .supports = supports_non_zero,
      .prepare = prepare_non_zero,
  });
}

}  // namespace pharos
