// Activation functions: each element on its own, floats, parameters as attributes.

#include <cmath>

#include "ops/elementwise.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

double sigmoid(double x) { return x >= 0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

// One float attribute named `alpha` with its default.
template <int millionths>
struct WithAlpha {
  double alpha;
  explicit WithAlpha(const Node& n) : alpha(n.attr_float("alpha", float(millionths) / 1e6f)) {}
};

struct Relu {
  template <class W> W operator()(W x) const { return x < W(0) ? W(0) : x; }
};
struct LeakyRelu : WithAlpha<10000> {
  using WithAlpha::WithAlpha;
  double operator()(double x) const { return x < 0 ? alpha * x : x; }
};
struct Elu : WithAlpha<1000000> {
  using WithAlpha::WithAlpha;
  double operator()(double x) const { return x < 0 ? alpha * std::expm1(x) : x; }
};
struct Celu : WithAlpha<1000000> {
  using WithAlpha::WithAlpha;
  double operator()(double x) const { return x < 0 ? alpha * std::expm1(x / alpha) : x; }
};
struct Selu {
  double alpha, gamma;
  explicit Selu(const Node& n)
      : alpha(n.attr_float("alpha", 1.67326319217681884765625f)),
        gamma(n.attr_float("gamma", 1.05070102214813232421875f)) {}
  double operator()(double x) const { return gamma * (x > 0 ? x : alpha * std::expm1(x)); }
};
struct Softplus { double operator()(double x) const { return softplus(x); } };
struct Softsign { double operator()(double x) const { return x / (1.0 + std::abs(x)); } };
struct HardSigmoid : WithAlpha<200000> {
  double beta;
  explicit HardSigmoid(const Node& n) : WithAlpha(n), beta(n.attr_float("beta", 0.5f)) {}
  double operator()(double x) const {
    const double y = alpha * x + beta;
    return y < 0 ? 0 : y > 1 ? 1 : y;
  }
};
struct HardSwish {
  double operator()(double x) const {
    const double gate = x / 6.0 + 0.5;
    return x * (gate < 0 ? 0 : gate > 1 ? 1 : gate);
  }
};
struct Mish { double operator()(double x) const { return x * std::tanh(softplus(x)); } };
struct Gelu {
  bool with_tanh;
  explicit Gelu(const Node& n) : with_tanh(n.attr_string("approximate", "none") == "tanh") {}
  double operator()(double x) const {
    if (with_tanh) return 0.5 * x * (1.0 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
    return 0.5 * x * (1.0 + std::erf(x * 0.7071067811865476));
  }
};
struct Swish : WithAlpha<1000000> {
  using WithAlpha::WithAlpha;
  double operator()(double x) const { return x * sigmoid(alpha * x); }
};
struct ThresholdedRelu : WithAlpha<1000000> {
  using WithAlpha::WithAlpha;
  double operator()(double x) const { return x > alpha ? x : 0; }
};
struct Shrink {
  double lambda, bias;
  explicit Shrink(const Node& n) : lambda(n.attr_float("lambd", 0.5f)), bias(n.attr_float("bias", 0)) {}
  double operator()(double x) const { return x < -lambda ? x + bias : x > lambda ? x - bias : 0; }
};

Result<void> check_gelu(const Node& node) {
  const std::string approximate = node.attr_string("approximate", "none");
  if (approximate == "none" || approximate == "tanh") return {};
  return bad_attribute(node, "approximate", "'" + approximate + "'", "'none' or 'tanh'");
}

Result<void> infer_gelu(InferContext& c) {
  PHAROS_TRY(check_gelu(c.node()));
  return infer_same(c);
}

Result<void> evaluate_gelu(EvalContext& c) {
  PHAROS_TRY(check_gelu(c.node()));
  return evaluate_float_unary<Gelu>(c);
}

Result<void> infer_swiglu(InferContext& c) {
  const DType t = PHAROS_TRY(infer_dtype(c, 0, 2));
  const Type &a = c.input(0), &b = c.input(1);
  const auto both = merge(a, b);
  if (!both && a.is_tensor() && b.is_tensor())
    return shapes_mismatch(c.node(), "A is " + a.text() + ", B is " + b.text() + "; both must have one shape");
  c.set_output(0, tensor_type(t, both ? both->shape : std::nullopt));
  return {};
}

Result<void> evaluate_swiglu(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Tensor &a = c.input(0), &b = c.input(1);
  if (a.dims() != b.dims())
    return shapes_mismatch(c.node(), "A is " + dims_text(a.dims()) + ", B is " + dims_text(b.dims()));
  Tensor y = PHAROS_TRY(c.output(0, a.dtype(), a.dims()));
  const Swish swish(c.node());
  map_broadcast<double, 2>({&a, &b}, y, [&](const double* const* in, double* out, int64_t n) {
    for (int64_t i = 0; i < n; ++i) out[i] = swish(in[0][i]) * in[1][i];
  });
  return {};
}

// The constants of Selu had fewer digits before opset 6.
Result<void> selu_1(Graph& graph, NodeId id, int) {
  erase_attr(graph, id, "consumed_inputs");
  auto& attributes = graph.node(id).attributes;
  attributes.try_emplace("alpha", 1.6732f);
  attributes.try_emplace("gamma", 1.0507f);
  return {};
}

const std::vector<AttrDef> none = {};
const std::vector<AttrDef> alpha_only = {{"alpha", AttrType::Float, false, "slope or scale"}};

struct Row {
  std::string_view name;
  int first, since;
  TypeSet types;
  EvalFn evaluate;
  std::vector<AttrDef> attributes;
  std::string_view doc;
};

std::vector<Row> rows() {
  const TypeSet signed_numeric = types::floats | TypeSet{DType::i8, DType::i16, DType::i32, DType::i64};
  const TypeSet f = types::floats;
  return {
      {"Relu", 1, 14, signed_numeric, evaluate_unary<Relu>, none, "max(x, 0)."},
      {"LeakyRelu", 1, 16, f, evaluate_float_unary<LeakyRelu>, alpha_only, "x, or alpha*x below zero (alpha: 0.01)."},
      {"Elu", 1, 22, f, evaluate_float_unary<Elu>, alpha_only, "x, or alpha*(exp(x)-1) below zero (alpha: 1)."},
      {"Celu", 12, 28, f, evaluate_float_unary<Celu>, alpha_only,
       "x, or alpha*(exp(x/alpha)-1) below zero (alpha: 1)."},
      {"Selu", 1, 22, f, evaluate_float_unary<Selu>,
       {{"alpha", AttrType::Float, false, "1.67326"}, {"gamma", AttrType::Float, false, "1.05070"}},
       "gamma * (x, or alpha*(exp(x)-1) below zero)."},
      {"Softplus", 1, 22, f, evaluate_float_unary<Softplus>, none, "log(1 + exp(x))."},
      {"Softsign", 1, 22, f, evaluate_float_unary<Softsign>, none, "x / (1 + |x|)."},
      {"HardSigmoid", 1, 22, f, evaluate_float_unary<HardSigmoid>,
       {{"alpha", AttrType::Float, false, "0.2"}, {"beta", AttrType::Float, false, "0.5"}},
       "alpha*x + beta, kept in 0 to 1."},
      {"HardSwish", 14, 22, f, evaluate_float_unary<HardSwish>, none, "x * (x/6 + 1/2, kept in 0 to 1)."},
      {"Mish", 18, 22, f, evaluate_float_unary<Mish>, none, "x * tanh(softplus(x))."},
      {"Swish", 24, 24, f, evaluate_float_unary<Swish>, alpha_only, "x * sigmoid(alpha*x) (alpha: 1)."},
      {"ThresholdedRelu", 10, 22, f, evaluate_float_unary<ThresholdedRelu>, alpha_only,
       "x above alpha, else 0 (alpha: 1)."},
      {"Shrink", 9, 9, types::numeric, evaluate_float_unary<Shrink>,
       {{"lambd", AttrType::Float, false, "threshold, 0.5"}, {"bias", AttrType::Float, false, "0"}},
       "Moves elements beyond the threshold towards zero by bias; the others become 0."},
  };
}

}  // namespace

void define_activations(OpSet& ops) {
  for (Row& r : rows()) {
    OpDef def{.name = r.name,
              .since = r.since,
              .doc = r.doc,
              .inputs = {{"X", r.types}},
              .outputs = {{"Y", r.types}},
              .attributes = std::move(r.attributes),
              .infer = infer_same,
              .evaluate = r.evaluate};
    if (r.name == "Selu") def.older = {{1, selu_1}, {6, nullptr}};
    else if (r.first == 1) def.older = {{1, drop_consumed_inputs}, {6, nullptr}};
    else if (r.first < r.since) def.older = {{r.first, nullptr}};
    ops.add(std::move(def));
  }
  ops.add({.name = "Gelu",
           .since = 20,
           .doc = "x times the normal distribution function of x.",
           .inputs = {{"X", types::floats}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"approximate", AttrType::String, false, "'none' (erf) or 'tanh'"}},
           .infer = infer_gelu,
           .evaluate = evaluate_gelu});
  ops.add({.name = "SwiGLU",
           .since = 28,
           .doc = "Swish of the gate A times B.",
           .inputs = {{"A", types::floats}, {"B", types::floats}},
           .outputs = {{"Y", types::floats}},
           .attributes = {{"alpha", AttrType::Float, false, "scale of the gate inside the sigmoid, 1"}},
           .infer = infer_swiglu,
           .evaluate = evaluate_swiglu});
}

}  // namespace pharos
