// Mathematical and logical functions of one tensor.

#include <cmath>

#include "ops/elementwise.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

template <double (*f)(double)>
struct Function { double operator()(double x) const { return f(x); } };

double reciprocal(double x) { return 1.0 / x; }
double sigmoid(double x) { return x >= 0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x)); }

struct Abs {
  double operator()(double x) const { return std::abs(x); }
  int64_t operator()(int64_t x) const { return x < 0 ? int64_t(0 - uint64_t(x)) : x; }
  uint64_t operator()(uint64_t x) const { return x; }
};
struct Negate {
  double operator()(double x) const { return -x; }
  int64_t operator()(int64_t x) const { return int64_t(0 - uint64_t(x)); }
  uint64_t operator()(uint64_t x) const { return 0 - x; }
};
struct Sign {
  double operator()(double x) const { return x > 0 ? 1.0 : x < 0 ? -1.0 : x == 0 ? 0.0 : x; }
  int64_t operator()(int64_t x) const { return (x > 0) - (x < 0); }
  uint64_t operator()(uint64_t x) const { return x > 0; }
};
struct Not { uint64_t operator()(auto x) const { return x == 0; } };
struct BitwiseNot {
  double operator()(double x) const { return x; }  // floats are not allowed
  int64_t operator()(int64_t x) const { return ~x; }
  uint64_t operator()(uint64_t x) const { return ~x; }
};
struct IsNaN { double operator()(double x) const { return std::isnan(x); } };
struct IsInf {
  bool negative, positive;
  explicit IsInf(const Node& n)
      : negative(n.attr_int("detect_negative", 1)), positive(n.attr_int("detect_positive", 1)) {}
  double operator()(double x) const { return std::isinf(x) && (x < 0 ? negative : positive); }
};

Result<void> infer_bool(InferContext& c) {
  c.set_output(0, tensor_type(DType::boolean, c.input(0).shape));
  return {};
}

template <class F>
Result<void> evaluate_bool(EvalContext& c) {
  const Tensor& x = c.input(0);
  Tensor y = PHAROS_TRY(c.output(0, DType::boolean, x.dims()));
  map_unary<double>(x, y, make_functor<F>(c.node()));
  return {};
}

struct Row {
  std::string_view name;
  int first, since;  // opsets of the oldest and of the newest form
  TypeSet types;
  EvalFn evaluate;
  std::string_view doc;
};

template <double (*f)(double)>
constexpr EvalFn function = evaluate_float_unary<Function<f>>;

const TypeSet signed_numeric = types::floats | TypeSet{DType::i8, DType::i16, DType::i32, DType::i64};

const Row rows[] = {
    {"Abs", 1, 13, types::numeric, evaluate_unary<Abs>, "Absolute value of each element."},
    {"Acos", 7, 22, types::floats, function<std::acos>, "Arc cosine."},
    {"Acosh", 9, 22, types::floats, function<std::acosh>, "Inverse hyperbolic cosine."},
    {"Asin", 7, 22, types::floats, function<std::asin>, "Arc sine."},
    {"Asinh", 9, 22, types::floats, function<std::asinh>, "Inverse hyperbolic sine."},
    {"Atan", 7, 22, types::floats, function<std::atan>, "Arc tangent."},
    {"Atanh", 9, 22, types::floats, function<std::atanh>, "Inverse hyperbolic tangent."},
    {"Ceil", 1, 13, types::floats, function<std::ceil>, "Rounds towards plus infinity."},
    {"Cos", 7, 22, types::floats, function<std::cos>, "Cosine."},
    {"Cosh", 9, 22, types::floats, function<std::cosh>, "Hyperbolic cosine."},
    {"Erf", 9, 13, types::numeric, function<std::erf>, "Gauss error function."},
    {"Exp", 1, 13, types::floats, function<std::exp>, "e to the power of each element."},
    {"Floor", 1, 13, types::floats, function<std::floor>, "Rounds towards minus infinity."},
    {"Log", 1, 13, types::floats, function<std::log>, "Natural logarithm."},
    {"Neg", 1, 13, signed_numeric, evaluate_unary<Negate>, "Changes the sign."},
    {"Reciprocal", 1, 13, types::floats, function<reciprocal>, "One divided by each element."},
    {"Round", 11, 22, types::floats, function<std::nearbyint>,
     "Rounds to the nearest integer, halves to the even one."},
    {"Sign", 9, 13, types::numeric, evaluate_unary<Sign>, "-1, 0 or 1."},
    {"Sin", 7, 22, types::floats, function<std::sin>, "Sine."},
    {"Sinh", 9, 22, types::floats, function<std::sinh>, "Hyperbolic sine."},
    {"Sqrt", 1, 13, types::floats, function<std::sqrt>, "Square root."},
    {"Tan", 7, 22, types::floats, function<std::tan>, "Tangent."},
    {"Tanh", 1, 13, types::floats, function<std::tanh>, "Hyperbolic tangent."},
    {"Sigmoid", 1, 13, types::floats, function<sigmoid>, "1 / (1 + exp(-x))."},
    {"Not", 1, 1, types::boolean, evaluate_unary<Not>, "Logical negation."},
    {"BitwiseNot", 18, 18, types::ints, evaluate_unary<BitwiseNot>, "Flips every bit."},
};

OpDef predicate(std::string_view name, int first, EvalFn evaluate, std::string_view doc) {
  return {.name = name,
          .since = 20,
          .doc = doc,
          .inputs = {{"X", types::floats | types::floats8}},
          .outputs = {{"Y", types::boolean}},
          .infer = infer_bool,
          .evaluate = evaluate,
          .older = {{first, nullptr}}};
}

}  // namespace

void define_unary(OpSet& ops) {
  for (const Row& r : rows) {
    OpDef def{.name = r.name,
              .since = r.since,
              .doc = r.doc,
              .inputs = {{"X", r.types}},
              .outputs = {{"Y", r.types}},
              .infer = infer_same,
              .evaluate = r.evaluate};
    if (r.first == 1 && r.since > 1) def.older = {{1, drop_consumed_inputs}, {6, nullptr}};
    else if (r.first < r.since) def.older = {{r.first, nullptr}};
    ops.add(std::move(def));
  }
  ops.add(predicate("IsNaN", 9, evaluate_bool<IsNaN>, "True where an element is not a number."));
  OpDef inf = predicate("IsInf", 10, evaluate_bool<IsInf>, "True where an element is infinite.");
  inf.attributes = {{"detect_negative", AttrType::Int, false, "whether minus infinity counts (1)"},
                    {"detect_positive", AttrType::Int, false, "whether plus infinity counts (1)"}};
  ops.add(std::move(inf));
}

}  // namespace pharos
