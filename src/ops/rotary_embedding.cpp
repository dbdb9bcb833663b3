#include <fmt/format.h>

#include "ops/attention_reference.h"
#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  if (x.has_rank() && x.rank() != 3 && x.rank() != 4) return bad_input(c.node(), 0, fmt::format("of rank {}", x.rank()), "rank 3 or 4");
  if (x.has_rank() && x.rank() == 3 && c.node().attr_int("num_heads", 0) < 1)
    return bad_attribute(c.node(), "num_heads", std::to_string(c.node().attr_int("num_heads", 0)), "1 or more, for an input of rank 3");
  return infer_same(c);
}

struct Rotation {
  int64_t batch, heads, length, size, half;
  HeadLayout layout;
  std::vector<int64_t> row;  // of the tables, per batch and position
};

Result<Rotation> read(EvalContext& c) {
  const Node& n = c.node();
  const Tensor &x = c.input(0), &cosines = c.input(1), &sines = c.input(2);
  PHAROS_TRY(check_rank(n, 0, x.rank(), 3, 4));
  Rotation r{};
  r.batch = x.dim(0);
  if (x.rank() == 4) {
    r.heads = x.dim(1);
    r.length = x.dim(2);
    r.size = x.dim(3);
    r.layout = HeadLayout::heads_first(r.heads, r.length, r.size);
  } else {
    r.heads = n.attr_int("num_heads", 0);
    if (r.heads < 1 || x.dim(2) % r.heads != 0) return bad_attribute(n, "num_heads", std::to_string(r.heads), fmt::format("a divisor of {}", x.dim(2)));
    r.length = x.dim(1);
    r.size = x.dim(2) / r.heads;
    r.layout = HeadLayout::packed(r.heads, r.length, r.size);
  }
  const int64_t asked = n.attr_int("rotary_embedding_dim", 0), rotated = asked == 0 ? r.size : asked;
  if (rotated < 0 || rotated > r.size || rotated % 2 != 0)
    return bad_attribute(n, "rotary_embedding_dim", std::to_string(rotated), fmt::format("an even number up to {}", r.size));
  r.half = rotated / 2;
  const bool by_position = c.has_input(3);
  Dims table{r.batch, r.length, r.half};
  if (by_position) table = {cosines.rank() > 0 ? cosines.dim(0) : 0, r.half};
  for (size_t i = 1; i < 3; ++i)
    if (c.input(i).dims() != table) return bad_input(n, i, "of shape " + dims_text(c.input(i).dims()), "shape " + dims_text(table));
  for (int64_t i = 0; i < r.batch * r.length; ++i) r.row.push_back(i);
  if (!by_position) return r;
  if (c.input(3).dims() != Dims{r.batch, r.length})
    return bad_input(n, 3, "of shape " + dims_text(c.input(3).dims()), "shape " + dims_text(Dims{r.batch, r.length}));
  r.row = c.input(3).to_ints();
  for (const int64_t p : r.row)
    if (p < 0 || p >= sines.dim(0)) return index_out_of_range(n, 3, p, 0, sines.dim(0) - 1);
  return r;
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 3));
  const Rotation r = PHAROS_TRY(read(c));
  const Tensor& x = c.input(0);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  const bool interleaved = c.node().attr_int("interleaved", 0) != 0;
  const Elements<double> cosines(c.input(1)), sines(c.input(2));
  std::vector<double> v(static_cast<size_t>(r.size));
  for (int64_t b = 0; b < r.batch; ++b)
    for (int64_t h = 0; h < r.heads; ++h)
      for (int64_t s = 0; s < r.length; ++s) {
        load(x, r.layout.at(b, h, s), r.size, v.data());
        const int64_t row = r.row[size_t(b * r.length + s)] * r.half;
        for (int64_t k = 0; k < r.half; ++k) {
          double &real = v[size_t(interleaved ? 2 * k : k)], &imaginary = v[size_t(interleaved ? 2 * k + 1 : r.half + k)];
          const double before = real, cosine = cosines[row + k], sine = sines[row + k];
          real = cosine * before - sine * imaginary;
          imaginary = sine * before + cosine * imaginary;
        }
        store(y, r.layout.at(b, h, s), r.size, v.data());
      }
  return {};
}

}  // namespace

void define_rotary_embedding(OpSet& ops) {
  const TypeSet t{DType::f32, DType::f16, DType::bf16};
  ops.add({.name = "RotaryEmbedding",
           .since = 23,
           .doc = "Rotates pairs of elements by an angle that depends on the position.",
           .inputs = {{"X", t}, {"cos_cache", t}, {"sin_cache", t}, {"position_ids", types::i64, Param::Kind::Optional}},
           .outputs = {{"Y", t}},
           .attributes = {{"interleaved", AttrType::Int, false, "1: pairs are neighbours; 0: halves of the head"},
                          {"num_heads", AttrType::Int, false, "for inputs of rank 3"},
                          {"rotary_embedding_dim", AttrType::Int, false, "elements that are rotated; 0: all"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
