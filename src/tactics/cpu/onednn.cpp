#ifdef PHAROS_ONEDNN

#include "tactics/cpu/onednn.h"

#include <omp.h>

#include <cstring>
#include <unordered_map>

#include "catalog/tactics.h"

namespace pharos::cpu {
namespace {

int32_t library_version() {
  const dnnl_version_t* v = dnnl_version();
  return v->major * 10000 + v->minor * 100 + v->patch;
}

const dnnl::stream& stream() {
  static const dnnl::stream s(onednn_engine());
  return s;
}

}  // namespace

const dnnl::engine& onednn_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::memory::format_tag onednn_tag(Format f, size_t rank) {
  using tag = dnnl::memory::format_tag;
  const bool flat = rank == 3;
  if (f == Format::Blocked16c) return flat ? tag::nCw16c : tag::nChw16c;
  if (f == Format::Blocked8c) return flat ? tag::nCw8c : tag::nChw8c;
  return flat ? tag::ncw : tag::nchw;
}

bool append_activation(dnnl::post_ops& ops, const Node& node, Isa isa) {
  using algorithm = dnnl::algorithm;
  const auto post = post_op(node, isa);
  if (!post) return false;
  const auto eltwise = [&](algorithm a, float alpha = 0, float beta = 0) {
    ops.append_eltwise(1.0f, a, alpha, beta);
    return true;
  };
  switch (post->op) {
    case Unary::Identity: return true;
    case Unary::Relu: return eltwise(algorithm::eltwise_relu);
    case Unary::LeakyRelu: return eltwise(algorithm::eltwise_relu, post->a);
    case Unary::Clip: return eltwise(algorithm::eltwise_clip, post->a, post->b);
    case Unary::Sigmoid: return eltwise(algorithm::eltwise_logistic);
    case Unary::Tanh: return eltwise(algorithm::eltwise_tanh);
    case Unary::Silu: return eltwise(algorithm::eltwise_swish, 1.0f);
    case Unary::Gelu: return eltwise(algorithm::eltwise_gelu_erf);
    case Unary::GeluTanh: return eltwise(algorithm::eltwise_gelu_tanh);
    case Unary::Elu: return eltwise(algorithm::eltwise_elu, post->a);
    default: return false;
  }
}

Tensor descriptor_tensor(const dnnl::memory::desc& d) {
  Tensor t(DType::u8, {int64_t(sizeof(int32_t) + sizeof d.data)});
  const int32_t version = library_version();
  std::memcpy(t.data(), &version, sizeof version);
  std::memcpy(static_cast<std::byte*>(t.data()) + sizeof version, &d.data, sizeof d.data);
  return t;
}

std::optional<dnnl::memory::desc> descriptor_from(const Tensor& t) {
  dnnl::memory::desc d;
  int32_t version = 0;
  if (t.bytes() != sizeof version + sizeof d.data) return std::nullopt;
  std::memcpy(&version, t.data(), sizeof version);
  if (version != library_version()) return std::nullopt;
  std::memcpy(&d.data, static_cast<const std::byte*>(t.data()) + sizeof version, sizeof d.data);
  return d;
}

Tensor reordered(const Tensor& from, const dnnl::memory::desc& from_desc, const dnnl::memory::desc& to) {
  Tensor out(DType::u8, {int64_t(to.get_size())});
  dnnl::memory source(from_desc, onednn_engine(), const_cast<void*>(from.data())), sink(to, onednn_engine(), out.data());
  dnnl::reorder(source, sink).execute(const_cast<dnnl::stream&>(stream()), source, sink);
  return out;
}

Report onednn_failed(const Node& node, std::string action, const dnnl::error& e) {
  return Report(diag::kernel_library_failed, {{"library", "oneDNN"}, {"action", std::move(action)}, {"op", node.op},
                                              {"node", node.name}, {"details", e.what()}});
}

OnednnThreads::OnednnThreads(int count) : before_(omp_get_max_threads()) { omp_set_num_threads(count); }
OnednnThreads::~OnednnThreads() { omp_set_num_threads(before_); }

Result<void> OnednnKernel::run(const KernelArgs& a, const Threads& workers) const noexcept {
  try {
    const OnednnThreads scope(threads);
    const auto memory = [](const dnnl::memory::desc& d, const void* data) { return dnnl::memory(d, onednn_engine(), const_cast<void*>(data)); };
    if (has_z && a.inputs[3]->data() != a.outputs[0]->data()) {
      const auto* from = static_cast<const std::byte*>(a.inputs[3]->data());
      auto* to = static_cast<std::byte*>(a.outputs[0]->data());
      workers.for_each(int64_t(dst.desc.get_size()), [&](int64_t first, int64_t last) { std::memcpy(to + first, from + first, size_t(last - first)); }, 65536);
    }
    std::unordered_map<int, dnnl::memory> bound{
        {src.argument, memory(src.desc, a.inputs[0]->data())},
        {weights.argument, memory(weights.desc, weights_input < 0 ? packed_weights.data() : a.inputs[size_t(weights_input)]->data())},
        {dst.argument, memory(dst.desc, a.outputs[0]->data())},
        {DNNL_ARG_SCRATCHPAD, memory(scratchpad, a.workspace.data())}};
    if (packed_bias.valid()) bound.emplace(bias.argument, memory(bias.desc, packed_bias.data()));
    primitive.execute(stream(), bound);
    return {};
  } catch (const dnnl::error& e) {
    return Report(diag::kernel_library_failed, {{"library", "oneDNN"}, {"action", "run"}, {"details", e.what()}});
  } catch (...) {
    return Report(diag::kernel_library_failed, {{"library", "oneDNN"}, {"action", "run"}});
  }
}

}  // namespace pharos::cpu

#endif
