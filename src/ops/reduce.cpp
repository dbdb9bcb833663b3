// The ten reductions over a set of axes.

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// --- which axes: input 1 since opset 13 (ReduceSum) or 18 (the others)

struct ReduceAxes {
  std::vector<bool> reduced;  // by axis
  bool keep = true;
};

Result<ReduceAxes> reduce_axes(const Node& node, const std::optional<std::vector<int64_t>>& axes, int rank) {
  ReduceAxes r;
  r.keep = node.attr_int("keepdims", 1) != 0;
  if (!axes || axes->empty()) {
    r.reduced.assign(size_t(rank), node.attr_int("noop_with_empty_axes", 0) == 0);
    return r;
  }
  r.reduced.assign(size_t(rank), false);
  for (const int a : PHAROS_TRY(checked_axes(node, *axes, rank, "axes"))) r.reduced[size_t(a)] = true;
  return r;
}

template <class D>
std::vector<D> reduced_shape(const std::vector<D>& in, const ReduceAxes& axes) {
  std::vector<D> out;
  for (size_t d = 0; d < in.size(); ++d) {
    if (!axes.reduced[d]) out.push_back(in[d]);
    else if (axes.keep) out.push_back(D(1));
  }
  return out;
}

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  const bool given = c.has_input(1);
  const auto axes = given ? constant_ints(c, 1) : std::nullopt;
  std::optional<Shape> out;
  if (x.shape && (!given || axes)) {
    out = reduced_shape(*x.shape, PHAROS_TRY(reduce_axes(c.node(), axes, x.rank())));
  } else if (x.shape && c.node().attr_int("keepdims", 1) != 0) {
    out = Shape(x.shape->size());
  } else if (x.shape) {
    const auto n = known_length(c, 1);
    if (n && *n > 0 && *n <= x.rank()) out = Shape(x.shape->size() - size_t(*n));
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  return {};
}

// The number of elements of a shape, as a product of its contents.
Result<void> infer_product(InferContext& c) {
  PHAROS_TRY(infer(c));
  const auto value = c.shape_value(0);
  const Type& x = c.input(0);
  if (!value || !x.shape || x.rank() != 1) return {};
  if (c.has_input(1) && !constant_ints(c, 1)) return {};
  if (!c.has_input(1) && c.node().attr_int("noop_with_empty_axes", 0) != 0) return {};
  c.set_shape_value(0, {product(*value)});
  return {};
}

// --- what is computed: state per output element, fed one element at a time, in one or two passes

template <class W>
struct SumOf {
  static W start() { return W(0); }
  static W add(W s, W x) { return wrap_add(s, x); }
  static W finish(W s, int64_t) { return s; }
};
template <class W>
struct MeanOf : SumOf<W> {
  static W finish(W s, int64_t n) { return n == 0 ? (std::is_same_v<W, double> ? W(NAN) : W(0)) : W(s / W(n)); }
};
template <class W>
struct ProductOf : SumOf<W> {
  static W start() { return W(1); }
  static W add(W s, W x) { return wrap_mul(s, x); }
};
template <class W>
struct AbsSumOf : SumOf<W> {
  static W add(W s, W x) {
    if constexpr (!std::is_same_v<W, uint64_t>) x = x < 0 ? wrap_sub(W(0), x) : x;
    return wrap_add(s, x);
  }
};
template <class W>
struct SquareSumOf : SumOf<W> {
  static W add(W s, W x) { return wrap_add(s, wrap_mul(x, x)); }
};
template <class W>
struct NormOf : SquareSumOf<W> {
  static W finish(W s, int64_t) { return W(std::sqrt(double(s))); }
};
template <class W>
struct LogSumOf : SumOf<W> {
  static W finish(W s, int64_t) { return W(std::log(double(s))); }
};
template <class W>
struct MaxOf : SumOf<W> {
  static W start() { return std::is_same_v<W, double> ? W(-INFINITY) : std::numeric_limits<W>::lowest(); }
  static W add(W s, W x) { return s != s || s > x ? s : x; }
};
template <class W>
struct MinOf : SumOf<W> {
  static W start() { return std::is_same_v<W, double> ? W(INFINITY) : std::numeric_limits<W>::max(); }
  static W add(W s, W x) { return s != s || s < x ? s : x; }
};

// Where each input element goes: strides of the output, 0 along reduced axes.
struct Plan {
  Dims out_dims;
  Strides target;
  int64_t per_output = 1;  // elements that each output element gathers
};

Plan make_plan(const Tensor& x, const ReduceAxes& axes) {
  Plan p;
  p.out_dims = reduced_shape(x.dims(), axes);
  p.target.assign(x.dims().size(), 0);
  int64_t step = 1;
  for (size_t d = x.dims().size(); d-- > 0;) {
    if (axes.reduced[d]) { p.per_output *= x.dims()[d]; continue; }
    p.target[d] = step;
    step *= std::max<int64_t>(x.dims()[d], 1);
  }
  return p;
}

// f(target, value) for every element of x.
template <class W, class F>
void for_each_target(const Tensor& x, const Plan& plan, F&& f) {
  std::array<W, size_t(wide_chunk)> buffer;
  Walk<2>(x.dims(), {contiguous_strides(x.dims()), plan.target}).rows([&](const auto& at, int64_t n, const auto& step) {
    for (int64_t first = 0; first < n; first += wide_chunk) {
      const int64_t m = std::min(wide_chunk, n - first);
      load(x, at[0] + first, m, buffer.data());
      for (int64_t i = 0; i < m; ++i) f(size_t(at[1] + (first + i) * step[1]), buffer[size_t(i)]);
    }
  });
}

Result<Plan> plan_of(EvalContext& c) {
  const Tensor& x = c.input(0);
  std::optional<std::vector<int64_t>> axes;
  if (c.has_input(1)) {
    PHAROS_TRY(check_rank(c.node(), 1, c.input(1).rank(), 0, 1));
    axes = c.input(1).to_ints();
  }
  return make_plan(x, PHAROS_TRY(reduce_axes(c.node(), axes, x.rank())));
}

template <template <class> class Op>
Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Plan plan = PHAROS_TRY(plan_of(c));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), plan.out_dims));
  with_wide(x.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    using R = Op<W>;
    std::vector<W> state(size_t(y.count()), R::start());
    for_each_target<W>(x, plan, [&](size_t t, W v) { state[t] = R::add(state[t], v); });
    for (W& s : state) s = R::finish(s, plan.per_output);
    store(y, 0, y.count(), state.data());
  });
  return {};
}

// The extremes of an empty set of integers are those of their type, not of the type computed in.
template <template <class> class Op, bool largest>
Result<void> evaluate_extreme(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Plan plan = PHAROS_TRY(plan_of(c));
  if (plan.per_output != 0) return evaluate<Op>(c);
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), plan.out_dims));
  Tensor value(x.dtype(), {});
  if (is_float(x.dtype())) {
    const double v = largest ? -INFINITY : INFINITY;
    store(value, 0, 1, &v);
  } else {
    const int bits = x.dtype() == DType::boolean ? 1 : dtype_bits(x.dtype());
    const bool is_signed = is_signed_integer(x.dtype());
    const uint64_t top = UINT64_MAX >> (64 - bits + is_signed), v = !largest ? top : is_signed ? ~top : 0;
    store(value, 0, 1, &v);
  }
  fill(y, value);
  return {};
}

// log(sum(exp(x))), relative to the maximum so that nothing overflows.
Result<void> evaluate_log_sum_exp(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Plan plan = PHAROS_TRY(plan_of(c));
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), plan.out_dims));
  std::vector<double> top(size_t(y.count()), -INFINITY), sum(size_t(y.count()), 0.0);
  for_each_target<double>(x, plan, [&](size_t t, double v) { top[t] = MaxOf<double>::add(top[t], v); });
  for_each_target<double>(x, plan,
                          [&](size_t t, double v) { sum[t] += std::isinf(top[t]) ? 0 : std::exp(v - top[t]); });
  for (size_t i = 0; i < sum.size(); ++i) sum[i] = std::isinf(top[i]) ? top[i] : top[i] + std::log(sum[i]);
  from_doubles(y, sum);
  return {};
}

// --- older forms: the axes were an attribute

Result<void> axes_to_input(Graph& graph, NodeId node, int) {
  attr_to_input(graph, node, "axes", 1);
  return {};
}

struct Row {
  std::string_view name;
  int since, input_since;  // since when the axes are an input
  TypeSet types;
  InferFn infer;
  EvalFn evaluate;
  std::string_view doc;
};

const TypeSet wide_types = types::floats | TypeSet{DType::i32, DType::i64, DType::u32, DType::u64};
const TypeSet extreme_types = wide_types | TypeSet{DType::i8, DType::u8, DType::boolean};

const Row rows[] = {
    {"ReduceL1", 18, 18, wide_types, infer, evaluate<AbsSumOf>, "Sum of absolute values."},
    {"ReduceL2", 18, 18, wide_types, infer, evaluate<NormOf>, "Square root of the sum of squares."},
    {"ReduceLogSum", 28, 18, wide_types, infer, evaluate<LogSumOf>, "Logarithm of the sum."},
    {"ReduceLogSumExp", 28, 18, wide_types, infer, evaluate_log_sum_exp, "Logarithm of the sum of exponentials."},
    {"ReduceMax", 20, 18, extreme_types, infer, evaluate_extreme<MaxOf, true>, "Maximum."},
    {"ReduceMean", 18, 18, wide_types, infer, evaluate<MeanOf>, "Mean."},
    {"ReduceMin", 20, 18, extreme_types, infer, evaluate_extreme<MinOf, false>, "Minimum."},
    {"ReduceProd", 18, 18, wide_types, infer_product, evaluate<ProductOf>, "Product."},
    {"ReduceSum", 13, 13, wide_types, infer, evaluate<SumOf>, "Sum."},
    {"ReduceSumSquare", 18, 18, wide_types, infer, evaluate<SquareSumOf>, "Sum of squares."},
};

}  // namespace

void define_reduce(OpSet& ops) {
  for (const Row& r : rows) {
    OpDef def{.name = r.name,
              .since = r.since,
              .doc = r.doc,
              .inputs = {{"data", r.types}, {"axes", types::i64, Param::Kind::Optional}},
              .outputs = {{"reduced", r.types}},
              .attributes = {{"keepdims", AttrType::Int, false, "reduced axes stay as 1 (1)"},
                             {"noop_with_empty_axes", AttrType::Int, false, "no axes: 0 reduces all, 1 none"}},
              .infer = r.infer,
              .evaluate = r.evaluate,
              .older = {{1, axes_to_input}}};
    if (r.input_since < r.since) def.older.push_back({r.input_since, nullptr});
    ops.add(std::move(def));
  }
}

}  // namespace pharos
