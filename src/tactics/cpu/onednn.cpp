#ifdef PHAROS_ONEDNN

#include "tactics/cpu/onednn.h"

#include <dnnl_debug.h>
#include <omp.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstring>

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
  static const dnnl::engine engine = [] {
    dnnl_set_jit_profiling_flags(DNNL_JIT_PROFILE_NONE);  // it would search the disk for a profiler's library
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
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

Config pieces_config(int64_t count) { return count > 1 ? "pieces=" + std::to_string(count) : ""; }

int64_t config_pieces(const Config& config) {
  int64_t count = 1;
  if (config.starts_with("pieces=")) std::from_chars(config.data() + 7, config.data() + config.size(), count);
  return std::clamp<int64_t>(count, 1, 1024);
}

OneOnednnThread::OneOnednnThread() : before_(omp_get_max_threads()) {
  if (before_ != 1) omp_set_num_threads(1);
}
OneOnednnThread::~OneOnednnThread() {
  if (before_ != 1) omp_set_num_threads(before_);
}

struct OnednnPiece::Arguments {
  std::atomic_flag taken = ATOMIC_FLAG_INIT;
  dnnl::memory src, weights, bias, dst, scratchpad;
  std::array<dnnl_exec_arg_t, 5> list;
  int count = 0;

  explicit Arguments(const Setup& s)
      : src(s.src, onednn_engine(), nullptr), weights(s.weights, onednn_engine(), const_cast<void*>(s.packed_weights)),
        dst(s.dst, onednn_engine(), nullptr), scratchpad(s.scratchpad, onednn_engine(), nullptr) {
    add(DNNL_ARG_SRC, src), add(DNNL_ARG_WEIGHTS, weights), add(DNNL_ARG_DST, dst), add(DNNL_ARG_SCRATCHPAD, scratchpad);
    if (!s.packed_bias) return;
    bias = dnnl::memory(s.bias, onednn_engine(), const_cast<void*>(s.packed_bias));
    add(DNNL_ARG_BIAS, bias);
  }
  void add(int argument, const dnnl::memory& m) { list[size_t(count++)] = {argument, m.get()}; }
};

OnednnPiece::OnednnPiece(Setup setup) : setup_(std::move(setup)) {
  for (size_t i = 0; i < ready; ++i) arguments_.push_back(std::make_unique<Arguments>(setup_));
}

OnednnPiece::OnednnPiece(OnednnPiece&&) noexcept = default;
OnednnPiece::~OnednnPiece() = default;

void OnednnPiece::run(const std::byte* src, std::byte* dst, std::byte* scratch) const {
  std::unique_ptr<Arguments> spare;
  Arguments* a = nullptr;
  for (const auto& each : arguments_)
    if (!each->taken.test_and_set(std::memory_order_acquire)) { a = each.get(); break; }
  if (!a) a = (spare = std::make_unique<Arguments>(setup_)).get();
  // The padding lanes are the primitive's own business, so plain addresses will do.
  const auto set = [](dnnl::memory& m, const std::byte* at) {
    dnnl::error::wrap_c_api(dnnl_memory_set_data_handle_v2(m.get(), const_cast<std::byte*>(at), nullptr), "cannot set an address");
  };
  set(a->src, src + setup_.src_offset), set(a->dst, dst + setup_.dst_offset), set(a->scratchpad, scratch + setup_.scratch_offset);
  const dnnl_status_t status = dnnl_primitive_execute(setup_.primitive.get(), stream().get(), a->count, a->list.data());
  a->taken.clear(std::memory_order_release);
  dnnl::error::wrap_c_api(status, "cannot execute a primitive");
}

Result<void> OnednnKernel::run(const KernelArgs& a, const Threads& threads) const noexcept {
  const auto* src = static_cast<const std::byte*>(a.inputs[0]->data());
  auto* dst = static_cast<std::byte*>(a.outputs[0]->data());
  if (has_z && a.inputs[3]->data() != dst) {
    const auto* from = static_cast<const std::byte*>(a.inputs[3]->data());
    threads.for_each(int64_t(dst_bytes), [&](int64_t first, int64_t last) { std::memcpy(dst + first, from + first, size_t(last - first)); }, 65536);
  }
  std::atomic<int> failed{dnnl_success};
  threads.for_each(int64_t(pieces.size()), [&](int64_t first, int64_t last) {
    const OneOnednnThread scope;
    try {
      for (int64_t p = first; p < last; ++p)
        for (int64_t i = 0; i < images; ++i)
          pieces[size_t(p)].run(src + size_t(i) * src_image, dst + size_t(i) * dst_image, a.workspace.data());
    } catch (const dnnl::error& e) {
      failed = e.status;
    } catch (...) {
      failed = dnnl_out_of_memory;
    }
  });
  if (failed == dnnl_success) return {};
  return Report(diag::kernel_library_failed, {{"library", "oneDNN"}, {"action", "run"}, {"details", dnnl_status2str(dnnl_status_t(int(failed)))}});
}

}  // namespace pharos::cpu

#endif
