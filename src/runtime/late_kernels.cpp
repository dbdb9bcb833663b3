#include "runtime/late_kernels.h"

#include <fmt/format.h>

#include <new>

#include "ops/op_errors.h"
#include "runtime/context_impl.h"

namespace pharos {
namespace {

constexpr size_t most_kernels = 16;        // per node
constexpr int64_t most_key_elements = 64;  // of an input whose contents are part of the key

bool is_shape_like(const Tensor& t) {
  return (t.dtype() == DType::i64 || t.dtype() == DType::i32) && t.rank() <= 1 && t.count() <= most_key_elements;
}

bool can_be_late(const Node& node, std::span<const Datum> inputs) {
  if (node.captures > 0 || is_view(node) || node.inputs.empty()) return false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!node.has_input(i)) continue;
    const Tensor* t = inputs[i].tensor();
    if (!t || dtype_size(t->dtype()) == 0) return false;
  }
  return true;
}

}  // namespace

std::vector<uint64_t> LateKernels::key_of(std::span<const Datum> inputs, const std::vector<bool>& constant, bool by_contents) const {
  std::vector<uint64_t> key;
  key.reserve(8 * inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor* t = inputs[i].tensor();
    if (!t) {
      key.push_back(UINT64_MAX);
      continue;
    }
    key.push_back(uint64_t(t->dtype()) << 32 | uint64_t(t->rank()));
    for (const int64_t d : t->dims()) key.push_back(uint64_t(d));
    if (constant[i]) key.push_back(uint64_t(reinterpret_cast<uintptr_t>(t->data())));
    else if (by_contents && is_shape_like(*t))
      for (int64_t k = 0; k < t->count(); ++k) key.push_back(uint64_t(t->int_at(k)));
  }
  return key;
}

std::shared_ptr<const LateKernel> LateKernels::find(const Node& node, std::span<const Datum> inputs, const std::vector<bool>& constant,
                                                    const std::string& path) {
  if (!can_be_late(node, inputs)) return nullptr;
  const std::lock_guard lock(mutex_);
  NodeKernels& known = nodes_[&node];
  if (known.off) return nullptr;
  std::vector<uint64_t> key = key_of(inputs, constant, known.by_contents);
  for (const Entry& e : known.entries)
    if (e.key == key) return e.kernel;
  if (known.entries.size() >= most_kernels) {
    // What is there stays in use by those who hold it; new shapes are not worth the while.
    known.off = true;
    known.entries.clear();
    return nullptr;
  }
  bool needs_contents = false;
  auto made = make(node, inputs, constant, path, known.by_contents, needs_contents);
  if (needs_contents && !known.by_contents) {
    known.by_contents = true;
    key = key_of(inputs, constant, true);
    made = make(node, inputs, constant, path, true, needs_contents);
  }
  known.entries.push_back({std::move(key), made});
  return made;
}

std::shared_ptr<const LateKernel> LateKernels::make(const Node& node, std::span<const Datum> inputs, const std::vector<bool>& constant,
                                                    const std::string& path, bool by_contents, bool& needs_contents) const {
  try {
    auto late = std::make_shared<LateKernel>();
    late->info.name = path + node.name;
    Graph& g = late->graph;
    Node copy = node;
    std::vector<Type> types;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!node.has_input(i)) {
        copy.inputs[i] = {};
        continue;
      }
      const Tensor& t = *inputs[i].tensor();
      const std::string name = fmt::format("x{}", i);
      if (constant[i]) copy.inputs[i] = g.add_constant(name, t);
      else if (by_contents && is_shape_like(t)) copy.inputs[i] = g.add_constant(name, t.clone());
      else {
        copy.inputs[i] = g.add_input(name, Type::tensor(t.dtype(), t.dims()));
        types.push_back(Type::tensor(t.dtype(), t.dims()));
      }
    }
    for (size_t o = 0; o < copy.outputs.size(); ++o)
      copy.outputs[o] = node.has_output(o) ? g.add_value(fmt::format("y{}", o)) : ValueId{};
    const NodeId id = g.add_node(std::move(copy));
    InferOptions options;
    options.limits = limits_;
    options.fold_elements = 0;
    const auto inferred = infer_types_for(g, ops_, types, options);
    if (!inferred) return nullptr;  // the reference will say what is wrong
    const Node& own = g.node(id);
    for (const ValueId o : own.outputs) {
      late->outputs.push_back(o ? inferred->types[o.index] : Type{});
      if (o && (!late->outputs.back().is_concrete() || dtype_size(late->outputs.back().dtype) == 0)) late->sizes_outputs = true;
    }
    if (choose(own, *late, inferred->types, true, late->sizes_outputs)) return late;
    if (late->sizes_outputs) return needs_contents = true, nullptr;
    if (choose(own, *late, inferred->types, false, false)) return late;
    // A tactic may want parameters that it can look at.
    for (size_t i = 1; i < inputs.size() && !by_contents; ++i)
      needs_contents = needs_contents || (node.has_input(i) && !constant[i] && is_shape_like(*inputs[i].tensor()));
  } catch (const std::bad_alloc&) {
  }
  return nullptr;
}

// Tactics that have packed constant operands beforehand go first, then the first by name.
bool LateKernels::choose(const Node& node, LateKernel& late, std::span<const Type> types, bool with_constants, bool sizes_outputs) const {
  Problem p = make_problem(late.graph, node, types);
  if (!with_constants) p.constants.assign(p.constants.size(), nullptr);
  std::vector<const TacticDef*> order = tactics_.candidates(node);
  std::stable_sort(order.begin(), order.end(), [](const TacticDef* a, const TacticDef* b) {
    return std::pair(a->handicap, !a->pack) < std::pair(b->handicap, !b->pack);
  });
  for (const TacticDef* t : order) {
    if (t->sizes_outputs != sizes_outputs || (t->supports && !t->supports(p, device_))) continue;
    if (t->formats) {
      const auto is_plain = [](const std::vector<Format>& list) { return std::all_of(list.begin(), list.end(), [](Format f) { return f == Format::Plain; }); };
      const auto offered = t->formats(p, device_);
      if (std::none_of(offered.begin(), offered.end(), [&](const Formats& f) { return is_plain(f.inputs) && is_plain(f.outputs); })) continue;
    }
    const Config config = t->configs ? t->configs(p, device_).at(0) : Config{};
    late.packed = {};
    if (t->pack) {
      auto packed = t->pack(p, config, device_);
      if (!packed) continue;
      late.packed = std::move(*packed);
    }
    auto kernel = t->prepare(p, config, late.packed, device_);
    if (!kernel) continue;
    late.kernel = std::move(*kernel);
    late.packed_inputs = t->packed_inputs ? t->packed_inputs(p) : std::vector<size_t>{};
    late.workspace = t->workspace ? t->workspace(p, config, device_) : 0;
    late.info.op = node.domain.empty() ? node.op : node.domain + "::" + node.op;
    late.info.tactic = t->name;
    late.info.config = config;
    late.info.origin = node.origin;
    return true;
  }
  return false;
}

Result<std::vector<Datum>> run_late(const LateKernel& late, std::span<const Datum> inputs, const Limits& limits, int threads, Arena& scratch) {
  const Node& node = late.graph[late.graph.nodes().front()];
  std::vector<Datum> outputs(late.outputs.size());
  if (late.sizes_outputs) {
    std::vector<const Tensor*> all;
    for (const Datum& d : inputs) all.push_back(d.tensor());
    auto made = PHAROS_TRY(late.kernel->produce({.inputs = all, .outputs = {}, .workspace = {}}, Threads(threads)));
    for (size_t o = 0; o < made.size() && o < outputs.size(); ++o) outputs[o] = std::move(made[o]);
    return outputs;
  }
  std::vector<const Tensor*> in(inputs.size(), nullptr);
  std::vector<Tensor*> out(outputs.size(), nullptr);
  for (size_t i = 0; i < inputs.size(); ++i)
    if (node.has_input(i) && std::find(late.packed_inputs.begin(), late.packed_inputs.end(), i) == late.packed_inputs.end()) in[i] = inputs[i].tensor();
  for (size_t o = 0; o < outputs.size(); ++o) {
    const Type& t = late.outputs[o];
    if (!t.is_tensor()) continue;
    const Dims dims = *t.dims();
    const auto count = element_count(dims);
    const int64_t most = limits.max_tensor_bytes / int64_t(dtype_size(t.dtype));
    if (!count || *count > most)
      return too_large(node, fmt::format("output {} of shape {}", o, dims_text(dims)), fmt::format("more than {} elements", most),
                       fmt::format("{} bytes", limits.max_tensor_bytes));
    outputs[o] = Tensor(t.dtype, dims);
    out[o] = outputs[o].tensor();
    if (!out[o]->valid())
      return too_large(node, fmt::format("output {} of shape {}", o, dims_text(dims)), fmt::format("{} elements", *count), "the memory of this machine");
  }
  if (int64_t(late.workspace) > limits.max_tensor_bytes || !scratch.reserve(late.workspace))
    return too_large(node, "working memory", fmt::format("{} bytes", late.workspace), "the memory of this machine");
  PHAROS_TRY(late.kernel->run({.inputs = in, .outputs = out, .workspace = {scratch.data(), late.workspace}}, Threads(threads)));
  return outputs;
}

}  // namespace pharos
