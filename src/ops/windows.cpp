// Window functions of signal processing: sums of cosines over the window.

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

// a - b cos(t) + c cos(2t)
struct Cosines { double a, b, c; };
constexpr Cosines hann{0.5, 0.5, 0}, hamming{25.0 / 46, 21.0 / 46, 0}, blackman{0.42, 0.5, 0.08};

Result<DType> dtype_of(const Node& node) {
  const int64_t t = node.attr_int("output_datatype", 1);
  if (t < 1 || t >= dtype_count || !types::numeric.has(DType(t)))
    return bad_attribute(node, "output_datatype", std::to_string(t), "one of " + types::numeric.text());
  return DType(t);
}

Result<void> infer(InferContext& c) {
  const auto size = c.shape_value(0);
  if (size && size->size() == 1 && (*size)[0].is_number() && (*size)[0].number() < 0)
    return bad_value(c.node(), 0, std::to_string((*size)[0].number()), "0 or more");
  c.set_output(0, Type::tensor(PHAROS_TRY(dtype_of(c.node())), Shape{size && size->size() == 1 ? (*size)[0] : Dim()}));
  return {};
}

template <const Cosines& window>
Result<void> evaluate(EvalContext& c) {
  if (c.input(0).count() != 1) return bad_input(c.node(), 0, "of shape " + dims_text(c.input(0).dims()), "one element");
  const int64_t size = c.input(0).int_at(0);
  if (size < 0) return bad_value(c.node(), 0, std::to_string(size), "0 or more");
  Tensor out = PHAROS_TRY(c.output(0, PHAROS_TRY(dtype_of(c.node())), {size}));
  const double period = c.node().attr_int("periodic", 1) ? double(size) : double(size - 1);
  for (int64_t i = 0; i < size; ++i) {
    const double t = 2 * M_PI * double(i) / period;
    // The symmetric window of one element has no period: its only element is the peak.
    const double v = period > 0 ? window.a - window.b * std::cos(t) + window.c * std::cos(2 * t) : 1;
    store(out, i, 1, &v);
  }
  return {};
}

}  // namespace

void define_windows(OpSet& ops) {
  const auto add = [&](std::string_view name, std::string_view doc, EvalFn evaluate) {
    ops.add({.name = name,
             .since = 17,
             .doc = doc,
             .inputs = {{"size", types::indices}},
             .outputs = {{"output", types::numeric}},
             .attributes = {{"output_datatype", AttrType::Int, false, "default float"},
                            {"periodic", AttrType::Int, false, "0: symmetric; default 1"}},
             .infer = infer,
             .evaluate = evaluate});
  };
  add("HannWindow", "The Hann window of a given size.", evaluate<hann>);
  add("HammingWindow", "The Hamming window of a given size.", evaluate<hamming>);
  add("BlackmanWindow", "The Blackman window of a given size.", evaluate<blackman>);
}

}  // namespace pharos
