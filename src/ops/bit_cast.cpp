#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<DType> target_of(const Node& node, DType from) {
  const int64_t to = node.attr_int("to", 0);
  if (to <= 0 || to >= dtype_count || DType(to) == DType::string)
    return bad_attribute(node, "to", std::to_string(to), "an element type that is not string");
  if (from != DType::undefined && dtype_bits(from) != dtype_bits(DType(to)))
    return bad_attribute(node, "to", fmt::format("{} ({} bits)", dtype_name(DType(to)), dtype_bits(DType(to))),
                         fmt::format("a type of {} bits like {}", dtype_bits(from), dtype_name(from)));
  return DType(to);
}

Result<void> infer(InferContext& c) {
  c.set_output(0, tensor_type(PHAROS_TRY(target_of(c.node(), c.input(0).dtype)), c.input(0).shape));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const DType to = PHAROS_TRY(target_of(c.node(), x.dtype()));
  Tensor y = PHAROS_TRY(c.output(0, to, x.dims()));
  if (dtype_bits(to) < 8) {
    // In memory narrow signed integers are sign-extended to a byte, all others zero-extended.
    const unsigned mask = (1u << dtype_bits(to)) - 1, sign = is_signed_integer(to) ? (mask + 1) / 2 : 0;
    const auto from = x.as<uint8_t>();
    const auto out = y.as<uint8_t>();
    for (size_t i = 0; i < from.size(); ++i) {
      const unsigned bits = from[i] & mask;
      out[i] = uint8_t(bits & sign ? bits | ~mask : bits);
    }
  } else if (x.count() > 0) {
    std::copy_n(static_cast<const std::byte*>(x.data()), x.bytes(), static_cast<std::byte*>(y.data()));
  }
  return {};
}

}  // namespace

void define_bit_cast(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::complex | types::floats8 | types::small;
  ops.add({.name = "BitCast",
           .since = 26,
           .doc = "Takes the bits of every element for another type of the same width.",
           .inputs = {{"input", t}},
           .outputs = {{"output", t}},
           .attributes = {{"to", AttrType::Int, true, "the number of the element type in TensorProto"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
