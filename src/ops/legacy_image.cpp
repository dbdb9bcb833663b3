// Affine, Crop and ImageScaler: experimental operators of the first opset that models still contain. They are rewritten to
// standard ones.

#include <fmt/format.h>

#include "ops/rewriter.h"

namespace pharos {
namespace {

// alpha * X + beta
Result<void> affine(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(1));
  const ValueId scaled = r.add("Mul", {r.in(0), r.like(0, Tensor::scalar_f32(r.node.attr_float("alpha", 1)))});
  return r.finish(r.add("Add", {scaled, r.like(0, Tensor::scalar_f32(r.node.attr_float("beta", 0)))}));
}

// scale * X + bias per channel
Result<void> image_scaler(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(1));
  const std::vector<float> bias = r.node.attr_floats("bias");
  const ValueId scaled = r.add("Mul", {r.in(0), r.like(0, Tensor::scalar_f32(r.node.attr_float("scale", 1)))});
  if (bias.empty()) return r.finish(scaled);
  const Tensor shift = Tensor::from<float>(DType::f32, {int64_t(bias.size()), 1, 1}, bias);
  return r.finish(r.add("Add", {scaled, r.like(0, shift)}));
}

// Cuts `border` (left, top, right, bottom) off the last two axes, or cuts out `scale` (height, width) from left and top on.
Result<void> crop(Graph& graph, NodeId id, int) {
  Rewriter r(graph, id);
  PHAROS_TRY(r.check(1));
  const auto border = r.node.attr_ints("border"), scale = r.node.attr_ints("scale");
  if (border.size() != 4) return bad_attribute(r.node, "border", fmt::format("{} numbers", border.size()), "4 numbers");
  for (const int64_t b : border)
    if (b < 0 || b > INT32_MAX) return bad_attribute(r.node, "border", std::to_string(b), "0 or more");
  const int64_t starts[] = {border[1], border[0]}, axes[] = {-2, -1};
  // An end of -0 would be the start.
  int64_t ends[] = {border[3] == 0 ? INT64_MAX : -border[3], border[2] == 0 ? INT64_MAX : -border[2]};
  if (!scale.empty()) {
    if (scale.size() != 2 || scale[0] < 1 || scale[1] < 1 || scale[0] > INT32_MAX || scale[1] > INT32_MAX)
      return bad_attribute(r.node, "scale", dims_text(scale), "2 numbers above 0");
    ends[0] = starts[0] + scale[0];
    ends[1] = starts[1] + scale[1];
  }
  const auto ints = [&](const char* what, std::span<const int64_t> v) { return add_ints(graph, r.node.name + what, v); };
  return r.finish(r.add("Slice", {r.in(0), ints("_starts", starts), ints("_ends", ends), ints("_axes", axes)}));
}

}  // namespace

void define_legacy_image(OpSet& ops) {
  const TypeSet t = types::floats;
  ops.add({.name = "Affine", .doc = "Experimental: alpha*X + beta.", .inputs = {{"X", t}}, .outputs = {{"Y", t}},
           .attributes = {{"alpha", AttrType::Float, false, "1"}, {"beta", AttrType::Float, false, "0"}},
           .older = {{1, affine}}, .rewritten = true});
  ops.add({.name = "ImageScaler", .doc = "Experimental: scale*X + bias per channel.", .inputs = {{"input", t}},
           .outputs = {{"output", t}},
           .attributes = {{"bias", AttrType::Floats, false, "one per channel"}, {"scale", AttrType::Float, false, "1"}},
           .older = {{1, image_scaler}}, .rewritten = true});
  ops.add({.name = "Crop", .doc = "Experimental: cuts the border off images.", .inputs = {{"input", t}},
           .outputs = {{"output", t}},
           .attributes = {{"border", AttrType::Ints, true, "left, top, right, bottom"},
                          {"scale", AttrType::Ints, false, "height, width of what is kept"}},
           .older = {{1, crop}}, .rewritten = true});
}

}  // namespace pharos
