#include "ops/quantization.h"

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {

IntegerRange integer_range(DType dtype) {
  const int bits = dtype_bits(dtype);
  if (is_signed_integer(dtype)) return {-std::ldexp(1.0, bits - 1), std::ldexp(1.0, bits - 1) - 1};
  return {0, std::ldexp(1.0, bits) - 1};
}

Result<std::vector<float>> per_channel(const Node& node, size_t input, const Tensor& t, int64_t length) {
  if (t.rank() > 1 || (t.count() != 1 && t.count() != length))
    return bad_input(node, input, "of shape " + dims_text(t.dims()), fmt::format("a scalar or shape {}", length));
  std::vector<float> v = to_floats(t);
  if (t.count() == 1 && length != 1) v.assign(size_t(length), v[0]);
  return v;
}

Result<float> single(const Node& node, size_t input, const Tensor& t) {
  if (t.count() != 1) return bad_input(node, input, "of shape " + dims_text(t.dims()), "a single number");
  return load_as<float>(t, 0);
}

}  // namespace pharos
