#include "plugins/custom_op.h"

#include <fmt/format.h>

#include "catalog/plugins.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> infer_custom(InferContext& c) { return c.custom->infer(c); }
Result<void> evaluate_custom(EvalContext& c) { return c.custom->evaluate(c); }

// Types of a node's outputs when everything about its inputs is known.
class ConcreteInference final : public InferContext {
 public:
  explicit ConcreteInference(EvalContext& c)
      : c_(c), inputs_(c.node().inputs.size()), outputs_(c.node().outputs.size()) {
    for (size_t i = 0; i < inputs_.size(); ++i)
      if (tensor(i)) inputs_[i] = Type::tensor(tensor(i)->dtype(), tensor(i)->dims());
  }
  const Node& node() const override { return c_.node(); }
  const Type& input(size_t i) const override {
    static const Type none;
    return i < inputs_.size() ? inputs_[i] : none;
  }
  const Tensor* constant(size_t i) const override { return tensor(i); }
  std::optional<Shape> shape_value(size_t i) const override {
    const Tensor* t = tensor(i);
    if (!t || (t->dtype() != DType::i64 && t->dtype() != DType::i32) || t->rank() > 1 || t->count() > 64)
      return std::nullopt;
    return shape_of(t->to_ints());
  }
  void set_output(size_t i, Type type) override {
    if (i < outputs_.size()) outputs_[i] = std::move(type);
  }
  void set_shape_value(size_t, Shape) override {}
  Result<std::vector<Type>> infer_subgraph(const Graph&, std::span<const Type>) override {
    return unsupported_case(c_.node(), "plugins have no subgraphs");
  }
  const Limits& limits() const override { return c_.limits(); }

  Problem problem() const {
    Problem p;
    p.node = &c_.node();
    p.inputs = inputs_;
    p.outputs = outputs_;
    for (size_t i = 0; i < inputs_.size(); ++i) p.constants.push_back(tensor(i));
    return p;
  }
  std::span<const Type> outputs() const { return outputs_; }

 private:
  const Tensor* tensor(size_t i) const { return c_.has_input(i) ? c_.input_datum(i).tensor() : nullptr; }
  EvalContext& c_;
  std::vector<Type> inputs_, outputs_;
};

class PluginKernel final : public Kernel {
 public:
  PluginKernel(std::shared_ptr<const PluginOp> op, Node node, PluginState state)
      : op_(std::move(op)), node_(std::move(node)), state_(std::move(state)) {}

  Result<void> run(const KernelArgs& args, const Threads& threads) const noexcept override {
    RunCall call(op_->op(), node_, args, threads);
    const PharosStatus status = guarded(call, [&] { return op_->op().table.run(&call, state_.get()); });
    return call.outcome(status, op_->source());
  }

 private:
  std::shared_ptr<const PluginOp> op_;  // before the state: releasing needs the library
  Node node_;
  PluginState state_;
};

bool has_subgraph(const Node& n) {
  return n.captures > 0 || std::any_of(n.attributes.begin(), n.attributes.end(),
                                       [](const auto& a) { return std::holds_alternative<SharedGraph>(a.second); });
}

Param param_of(const PharosParam& p) {
  Param out;
  out.name = p.name;
  TypeSet set;
  for (int t = 1; t < dtype_count; ++t)
    if (!p.types || (p.types >> t & 1)) set = set | TypeSet{DType(t)};
  out.types = set;
  out.kind = p.kind == PHAROS_VARIADIC   ? Param::Kind::Variadic
             : p.kind == PHAROS_OPTIONAL ? Param::Kind::Optional
                                         : Param::Kind::Single;
  if (p.kind == PHAROS_VARIADIC) out.least = uint8_t(p.least);
  return out;
}

AttrType attr_type(PharosAttributeKind kind) {
  static constexpr AttrType types[] = {AttrType::Int,    AttrType::Float,   AttrType::String,
                                       AttrType::Ints,   AttrType::Floats,  AttrType::Strings,
                                       AttrType::Tensor, AttrType::Tensors, AttrType::Type};
  return types[kind - PHAROS_INT];
}

}  // namespace

PluginState::~PluginState() {
  if (!op_ || !op_->table.release) return;
  try {
    op_->table.release(state_);
  } catch (...) {}  // nothing is left to be told
}

PluginOp::PluginOp(PluginPtr plugin, const PluginOperator& op)
    : plugin_(std::move(plugin)),
      op_(op),
      version_(plugin_->version_text()),
      tactic_(fmt::format("plugin.{}.{}", plugin_->name, op.name)) {}

Result<void> PluginOp::infer(InferContext& c) const {
  if (has_subgraph(c.node())) return unsupported_case(c.node(), "operators of plugins cannot have subgraphs");
  InferCall call(op_, c);
  PharosStatus status = guarded(call, [&] { return op_.table.infer(&call); });
  if (status == PHAROS_OK) status = call.finish();
  return call.outcome(status, *plugin_);
}

Result<int64_t> PluginOp::workspace(const Problem& p) const {
  if (!op_.table.workspace) return int64_t{0};
  PrepareCall call(op_, *p.node, p, "workspace");
  int64_t bytes = 0;
  const PharosStatus status = guarded(call, [&] {
    bytes = op_.table.workspace(&call);
    return PHAROS_OK;
  });
  PHAROS_TRY(call.outcome(status == PHAROS_OK && bytes < 0 ? PHAROS_FAILED : status, *plugin_));
  if (const int64_t limit = Limits().max_tensor_bytes; bytes > limit)
    return call.report(diag::plugin_broke_rules, *plugin_,
                       fmt::format("it wants {} bytes; {} are allowed", bytes, limit));
  return bytes;
}

Result<PluginState> PluginOp::prepare(const Problem& p) const {
  if (!op_.table.prepare) return PluginState();
  PrepareCall call(op_, *p.node, p, "prepare");
  void* state = nullptr;
  const PharosStatus status = guarded(call, [&] { return op_.table.prepare(&call, &state); });
  PluginState owned(op_, status == PHAROS_OK ? state : nullptr);
  if (auto r = call.outcome(status, *plugin_); !r) return std::move(r).error();
  return owned;
}

Result<void> PluginOp::evaluate(EvalContext& c) const {
  ConcreteInference inference(c);
  if (has_subgraph(c.node())) return unsupported_case(c.node(), "operators of plugins cannot have subgraphs");
  InferCall inferred(op_, inference);
  PharosStatus status = guarded(inferred, [&] { return op_.table.infer(&inferred); });
  if (status == PHAROS_OK) status = inferred.finish();
  PHAROS_TRY(inferred.outcome(status, *plugin_));
  const bool plain = c.is_oracle() && op_.table.reference;
  EvaluateCall call(op_, c, inference.outputs(), inferred, plain ? "reference" : "run");
  if (plain) {
    status = guarded(call, [&] { return op_.table.reference(&call); });
  } else {
    const Problem problem = inference.problem();
    const int64_t bytes = PHAROS_TRY(workspace(problem));
    Tensor scratch(DType::u8, {bytes});
    if (!scratch.valid())
      return too_large(c.node(), "workspace", fmt::format("{} bytes", bytes), "the memory of this machine");
    call.scratch = {static_cast<std::byte*>(scratch.data()), size_t(bytes)};
    const PluginState state = PHAROS_TRY(prepare(problem));
    status = guarded(call, [&] { return op_.table.run(&call, state.get()); });
  }
  if (status == PHAROS_OK && !call.broken()) status = call.finish();
  if (call.host_error() && !call.broken()) return *call.host_error();
  return call.outcome(status, *plugin_);
}

OpDef PluginOp::definition(std::shared_ptr<const PluginOp> self) const {
  OpDef def;
  def.name = op_.name;
  def.domain = op_.domain;
  def.since = std::max(op_.table.since_version, 1);
  def.doc = op_.doc;
  for (const PharosParam& p : op_.inputs) def.inputs.push_back(param_of(p));
  for (const PharosParam& p : op_.outputs) def.outputs.push_back(param_of(p));
  for (const PharosAttribute& a : op_.attributes)
    def.attributes.push_back({a.name, attr_type(a.kind), a.required != 0, a.doc});
  def.infer = infer_custom;
  def.evaluate = evaluate_custom;
  def.random = op_.table.flags & PHAROS_NOT_DETERMINISTIC;
  def.custom = std::move(self);
  return def;
}

TacticDef PluginOp::tactic_definition(std::shared_ptr<const PluginOp> self) const {
  TacticDef def;
  def.name = tactic_;
  def.doc = op_.doc;
  def.ops = {{op_.domain, op_.name}};
  def.numerics = Numerics::Rounding;
  // Its version is part of the timing cache's key.
  def.configs = [self](const Problem&, const Device&) { return std::vector<Config>{"v" + self->version()}; };
  // A random operator draws from the evaluation's seed, which kernels do not have.
  def.supports = [self](const Problem&, const Device&) {
    return self->op().table.flags & PHAROS_NOT_DETERMINISTIC ? unsupported("its results are not deterministic")
                                                             : supported();
  };
  def.workspace = [self](const Problem& p, const Config&, const Device&) {
    const auto bytes = self->workspace(p);
    return bytes ? size_t(*bytes) : 0;  // an error is reported by prepare
  };
  if (op_.table.in_place)
    def.in_place = [self](const Problem& p) {
      const size_t i = self->op().table.in_place - 1;
      return p.has_input(i) && p.inputs[i] == p.outputs[0] ? int(i) : -1;
    };
  def.prepare = [self](const Problem& p, const Config&, const PackedWeights&,
                       const Device&) -> Result<std::unique_ptr<Kernel>> {
    PHAROS_TRY(self->workspace(p));
    PluginState state = PHAROS_TRY(self->prepare(p));
    return std::unique_ptr<Kernel>(std::make_unique<PluginKernel>(self, *p.node, std::move(state)));
  };
  return def;
}

Result<void> add_plugins(std::span<const PluginPtr> plugins, OpSet& ops, TacticSet* tactics) {
  for (size_t i = 0; i < plugins.size(); ++i) {
    const PluginPtr& plugin = plugins[i];
    for (size_t k = 0; k < i; ++k)
      if (plugins[k]->name == plugin->name)
        return Report(diag::plugin_name_taken,
                      {{"plugin", plugin->name}, {"first", plugins[k]->path}, {"second", plugin->path}});
    for (const PluginOperator& op : plugin->operators) {
      if (const OpDef* there = ops.find(op.domain, op.name))
        return Report(diag::plugin_operator_taken,
                      {{"plugin", plugin->name},
                       {"path", plugin->path},
                       {"op", op.domain.empty() ? op.name : op.domain + "::" + op.name},
                       {"owner", there->custom ? "plugin '" + there->custom->plugin() + "'" : "Pharos"}});
      const auto made = std::make_shared<const PluginOp>(plugin, op);
      ops.add(made->definition(made));
      if (tactics) tactics->add(made->tactic_definition(made));
    }
  }
  return {};
}

}  // namespace pharos
