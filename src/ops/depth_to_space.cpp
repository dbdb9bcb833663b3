// DepthToSpace and SpaceToDepth: a reshape to six dims, a permutation, a reshape back.

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

struct Params { int64_t block; bool depth_first; };

Result<Params> params_of(const Node& node) {
  const int64_t block = node.attr_int("blocksize", 0);
  if (block <= 0 || block > 1 << 20) return bad_attribute(node, "blocksize", std::to_string(block), "1 to 1048576");
  const std::string mode = node.attr_string("mode", "DCR");
  if (mode != "DCR" && mode != "CRD") return bad_attribute(node, "mode", "'" + mode + "'", "'DCR' or 'CRD'");
  return Params{block, mode == "DCR"};
}

Report not_divisible(const Node& node, const Dim& d, int64_t by) {
  return shapes_mismatch(node, fmt::format("{} is no multiple of {}", d.text(), by));
}

template <bool to_space>
Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  const Params p = PHAROS_TRY(params_of(c.node()));
  Shape out(4);
  if (x.shape) {
    PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 4, 4));
    const Shape& in = *x.shape;
    const Dim b(p.block), area(p.block * p.block);
    for (size_t d = 1; d < 4; ++d) {
      const int64_t by = to_space ? (d == 1 ? area.number() : 1) : d == 1 ? 1 : p.block;
      if (in[d].is_number() && in[d].number() % by != 0) return not_divisible(c.node(), in[d], by);
    }
    if (to_space) out = {in[0], floor_div(in[1], area), in[2] * b, in[3] * b};
    else out = {in[0], in[1] * area, floor_div(in[2], b), floor_div(in[3], b)};
  }
  c.set_output(0, Type::tensor(x.dtype, std::move(out)));
  return {};
}

// Reads x as `view`, permuted.
void permute(const Tensor& x, Tensor& y, const Dims& view, std::span<const int> perm) {
  const Strides own = contiguous_strides(view);
  Dims dims;
  Strides from;
  for (const int p : perm) {
    dims.push_back(view[size_t(p)]);
    from.push_back(own[size_t(p)]);
  }
  copy_strided(y, 0, contiguous_strides(dims), x, 0, from, dims);
}

template <bool to_space>
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_rank(c.node(), 0, x.rank(), 4, 4));
  const auto [b, depth_first] = PHAROS_TRY(params_of(c.node()));
  const int64_t n = x.dim(0), ch = x.dim(1), h = x.dim(2), w = x.dim(3);
  if constexpr (to_space) {
    if (ch % (b * b) != 0) return not_divisible(c.node(), Dim(ch), b * b);
    const int64_t k = ch / (b * b);
    Tensor y = PHAROS_TRY(c.output(0, x.dtype(), {n, k, h * b, w * b}));
    if (depth_first) permute(x, y, {n, b, b, k, h, w}, std::array{0, 3, 4, 1, 5, 2});
    else permute(x, y, {n, k, b, b, h, w}, std::array{0, 1, 4, 2, 5, 3});
  } else {
    for (const int64_t d : {h, w})
      if (d % b != 0) return not_divisible(c.node(), Dim(d), b);
    Tensor y = PHAROS_TRY(c.output(0, x.dtype(), {n, ch * b * b, h / b, w / b}));
    if (depth_first) permute(x, y, {n, ch, h / b, b, w / b, b}, std::array{0, 3, 5, 1, 2, 4});
    else permute(x, y, {n, ch, h / b, b, w / b, b}, std::array{0, 1, 3, 5, 2, 4});
  }
  return {};
}

}  // namespace

void define_depth_to_space(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  OpDef def{.name = "DepthToSpace",
            .since = 28,
            .doc = "Moves blocks of channels into height and width.",
            .inputs = {{"input", t}},
            .outputs = {{"output", t}},
            .attributes = {{"blocksize", AttrType::Int, true, "height and width of a block"},
                           {"mode", AttrType::String, false, "order of the channels: 'DCR' (default) or 'CRD'"}},
            .infer = infer<true>,
            .evaluate = evaluate<true>,
            .older = {{1, nullptr}}};
  OpDef other = def;
  ops.add(std::move(def));
  other.name = "SpaceToDepth";
  other.doc = "Moves blocks of height and width into the channels.";
  other.infer = infer<false>;
  other.evaluate = evaluate<false>;
  ops.add(std::move(other));
}

}  // namespace pharos
