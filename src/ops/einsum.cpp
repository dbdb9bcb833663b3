#include <map>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/einsum_equation.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

using Labels = std::vector<int>;

// Extent of each label.
Result<std::map<int, Dim>> extents(const Node& node, const EinsumEquation& e, std::span<const Shape> shapes) {
  std::map<int, Dim> out;
  for (size_t i = 0; i < shapes.size(); ++i)
    for (size_t d = 0; d < shapes[i].size(); ++d) {
      const auto [it, fresh] = out.try_emplace(e.inputs[i][d], shapes[i][d]);
      if (fresh) continue;
      const auto both = broadcast(it->second, shapes[i][d]);
      if (!both)
        return shapes_mismatch(node, fmt::format("input {} has {} where another has {} for the same label", i,
                                                 shapes[i][d].text(), it->second.text()));
      it->second = *both;
    }
  return out;
}

Result<void> infer(InferContext& c) {
  const size_t n = c.node().inputs.size();
  const DType t = PHAROS_TRY(infer_dtype(c, 0, n));
  std::vector<Shape> shapes;
  std::vector<size_t> ranks;
  for (size_t i = 0; i < n; ++i) {
    const auto& s = c.input(i).shape;
    if (!s) {
      c.set_output(0, Type::tensor(t));
      return {};
    }
    shapes.push_back(*s);
    ranks.push_back(s->size());
  }
  const EinsumEquation e = PHAROS_TRY(einsum_equation(c.node(), ranks));
  const auto extent = PHAROS_TRY(extents(c.node(), e, shapes));
  Shape out;
  for (const int l : e.output) out.push_back(extent.at(l));
  c.set_output(0, Type::tensor(t, std::move(out)));
  return {};
}

// --- evaluation: operands are contracted from left to right

template <class W>
struct Operand {
  Labels labels;
  Dims dims;
  std::vector<W> values;
};

Dims dims_of(const Labels& labels, const std::map<int, Dim>& extent) {
  Dims out;
  for (const int l : labels) out.push_back(extent.at(l).number());
  return out;
}

// Stride per label of `space`; a label that an operand has twice walks its diagonal.
template <class W>
Strides strides_in(const Operand<W>& x, const Labels& space) {
  const Strides own = contiguous_strides(x.dims);
  Strides out(space.size(), 0);
  for (size_t s = 0; s < space.size(); ++s)
    for (size_t d = 0; d < x.labels.size(); ++d)
      if (x.labels[d] == space[s] && x.dims[d] != 1) out[s] += own[d];
  return out;
}

template <class W>
Result<Operand<W>> contract(EvalContext& c, const Operand<W>& a, const Operand<W>& b, const Labels& keep,
                            const std::map<int, Dim>& extent) {
  Operand<W> out{keep, dims_of(keep, extent), {}};
  const int64_t count = PHAROS_TRY(checked_count(c.node(), out.dims));
  if (count > c.limits().max_tensor_bytes / int64_t(sizeof(W)))
    return too_large(c.node(), "an intermediate result", dims_text(out.dims),
                     fmt::format("{} bytes", c.limits().max_tensor_bytes));
  out.values.assign(size_t(count), W(0));
  Labels space = keep;
  for (const Labels* labels : {&a.labels, &b.labels})
    for (const int l : *labels)
      if (std::find(space.begin(), space.end(), l) == space.end()) space.push_back(l);
  const W *av = a.values.data(), *bv = b.values.data();
  W* ov = out.values.data();
  Walk<3>(dims_of(space, extent), {strides_in(a, space), strides_in(b, space), strides_in(out, space)})
      .rows([&](const auto& at, int64_t n, const auto& step) {
        for (int64_t i = 0; i < n; ++i) {
          W& o = ov[at[2] + i * step[2]];
          o = wrap_add(o, wrap_mul(av[at[0] + i * step[0]], bv[at[1] + i * step[1]]));
        }
      });
  return out;
}

template <class W>
Result<void> evaluate_wide(EvalContext& c, const EinsumEquation& e, const std::map<int, Dim>& extent, Tensor& y) {
  Operand<W> total{{}, {}, {W(1)}};
  for (size_t i = 0; i < e.inputs.size(); ++i) {
    const Operand<W> next{e.inputs[i], c.input(i).dims(), to_vector<W>(c.input(i))};
    Labels keep;
    if (i + 1 == e.inputs.size()) {
      keep = e.output;
    } else {
      // Labels of what is done that the output or a later operand still needs.
      const auto needed = [&](int l) {
        if (std::find(e.output.begin(), e.output.end(), l) != e.output.end()) return true;
        for (size_t k = i + 1; k < e.inputs.size(); ++k)
          if (std::find(e.inputs[k].begin(), e.inputs[k].end(), l) != e.inputs[k].end()) return true;
        return false;
      };
      for (const Labels* labels : {&std::as_const(total.labels), &next.labels})
        for (const int l : *labels)
          if (needed(l) && std::find(keep.begin(), keep.end(), l) == keep.end()) keep.push_back(l);
    }
    total = PHAROS_TRY(contract(c, total, next, keep, extent));
  }
  store(y, 0, y.count(), total.values.data());
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const size_t n = c.node().inputs.size();
  PHAROS_TRY(check_same_dtype(c, 0, n));
  std::vector<Shape> shapes;
  std::vector<size_t> ranks;
  for (size_t i = 0; i < n; ++i) {
    shapes.push_back(shape_of(c.input(i).dims()));
    ranks.push_back(shapes.back().size());
  }
  const EinsumEquation e = PHAROS_TRY(einsum_equation(c.node(), ranks));
  const auto extent = PHAROS_TRY(extents(c.node(), e, shapes));
  Tensor y = PHAROS_TRY(c.output(0, c.input(0).dtype(), dims_of(e.output, extent)));
  return with_wide(c.input(0).dtype(),
                   [&](auto tag) { return evaluate_wide<typename decltype(tag)::type>(c, e, extent, y); });
}

}  // namespace

void define_einsum(OpSet& ops) {
  ops.add({.name = "Einsum",
           .since = 28,
           .doc = "Sum of products over labelled axes.",
           .inputs = {{"Inputs", types::numeric, Param::Kind::Variadic}},
           .outputs = {{"Output", types::numeric}},
           .attributes = {{"equation", AttrType::String, true, "'ij,jk->ik'; '...' stands for leading dims"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{12, nullptr}}});
}

}  // namespace pharos
