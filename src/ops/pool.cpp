// AveragePool, MaxPool and LpPool: one window of each channel at a time.

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/pool_params.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  if (c.node().attr_int("p", 2) < 1) return bad_attribute(c.node(), "p", std::to_string(c.node().attr_int("p", 2)), "1 or more");
  auto shape = PHAROS_TRY(infer_pool_shape(c.node(), c.input(0)));
  c.set_output(0, tensor_type(c.input(0).dtype, shape));
  c.set_output(1, tensor_type(DType::i64, std::move(shape)));
  return {};
}

int64_t count_of(const Dims& d) {
  int64_t n = 1;
  for (const int64_t v : d) n *= v;
  return n;
}

// The window of one output position: inside the input, per axis; and how many of its positions count as padded input.
struct Place {
  Dims first, count, padded;
};

// Window positions start + k*dilation, k < kernel, that lie in [low, high): the first k and their number.
PositionRange window_range(int64_t start, int64_t dilation, int64_t kernel, int64_t low, int64_t high) {
  const int64_t first = start >= low ? 0 : (low - start + dilation - 1) / dilation;
  const int64_t last = high - start <= 0 ? 0 : std::min(kernel, (high - start + dilation - 1) / dilation);
  return {first, std::max(first, last)};
}

void place_window(const PoolParams& p, const Dims& at, Place& w) {
  for (size_t a = 0; a < p.kernel.size(); ++a) {
    const int64_t start = at[a] * p.strides[a] - p.pads_begin[a];
    const PositionRange inside = window_range(start, p.dilations[a], p.kernel[a], 0, p.in[a]);
    const PositionRange padded = window_range(start, p.dilations[a], p.kernel[a], -p.pads_begin[a], p.in[a] + p.pads_end[a]);
    w.first[a] = start + inside.first * p.dilations[a];
    w.count[a] = inside.last - inside.first;
    w.padded[a] = padded.last - padded.first;
  }
}

// Offsets of the window's elements within a plane, in row-major order.
void collect(const PoolParams& p, const Place& w, std::vector<int64_t>& offsets) {
  offsets.clear();
  for (Odometer i(w.count); i.valid(); i.next()) {
    int64_t at = 0;
    for (size_t a = 0; a < p.in.size(); ++a) at = at * p.in[a] + w.first[a] + i[a] * p.dilations[a];
    offsets.push_back(at);
  }
}

// f(plane, output index in the plane, offsets of the window, divisor) for every window of every channel.
template <class F>
void for_each_window(const PoolParams& p, F&& f) {
  Place w{Dims(p.in.size()), Dims(p.in.size()), Dims(p.in.size())};
  std::vector<int64_t> offsets;
  int64_t o = 0;
  for (Odometer at(p.out); at.valid(); at.next(), ++o) {
    place_window(p, at.index(), w);
    collect(p, w, offsets);
    const int64_t divisor = p.count_include_pad ? count_of(w.padded) : int64_t(offsets.size());
    for (int64_t plane = 0; plane < p.batch * p.channels; ++plane) f(plane, o, offsets, divisor);
  }
}

Result<Tensor> prepare(EvalContext& c, PoolParams& p) {
  p = PHAROS_TRY(pool_params(c.node(), c.input(0).dims()));
  return c.output(0, c.input(0).dtype(), p.output_dims());
}

Result<void> evaluate_average(EvalContext& c) {
  PoolParams p;
  Tensor y = PHAROS_TRY(prepare(c, p));
  if (y.count() == 0) return {};
  const std::vector<double> x = to_doubles(c.input(0));
  const int64_t in = count_of(p.in), out = count_of(p.out);
  std::vector<double> result(static_cast<size_t>(y.count()));
  for_each_window(p, [&](int64_t plane, int64_t o, const std::vector<int64_t>& offsets, int64_t divisor) {
    double sum = 0;
    for (const int64_t at : offsets) sum += x[size_t(plane * in + at)];
    result[size_t(plane * out + o)] = divisor == 0 ? 0 : sum / double(divisor);
  });
  from_doubles(y, result);
  return {};
}

Result<void> evaluate_lp(EvalContext& c) {
  PoolParams p;
  Tensor y = PHAROS_TRY(prepare(c, p));
  if (p.p < 1) return bad_attribute(c.node(), "p", std::to_string(p.p), "1 or more");
  if (y.count() == 0) return {};
  const std::vector<double> x = to_doubles(c.input(0));
  const int64_t in = count_of(p.in), out = count_of(p.out);
  std::vector<double> result(static_cast<size_t>(y.count()));
  for_each_window(p, [&](int64_t plane, int64_t o, const std::vector<int64_t>& offsets, int64_t) {
    double sum = 0;
    for (const int64_t at : offsets) sum += std::pow(std::abs(x[size_t(plane * in + at)]), double(p.p));
    result[size_t(plane * out + o)] = std::pow(sum, 1.0 / double(p.p));
  });
  from_doubles(y, result);
  return {};
}

// The index of a plane's element when the first spatial axis counts fastest.
int64_t column_major(const Dims& in, int64_t at) {
  int64_t result = 0;
  Dims index(in.size());
  for (size_t a = in.size(); a-- > 0; at /= in[a]) index[a] = at % in[a];
  for (size_t a = in.size(); a-- > 0;) result = result * in[a] + index[a];
  return result;
}

Result<void> evaluate_max(EvalContext& c) {
  PoolParams p;
  Tensor y = PHAROS_TRY(prepare(c, p)), indices;
  if (c.has_output(1)) indices = PHAROS_TRY(c.output(1, DType::i64, p.output_dims()));
  if (y.count() == 0) return {};
  const std::vector<double> x = to_doubles(c.input(0));
  const int64_t in = count_of(p.in), out = count_of(p.out);
  std::vector<double> result(static_cast<size_t>(y.count()));
  for_each_window(p, [&](int64_t plane, int64_t o, const std::vector<int64_t>& offsets, int64_t) {
    double top = -INFINITY;
    int64_t best = offsets.empty() ? -1 : offsets[0];
    for (const int64_t at : offsets) {
      const double v = x[size_t(plane * in + at)];
      if (v > top || v != v) { top = v; best = at; }
      if (v != v) break;
    }
    result[size_t(plane * out + o)] = top;
    if (indices.valid()) indices.as<int64_t>()[size_t(plane * out + o)] = best < 0 ? -1 : plane * in + (p.column_major ? column_major(p.in, best) : best);
  });
  from_doubles(y, result);
  return {};
}

// --- older forms

// Opset 1 of LpPool: `p` was a float and the kernel could be left out.
Result<void> lp_1(Graph& graph, NodeId id, int) {
  auto& attributes = graph.node(id).attributes;
  const auto p = attributes.find("p");
  if (p == attributes.end()) return {};
  if (const float* v = std::get_if<float>(&p->second)) {
    if (!(*v >= 1 && *v < 1e6f) || *v != float(int64_t(*v))) return bad_attribute(graph[id], "p", fmt::format("{}", *v), "a whole number");
    p->second = int64_t(*v);
  }
  return {};
}

std::vector<AttrDef> attributes(std::initializer_list<AttrDef> more) {
  std::vector<AttrDef> a = {{"auto_pad", AttrType::String, false, "'NOTSET', 'SAME_UPPER', 'SAME_LOWER' or 'VALID'"},
                            {"ceil_mode", AttrType::Int, false, "1: a last, partial window counts"},
                            {"dilations", AttrType::Ints, false, "1 per spatial axis"},
                            {"kernel_shape", AttrType::Ints, true, "extent of the window"},
                            {"pads", AttrType::Ints, false, "before and after each spatial axis, 0"},
                            {"strides", AttrType::Ints, false, "1 per spatial axis"}};
  a.insert(a.end(), more);
  return a;
}

}  // namespace

void define_pool(OpSet& ops) {
  const TypeSet f = types::floats, with_bytes = f | TypeSet{DType::i8, DType::u8};
  ops.add({.name = "AveragePool", .since = 22, .doc = "Mean of each window.", .inputs = {{"X", f}}, .outputs = {{"Y", f}},
           .attributes = attributes({{"count_include_pad", AttrType::Int, false, "1: padding counts as zeros"}}),
           .infer = infer, .evaluate = evaluate_average, .older = {{1, nullptr}}});
  ops.add({.name = "MaxPool", .since = 22, .doc = "Maximum of each window and where it lies.", .inputs = {{"X", with_bytes}},
           .outputs = {{"Y", with_bytes}, {"Indices", types::i64, Param::Kind::Optional}},
           .attributes = attributes({{"storage_order", AttrType::Int, false, "1: indices count the first spatial axis fastest"}}),
           .infer = infer, .evaluate = evaluate_max, .older = {{1, nullptr}}});
  ops.add({.name = "LpPool", .since = 22, .doc = "p-norm of each window.", .inputs = {{"X", f}}, .outputs = {{"Y", f}},
           .attributes = attributes({{"p", AttrType::Int, false, "order of the norm, 2"}}),
           .infer = infer, .evaluate = evaluate_lp, .older = {{1, lp_1}, {2, nullptr}}});
}

}  // namespace pharos
