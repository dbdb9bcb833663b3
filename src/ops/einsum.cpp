#include <map>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// Labels are letters; the dims that "..." stands for get numbers from 256 on, counted from the right.
using Labels = std::vector<int>;
struct Equation {
  std::vector<Labels> inputs;
  Labels output;
};

constexpr int ellipsis = -1, first_of_ellipsis = 256;

Report bad_equation(const Node& node, std::string_view expected) {
  return bad_attribute(node, "equation", "'" + node.attr_string("equation").substr(0, 80) + "'", std::string(expected));
}

Result<Labels> parse_term(const Node& node, std::string_view text) {
  Labels out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char ch = text[i];
    if (ch == ' ') continue;
    if (text.substr(i, 3) == "...") {
      if (std::find(out.begin(), out.end(), ellipsis) != out.end()) return bad_equation(node, "one '...' per term");
      out.push_back(ellipsis);
      i += 2;
    } else if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')) {
      out.push_back(ch);
    } else {
      return bad_equation(node, "letters and '...'");
    }
  }
  return out;
}

// Replaces the ellipsis by `count` labels.
Labels expanded(const Labels& term, size_t count) {
  Labels out;
  for (const int l : term) {
    if (l != ellipsis) { out.push_back(l); continue; }
    for (size_t i = count; i-- > 0;) out.push_back(first_of_ellipsis + int(i));
  }
  return out;
}

Result<Equation> parse_equation(const Node& node, std::span<const size_t> ranks) {
  const std::string text = node.attr_string("equation");
  const size_t arrow = text.find("->");
  const std::string_view left = std::string_view(text).substr(0, arrow);
  Equation e;
  size_t widest = 0;
  for (size_t begin = 0; begin <= left.size();) {
    const size_t end = std::min(left.find(',', begin), left.size());
    const Labels term = PHAROS_TRY(parse_term(node, left.substr(begin, end - begin)));
    if (e.inputs.size() == ranks.size()) return bad_equation(node, fmt::format("{} terms", ranks.size()));
    const size_t rank = ranks[e.inputs.size()];
    const bool open = std::find(term.begin(), term.end(), ellipsis) != term.end();
    if (open ? rank + 1 < term.size() : rank != term.size())
      return bad_equation(node, fmt::format("{} labels for input {}", rank, e.inputs.size()));
    const size_t hidden = open ? rank + 1 - term.size() : 0;
    widest = std::max(widest, hidden);
    e.inputs.push_back(expanded(term, hidden));
    begin = end + 1;
  }
  if (e.inputs.size() != ranks.size()) return bad_equation(node, fmt::format("{} terms", ranks.size()));
  std::map<int, int> uses;
  for (const Labels& term : e.inputs)
    for (const int l : term) ++uses[l];
  if (arrow == std::string::npos) {  // all labels that occur once, in order; the ellipsis first
    e.output = expanded({ellipsis}, widest);
    for (const auto& [label, count] : uses)
      if (count == 1 && label < first_of_ellipsis) e.output.push_back(label);
  } else {
    e.output = expanded(PHAROS_TRY(parse_term(node, std::string_view(text).substr(arrow + 2))), widest);
    for (const int l : e.output) {
      if (!uses.count(l)) return bad_equation(node, "output labels that an input has");
      if (std::count(e.output.begin(), e.output.end(), l) > 1) return bad_equation(node, "each output label once");
    }
  }
  return e;
}

// Extent of each label.
Result<std::map<int, Dim>> extents(const Node& node, const Equation& e, std::span<const Shape> shapes) {
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
  const Equation e = PHAROS_TRY(parse_equation(c.node(), ranks));
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
Result<void> evaluate_wide(EvalContext& c, const Equation& e, const std::map<int, Dim>& extent, Tensor& y) {
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
  const Equation e = PHAROS_TRY(parse_equation(c.node(), ranks));
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
