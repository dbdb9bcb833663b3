// pharos::Pointwise: a chain of elementwise operations in one pass over memory.

#include "ops/dispatch.h"
#include "ops/fused/pointwise_program.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<void> infer(InferContext& c) {
  PHAROS_TRY(pointwise_program(c.node()));
  return infer_same_broadcast(c);
}

// Bytes of registers would grow with the program, so the work is cut into pieces of `wide_chunk` elements.
Result<void> evaluate(EvalContext& c) {
  const PointwiseProgram program = PHAROS_TRY(pointwise_program(c.node()));
  const size_t inputs = size_t(program.inputs);
  std::vector<Dims> shapes;
  for (size_t i = 0; i < inputs; ++i) shapes.push_back(c.input(i).dims());
  const Dims dims = PHAROS_TRY(broadcast_dims(c.node(), shapes));
  Tensor y = PHAROS_TRY(c.output(0, DType::f32, dims));
  std::vector<Strides> strides;
  for (const Dims& s : shapes) strides.push_back(broadcast_strides(s, dims));
  std::vector<std::vector<double>> registers(inputs + program.code.size(), std::vector<double>(size_t(wide_chunk)));
  const int64_t width = dims.empty() ? 1 : dims.back();
  if (y.count() == 0) return {};
  const std::span<const int64_t> outer = dims.empty() ? std::span(dims) : std::span(dims).first(dims.size() - 1);
  std::vector<int64_t> index(outer.size(), 0);
  for (int64_t row = 0; row < y.count() / width; ++row) {
    for (int64_t first = 0; first < width; first += wide_chunk) {
      const int64_t n = std::min(wide_chunk, width - first);
      for (size_t i = 0; i < inputs; ++i) {
        int64_t at = 0;
        for (size_t d = 0; d < outer.size(); ++d) at += index[d] * strides[i][d];
        if (!dims.empty() && strides[i].back() != 0) load(c.input(i), at + first, n, registers[i].data());
        else std::fill_n(registers[i].begin(), n, load_as<double>(c.input(i), at));
      }
      for (size_t k = 0; k < program.code.size(); ++k) {
        const PointwiseInstruction& step = program.code[k];
        pointwise_apply(step, step.a < 0 ? nullptr : registers[size_t(step.a)].data(),
                        step.b < 0 ? nullptr : registers[size_t(step.b)].data(), registers[inputs + k].data(), n);
      }
      store(y, row * width + first, n, registers.back().data());
    }
    for (size_t d = outer.size(); d-- > 0;) {
      if (++index[d] < outer[d]) break;
      index[d] = 0;
    }
  }
  return {};
}

}  // namespace

void define_pointwise(OpSet& ops) {
  ops.add({.name = "Pointwise",
           .domain = "pharos",
           .doc = "A program of elementwise operations over broadcast inputs.",
           .inputs = {{"inputs", types::f32, Param::Kind::Variadic}},
           .outputs = {{"Y", types::f32}},
           .attributes = {{"program", AttrType::Strings, true, "instructions; each writes the next register"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
