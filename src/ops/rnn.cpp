// RNN, GRU and LSTM.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/rnn_params.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

enum Input : size_t { X, W, R, B, Lengths, InitialH, InitialC, Peepholes };

Result<void> infer(InferContext& c) {
  const Node& n = c.node();
  const RnnParams p = PHAROS_TRY(rnn_attributes(n));
  const Type &x = c.input(X), &r = c.input(R);
  const size_t ranked[] = {X, W, R};
  for (const size_t i : ranked)
    if (c.input(i).has_rank() && c.input(i).rank() != 3)
      return bad_input(n, i, fmt::format("of rank {}", c.input(i).rank()), "rank 3");
  const auto x_dims = x.dims(), w_dims = c.input(W).dims(), r_dims = r.dims();
  if (x_dims && w_dims && r_dims) PHAROS_TRY(rnn_params(n, *x_dims, *w_dims, *r_dims));
  Dim hidden = p.hidden ? Dim(p.hidden) : Dim(), length, batch;
  if (r.shape) hidden = (*r.shape)[2];
  if (x.shape) {
    length = (*x.shape)[p.batch_first ? 1 : 0];
    batch = (*x.shape)[p.batch_first ? 0 : 1];
  }
  const Dim directions(p.directions);
  c.set_output(0, Type::tensor(x.dtype, p.batch_first ? Shape{batch, length, directions, hidden} : Shape{length, directions, batch, hidden}));
  const Type last = Type::tensor(x.dtype, p.batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden});
  c.set_output(1, last);
  if (p.kind == RnnKind::Lstm) c.set_output(2, last);
  return {};
}

// Everything of one direction; matrices are transposed to [inputs][gates * hidden].
struct Direction {
  std::vector<double> w, r, bias_w, bias_r, peepholes;
  std::span<const RnnFunction> functions;
  bool reverse = false;
};

std::vector<double> transposed(const Tensor& t, int64_t direction) {
  const int64_t rows = t.dim(1), columns = t.dim(2);
  std::vector<double> from(size_t(rows * columns)), to(static_cast<size_t>(rows * columns));
  load(t, direction * rows * columns, rows * columns, from.data());
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t k = 0; k < columns; ++k) to[size_t(k * rows + i)] = from[size_t(i * columns + k)];
  return to;
}

std::vector<double> part(const Tensor& t, int64_t first, int64_t n) {
  std::vector<double> v(static_cast<size_t>(n));
  load(t, first, n, v.data());
  return v;
}

Direction read_direction(EvalContext& c, const RnnParams& p, int d) {
  Direction out{.w = transposed(c.input(W), d), .r = transposed(c.input(R), d)};
  const int64_t gates = p.gates * p.hidden;
  out.bias_w = c.has_input(B) ? part(c.input(B), d * 2 * gates, gates) : std::vector<double>(size_t(gates), 0);
  out.bias_r = c.has_input(B) ? part(c.input(B), (d * 2 + 1) * gates, gates) : std::vector<double>(size_t(gates), 0);
  if (c.has_input(Peepholes)) out.peepholes = part(c.input(Peepholes), d * 3 * p.hidden, 3 * p.hidden);
  out.functions = std::span(p.functions).subspan(size_t(d * p.functions_each()), size_t(p.functions_each()));
  out.reverse = p.reverse(d);
  return out;
}

// out[j] += sum of x[i] * m[i][first + j] for j < n; rows of m are `stride` long.
void add_product(const std::vector<double>& x, const std::vector<double>& m, int64_t stride, int64_t first, int64_t n, double* out) {
  for (size_t i = 0; i < x.size(); ++i) {
    const double* row = m.data() + int64_t(i) * stride + first;
    for (int64_t j = 0; j < n; ++j) out[j] += x[i] * row[j];
  }
}

// One sequence of one direction.
class Cell {
 public:
  Cell(const RnnParams& p, const Direction& d, std::vector<double> h, std::vector<double> c)
      : p_(p), d_(d), n_(p.hidden), gates_(size_t(p.gates * p.hidden)), state_(gates_.size()), h_(std::move(h)), c_(std::move(c)) {}

  void step(const std::vector<double>& x) {
    gates_ = d_.bias_w;
    add_product(x, d_.w, p_.gates * n_, 0, p_.gates * n_, gates_.data());
    if (p_.kind == RnnKind::Gru) return gru();
    for (size_t i = 0; i < gates_.size(); ++i) gates_[i] += d_.bias_r[i];
    add_product(h_, d_.r, p_.gates * n_, 0, p_.gates * n_, gates_.data());
    if (p_.kind == RnnKind::Lstm) return lstm();
    for (int64_t i = 0; i < n_; ++i) h_[size_t(i)] = d_.functions[0](clipped(gates_[size_t(i)]));
  }
  const std::vector<double>& h() const { return h_; }
  const std::vector<double>& c() const { return c_; }

 private:
  double clipped(double x) const { return p_.clip > 0 ? std::clamp(x, -p_.clip, p_.clip) : x; }
  double peephole(int64_t gate, int64_t i) const { return d_.peepholes.empty() ? 0 : d_.peepholes[size_t(gate * n_ + i)]; }

  void lstm() {  // gates i, o, f, c; peepholes i, o, f
    const auto &f = d_.functions[0], &g = d_.functions[1], &h = d_.functions[2];
    for (int64_t k = 0; k < n_; ++k) {
      const auto gate = [&](int64_t which) { return gates_[size_t(which * n_ + k)]; };
      double& cell = c_[size_t(k)];
      const double in = f(clipped(gate(0) + peephole(0, k) * cell));
      const double forget = p_.input_forget ? 1 - in : f(clipped(gate(2) + peephole(2, k) * cell));
      cell = forget * cell + in * g(clipped(gate(3)));
      h_[size_t(k)] = f(clipped(gate(1) + peephole(1, k) * cell)) * h(cell);
    }
  }

  void gru() {  // gates z, r, h
    const auto &f = d_.functions[0], &g = d_.functions[1];
    const int64_t stride = 3 * n_;
    state_.assign(d_.bias_r.begin(), d_.bias_r.end());
    add_product(h_, d_.r, stride, 0, p_.linear_before_reset ? stride : 2 * n_, state_.data());
    for (int64_t k = 0; k < 2 * n_; ++k) gates_[size_t(k)] = f(clipped(gates_[size_t(k)] + state_[size_t(k)]));
    if (p_.linear_before_reset) {
      for (int64_t k = 0; k < n_; ++k) gates_[size_t(2 * n_ + k)] += gates_[size_t(n_ + k)] * state_[size_t(2 * n_ + k)];
    } else {
      reset_.resize(size_t(n_));
      for (int64_t k = 0; k < n_; ++k) reset_[size_t(k)] = gates_[size_t(n_ + k)] * h_[size_t(k)];
      add_product(reset_, d_.r, stride, 2 * n_, n_, state_.data() + 2 * n_);
      for (int64_t k = 0; k < n_; ++k) gates_[size_t(2 * n_ + k)] += state_[size_t(2 * n_ + k)];
    }
    for (int64_t k = 0; k < n_; ++k) {
      const double update = gates_[size_t(k)];
      h_[size_t(k)] = (1 - update) * g(clipped(gates_[size_t(2 * n_ + k)])) + update * h_[size_t(k)];
    }
  }

  const RnnParams& p_;
  const Direction& d_;
  int64_t n_;
  std::vector<double> gates_, state_, reset_, h_, c_;
};

Result<void> check_side_inputs(EvalContext& c, const RnnParams& p) {
  const Node& n = c.node();
  const int64_t d = p.directions, h = p.hidden;
  const Dims state = p.batch_first ? Dims{p.batch, d, h} : Dims{d, p.batch, h};
  const std::pair<size_t, Dims> expected[] = {{B, {d, 2 * p.gates * h}}, {Lengths, {p.batch}}, {InitialH, state}, {InitialC, state},
                                              {Peepholes, {d, 3 * h}}};
  for (const auto& [input, dims] : expected)
    if (c.has_input(input) && c.input(input).dims() != dims)
      return bad_input(n, input, "of shape " + dims_text(c.input(input).dims()), "shape " + dims_text(dims));
  if (c.has_input(Lengths))
    for (const int64_t length : c.input(Lengths).to_ints())
      if (length < 0 || length > p.length) return bad_value(n, Lengths, std::to_string(length), fmt::format("0 to {}", p.length));
  return {};
}

struct Outputs { Tensor y, h, c; };

// Offsets of a state of direction d and batch b, and of output t of them, in the layout asked for.
int64_t state_at(const RnnParams& p, int64_t d, int64_t b) {
  return (p.batch_first ? b * p.directions + d : d * p.batch + b) * p.hidden;
}
int64_t output_at(const RnnParams& p, int64_t t, int64_t d, int64_t b) {
  return (p.batch_first ? (b * p.length + t) * p.directions + d : (t * p.directions + d) * p.batch + b) * p.hidden;
}

void run_sequence(EvalContext& c, const RnnParams& p, const Direction& direction, int64_t d, int64_t b, Outputs& out) {
  const int64_t n = p.hidden, length = c.has_input(Lengths) ? c.input(Lengths).int_at(b) : p.length;
  const auto initial = [&](size_t i) {
    return c.has_input(i) ? part(c.input(i), state_at(p, d, b), n) : std::vector<double>(size_t(n), 0);
  };
  Cell cell(p, direction, initial(InitialH), p.kind == RnnKind::Lstm ? initial(InitialC) : std::vector<double>());
  std::vector<double> x(static_cast<size_t>(p.input));
  const std::vector<double> zeros(size_t(n), 0);
  for (int64_t i = 0; i < length; ++i) {
    const int64_t t = direction.reverse ? length - 1 - i : i;
    load(c.input(X), (p.batch_first ? b * p.length + t : t * p.batch + b) * p.input, p.input, x.data());
    cell.step(x);
    if (out.y.valid()) store(out.y, output_at(p, t, d, b), n, cell.h().data());
  }
  for (int64_t t = length; t < p.length; ++t)
    if (out.y.valid()) store(out.y, output_at(p, t, d, b), n, zeros.data());
  if (out.h.valid()) store(out.h, state_at(p, d, b), n, length == 0 ? zeros.data() : cell.h().data());
  if (out.c.valid()) store(out.c, state_at(p, d, b), n, length == 0 ? zeros.data() : cell.c().data());
}

Result<void> evaluate(EvalContext& c) {
  for (const size_t i : {W, R, B, InitialH, InitialC, Peepholes})
    if (c.has_input(i) && c.input(i).dtype() != c.input(X).dtype())
      return bad_input(c.node(), i, fmt::format("of element type {}", dtype_name(c.input(i).dtype())), std::string(dtype_name(c.input(X).dtype())));
  const DType t = c.input(X).dtype();
  const RnnParams p = PHAROS_TRY(rnn_params(c.node(), c.input(X).dims(), c.input(W).dims(), c.input(R).dims()));
  PHAROS_TRY(check_side_inputs(c, p));
  const Dims state = p.batch_first ? Dims{p.batch, p.directions, p.hidden} : Dims{p.directions, p.batch, p.hidden};
  Outputs out;
  if (c.has_output(0))
    out.y = PHAROS_TRY(c.output(0, t, p.batch_first ? Dims{p.batch, p.length, p.directions, p.hidden}
                                                    : Dims{p.length, p.directions, p.batch, p.hidden}));
  if (c.has_output(1)) out.h = PHAROS_TRY(c.output(1, t, state));
  if (c.has_output(2)) out.c = PHAROS_TRY(c.output(2, t, state));
  for (int d = 0; d < p.directions; ++d) {
    const Direction direction = read_direction(c, p, d);
    for (int64_t b = 0; b < p.batch; ++b) run_sequence(c, p, direction, d, b, out);
  }
  return {};
}

const TypeSet floats = types::floats;
constexpr auto optional = Param::Kind::Optional;

OpDef definition(std::string_view name, std::string_view doc) {
  return {.name = name,
          .since = 22,
          .doc = doc,
          .inputs = {{"X", floats}, {"W", floats}, {"R", floats}, {"B", floats, optional}, {"sequence_lens", types::i32, optional},
                     {"initial_h", floats, optional}},
          .outputs = {{"Y", floats, optional}, {"Y_h", floats, optional}},
          .attributes = {{"activation_alpha", AttrType::Floats, false, "first parameters of those activations that have one"},
                         {"activation_beta", AttrType::Floats, false, "second parameters"},
                         {"activations", AttrType::Strings, false, "names per direction"},
                         {"clip", AttrType::Float, false, "limit of what goes into the activations; none"},
                         {"direction", AttrType::String, false, "'forward', 'reverse' or 'bidirectional'"},
                         {"hidden_size", AttrType::Int, false, "that of R"},
                         {"layout", AttrType::Int, false, "1: the batch is the first axis"}},
          .infer = infer,
          .evaluate = evaluate,
          .older = {{1, nullptr}}};
}

}  // namespace

void define_rnn(OpSet& ops) {
  ops.add(definition("RNN", "Recurrent layer with one activation."));
  OpDef gru = definition("GRU", "Recurrent layer of gated recurrent units.");
  gru.attributes.push_back({"linear_before_reset", AttrType::Int, false, "1: the reset gate applies after the matrix product"});
  ops.add(std::move(gru));
  OpDef lstm = definition("LSTM", "Recurrent layer of long short-term memory cells.");
  lstm.inputs.push_back({"initial_c", floats, optional});
  lstm.inputs.push_back({"P", floats, optional});
  lstm.outputs.push_back({"Y_c", floats, optional});
  lstm.attributes.push_back({"input_forget", AttrType::Int, false, "1: the forget gate is one minus the input gate"});
  ops.add(std::move(lstm));
}

}  // namespace pharos
