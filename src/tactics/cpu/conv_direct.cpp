#include "tactics/cpu/common.h"
#include "tactics/cpu/kernels/conv.h"

namespace pharos {
namespace {

using namespace cpu;

bool plain_fits(const ConvShape& s) { return s.groups == 1 && s.ic <= 4 && s.dw == 1; }

Support supports(const Problem& p, const Device& device) {
  const ConvProblem conv = conv_problem(p);
  if (!conv.support) return conv.support;
  const ConvShape& s = conv.shape;
  const int block = device.block();
  if (s.groups > 1 && (s.ic_per_group() % block || s.oc_per_group() % block))
    return unsupported("the channels of a group are no multiple of the channel block");
  if (!post_op(*p.node, device.isa)) return unsupported("unknown activation");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device& device) {
  std::vector<Formats> list;
  if (plain_fits(conv_problem(p).shape)) list.push_back(conv_formats(p, Format::Plain, device.blocked()));
  list.push_back(conv_formats(p, device.blocked(), device.blocked()));
  return list;
}

bool is_plain(const Problem& p) { return p.inputs[0].format == Format::Plain; }

DirectConv conv_of(const Problem& p, const Device& device) {
  return DirectConv(conv_problem(p).shape, is_plain(p), *post_op(*p.node, device.isa), device.isa);
}

size_t workspace(const Problem& p, const Config&, const Device& device) { return conv_of(p, device).workspace(); }

Result<PackedWeights> pack(const Problem& p, const Config&, const Device& device) {
  const ConvShape s = conv_problem(p).shape;
  PackedWeights packed;
  Tensor& w = packed.parts.emplace_back(DType::f32, Dims{DirectConv::packed_floats(s, is_plain(p), device.isa)});
  DirectConv::pack(s, is_plain(p), device.isa, p.constants[1]->as<float>().data(), w.as<float>().data());
  if (p.has_input(2)) packed.parts.push_back(padded_bias(s, *p.constants[2], device.block()));
  return packed;
}

std::vector<size_t> packed_inputs(const Problem& p) {
  return p.has_input(2) ? std::vector<size_t>{1, 2} : std::vector<size_t>{1};
}

int in_place(const Problem& p) { return p.has_input(3) ? 3 : -1; }

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights& packed, const Device& device) {
  return make_kernel([conv = conv_of(p, device), w = packed.parts[0], b = packed.parts.size() > 1 ? packed.parts[1] : Tensor()](
                         const KernelArgs& a, const Threads& threads) {
    conv.run({.src = in_f32(a, 0), .weights = static_cast<const float*>(w.data()), .bias = static_cast<const float*>(b.data()),
              .z = in_f32(a, 3), .dst = out_f32(a), .workspace = reinterpret_cast<float*>(a.workspace.data()),
              .next = a.next_weights, .next_bytes = a.next_weights_bytes}, threads);
  });
}

}  // namespace

void define_conv_direct(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.conv.direct",
      .doc = "Direct convolution over channel-blocked tensors in register tiles, with fused bias, residual and activation.",
      .ops = {{"", "Conv"}, {"pharos", "Conv"}},
      .typical = 1.1,
      .supports = supports,
      .formats = formats,
      .workspace = workspace,
      .pack = pack,
      .packed_inputs = packed_inputs,
      .in_place = in_place,
      .prepare = prepare,
  });
}

}  // namespace pharos
