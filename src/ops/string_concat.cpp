#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  Type out = Type::tensor(DType::string);
  const Type &x = c.input(0), &y = c.input(1);
  if (x.shape && y.shape) {
    out.shape = broadcast(*x.shape, *y.shape);
    if (!out.shape)
      return shapes_mismatch(c.node(),
                             fmt::format("cannot broadcast {} with {}", shape_text(*x.shape), shape_text(*y.shape)));
  }
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor &x = c.input(0), &y = c.input(1);
  const Dims dims = PHAROS_TRY(broadcast_dims(c.node(), std::vector<Dims>{x.dims(), y.dims()}));
  Tensor out = PHAROS_TRY(c.output(0, DType::string, dims));
  const auto a = x.as<std::string>(), b = y.as<std::string>();
  auto z = out.as<std::string>();
  Walk<3>(dims, {broadcast_strides(x.dims(), dims), broadcast_strides(y.dims(), dims), contiguous_strides(dims)})
      .rows([&](const auto& at, int64_t n, const auto& step) {
        for (int64_t i = 0; i < n; ++i)
          z[size_t(at[2] + i * step[2])] = a[size_t(at[0] + i * step[0])] + b[size_t(at[1] + i * step[1])];
      });
  return {};
}

}  // namespace

void define_string_concat(OpSet& ops) {
  ops.add({
      .name = "StringConcat",
      .since = 20,
      .doc = "Joins strings element by element, with numpy broadcasting.",
      .inputs = {{"X", types::string}, {"Y", types::string}},
      .outputs = {{"Z", types::string}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
