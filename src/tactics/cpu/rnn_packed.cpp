#include "ops/op_errors.h"
#include "ops/rnn_params.h"
#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/gemm.h"

namespace pharos {
namespace {

using namespace cpu;

enum Input : size_t { X, W, R, B, Lengths, InitialH, InitialC, Peepholes };
// Packed parts of each direction: W, the rows of R that take the plain state, those that take the reset state
// (GRU whose reset comes first; otherwise unused), the bias that goes with W, and the bias that goes with R.
enum Part : size_t { PackedW, PackedR, PackedReset, BiasW, BiasR, parts_each };

std::optional<Unary> function_of(const RnnFunction& f) {
  switch (f.kind) {
    case RnnActivation::Relu: return Unary::Relu;
    case RnnActivation::Tanh: return Unary::Tanh;
    case RnnActivation::Sigmoid: return Unary::Sigmoid;
    case RnnActivation::LeakyRelu: return Unary::LeakyRelu;
    case RnnActivation::HardSigmoid: return Unary::HardSigmoid;
    case RnnActivation::Elu: return Unary::Elu;
    case RnnActivation::Softsign: return Unary::Softsign;
    case RnnActivation::Softplus: return Unary::Softplus;
    default: return std::nullopt;
  }
}

Result<RnnParams> params(const Problem& p) { return rnn_params(*p.node, p.in(X), p.in(W), p.in(R)); }

Support supports(const Problem& p, const Device&) {
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && (!p.inputs[i].is_concrete() || p.inputs[i].dtype != (i == Lengths ? DType::i32 : DType::f32)))
      return unsupported("not in f32");
  if (!is_constant(p, W) || !is_constant(p, R) || (p.has_input(B) && !is_constant(p, B)))
    return unsupported("the weights or the bias are not constant");
  const auto r = params(p);
  if (!r) return unsupported("the parameters contradict each other");
  if (r->length == 0 || r->batch == 0 || r->input == 0 || r->hidden == 0) return unsupported("an extent is 0");
  for (const RnnFunction& f : r->functions)
    if (!function_of(f)) return unsupported("an activation that has no vector form");
  const int64_t d = r->directions, h = r->hidden;
  const Dims state = r->batch_first ? Dims{r->batch, d, h} : Dims{d, r->batch, h};
  const std::pair<size_t, Dims> expected[] = {{B, {d, 2 * r->gates * h}}, {Lengths, {r->batch}}, {InitialH, state},
                                              {InitialC, state}, {Peepholes, {d, 3 * h}}};
  for (const auto& [input, dims] : expected)
    if (p.has_input(input) && p.in(input) != dims) return unsupported("an input has an unexpected shape");
  return supported();
}

bool resets_first(const RnnParams& r) { return r.kind == RnnKind::Gru && !r.linear_before_reset; }

Tensor packed_matrix(const GemmKernels& kernels, const float* rows, int64_t k, int64_t n) {
  Tensor t(DType::f32, {packed_b_floats(kernels, k, n)});
  pack_b(kernels, rows, k, true, k, n, t.as<float>().data());
  return t;
}

Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  const RnnParams r = PHAROS_TRY(params(p));
  const GemmKernels& kernels = gemm_kernels(device.isa);
  const int64_t n = r.hidden, gates = r.gates * n, plain = resets_first(r) ? 2 * n : gates;
  PackedWeights packed;
  for (int d = 0; d < r.directions; ++d) {
    const float* w = p.constants[W]->as<float>().data() + d * gates * r.input;
    const float* rec = p.constants[R]->as<float>().data() + d * gates * n;
    packed.parts.push_back(packed_matrix(kernels, w, r.input, gates));
    packed.parts.push_back(packed_matrix(kernels, rec, n, plain));
    packed.parts.push_back(plain == gates ? Tensor(DType::f32, {1}) : packed_matrix(kernels, rec + plain * n, n, n));
    Tensor bias_w(DType::f32, {gates}), bias_r(DType::f32, {gates});
    if (p.has_input(B)) {
      const float* b = p.constants[B]->as<float>().data() + d * 2 * gates;
      // Only the last gate of a GRU keeps its second bias apart, and only where the reset gate multiplies it.
      const int64_t apart = r.kind == RnnKind::Gru && r.linear_before_reset ? 2 * n : gates;
      for (int64_t i = 0; i < gates; ++i) {
        bias_w.as<float>()[size_t(i)] = i < apart ? b[i] + b[gates + i] : b[i];
        bias_r.as<float>()[size_t(i)] = i < apart ? 0 : b[gates + i];
      }
    }
    packed.parts.push_back(std::move(bias_w));
    packed.parts.push_back(std::move(bias_r));
  }
  return packed;
}

std::vector<size_t> packed_inputs(const Problem& p) {
  std::vector<size_t> list{W, R};
  if (p.has_input(B)) list.push_back(B);
  return list;
}

struct Work { float *projected, *recurrent, *h, *c, *scratch; };

class Rnn {
 public:
  Rnn(RnnParams r, const PackedWeights& packed, Isa isa, Report bad_length)
      : r_(std::move(r)), parts_(packed.parts), gemm_(&gemm_kernels(isa)), math_(&elementwise_kernels(isa)),
        bad_length_(std::move(bad_length)), n_(r_.hidden), gates_(r_.gates * n_) {}

  static size_t workspace(const RnnParams& r) {
    const size_t rows = size_t(r.batch), n = size_t(r.hidden), gates = size_t(r.gates) * n;
    return align64(size_t(r.length) * rows * gates * 4) + align64(rows * gates * 4) + 3 * align64(rows * n * 4);
  }

  Result<void> run(const KernelArgs& a, const Threads& threads) const {
    const auto* lengths = a.inputs.size() > Lengths && a.inputs[Lengths] ? static_cast<const int32_t*>(a.inputs[Lengths]->data()) : nullptr;
    for (int64_t b = 0; lengths && b < r_.batch; ++b)
      if (lengths[b] < 0 || lengths[b] > r_.length) return bad_length_;
    Carver carver(a.workspace);
    Work w;
    w.projected = carver.take(size_t(r_.length * r_.batch * gates_));
    w.recurrent = carver.take(size_t(r_.batch * gates_));
    w.h = carver.take(size_t(r_.batch * n_));
    w.c = carver.take(size_t(r_.batch * n_));
    w.scratch = carver.take(size_t(r_.batch * n_));
    for (int d = 0; d < r_.directions; ++d) direction(a, d, lengths, w, threads);
    return {};
  }

 private:
  const float* part(int d, Part which) const { return static_cast<const float*>(parts_[size_t(d) * parts_each + which].data()); }
  int64_t state_at(int64_t d, int64_t b) const { return (r_.batch_first ? b * r_.directions + d : d * r_.batch + b) * n_; }
  int64_t row_at(int64_t t, int64_t b) const { return r_.batch_first ? b * r_.length + t : t * r_.batch + b; }
  int64_t output_at(int64_t t, int64_t d, int64_t b) const {
    return (r_.batch_first ? (b * r_.length + t) * r_.directions + d : (t * r_.directions + d) * r_.batch + b) * n_;
  }
  void apply(int d, int which, float* x, float* y, int64_t n) const {
    const RnnFunction& f = r_.functions[size_t(d * r_.functions_each() + which)];
    (*math_)[*function_of(f)](x, y, n, float(f.alpha), float(f.beta));
  }
  void clip(float* x, int64_t n) const {
    if (r_.clip > 0) (*math_)[Unary::Clip](x, x, n, float(-r_.clip), float(r_.clip));
  }
  void multiply(const float* a, int64_t k, const float* packed, const float* bias, float* c, int64_t m, int64_t n, int64_t ldc,
                const Threads& threads) const {
    const Gemm g{.a = a, .lda = k, .packed = packed, .bias = bias, .c = c, .ldc = ldc, .m = m, .n = n, .k = k};
    gemm(*gemm_, g, threads);
  }

  void direction(const KernelArgs& a, int d, const int32_t* lengths, const Work& w, const Threads& threads) const {
    multiply(in_f32(a, X), r_.input, part(d, PackedW), part(d, BiasW), w.projected, r_.length * r_.batch, gates_, gates_, threads);
    const float *h0 = in_f32(a, InitialH), *c0 = in_f32(a, InitialC);
    const float* peepholes = in_f32(a, Peepholes) ? in_f32(a, Peepholes) + d * 3 * n_ : nullptr;
    for (int64_t b = 0; b < r_.batch; ++b) {
      start(w.h + b * n_, h0 ? h0 + state_at(d, b) : nullptr);
      start(w.c + b * n_, c0 ? c0 + state_at(d, b) : nullptr);
    }
    float* const y = out_f32(a, 0);
    for (int64_t i = 0; i < r_.length; ++i) step(d, i, lengths, peepholes, y, w, threads);
    float *const last_h = out_f32(a, 1), *const last_c = out_f32(a, 2);
    for (int64_t b = 0; b < r_.batch; ++b) {
      const bool none = lengths && lengths[b] == 0;
      if (last_h) start(last_h + state_at(d, b), none ? nullptr : w.h + b * n_);
      if (last_c) start(last_c + state_at(d, b), none ? nullptr : w.c + b * n_);
    }
  }

  void start(float* to, const float* from) const {
    if (from) std::copy_n(from, n_, to);
    else std::fill_n(to, n_, 0.0f);
  }

  // Step i of every sequence that has one; the others' outputs at that place are zero.
  void step(int d, int64_t i, const int32_t* lengths, const float* peepholes, float* y, const Work& w, const Threads& threads) const {
    const int64_t plain = resets_first(r_) ? 2 * n_ : gates_;
    multiply(w.h, n_, part(d, PackedR), part(d, BiasR), w.recurrent, r_.batch, plain, gates_, threads);
    const auto place = [&](int64_t b) {
      const int64_t length = lengths ? lengths[b] : r_.length;
      return i < length ? (r_.reverse(d) ? length - 1 - i : i) : -1;
    };
    const auto gates_of = [&](int64_t b, int64_t t) { return w.projected + row_at(t, b) * gates_; };
    if (r_.kind == RnnKind::Gru) {
      for (int64_t b = 0; b < r_.batch; ++b)
        if (const int64_t t = place(b); t >= 0) reset(d, gates_of(b, t), b, w);
        else std::fill_n(w.scratch + b * n_, n_, 0.0f);
      if (resets_first(r_))
        multiply(w.scratch, n_, part(d, PackedReset), nullptr, w.recurrent + 2 * n_, r_.batch, n_, gates_, threads);
    }
    for (int64_t b = 0; b < r_.batch; ++b) {
      const int64_t t = place(b);
      if (t >= 0) finish(d, gates_of(b, t), b, peepholes, w);
      if (y) start(y + output_at(t >= 0 ? t : i, d, b), t >= 0 ? w.h + b * n_ : nullptr);
    }
  }

  // Gates z and r of a GRU, and r times what it resets.
  void reset(int d, float* gates, int64_t b, const Work& w) const {
    const float *recurrent = w.recurrent + b * gates_, *h = w.h + b * n_;
    for (int64_t k = 0; k < 2 * n_; ++k) gates[k] += recurrent[k];
    clip(gates, 2 * n_);
    apply(d, 0, gates, gates, 2 * n_);
    float* to = w.scratch + b * n_;
    const float* what = r_.linear_before_reset ? recurrent + 2 * n_ : h;
    for (int64_t k = 0; k < n_; ++k) to[k] = gates[n_ + k] * what[k];
  }

  void finish(int d, float* gates, int64_t b, const float* peepholes, const Work& w) const {
    const float* recurrent = w.recurrent + b * gates_;
    float* h = w.h + b * n_;
    if (r_.kind == RnnKind::Gru) {
      float* candidate = gates + 2 * n_;
      const float* more = r_.linear_before_reset ? w.scratch + b * n_ : recurrent + 2 * n_;
      for (int64_t k = 0; k < n_; ++k) candidate[k] += more[k];
      clip(candidate, n_);
      apply(d, 1, candidate, candidate, n_);
      for (int64_t k = 0; k < n_; ++k) h[k] = (1 - gates[k]) * candidate[k] + gates[k] * h[k];
      return;
    }
    for (int64_t k = 0; k < gates_; ++k) gates[k] += recurrent[k];
    if (r_.kind == RnnKind::Lstm) return lstm(d, gates, h, w.c + b * n_, peepholes, w.scratch + b * n_);
    clip(gates, n_);
    apply(d, 0, gates, h, n_);
  }

  // Gates i, o, f, c; peepholes i, o, f.
  void lstm(int d, float* gates, float* h, float* cell, const float* peepholes, float* scratch) const {
    float *in = gates, *out = gates + n_, *forget = gates + 2 * n_, *candidate = gates + 3 * n_;
    for (int64_t k = 0; peepholes && k < n_; ++k) {
      in[k] += peepholes[k] * cell[k];
      forget[k] += peepholes[2 * n_ + k] * cell[k];
    }
    clip(in, n_), clip(forget, 2 * n_);
    apply(d, 0, in, in, n_), apply(d, 1, candidate, candidate, n_);
    if (!r_.input_forget) apply(d, 0, forget, forget, n_);
    else for (int64_t k = 0; k < n_; ++k) forget[k] = 1 - in[k];
    for (int64_t k = 0; k < n_; ++k) cell[k] = forget[k] * cell[k] + in[k] * candidate[k];
    for (int64_t k = 0; peepholes && k < n_; ++k) out[k] += peepholes[n_ + k] * cell[k];
    clip(out, n_);
    apply(d, 0, out, out, n_);
    apply(d, 2, cell, scratch, n_);
    for (int64_t k = 0; k < n_; ++k) h[k] = out[k] * scratch[k];
  }

  RnnParams r_;
  std::vector<Tensor> parts_;
  const GemmKernels* gemm_;
  const ElementwiseKernels* math_;
  Report bad_length_;
  int64_t n_, gates_;
};

size_t workspace(const Problem& p, const Config&, const Device&) {
  const auto r = params(p);
  return r ? Rnn::workspace(*r) : 0;
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  RnnParams r = PHAROS_TRY(params(p));
  auto bad_length = bad_value(*p.node, Lengths, "a length out of range", "0 to " + std::to_string(r.length));
  return make_kernel([rnn = Rnn(std::move(r), packed, device.isa, std::move(bad_length))](
                         const KernelArgs& a, const Threads& threads) { return rnn.run(a, threads); });
}

}  // namespace

void define_rnn_packed(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.rnn.packed",
      .doc = "LSTM, GRU and RNN: one matrix product for the inputs of all steps, one per step for the state, packed weights.",
      .ops = {{"", "LSTM"}, {"", "GRU"}, {"", "RNN"}},
      .supports = supports,
      .workspace = workspace,
      .pack = pack,
      .packed_inputs = packed_inputs,
      .prepare = prepare,
  });
}

}  // namespace pharos
