#include "tactics/work.h"

#include "ops/conv_params.h"

namespace pharos {
namespace {

double count(const Dims& dims) {
  double n = 1;
  for (const int64_t d : dims) n *= double(d);
  return n;
}

double bytes(const Type& t) { return t.is_concrete() ? double(t.stored_bytes().value_or(0)) : 0; }

double conv_flops(const Problem& p) {
  const auto q = conv_params(*p.node, p.in(0), p.in(1));
  return q ? 2 * count(p.out(0)) * double(q->in_per_group()) * count(q->kernel) : 0;
}

double product_flops(const Problem& p) {
  const Dims a = p.in(0);
  if (a.empty()) return 0;
  const bool transposed = a.size() > 1 && p.node->attr_int("transA");
  return 2 * count(p.out(0)) * double(transposed ? a[a.size() - 2] : a.back());
}

// Queries times keys, scores times values.
double attention_flops(const Problem& p) {
  const Dims k = p.in(1);
  return k.size() < 2 ? 0 : 4 * count(p.out(0)) * double(k[k.size() - 2]);
}

// Weights of inputs and of the recurrence, once per step and sequence.
double recurrent_flops(const Problem& p) {
  const Dims x = p.in(0);
  return x.size() < 3 ? 0 : 2 * double(x[0]) * double(x[1]) * (count(p.in(1)) + count(p.in(2)));
}

double flops(const Problem& p) {
  const Node& n = *p.node;
  const auto known = [&](size_t inputs) {
    if (p.outputs.empty() || !p.outputs[0].is_concrete()) return false;
    for (size_t i = 0; i < inputs; ++i)
      if (!p.has_input(i) || !p.inputs[i].is_concrete()) return false;
    return true;
  };
  if (n.op == "Conv") return known(2) ? conv_flops(p) : 0;
  if (n.op == "ConvTranspose") return known(2) ? 2 * count(p.in(0)) * count(p.in(1)) / double(std::max<int64_t>(1, p.in(1)[0])) : 0;
  if (n.op == "MatMul" || n.op == "Gemm") return known(2) ? product_flops(p) : 0;
  if (n.op == "Attention") return known(2) ? attention_flops(p) : 0;
  if (n.op == "LSTM" || n.op == "GRU" || n.op == "RNN") return known(3) ? recurrent_flops(p) : 0;
  return 0;
}

}  // namespace

Work work_of(const Problem& p) {
  Work w;
  w.flops = flops(p);
  for (size_t i = 0; i < p.inputs.size(); ++i)
    (i < p.constants.size() && p.constants[i] ? w.weight_bytes : w.activation_bytes) += bytes(p.inputs[i]);
  for (const Type& o : p.outputs) w.activation_bytes += bytes(o);
  return w;
}

}  // namespace pharos
