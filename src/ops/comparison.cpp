// Comparisons and logic of two tensors: the result is bool.

#include "ops/binary.h"

namespace pharos {
namespace {

struct And { template <class W> W operator()(W a, W b) const { return W(a != W(0) && b != W(0)); } };
struct Or { template <class W> W operator()(W a, W b) const { return W(a != W(0) || b != W(0)); } };
struct Xor { template <class W> W operator()(W a, W b) const { return W((a != W(0)) != (b != W(0))); } };
struct Equal { template <class W> W operator()(W a, W b) const { return W(a == b); } };
struct Greater { template <class W> W operator()(W a, W b) const { return W(a > b); } };
struct GreaterOrEqual { template <class W> W operator()(W a, W b) const { return W(a >= b); } };
struct Less { template <class W> W operator()(W a, W b) const { return W(a < b); } };
struct LessOrEqual { template <class W> W operator()(W a, W b) const { return W(a <= b); } };

Result<void> infer(InferContext& c) {
  PHAROS_TRY(infer_dtype(c, 0, 2));
  c.set_output(0, tensor_type(DType::boolean, PHAROS_TRY(infer_broadcast(c, 0, 2))));
  return {};
}

// A size is never negative, whatever its symbols stand for: comparisons of shapes with -1 can be decided.
Dim equal_dims(const Dim& a, const Dim& b) {
  if (a.is_unknown() || b.is_unknown()) return Dim();
  if (a == b) return Dim(1);
  const DimRange ra = a.range({}), rb = b.range({});
  return ra.max < rb.min || rb.max < ra.min ? Dim(0) : Dim();
}

Result<void> infer_equal(InferContext& c) {
  PHAROS_TRY(infer(c));
  propagate_shape_values(c, equal_dims);
  return {};
}

template <class F>
Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  return evaluate_binary_to<F>(c, DType::boolean);
}

Result<void> evaluate_equal(EvalContext& c) {
  const Tensor &a = c.input(0), &b = c.input(1);
  if (a.dtype() != DType::string) return evaluate<Equal>(c);
  PHAROS_TRY(check_same_dtype(c, 0, 2));
  const Dims shapes[] = {a.dims(), b.dims()};
  const Dims dims = PHAROS_TRY(broadcast_dims(c.node(), shapes));
  Tensor y = PHAROS_TRY(c.output(0, DType::boolean, dims));
  const auto as = a.as<std::string>(), bs = b.as<std::string>();
  const auto out = y.as<bool>();
  Walk<3>(dims, {broadcast_strides(a.dims(), dims), broadcast_strides(b.dims(), dims), contiguous_strides(dims)})
      .rows([&](const auto& at, int64_t n, const auto& step) {
        for (int64_t i = 0; i < n; ++i)
          out[size_t(at[2] + i * step[2])] = as[size_t(at[0] + i * step[0])] == bs[size_t(at[1] + i * step[1])];
      });
  return {};
}

struct Row {
  std::string_view name;
  int first, since;
  TypeSet types;
  InferFn infer;
  EvalFn evaluate;
  std::string_view doc;
};

const Row rows[] = {
    {"And", 1, 7, types::boolean, infer, evaluate<And>, "True where both are."},
    {"Or", 1, 7, types::boolean, infer, evaluate<Or>, "True where either is."},
    {"Xor", 1, 7, types::boolean, infer, evaluate<Xor>, "True where exactly one is."},
    {"Equal", 1, 19, types::numeric | types::boolean | types::string, infer_equal, evaluate_equal, "A == B."},
    {"Greater", 1, 13, types::numeric, infer, evaluate<Greater>, "A > B."},
    {"GreaterOrEqual", 12, 16, types::numeric, infer, evaluate<GreaterOrEqual>, "A >= B."},
    {"Less", 1, 13, types::numeric, infer, evaluate<Less>, "A < B."},
    {"LessOrEqual", 12, 16, types::numeric, infer, evaluate<LessOrEqual>, "A <= B."},
};

}  // namespace

void define_comparison(OpSet& ops) {
  for (const Row& r : rows) {
    OpDef def{.name = r.name,
              .since = r.since,
              .doc = r.doc,
              .inputs = {{"A", r.types}, {"B", r.types}},
              .outputs = {{"C", types::boolean}},
              .infer = r.infer,
              .evaluate = r.evaluate};
    def.older = {{r.first, r.first == 1 ? rewrite_axis_broadcast : nullptr}};
    if (r.first == 1 && def.since > 7) def.older.push_back({7, nullptr});
    ops.add(std::move(def));
  }
}

}  // namespace pharos
