#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  const auto& shape = c.input(0).shape;
  c.set_output(0, Type::tensor(DType::i64, Shape{shape ? Dim(int64_t(shape->size())) : Dim(), Dim()}));
  return {};
}

std::vector<int64_t> non_zero_elements(const Tensor& x) {
  std::vector<int64_t> found;
  const auto collect = [&](auto&& is_set) {
    for (int64_t i = 0; i < x.count(); ++i)
      if (is_set(size_t(i))) found.push_back(i);
  };
  if (x.dtype() == DType::string) collect([s = x.as<std::string>()](size_t i) { return !s[i].empty(); });
  else if (x.dtype() == DType::c64) collect([v = x.as<std::complex<float>>()](size_t i) { return v[i] != 0.0f; });
  else if (x.dtype() == DType::c128) collect([v = x.as<std::complex<double>>()](size_t i) { return v[i] != 0.0; });
  else with_wide(x.dtype(), [&](auto tag) {
    using W = typename decltype(tag)::type;
    collect([&](size_t i) { return load_as<W>(x, int64_t(i)) != W(0); });
  });
  return found;
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const std::vector<int64_t> found = non_zero_elements(x);
  const int64_t n = int64_t(found.size());
  Tensor y = PHAROS_TRY(c.output(0, DType::i64, {x.rank(), n}));
  const auto out = y.as<int64_t>();
  const Strides strides = contiguous_strides(x.dims());
  for (int d = 0; d < x.rank(); ++d)
    for (int64_t i = 0; i < n; ++i) out[size_t(d * n + i)] = found[size_t(i)] / strides[size_t(d)] % x.dim(d);
  return {};
}

}  // namespace

void define_non_zero(OpSet& ops) {
  ops.add({.name = "NonZero",
           .since = 13,
           .doc = "Coordinates of the elements that are not zero: one row per axis, one column per element.",
           .inputs = {{"X", types::numeric | types::boolean | types::string | types::complex}},
           .outputs = {{"Y", types::i64}},
           .infer = infer,
           .evaluate = evaluate,
           .older = {{9, nullptr}}});
}

}  // namespace pharos
