#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/elements.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum Input : size_t { Query, Key, Value, State, Decay, Beta };

struct LinearAttentionParams {
  int64_t batch = 1, length = 1, q_heads = 1, kv_heads = 1, key_size = 1, value_size = 1;
  bool gated = true, delta = true;
};

Result<LinearAttentionParams> read_attributes(const Node& n) {
  LinearAttentionParams p;
  p.q_heads = n.attr_int("q_num_heads", 0);
  p.kv_heads = n.attr_int("kv_num_heads", 0);
  if (p.kv_heads < 1 || p.q_heads < 1 || p.q_heads % p.kv_heads != 0)
    return bad_attribute(n, "q_num_heads", std::to_string(p.q_heads), fmt::format("a multiple of kv_num_heads, {}", p.kv_heads));
  const std::string rule = n.attr_string("update_rule", "gated_delta");
  if (rule != "linear" && rule != "gated" && rule != "delta" && rule != "gated_delta")
    return bad_attribute(n, "update_rule", "'" + rule + "'", "'linear', 'gated', 'delta' or 'gated_delta'");
  p.gated = rule.starts_with("gated");
  p.delta = rule.ends_with("delta");
  if (n.has_input(Decay) != p.gated) return shapes_mismatch(n, p.gated ? "needs the input decay" : "cannot use the input decay");
  if (n.has_input(Beta) != p.delta) return shapes_mismatch(n, p.delta ? "needs the input beta" : "cannot use the input beta");
  return p;
}

Result<void> infer(InferContext& c) {
  const LinearAttentionParams p = PHAROS_TRY(read_attributes(c.node()));
  const Type &q = c.input(Query), &v = c.input(Value);
  for (size_t i = 0; i < 3; ++i)
    if (c.input(i).has_rank() && c.input(i).rank() != 3) return bad_input(c.node(), i, fmt::format("of rank {}", c.input(i).rank()), "rank 3");
  Dim batch, length, key_size, value_size;
  if (q.shape) { batch = (*q.shape)[0]; length = (*q.shape)[1]; key_size = floor_div((*q.shape)[2], p.q_heads); }
  if (v.shape) value_size = floor_div((*v.shape)[2], p.kv_heads);
  c.set_output(0, Type::tensor(q.dtype, Shape{batch, length, value_size * Dim(p.q_heads)}));
  c.set_output(1, Type::tensor(c.has_input(State) ? c.input(State).dtype : q.dtype, Shape{batch, p.kv_heads, key_size, value_size}));
  return {};
}

Result<LinearAttentionParams> read(EvalContext& c) {
  const Node& n = c.node();
  LinearAttentionParams p = PHAROS_TRY(read_attributes(n));
  for (size_t i = 0; i < 3; ++i) PHAROS_TRY(check_rank(n, i, c.input(i).rank(), 3, 3));
  const Tensor& q = c.input(Query);
  p.batch = q.dim(0);
  p.length = q.dim(1);
  p.key_size = q.dim(2) / p.q_heads;
  p.value_size = c.input(Value).dim(2) / p.kv_heads;
  const auto expect = [&](size_t input, const Dims& dims) -> Result<void> {
    if (!c.has_input(input) || c.input(input).dims() == dims) return {};
    return bad_input(n, input, "of shape " + dims_text(c.input(input).dims()), "shape " + dims_text(dims));
  };
  PHAROS_TRY(expect(Query, {p.batch, p.length, p.q_heads * p.key_size}));
  PHAROS_TRY(expect(Key, {p.batch, p.length, p.kv_heads * p.key_size}));
  PHAROS_TRY(expect(Value, {p.batch, p.length, p.kv_heads * p.value_size}));
  PHAROS_TRY(expect(State, {p.batch, p.kv_heads, p.key_size, p.value_size}));
  if (c.has_input(Decay) && c.input(Decay).dims() != Dims{p.batch, p.length, p.kv_heads})
    PHAROS_TRY(expect(Decay, {p.batch, p.length, p.kv_heads * p.key_size}));
  if (c.has_input(Beta) && c.input(Beta).dims() != Dims{p.batch, p.length, 1}) PHAROS_TRY(expect(Beta, {p.batch, p.length, p.kv_heads}));
  return p;
}

// The recurrence of one key head over time; `state` is [key_size][value_size].
class Recurrence {
 public:
  Recurrence(const LinearAttentionParams& p, std::vector<double> state) : p_(p), state_(std::move(state)), value_(size_t(p.value_size)) {}

  // `decay` holds one number or one per key element.
  void update(const double* key, const double* value, std::span<const double> decay, double beta) {
    const size_t n = size_t(p_.value_size);
    for (size_t d = 0; d < decay.size() && p_.gated; ++d) {
      const double keep = std::exp(decay[d]);
      const auto first = state_.begin() + int64_t(decay.size() == 1 ? 0 : d * n);
      std::for_each(first, decay.size() == 1 ? state_.end() : first + int64_t(n), [&](double& s) { s *= keep; });
    }
    for (size_t m = 0; m < n; ++m) {
      double known = 0;
      for (int64_t d = 0; d < p_.key_size && p_.delta; ++d) known += state_[size_t(d) * n + m] * key[d];
      value_[m] = p_.delta ? beta * (value[m] - known) : value[m];
    }
    for (int64_t d = 0; d < p_.key_size; ++d)
      for (size_t m = 0; m < n; ++m) state_[size_t(d) * n + m] += key[d] * value_[m];
  }
  void read(const double* query, double scale, std::vector<double>& out) const {
    out.assign(value_.size(), 0);
    for (int64_t d = 0; d < p_.key_size; ++d)
      for (size_t m = 0; m < value_.size(); ++m) out[m] += scale * query[d] * state_[size_t(d) * value_.size() + m];
  }
  const std::vector<double>& state() const { return state_; }

 private:
  const LinearAttentionParams& p_;
  std::vector<double> state_, value_;
};

Result<void> evaluate(EvalContext& c) {
  const Node& n = c.node();
  const LinearAttentionParams p = PHAROS_TRY(read(c));
  const DType t = c.input(Query).dtype();
  Tensor y = PHAROS_TRY(c.output(0, t, {p.batch, p.length, p.q_heads * p.value_size}));
  Tensor present = PHAROS_TRY(c.output(1, c.has_input(State) ? c.input(State).dtype() : t, {p.batch, p.kv_heads, p.key_size, p.value_size}));
  const Elements<double> q(c.input(Query)), k(c.input(Key)), v(c.input(Value)), decay = optional_elements<double>(c, Decay);
  const Elements<double> beta = optional_elements<double>(c, Beta);
  const int64_t state_size = p.key_size * p.value_size, share = p.q_heads / p.kv_heads;
  const int64_t decays = c.has_input(Decay) && p.kv_heads > 0 ? c.input(Decay).dim(2) / p.kv_heads : 0;
  const int64_t betas = c.has_input(Beta) ? c.input(Beta).dim(2) : 0;
  const double asked = n.attr_float("scale", 0), scale = asked != 0 ? asked : 1 / std::sqrt(double(p.key_size));
  std::vector<double> out;
  for (int64_t b = 0; b < p.batch; ++b)
    for (int64_t h = 0; h < p.kv_heads; ++h) {
      std::vector<double> state(size_t(state_size), 0);
      if (c.has_input(State)) load(c.input(State), (b * p.kv_heads + h) * state_size, state_size, state.data());
      Recurrence r(p, std::move(state));
      for (int64_t i = b * p.length; i < (b + 1) * p.length; ++i) {
        const double step = betas == 0 ? 1 : beta[i * betas + (betas == 1 ? 0 : h)];
        const std::span<const double> gate = decays == 0 ? std::span<const double>() : std::span(decay.data() + (i * p.kv_heads + h) * decays, size_t(decays));
        r.update(k.data() + (i * p.kv_heads + h) * p.key_size, v.data() + (i * p.kv_heads + h) * p.value_size, gate, step);
        for (int64_t g = h * share; g < (h + 1) * share; ++g) {
          r.read(q.data() + (i * p.q_heads + g) * p.key_size, scale, out);
          store(y, (i * p.q_heads + g) * p.value_size, p.value_size, out.data());
        }
      }
      store(present, (b * p.kv_heads + h) * state_size, state_size, r.state().data());
    }
  return {};
}

}  // namespace

void define_linear_attention(OpSet& ops) {
  const TypeSet t{DType::f32, DType::f16, DType::bf16};
  constexpr auto optional = Param::Kind::Optional;
  ops.add({.name = "LinearAttention",
           .since = 27,
           .doc = "Attention as a recurrence over a state of fixed size.",
           .inputs = {{"query", t}, {"key", t}, {"value", t}, {"past_state", t, optional}, {"decay", t, optional}, {"beta", t, optional}},
           .outputs = {{"output", t}, {"present_state", t}},
           .attributes = {{"chunk_size", AttrType::Int, false, "hint for implementations, 64"},
                          {"kv_num_heads", AttrType::Int, true, "heads of key and value"},
                          {"q_num_heads", AttrType::Int, true, "heads of query"},
                          {"scale", AttrType::Float, false, "0: 1 / sqrt(key size)"},
                          {"update_rule", AttrType::String, false, "'linear', 'gated', 'delta' or 'gated_delta'"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
