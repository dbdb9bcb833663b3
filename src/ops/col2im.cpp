#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"
#include "ops/window.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  const auto image = c.shape_value(1), block = c.shape_value(2);
  if (x.has_rank() && x.rank() != 3) return bad_input(c.node(), 0, fmt::format("of rank {}", x.rank()), "rank 3");
  std::optional<Shape> y;
  if (x.has_rank() && image) {
    y = Shape{(*x.shape)[0], block ? floor_div((*x.shape)[1], product(*block)) : Dim()};
    y->insert(y->end(), image->begin(), image->end());
  }
  c.set_output(0, tensor_type(x.dtype, std::move(y)));
  return {};
}

Result<Dims> read_extents(EvalContext& c, size_t input, size_t count) {
  const Tensor& t = c.input(input);
  PHAROS_TRY(check_rank(c.node(), input, t.rank(), 1, 1));
  Dims d = t.to_ints();
  if (d.empty() || (count != 0 && d.size() != count))
    return bad_input(c.node(), input, fmt::format("of {} elements", d.size()), count ? std::to_string(count) : "1 or more");
  for (const int64_t v : d)
    if (v < 1) return bad_value(c.node(), input, std::to_string(v), "1 or more");
  return d;
}

struct Columns {
  Dims image, blocks;  // extents of the result; number of blocks along each axis
  Window window;
  int64_t batch = 0, channels = 0, kernel = 1;
};

template <class W>
void add_blocks(const Columns& g, const Tensor& x, Tensor& y) {
  int64_t plane = 1, count = 1;
  for (const int64_t d : g.image) plane *= d;
  for (const int64_t d : g.blocks) count *= d;
  std::vector<W> sums(static_cast<size_t>(plane)), column(static_cast<size_t>(count));
  for (int64_t bc = 0; bc < g.batch * g.channels; ++bc) {
    std::fill(sums.begin(), sums.end(), W(0));
    int64_t k = 0;
    for (Odometer i(g.window.kernel); i.valid(); i.next(), ++k) {
      load(x, (bc * g.kernel + k) * count, count, column.data());
      int64_t b = 0;
      for (Odometer at(g.blocks); at.valid(); at.next(), ++b) {
        int64_t index = 0;
        bool inside = true;
        for (size_t a = 0; inside && a < g.image.size(); ++a) {
          const int64_t p = at[a] * g.window.strides[a] + i[a] * g.window.dilations[a] - g.window.pads_begin[a];
          inside = p >= 0 && p < g.image[a];
          index = index * g.image[a] + p;
        }
        if (inside) sums[size_t(index)] = wrap_add(sums[size_t(index)], column[size_t(b)]);
      }
    }
    store(y, bc * plane, plane, sums.data());
  }
}

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_rank(n, 0, x.rank(), 3, 3));
  if (x.dtype() == DType::string || types::complex.has(x.dtype()))
    return unsupported_case(n, fmt::format("elements of type {}", dtype_name(x.dtype())));
  Columns g;
  g.image = PHAROS_TRY(read_extents(c, 1, 0));
  g.window = PHAROS_TRY(read_window(n, PHAROS_TRY(read_extents(c, 2, g.image.size()))));
  g.blocks = PHAROS_TRY(resolve_window(n, g.window, g.image));
  g.kernel = PHAROS_TRY(checked_count(n, g.window.kernel));
  const int64_t blocks = PHAROS_TRY(checked_count(n, g.blocks));
  if (x.dim(1) % g.kernel != 0 || x.dim(2) != blocks)
    return shapes_mismatch(n, fmt::format("{} does not hold {} blocks of {} elements", dims_text(x.dims()), blocks, g.kernel));
  g.batch = x.dim(0);
  g.channels = x.dim(1) / g.kernel;
  Dims out{g.batch, g.channels};
  out.insert(out.end(), g.image.begin(), g.image.end());
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), out));
  if (y.count() == 0) return {};
  with_wide(x.dtype(), [&](auto tag) { add_blocks<typename decltype(tag)::type>(g, x, y); });
  return {};
}

}  // namespace

void define_col2im(OpSet& ops) {
  ops.add({.name = "Col2Im",
           .since = 18,
           .doc = "Adds columns of blocks back into an image.",
           .inputs = {{"input", types::any}, {"image_shape", types::i64}, {"block_shape", types::i64}},
           .outputs = {{"output", types::any}},
           .attributes = {{"dilations", AttrType::Ints, false, "1 per spatial axis"},
                          {"pads", AttrType::Ints, false, "before and after each spatial axis, 0"},
                          {"strides", AttrType::Ints, false, "1 per spatial axis"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
