// y = s * f(x) + t with one s and t per output channel, where f is a convolution or a product with constant weights:
// s goes into the weights and t into the bias. Batch norm is the common case; Mul, Add, Sub, Div and Neg by constants
// are the others.

#include <cmath>
#include <fmt/format.h>

#include "passes/edit.h"
#include "passes/passes.h"

namespace pharos::passes {
namespace {

struct Affine { std::vector<double> s, t; };

// How a producer keeps its output channels.
struct Channels {
  int weight_axis = 0;     // of the weight tensor
  int output_axis = 1;     // of the result
  int64_t count = 0;
  int64_t groups = 1;      // ConvTranspose: output channels are groups * dim(weight_axis)
  bool has_bias_input = true;
};

bool plain(const Node& n) { return n.attr_string("activation").empty() && !n.has_input(3); }

std::optional<Channels> channels_of(const Graph& g, const Node& n) {
  const Tensor* w = n.inputs.size() > 1 ? g.constant(n.inputs[1]) : nullptr;
  const auto rank = rank_of(g, n.outputs[0]);
  if (!w || !rank) return std::nullopt;
  if (n.is("Conv") || (n.is("Conv", "pharos") && plain(n))) return Channels{0, 1, w->dim(0)};
  if (n.is("ConvTranspose")) {
    const int64_t groups = n.attr_int("group", 1);
    return Channels{1, 1, w->dim(1) * groups, groups};
  }
  if (w->rank() != 2) return std::nullopt;
  if (n.is("Gemm")) {
    const int axis = n.attr_int("transB") ? 0 : 1;
    return Channels{axis, 1, w->dim(axis)};
  }
  if (n.is("MatMul") && *rank >= 2) return Channels{1, *rank - 1, w->dim(1), 1, false};
  if (n.is("MatMul", "pharos") && plain(n)) {
    const int axis = n.attr_int("transB") ? 0 : 1;
    return Channels{axis, *rank - 1, w->dim(axis)};
  }
  return std::nullopt;
}

bool all(const std::vector<double>& v, double wanted) {
  for (const double x : v) if (x != wanted) return false;
  return true;
}

std::optional<Affine> batchnorm(const Graph& g, const Node& n, int64_t channels) {
  if (n.attr_int("training_mode") || n.inputs.size() < 5) return std::nullopt;
  std::vector<double> p[4];
  for (size_t i = 0; i < 4; ++i) {
    const Tensor* t = g.constant(n.inputs[i + 1]);
    if (!t || t->count() != channels) return std::nullopt;
    p[i] = to_doubles(*t);
  }
  const double epsilon = n.attr_float("epsilon", 1e-5f);
  Affine a;
  for (size_t i = 0; i < size_t(channels); ++i) {
    a.s.push_back(p[0][i] / std::sqrt(p[3][i] + epsilon));
    a.t.push_back(p[1][i] - p[2][i] * a.s[i]);
  }
  return a;
}

// The constant operand of a binary node around `x`, per channel.
std::optional<Affine> arithmetic(const Graph& g, const Node& n, ValueId x, const Channels& ch, int rank) {
  const size_t count = size_t(ch.count);
  if (n.is("Neg")) return Affine{std::vector<double>(count, -1), std::vector<double>(count, 0)};
  const auto operand = other_operand(n, x);
  const Tensor* t = operand ? g.constant(*operand) : nullptr;
  const bool first = n.inputs[0] != x;
  if (!t) return std::nullopt;
  auto v = per_channel(*t, rank, ch.output_axis, ch.count);
  if (!v) return std::nullopt;
  Affine a{std::vector<double>(count, 1), std::vector<double>(count, 0)};
  if (n.op == "Add") a.t = *v;
  if (n.op == "Mul") a.s = *v;
  if (n.op == "Sub")
    for (size_t i = 0; i < count; ++i) { a.s[i] = first ? -1 : 1; a.t[i] = first ? (*v)[i] : -(*v)[i]; }
  if (n.op == "Div") {
    if (first) return std::nullopt;
    for (size_t i = 0; i < count; ++i) {
      if ((*v)[i] == 0) return std::nullopt;
      a.s[i] = 1 / (*v)[i];
    }
  }
  return a;
}

// Which of the channels each row of `inner` elements belongs to, row after row.
std::vector<size_t> row_channels(const Tensor& w, const Channels& ch, int64_t inner) {
  const int64_t axis = w.dim(ch.weight_axis), rows = inner == 0 ? 0 : w.count() / inner;
  const int64_t per_group = ch.groups > 1 ? w.dim(0) / ch.groups : 1;
  std::vector<size_t> out;
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t group = ch.groups > 1 ? r / axis / per_group : 0;
    out.push_back(size_t(group * axis + r % axis));
  }
  return out;
}

Tensor scaled(const Tensor& w, const Channels& ch, const std::vector<double>& s) {
  int64_t inner = 1;
  for (int i = ch.weight_axis + 1; i < w.rank(); ++i) inner *= w.dim(i);
  const std::vector<size_t> channels = row_channels(w, ch, inner);
  if (w.dtype() == DType::f32) {  // the usual case, without a detour through doubles for every element
    Tensor out(DType::f32, w.dims());
    const float* from = w.as<float>().data();
    float* to = out.valid() ? out.as<float>().data() : nullptr;
    for (size_t r = 0; to && r < channels.size(); ++r)
      for (int64_t i = 0; i < inner; ++i) *to++ = float(*from++ * s[channels[r]]);
    return out;
  }
  std::vector<double> values = to_doubles(w);
  for (size_t i = 0; i < values.size(); ++i) values[i] *= s[channels[i / size_t(inner)]];
  return float_tensor(w.dtype(), w.dims(), values);
}

// Whether bias (if any) is a constant that holds one number per channel; returns it, zeros where there is none.
std::optional<std::vector<double>> bias_of(const Graph& g, const Node& n, const Channels& ch) {
  if (!n.has_input(2)) return std::vector<double>(size_t(ch.count), 0);
  const Tensor* b = g.constant(n.inputs[2]);
  if (!b) return std::nullopt;
  auto v = per_channel(*b, n.op == "Gemm" ? 2 : 1, n.op == "Gemm" ? 1 : 0, ch.count);
  if (v && n.is("Gemm"))
    for (double& x : *v) x *= n.attr_float("beta", 1);
  return v;
}

std::string fold(Graph& g, NodeId producer, const Channels& ch, const Affine& a) {
  const Node n = g[producer];
  const Tensor w = *g.constant(n.inputs[1]);
  const bool scales = !all(a.s, 1);
  auto bias = bias_of(g, n, ch);
  if (!bias) return "its bias is not a constant per channel";
  for (size_t i = 0; i < bias->size(); ++i) (*bias)[i] = (*bias)[i] * a.s[i] + a.t[i];
  const bool needs_bias = n.has_input(2) || !all(a.t, 0);
  if (needs_bias && !ch.has_bias_input) return "it has no bias yet";
  if (scales) {
    Tensor t = scaled(w, ch, a.s);
    if (!t.valid()) return fmt::format("weights of type {} are not scaled", dtype_name(w.dtype()));
    g.set_input(producer, 1, g.add_constant(g.value(n.inputs[1]).name, std::move(t)));
  }
  if (!needs_bias) return "";
  Tensor t = float_tensor(w.dtype(), {ch.count}, *bias);
  if (!t.valid()) return "its bias does not fit the memory";
  g.set_input(producer, 2, g.add_constant(n.name + "_bias", std::move(t)));
  if (n.is("Gemm")) g.node(producer).attributes.erase("beta");
  return "";
}

bool candidate(const Node& n) {
  if (!n.domain.empty()) return false;
  return n.op == "BatchNormalization" || n.op == "Mul" || n.op == "Add" || n.op == "Sub" || n.op == "Div" ||
         n.op == "Neg";
}

// The operand that a convolution or product computes.
ValueId computed_operand(const Graph& g, const Node& n) {
  if (n.op == "BatchNormalization" || n.op == "Neg") return n.inputs[0];
  for (size_t i = 0; i < n.inputs.size() && i < 2; ++i)
    if (!g.constant(n.inputs[i]) && g.constant(n.inputs[1 - i])) return n.inputs[i];
  return {};
}

bool is_product(const Node& n) {
  return is_builtin(n) && (n.op == "Conv" || n.op == "ConvTranspose" || n.op == "Gemm" || n.op == "MatMul");
}

// Rewrites one node; an empty reason: done. A reason of "-": not even similar.
std::string try_fold(Graph& g, NodeId id) {
  const Node& n = g[id];
  const ValueId x = computed_operand(g, n);
  const NodeId p = x ? g.producer(x) : NodeId{};
  if (!p || !is_product(g[p])) return "-";
  const auto ch = channels_of(g, g[p]);
  const auto rank = rank_of(g, x);
  if (!ch || !rank)
    return n.op == "BatchNormalization" && !g.constant(g[p].inputs[1]) ? "the weights before it are not constant" : "-";
  if (n.op != "BatchNormalization" && !same_type(g, x, n.outputs[0])) return "-";
  if (n.op == "BatchNormalization" && ch->output_axis != 1)
    return "its channel axis is not that of the product before it";
  const auto a = n.op == "BatchNormalization" ? batchnorm(g, n, ch->count) : arithmetic(g, n, x, *ch, *rank);
  if (!a) return n.op == "BatchNormalization" ? "its parameters are not constant" : "-";
  if (!ch->has_bias_input && !all(a->t, 0)) return "-";  // lower-matmul gives it one
  if (g.is_output(x)) return fmt::format("the result of '{}' is also a graph output", g[p].name);
  if (!read_once(g, x)) return fmt::format("the result of '{}' is read by {} nodes", g[p].name, g.value(x).uses.size());
  const std::string why = fold(g, p, *ch, *a);
  if (!why.empty()) return why;
  g.merge_origin(p, id);
  replace_value(g, g[id].outputs[0], x);
  g.erase(id);
  return "";
}

}  // namespace

Result<int> fuse_affine(Graph& g, PassContext& c) {
  int rewrites = 0;
  for (const NodeId id : g.topological_order()) {
    if (!g.is_alive(id) || !candidate(g[id])) continue;
    if (g[id].op == "BatchNormalization" && g[id].outputs.size() > 1 && g[id].has_output(1)) continue;
    const std::string why = try_fold(g, id);
    if (why.empty()) ++rewrites;
    else if (why != "-") c.note(g, id, "not folded into the weights: " + why);
  }
  return rewrites;
}

}  // namespace pharos::passes
