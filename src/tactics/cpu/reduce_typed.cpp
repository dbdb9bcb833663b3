// All ten reductions over any axes and arithmetic types; CumSum and CumProd.

#include <cmath>
#include <limits>

#include "tactics/cpu/common.h"

namespace pharos {
namespace {

using namespace cpu;

// The dims of the input merged into runs that are kept and runs that are reduced, outermost first.
struct Layout {
  struct Axis { int64_t extent, stride; };
  std::vector<Axis> kept, reduced;
  int64_t outputs = 1, per_output = 1;
};

std::optional<Layout> layout_of(const Problem& p) {
  const Dims in = p.in(0);
  const bool none = p.node->attr_int("noop_with_empty_axes") != 0;
  std::vector<bool> is_reduced(in.size(), false);
  std::vector<int64_t> axes;
  if (p.has_input(1)) {
    const auto given = constant_ints(p, 1);
    if (!given) return std::nullopt;
    axes = *given;
  }
  if (axes.empty()) is_reduced.assign(in.size(), !none);
  for (int64_t axis : axes) {
    axis += axis < 0 ? int64_t(in.size()) : 0;
    if (axis < 0 || axis >= int64_t(in.size())) return std::nullopt;
    is_reduced[size_t(axis)] = true;
  }
  Layout l;
  int64_t stride = 1;
  const std::vector<Layout::Axis>* before = nullptr;
  for (size_t d = in.size(); d-- > 0; stride *= in[d]) {
    if (in[d] == 1) continue;
    auto& list = is_reduced[d] ? l.reduced : l.kept;
    (is_reduced[d] ? l.per_output : l.outputs) *= in[d];
    if (before == &list) list.front().extent *= in[d];
    else list.insert(list.begin(), {in[d], stride});
    before = &list;
  }
  return l;
}

enum class Kind : uint8_t { Sum, Mean, Max, Min, Product, AbsSum, SquareSum, Norm, LogSum, LogSumExp };
constexpr std::pair<std::string_view, Kind> kinds[] = {
    {"ReduceSum", Kind::Sum}, {"ReduceMean", Kind::Mean}, {"ReduceMax", Kind::Max}, {"ReduceMin", Kind::Min}, {"ReduceProd", Kind::Product},
    {"ReduceL1", Kind::AbsSum}, {"ReduceSumSquare", Kind::SquareSum}, {"ReduceL2", Kind::Norm}, {"ReduceLogSum", Kind::LogSum},
    {"ReduceLogSumExp", Kind::LogSumExp}};
Kind kind_of(const Node& n) {
  for (const auto& [name, kind] : kinds)
    if (n.op == name) return kind;
  return Kind::Sum;
}

template <class F>
bool with_type(DType type, F&& f) {
  switch (type) {
    case DType::f32: return f(float{}), true;
    case DType::f64: return f(double{}), true;
    case DType::i32: return f(int32_t{}), true;
    case DType::i64: return f(int64_t{}), true;
    case DType::i8: return f(int8_t{}), true;
    case DType::u8: return f(uint8_t{}), true;
    default: return false;
  }
}

// f32 sums in double, integers in 64 bits, which wrap like their own width.
template <class T> using Sum = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;

Support supports(const Problem& p, const Device&) {
  if (p.inputs.empty() || !p.inputs[0].is_concrete() || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  if (!with_type(p.inputs[0].dtype, [](auto) {})) return unsupported("no loop for this type");
  const auto l = layout_of(p);
  if (!l) return unsupported("the axes are not constant");
  if (l->per_output == 0 || l->outputs == 0) return unsupported("an empty reduction");
  const Kind kind = kind_of(*p.node);
  if (!is_float(p.inputs[0].dtype) && (kind == Kind::Mean || kind >= Kind::Norm)) return unsupported("not in a float type");
  return supported();
}

template <class T, class F>
void for_each_reduced(const Layout& l, const T* x, F&& f) {
  if (l.reduced.empty()) return f(x, int64_t{1}, int64_t{1});
  const Layout::Axis& last = l.reduced.back();
  for (int64_t u = 0; u < l.per_output / last.extent; ++u) {
    const T* at = x;
    for (size_t d = l.reduced.size() - 1, rest = size_t(u); d-- > 0; rest /= size_t(l.reduced[d].extent))
      at += int64_t(rest % size_t(l.reduced[d].extent)) * l.reduced[d].stride;
    f(at, last.extent, last.stride);
  }
}

template <class T>
T extreme(const Layout& l, const T* x, bool largest) {
  T best = *x;
  for_each_reduced(l, x, [&](const T* at, int64_t n, int64_t step) {
    for (int64_t i = 0; i < n; ++i) {
      const T v = at[i * step];
      best = v != v || (largest ? v > best : v < best) ? (best != best ? best : v) : best;
    }
  });
  return best;
}

// The sum of g(x) over one output's elements, in four interleaved parts so that they do not wait for each other.
template <class T, class G>
Sum<T> total(const Layout& l, const T* x, G&& g) {
  Sum<T> part[4] = {};
  for_each_reduced(l, x, [&](const T* at, int64_t n, int64_t step) {
    int64_t i = 0;
    for (; i + 4 <= n; i += 4)
      for (int64_t k = 0; k < 4; ++k) part[k] += g(at[(i + k) * step]);
    for (; i < n; ++i) part[0] += g(at[i * step]);
  });
  return (part[0] + part[1]) + (part[2] + part[3]);
}

template <class T>
T reduce(Kind kind, const Layout& l, const T* x) {
  using S = Sum<T>;
  const auto plain = [](T v) { return S(v); };
  const auto square = [](T v) { return S(v) * S(v); };
  switch (kind) {
    case Kind::Sum: return T(total(l, x, plain));
    case Kind::Mean: return T(total(l, x, plain) / S(l.per_output));
    case Kind::Max: return extreme(l, x, true);
    case Kind::Min: return extreme(l, x, false);
    case Kind::AbsSum: return T(total(l, x, [](T v) { return v < T(0) ? S(0) - S(v) : S(v); }));
    case Kind::SquareSum: return T(total(l, x, square));
    case Kind::Product: {
      S product = 1;
      for_each_reduced(l, x, [&](const T* at, int64_t n, int64_t step) {
        for (int64_t i = 0; i < n; ++i) product *= S(at[i * step]);
      });
      return T(product);
    }
    default: break;
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (kind == Kind::Norm) return T(std::sqrt(total(l, x, square)));
    if (kind == Kind::LogSum) return T(std::log(total(l, x, plain)));
    const T top = extreme(l, x, true);
    if (std::isinf(top)) return top;
    return T(double(top) + std::log(total(l, x, [top](T v) { return std::exp(double(v) - double(top)); })));
  }
  return T(0);
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  return make_kernel([l = *layout_of(p), kind = kind_of(*p.node), type = p.inputs[0].dtype](const KernelArgs& a, const Threads& threads) {
    with_type(type, [&](auto element) {
      using T = decltype(element);
      const T* x = static_cast<const T*>(a.inputs[0]->data());
      T* y = static_cast<T*>(a.outputs[0]->data());
      threads.for_each(l.outputs, [&](int64_t first, int64_t last) {
        for (int64_t o = first; o < last; ++o) {
          const T* at = x;
          for (int64_t d = int64_t(l.kept.size()), rest = o; d-- > 0; rest /= l.kept[size_t(d)].extent)
            at += rest % l.kept[size_t(d)].extent * l.kept[size_t(d)].stride;
          y[o] = reduce(kind, l, at);
        }
      }, std::max<int64_t>(1, 16384 / l.per_output));
    });
  });
}

// --- running sums

struct Line { int64_t outer = 1, length = 1, inner = 1; };

std::optional<Line> line_of(const Problem& p) {
  const auto axis = constant_ints(p, 1);
  const Dims in = p.in(0);
  if (!axis || axis->size() != 1) return std::nullopt;
  const int64_t at = (*axis)[0] + ((*axis)[0] < 0 ? int64_t(in.size()) : 0);
  if (at < 0 || at >= int64_t(in.size())) return std::nullopt;
  return Line{count_of(in, 0, size_t(at)), in[size_t(at)], count_of(in, size_t(at) + 1)};
}

Support supports_running(const Problem& p, const Device&) {
  if (p.inputs.size() < 2 || !p.inputs[0].is_concrete() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  if (!with_type(p.inputs[0].dtype, [](auto) {})) return unsupported("no loop for this type");
  if (!line_of(p)) return unsupported("the axis is not constant");
  return supported();
}

template <class T>
void run_line(const T* x, T* y, const Line& l, bool product, bool exclusive, bool reverse) {
  using S = Sum<T>;
  S total = product ? S(1) : S(0);
  for (int64_t k = 0; k < l.length; ++k) {
    const int64_t at = (reverse ? l.length - 1 - k : k) * l.inner;
    const S v = S(x[at]), before = total;
    total = product ? total * v : total + v;
    y[at] = T(exclusive ? before : total);
  }
}

Result<std::unique_ptr<Kernel>> prepare_running(const Problem& p, const Config&, const PackedWeights&, const Device&) {
  const Node& n = *p.node;
  return make_kernel([l = *line_of(p), type = p.inputs[0].dtype, product = n.is("CumProd"), exclusive = n.attr_int("exclusive") != 0,
                      reverse = n.attr_int("reverse") != 0](const KernelArgs& a, const Threads& threads) {
    with_type(type, [&](auto element) {
      using T = decltype(element);
      const T* x = static_cast<const T*>(a.inputs[0]->data());
      T* y = static_cast<T*>(a.outputs[0]->data());
      threads.for_each(l.outer * l.inner, [&](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; ++i) {
          const int64_t at = i / l.inner * l.length * l.inner + i % l.inner;
          run_line(x + at, y + at, l, product, exclusive, reverse);
        }
      }, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, l.length)));
    });
  });
}

}  // namespace

void define_reduce_typed(TacticSet& tactics) {
  std::vector<std::pair<std::string_view, std::string_view>> ops;
  for (const auto& [name, kind] : kinds) ops.emplace_back("", name);
  tactics.add({
      .name = "cpu.reduce.typed",
      .doc = "All reductions over any axes of float and integer tensors, output by output on all threads.",
      .ops = std::move(ops),
      .supports = supports,
      .prepare = prepare,
  });
  tactics.add({
      .name = "cpu.running.lines",
      .doc = "CumSum and CumProd, line by line on all threads.",
      .ops = {{"", "CumSum"}, {"", "CumProd"}},
      .supports = supports_running,
      .prepare = prepare_running,
  });
}

}  // namespace pharos
