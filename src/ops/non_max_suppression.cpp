#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

struct Box { float y1, x1, y2, x2; };

Box box_at(std::span<const float> b, size_t i, bool center) {
  const float p = b[4 * i], q = b[4 * i + 1], r = b[4 * i + 2], s = b[4 * i + 3];
  if (center) return {q - s / 2, p - r / 2, q + s / 2, p + r / 2};
  return {std::min(p, r), std::min(q, s), std::max(p, r), std::max(q, s)};
}

bool overlaps(const Box& a, const Box& b, float threshold) {
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1), width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  if (!(height > 0) || !(width > 0)) return false;
  const float both = height * width;
  const float area_a = (a.y2 - a.y1) * (a.x2 - a.x1), area_b = (b.y2 - b.y1) * (b.x2 - b.x1);
  if (!(area_a > 0) || !(area_b > 0)) return false;
  return both / (area_a + area_b - both) > threshold;
}

struct NmsParams {
  int64_t most = 0;
  float iou = 0;
  std::optional<float> least_score;
  bool center = false;
};

Result<std::optional<double>> scalar(EvalContext& c, size_t i) {
  if (!c.has_input(i)) return std::optional<double>();
  if (c.input(i).count() != 1) return bad_input(c.node(), i, "of shape " + dims_text(c.input(i).dims()), "one element");
  return std::optional(i == 2 ? double(c.input(i).int_at(0)) : c.input(i).double_at(0));
}

Result<NmsParams> nms_params(EvalContext& c) {
  NmsParams p;
  p.center = c.node().attr_int("center_point_box") != 0;
  if (const auto v = PHAROS_TRY(scalar(c, 2))) p.most = int64_t(std::clamp(*v, 0.0, 9e15));
  if (const auto v = PHAROS_TRY(scalar(c, 3))) p.iou = float(*v);
  if (const auto v = PHAROS_TRY(scalar(c, 4))) p.least_score = float(*v);
  if (!(p.iou >= 0 && p.iou <= 1)) return bad_value(c.node(), 3, fmt::format("{}", p.iou), "0 to 1");
  return p;
}

// Indices of the boxes kept for one class, best first; among equal scores the first box wins.
std::vector<int64_t> select(std::span<const float> boxes, std::span<const float> scores, const NmsParams& p) {
  std::vector<int64_t> order;
  for (size_t i = 0; i < scores.size(); ++i)
    if (!std::isnan(scores[i]) && (!p.least_score || scores[i] > *p.least_score)) order.push_back(int64_t(i));
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return scores[size_t(a)] > scores[size_t(b)]; });
  std::vector<int64_t> kept;
  std::vector<Box> kept_boxes;
  for (const int64_t i : order) {
    if (int64_t(kept.size()) >= p.most) break;
    const Box box = box_at(boxes, size_t(i), p.center);
    if (std::any_of(kept_boxes.begin(), kept_boxes.end(), [&](const Box& k) { return overlaps(k, box, p.iou); }))
      continue;
    kept.push_back(i);
    kept_boxes.push_back(box);
  }
  return kept;
}

Result<void> check(const Node& node, const Dims& boxes, const Dims& scores) {
  if (boxes.size() != 3 || boxes[2] != 4) return bad_input(node, 0, "of shape " + dims_text(boxes), "shape BxNx4");
  if (scores.size() != 3) return bad_input(node, 1, "of shape " + dims_text(scores), "shape BxCxN");
  if (boxes[0] != scores[0] || boxes[1] != scores[2])
    return shapes_mismatch(node, fmt::format("boxes {} and scores {}", dims_text(boxes), dims_text(scores)));
  return {};
}

Result<void> infer(InferContext& c) {
  const auto boxes = c.input(0).dims(), scores = c.input(1).dims();
  if (boxes && scores) PHAROS_TRY(check(c.node(), *boxes, *scores));
  c.set_output(0, Type::tensor(DType::i64, Shape{Dim(), Dim(3)}));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &boxes = c.input(0), &scores = c.input(1);
  PHAROS_TRY(check(c.node(), boxes.dims(), scores.dims()));
  const NmsParams p = PHAROS_TRY(nms_params(c));
  const int64_t batches = boxes.dim(0), n = boxes.dim(1), classes = n == 0 || p.most == 0 ? 0 : scores.dim(1);
  std::vector<int64_t> selected;
  for (int64_t b = 0; b < (classes == 0 ? 0 : batches); ++b)
    for (int64_t k = 0; k < classes; ++k)
      for (const int64_t i : select(boxes.as<float>().subspan(size_t(b * n * 4), size_t(n * 4)),
                                    scores.as<float>().subspan(size_t((b * classes + k) * n), size_t(n)), p))
        selected.insert(selected.end(), {b, k, i});
  Tensor out = PHAROS_TRY(c.output(0, DType::i64, {int64_t(selected.size()) / 3, 3}));
  std::copy(selected.begin(), selected.end(), out.as<int64_t>().begin());
  return {};
}

}  // namespace

void define_non_max_suppression(OpSet& ops) {
  ops.add({
      .name = "NonMaxSuppression",
      .since = 11,
      .doc = "Keeps the best boxes of each class that overlap no better one by more than a threshold; rows of (batch, "
             "class, box).",
      .inputs = {{"boxes", types::f32},
                 {"scores", types::f32},
                 {"max_output_boxes_per_class", types::i64, Param::Kind::Optional},
                 {"iou_threshold", types::f32, Param::Kind::Optional},
                 {"score_threshold", types::f32, Param::Kind::Optional}},
      .outputs = {{"selected_indices", types::i64}},
      .attributes = {{"center_point_box", AttrType::Int, false,
                      "1: boxes are centre x, y, width, height; default 0: two corners"}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{10, nullptr}},
  });
}

}  // namespace pharos
