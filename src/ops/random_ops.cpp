// Random tensors. The numbers follow from the `seed` attribute where there is one, otherwise from the seed of the run.

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"
#include "ops/random.h"

namespace pharos {
namespace {

Philox generator(EvalContext& c) {
  return Philox(c.node().has_attr("seed") ? std::bit_cast<uint32_t>(c.node().attr_float("seed")) : c.seed());
}

Result<DType> dtype_of(const Node& node, DType otherwise, TypeSet allowed) {
  const int64_t t = node.attr_int("dtype", int64_t(otherwise));
  if (t < 1 || t >= dtype_count || !allowed.has(DType(t)))
    return bad_attribute(node, "dtype", std::to_string(t), "one of " + allowed.text());
  return DType(t);
}

Result<Dims> shape_attribute(const Node& node) {
  Dims dims = node.attr_ints("shape");
  for (const int64_t d : dims)
    if (d < 0) return bad_attribute(node, "shape", dims_text(dims), "extents of 0 or more");
  return dims;
}

// --- shapes and types

Result<void> infer_shape(InferContext& c) {
  const Dims dims = PHAROS_TRY(shape_attribute(c.node()));
  c.set_output(0, Type::tensor(PHAROS_TRY(dtype_of(c.node(), DType::f32, types::floats)), dims));
  return {};
}

Result<void> infer_like(InferContext& c) {
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  if (out.dtype != DType::undefined || c.node().has_attr("dtype"))
    out.dtype = PHAROS_TRY(dtype_of(c.node(), out.dtype, types::floats));
  c.set_output(0, std::move(out));
  return {};
}

Result<void> infer_bernoulli(InferContext& c) {
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  if (out.dtype != DType::undefined || c.node().has_attr("dtype"))
    out.dtype = PHAROS_TRY(dtype_of(c.node(), out.dtype, types::numeric | types::boolean));
  c.set_output(0, std::move(out));
  return {};
}

Result<int64_t> sample_size(const Node& node) {
  const int64_t n = node.attr_int("sample_size", 1);
  if (n < 0) return bad_attribute(node, "sample_size", std::to_string(n), "0 or more");
  return n;
}

Result<void> infer_multinomial(InferContext& c) {
  Type out = Type::tensor(PHAROS_TRY(dtype_of(c.node(), DType::i32, types::indices)));
  const Dim samples = PHAROS_TRY(sample_size(c.node()));
  if (const auto& shape = c.input(0).shape) {
    if (shape->size() != 2) return bad_input(c.node(), 0, fmt::format("of rank {}", shape->size()), "rank 2");
    out.shape = Shape{(*shape)[0], samples};
  }
  c.set_output(0, std::move(out));
  return {};
}

// --- values

template <class Draw>
void fill_with(Tensor& out, Draw&& draw) {
  std::array<double, size_t(wide_chunk)> buffer;
  for (int64_t first = 0; first < out.count(); first += wide_chunk) {
    const int64_t n = std::min(wide_chunk, out.count() - first);
    for (int64_t i = 0; i < n; ++i) buffer[size_t(i)] = draw();
    store(out, first, n, buffer.data());
  }
}

void fill_normal(EvalContext& c, Tensor& out) {
  const double mean = c.node().attr_float("mean", 0), scale = c.node().attr_float("scale", 1);
  Philox random = generator(c);
  fill_with(out, [&] { return mean + scale * random.normal(); });
}

void fill_uniform(EvalContext& c, Tensor& out) {
  const double low = c.node().attr_float("low", 0), high = c.node().attr_float("high", 1);
  Philox random = generator(c);
  fill_with(out, [&] { return low + (high - low) * random.uniform(); });
}

template <void (*fill)(EvalContext&, Tensor&)>
Result<void> evaluate_shape(EvalContext& c) {
  const DType dtype = PHAROS_TRY(dtype_of(c.node(), DType::f32, types::floats));
  Tensor out = PHAROS_TRY(c.output(0, dtype, PHAROS_TRY(shape_attribute(c.node()))));
  fill(c, out);
  return {};
}

template <void (*fill)(EvalContext&, Tensor&)>
Result<void> evaluate_like(EvalContext& c) {
  const DType dtype = PHAROS_TRY(dtype_of(c.node(), c.input(0).dtype(), types::floats));
  Tensor out = PHAROS_TRY(c.output(0, dtype, c.input(0).dims()));
  fill(c, out);
  return {};
}

Result<void> evaluate_bernoulli(EvalContext& c) {
  const Tensor& p = c.input(0);
  const DType dtype = PHAROS_TRY(dtype_of(c.node(), p.dtype(), types::numeric | types::boolean));
  Tensor out = PHAROS_TRY(c.output(0, dtype, p.dims()));
  Philox random = generator(c);
  int64_t i = 0;
  fill_with(out, [&] { return random.uniform() < load_as<double>(p, i++) ? 1.0 : 0.0; });
  return {};
}

Result<void> evaluate_multinomial(EvalContext& c) {
  const Tensor& x = c.input(0);
  if (x.rank() != 2) return bad_input(c.node(), 0, fmt::format("of rank {}", x.rank()), "rank 2");
  const int64_t rows = x.dim(0), classes = x.dim(1), samples = PHAROS_TRY(sample_size(c.node()));
  const DType dtype = PHAROS_TRY(dtype_of(c.node(), DType::i32, types::indices));
  if (classes == 0 && rows > 0) return bad_input(c.node(), 0, "without classes", "one class or more");
  Tensor out = PHAROS_TRY(c.output(0, dtype, {rows, samples}));
  Philox random = generator(c);
  std::vector<double> sums(static_cast<size_t>(classes));
  for (int64_t r = 0; r < rows; ++r) {
    load(x, r * classes, classes, sums.data());
    const double top = *std::max_element(sums.begin(), sums.end());
    double sum = 0;
    for (double& v : sums) v = sum += std::exp(v - top);  // the inputs are logarithms of weights
    for (int64_t s = 0; s < samples; ++s) {
      const auto it = std::upper_bound(sums.begin(), sums.end(), random.uniform() * sum);
      const int64_t drawn = std::min<int64_t>(it - sums.begin(), classes - 1);
      store(out, r * samples + s, 1, &drawn);
    }
  }
  return {};
}

}  // namespace

void define_random_ops(OpSet& ops) {
  const AttrDef seed{"seed", AttrType::Float, false, "default: the seed of the run"};
  const AttrDef dtype{"dtype", AttrType::Int, false, "element type; default float, or that of the input"};
  const AttrDef shape{"shape", AttrType::Ints, true};
  const std::vector<AttrDef> normal{
      {"mean", AttrType::Float, false, "default 0"}, {"scale", AttrType::Float, false, "default 1"}, dtype, seed};
  const std::vector<AttrDef> uniform{
      {"low", AttrType::Float, false, "default 0"}, {"high", AttrType::Float, false, "default 1"}, dtype, seed};
  auto normal_shape = normal, uniform_shape = uniform;
  normal_shape.push_back(shape);
  uniform_shape.push_back(shape);
  const std::vector<Param> out{{"output", types::floats}};
  ops.add({.name = "RandomNormal",
           .since = 22,
           .doc = "Normally distributed numbers of a given shape.",
           .outputs = out,
           .attributes = normal_shape,
           .infer = infer_shape,
           .evaluate = evaluate_shape<fill_normal>,
           .older = {{1, nullptr}},
           .random = true});
  ops.add({.name = "RandomUniform",
           .since = 22,
           .doc = "Uniformly distributed numbers of a given shape.",
           .outputs = out,
           .attributes = uniform_shape,
           .infer = infer_shape,
           .evaluate = evaluate_shape<fill_uniform>,
           .older = {{1, nullptr}},
           .random = true});
  ops.add({.name = "RandomNormalLike",
           .since = 22,
           .doc = "Normally distributed numbers of the input's shape.",
           .inputs = {{"input"}},
           .outputs = out,
           .attributes = normal,
           .infer = infer_like,
           .evaluate = evaluate_like<fill_normal>,
           .older = {{1, nullptr}},
           .random = true});
  ops.add({.name = "RandomUniformLike",
           .since = 22,
           .doc = "Uniformly distributed numbers of the input's shape.",
           .inputs = {{"input"}},
           .outputs = out,
           .attributes = uniform,
           .infer = infer_like,
           .evaluate = evaluate_like<fill_uniform>,
           .older = {{1, nullptr}},
           .random = true});
  ops.add({.name = "Bernoulli",
           .since = 22,
           .doc = "Ones with the probabilities given, otherwise zeros.",
           .inputs = {{"input", types::floats}},
           .outputs = {{"output", types::numeric | types::boolean}},
           .attributes = {dtype, seed},
           .infer = infer_bernoulli,
           .evaluate = evaluate_bernoulli,
           .older = {{15, nullptr}},
           .random = true});
  ops.add({.name = "Multinomial",
           .since = 22,
           .doc = "Class numbers drawn with unnormalised log-probabilities [rows, classes].",
           .inputs = {{"input", types::floats}},
           .outputs = {{"output", types::indices}},
           .attributes = {{"sample_size", AttrType::Int, false, "default 1"},
                          {"dtype", AttrType::Int, false, "default int32"},
                          seed},
           .infer = infer_multinomial,
           .evaluate = evaluate_multinomial,
           .older = {{7, nullptr}},
           .random = true});
}

}  // namespace pharos
