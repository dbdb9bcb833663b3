// Arithmetic and bitwise operators of two tensors.

#include "ops/binary.h"

#include <cmath>

namespace pharos {
namespace {

struct Add { template <class W> W operator()(W a, W b) const { return wrap_add(a, b); } };
struct Sub { template <class W> W operator()(W a, W b) const { return wrap_sub(a, b); } };
struct Mul { template <class W> W operator()(W a, W b) const { return wrap_mul(a, b); } };

// Integers: towards zero; division by zero, which the standard leaves open, gives 0.
struct Div {
  double operator()(double a, double b) const { return a / b; }
  int64_t operator()(int64_t a, int64_t b) const { return b == 0 ? 0 : b == -1 ? wrap_sub(int64_t{0}, a) : a / b; }
  uint64_t operator()(uint64_t a, uint64_t b) const { return b == 0 ? 0 : a / b; }
};

struct Mod {
  bool truncate;
  explicit Mod(const Node& n) : truncate(n.attr_int("fmod", 0) != 0) {}
  double operator()(double a, double b) const {
    const double r = std::fmod(a, b);
    if (truncate || std::isnan(r)) return r;
    if (r == 0) return std::copysign(0.0, b);
    return (r < 0) == (b < 0) ? r : std::isinf(b) ? b : r + b;
  }
  int64_t operator()(int64_t a, int64_t b) const {
    if (b == 0 || b == -1) return 0;
    const int64_t r = a % b;
    return truncate || r == 0 || (r < 0) == (b < 0) ? r : r + b;
  }
  uint64_t operator()(uint64_t a, uint64_t b) const { return b == 0 ? 0 : a % b; }
};

// Counts outside 0 … width-1 leave only copies of the fill bit. Elements are widened, so that a shift left by up to 63
// is cut to the element's width by the store.
struct BitShift {
  bool left;
  explicit BitShift(const Node& n) : left(n.attr_string("direction") == "LEFT") {}
  double operator()(double a, double) const { return a; }  // floats are not allowed
  int64_t operator()(int64_t a, int64_t b) const {
    if (b < 0 || b > 63) return left ? 0 : a < 0 ? -1 : 0;
    return left ? int64_t(uint64_t(a) << b) : a >> b;
  }
  uint64_t operator()(uint64_t a, uint64_t b) const { return b > 63 ? 0 : left ? a << b : a >> b; }
};

struct BitwiseAnd {
  double operator()(double a, double) const { return a; }
  template <class W> W operator()(W a, W b) const { return a & b; }
};
struct BitwiseOr {
  double operator()(double a, double) const { return a; }
  template <class W> W operator()(W a, W b) const { return a | b; }
};
struct BitwiseXor {
  double operator()(double a, double) const { return a; }
  template <class W> W operator()(W a, W b) const { return a ^ b; }
};

template <class F>
Result<void> evaluate_same(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  return evaluate_binary_to<F>(c, c.input(0).dtype());
}

Result<void> check_direction(const Node& node) {
  const std::string direction = node.attr_string("direction");
  if (direction == "LEFT" || direction == "RIGHT") return {};
  return bad_attribute(node, "direction", "'" + direction + "'", "'LEFT' or 'RIGHT'");
}

Result<void> infer_shift(InferContext& c) {
  PHAROS_TRY(check_direction(c.node()));
  return infer_same_broadcast(c);
}

Result<void> evaluate_shift(EvalContext& c) {
  PHAROS_TRY(check_direction(c.node()));
  return evaluate_same<BitShift>(c);
}

template <Dim (*f)(const Dim&, const Dim&)>
Result<void> infer_arithmetic(InferContext& c) {
  PHAROS_TRY(infer_same_broadcast(c));
  if (c.input(0).dtype == DType::i64 || c.input(0).dtype == DType::i32) propagate_shape_values(c, f);
  return {};
}
Dim add(const Dim& a, const Dim& b) { return a + b; }
Dim sub(const Dim& a, const Dim& b) { return a - b; }
Dim mul(const Dim& a, const Dim& b) { return a * b; }
// Division truncates, floor_div does not: they agree unless the signs differ, which sizes never do.
Dim div(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number()) return b.number() == 0 || b.number() == -1 ? Dim() : Dim(a.number() / b.number());
  return floor_div(a, b);
}
Dim modulo(const Dim& a, const Dim& b) {
  if (a.is_number() && b.is_number() && (a.number() < 0 || b.number() <= 0)) return Dim();
  return a - floor_div(a, b) * b;
}

// --- Pow: the exponent has a type of its own

int64_t int_power(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  uint64_t result = 1, factor = uint64_t(base);
  for (uint64_t e = uint64_t(exponent); e > 0; e >>= 1, factor *= factor)
    if (e & 1) result *= factor;
  return int64_t(result);
}

Result<void> infer_pow(InferContext& c) {
  c.set_output(0, tensor_type(c.input(0).dtype, PHAROS_TRY(infer_broadcast(c, 0, 2))));
  return {};
}

Result<void> evaluate_pow(EvalContext& c) {
  const Tensor &x = c.input(0), &y = c.input(1);
  const Dims shapes[] = {x.dims(), y.dims()};
  Tensor z = PHAROS_TRY(c.output(0, x.dtype(), PHAROS_TRY(broadcast_dims(c.node(), shapes))));
  if (!is_float(x.dtype()) && !is_float(y.dtype()))
    map_broadcast<int64_t, 2>({&x, &y}, z, [](const int64_t* const* in, int64_t* out, int64_t n) {
      for (int64_t i = 0; i < n; ++i) out[i] = int_power(in[0][i], in[1][i]);
    });
  else
    map_broadcast<double, 2>({&x, &y}, z, [](const double* const* in, double* out, int64_t n) {
      for (int64_t i = 0; i < n; ++i) out[i] = std::pow(in[0][i], in[1][i]);
    });
  return {};
}

struct Row {
  std::string_view name;
  int since;
  TypeSet types;
  InferFn infer;
  EvalFn evaluate;
  std::vector<AttrDef> attributes;
  std::vector<Older> older;
  std::string_view doc;
};

std::vector<Row> rows() {
  const std::vector<Older> old = {{1, rewrite_axis_broadcast}, {7, nullptr}};
  const TypeSet n = types::numeric, i = types::ints;
  return {
      {"Add", 14, n, infer_arithmetic<add>, evaluate_same<Add>, {}, old, "A + B."},
      {"Sub", 14, n, infer_arithmetic<sub>, evaluate_same<Sub>, {}, old, "A - B."},
      {"Mul", 14, n, infer_arithmetic<mul>, evaluate_same<Mul>, {}, old, "A * B."},
      {"Div", 14, n, infer_arithmetic<div>, evaluate_same<Div>, {}, old, "A / B; integers truncate towards zero."},
      {"BitwiseAnd", 18, i, infer_same_broadcast, evaluate_same<BitwiseAnd>, {}, {}, "Bits set in both."},
      {"BitwiseOr", 18, i, infer_same_broadcast, evaluate_same<BitwiseOr>, {}, {}, "Bits set in either."},
      {"BitwiseXor", 18, i, infer_same_broadcast, evaluate_same<BitwiseXor>, {}, {}, "Bits set in exactly one."},
      {"BitShift", 28, i, infer_shift, evaluate_shift,
       {{"direction", AttrType::String, true, "'LEFT' or 'RIGHT'"}}, {{11, nullptr}},
       "Shifts the bits of X by Y places; to the right with copies of the sign."},
      {"Mod", 28, n, infer_arithmetic<modulo>, evaluate_same<Mod>,
       {{"fmod", AttrType::Int, false, "0: the sign of B; 1: the sign of A"}}, {{10, nullptr}}, "Remainder of A / B."},
  };
}

}  // namespace

Result<void> rewrite_axis_broadcast(Graph& graph, NodeId node, int) {
  const Node& n = graph[node];
  const bool aligned = n.attr_int("broadcast", 0) != 0 && n.has_attr("axis");
  const int64_t axis = n.attr_int("axis", 0);
  for (const char* gone : {"broadcast", "axis", "consumed_inputs"}) erase_attr(graph, node, gone);
  if (aligned) align_input_at(graph, node, 1, axis);
  return {};
}

void define_binary(OpSet& ops) {
  for (Row& r : rows())
    ops.add({.name = r.name,
             .since = r.since,
             .doc = r.doc,
             .inputs = {{"A", r.types}, {"B", r.types}},
             .outputs = {{"C", r.types}},
             .attributes = std::move(r.attributes),
             .infer = r.infer,
             .evaluate = r.evaluate,
             .older = std::move(r.older)});
  const TypeSet base = types::floats | TypeSet{DType::i32, DType::i64};
  ops.add({.name = "Pow",
           .since = 15,
           .doc = "X to the power of Y, in the type of X.",
           .inputs = {{"X", base}, {"Y", types::numeric}},
           .outputs = {{"Z", base}},
           .infer = infer_pow,
           .evaluate = evaluate_pow,
           .older = {{1, rewrite_axis_broadcast}, {7, nullptr}}});
}

}  // namespace pharos
