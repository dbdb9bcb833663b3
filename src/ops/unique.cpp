#include <numeric>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const Type& x = c.input(0);
  std::optional<Shape> out;
  if (!c.node().has_attr("axis")) {
    out = Shape(1);
  } else if (x.shape) {
    out = x.shape;
    (*out)[size_t(PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), x.rank())))] = Dim();
  }
  c.set_output(0, tensor_type(x.dtype, std::move(out)));
  for (size_t i = 1; i <= 3; ++i) c.set_output(i, tensor_of_rank(DType::i64, 1));
  return {};
}

// -1, 0 or 1; NaNs are equal to each other and above all numbers.
template <class T>
int compare(const T& a, const T& b) {
  if (a < b) return -1;
  if (b < a) return 1;
  return int(a != a) - int(b != b);
}

// Items are slices along the axis; `order` sorts them, equal ones by position.
template <class T>
std::vector<int64_t> sorted_items(const std::vector<T>& elements, int64_t items, const AxisSplit& s, int64_t parts,
                                  std::vector<char>& same_as_previous) {
  const auto compare_items = [&](int64_t a, int64_t b) {
    for (int64_t o = 0; o < s.outer; ++o)
      for (int64_t i = 0; i < s.inner * parts; ++i) {
        const auto at = [&](int64_t item) { return size_t((o * s.length + item) * s.inner * parts + i); };
        if (const int r = compare(elements[at(a)], elements[at(b)])) return r;
      }
    return 0;
  };
  std::vector<int64_t> order(static_cast<size_t>(items));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return compare_items(a, b) < 0; });
  same_as_previous.assign(order.size(), 0);
  for (size_t i = 1; i < order.size(); ++i) same_as_previous[i] = compare_items(order[i - 1], order[i]) == 0;
  return order;
}

std::vector<int64_t> sort_tensor(const Tensor& x, int64_t items, const AxisSplit& s, std::vector<char>& same) {
  if (x.dtype() == DType::string) {
    const auto v = x.as<std::string>();
    return sorted_items(std::vector<std::string>(v.begin(), v.end()), items, s, 1, same);
  }
  if (x.dtype() == DType::c64 || x.dtype() == DType::c128) {  // by real part, then imaginary part
    std::vector<double> v;
    if (x.dtype() == DType::c64)
      for (const auto& z : x.as<std::complex<float>>()) v.insert(v.end(), {z.real(), z.imag()});
    else for (const auto& z : x.as<std::complex<double>>()) v.insert(v.end(), {z.real(), z.imag()});
    return sorted_items(v, items, s, 2, same);
  }
  return with_wide(
      x.dtype(), [&](auto tag) { return sorted_items(to_vector<typename decltype(tag)::type>(x), items, s, 1, same); });
}

Result<void> put_ints(EvalContext& c, size_t output, const std::vector<int64_t>& v) {
  if (!c.has_output(output)) return {};
  Tensor t = PHAROS_TRY(c.output(output, DType::i64, {int64_t(v.size())}));
  std::copy(v.begin(), v.end(), t.as<int64_t>().begin());
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const bool flat = !c.node().has_attr("axis");
  const int axis = flat ? 0 : PHAROS_TRY(checked_axis(c.node(), c.node().attr_int("axis"), x.rank()));
  Dims dims = flat ? Dims{x.count()} : x.dims();
  const AxisSplit s = split_at(dims, axis);
  std::vector<char> same;
  const std::vector<int64_t> order = sort_tensor(x, s.length, s, same);

  std::vector<int64_t> first, counts, inverse(order.size());  // by unique item, in sorted order
  for (size_t i = 0; i < order.size(); ++i) {
    if (!same[i]) { first.push_back(order[i]); counts.push_back(0); }
    ++counts.back();
    inverse[size_t(order[i])] = int64_t(first.size()) - 1;
  }
  if (c.node().attr_int("sorted", 1) == 0) {  // in the order of first occurrence
    std::vector<int64_t> by_place(first.size()), rank(first.size()), first_sorted = first, counts_sorted = counts;
    std::iota(by_place.begin(), by_place.end(), int64_t{0});
    std::sort(by_place.begin(), by_place.end(),
              [&](int64_t a, int64_t b) { return first[size_t(a)] < first[size_t(b)]; });
    for (size_t i = 0; i < by_place.size(); ++i) {
      rank[size_t(by_place[i])] = int64_t(i);
      first[i] = first_sorted[size_t(by_place[i])];
      counts[i] = counts_sorted[size_t(by_place[i])];
    }
    for (int64_t& i : inverse) i = rank[size_t(i)];
  }

  dims[size_t(axis)] = int64_t(first.size());
  Tensor y = PHAROS_TRY(c.output(0, x.dtype(), dims));
  int64_t to = 0;
  for (int64_t o = 0; y.count() > 0 && o < s.outer; ++o)
    for (const int64_t item : first) {
      copy_run(y, to, x, (o * s.length + item) * s.inner, s.inner);
      to += s.inner;
    }
  PHAROS_TRY(put_ints(c, 1, first));
  PHAROS_TRY(put_ints(c, 2, inverse));
  return put_ints(c, 3, counts);
}

}  // namespace

void define_unique(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::complex;
  ops.add({.name = "Unique",
           .since = 28,
           .doc = "The different elements, or slices along an axis, with places and counts.",
           .inputs = {{"X", t}},
           .outputs = {{"Y", t},
                       {"indices", types::i64, Param::Kind::Optional},
                       {"inverse_indices", types::i64, Param::Kind::Optional},
                       {"counts", types::i64, Param::Kind::Optional}},
           .attributes = {{"axis", AttrType::Int, false, "the flattened input where it is missing"},
                          {"sorted", AttrType::Int, false, "1: ascending (default), 0: by first occurrence"}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{11, nullptr}}});
}

}  // namespace pharos
