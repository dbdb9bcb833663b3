#include "runtime/shape_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "catalog/runtime.h"
#include "runtime/memory_planner.h"

namespace pharos {
namespace {

class Planner {
 public:
  Planner(const ShapePlanContext& c, InferredTypes types)
      : c_(c), graph_(c.plan.graph), inferred_(std::move(types)), buffers_(graph_.value_slots(), -1),
        aliases_(graph_.value_slots()) {
    out_.slots.resize(graph_.value_slots());
  }

  Result<ShapePlan> make() {
    place_given_values();
    const auto order = graph_.topological_order();
    for (const NodeId id : order) PHAROS_TRY(add_node(id));
    for (const ValueId v : graph_.outputs()) extend(v.index, int(out_.steps.size()));
    place_arena();
    int64_t limit = c_.limits.max_total_bytes;
    if (out_.total_bytes() > limit)
      return Report(diag::memory_limit, {{"what", "activations and scratch"}, {"requested", std::to_string(out_.total_bytes())},
                                         {"limit", std::to_string(limit)}});
    return std::move(out_);
  }

 private:
  void place_given_values() {
    for (uint32_t v = 0; v < graph_.value_slots(); ++v) {
      const Value& value = graph_.value(ValueId{v});
      if (value.constant) set_constant(v, value.constant);
    }
    for (const ValueId v : graph_.inputs()) {
      Slot& s = out_.slots[v.index];
      const Type& t = inferred_.types[v.index];
      s.place = t.is_concrete() ? Slot::Place::Input : Slot::Place::Dynamic;
      s.dtype = t.dtype;
      if (t.is_concrete()) s.dims = *t.dims();
    }
  }

  void set_constant(uint32_t v, std::shared_ptr<const Tensor> t) {
    Slot& s = out_.slots[v];
    s.place = Slot::Place::Constant;
    s.dtype = t->dtype();
    s.dims = t->dims();
    s.constant = std::move(t);
  }

  // Nodes whose results follow from the shapes alone need no step.
  bool all_outputs_known(const Node& n) const {
    for (const ValueId o : n.outputs)
      if (o && !inferred_.contents[o.index]) return false;
    return !n.outputs.empty();
  }

  Result<void> add_node(NodeId id) {
    const Node& node = graph_[id];
    const OpDef* op = c_.ops.find(node);
    if (all_outputs_known(node)) {
      for (const ValueId o : node.outputs)
        if (o) set_constant(o.index, inferred_.contents[o.index]);
      return {};
    }
    if (make_view(node)) return {};
    Step step;
    step.node = id;
    step.op = op;
    for (const ValueId i : node.inputs) step.inputs.push_back(i && !graph_.value(i).packed ? i.index : no_value);
    for (const ValueId o : node.outputs) step.outputs.push_back(o ? o.index : no_value);
    PHAROS_TRY(prepare(node, id, step));
    if (stretches_ && !stretches_->in_output && share_whole(node)) return {};
    const int index = int(out_.steps.size());
    for (const uint32_t i : step.inputs)
      if (i != no_value) extend(i, index);
    place_outputs(node, step, index);
    if (stretches_ && stretches_->in_output && take_parts(node, index)) return {};
    out_.workspace_bytes = std::max(out_.workspace_bytes, int64_t(step.workspace));
    out_.steps.push_back(std::move(step));
    return {};
  }

  bool make_view(const Node& node) {
    if (!is_view(node) || !node.has_input(0) || !node.has_output(0)) return false;
    const uint32_t from = node.inputs[0].index, to = node.outputs[0].index;
    const Type& t = inferred_.types[to];
    const Slot& source = out_.slots[from];
    if (!t.is_concrete() || t.dtype == DType::string || source.place == Slot::Place::Dynamic ||
        source.place == Slot::Place::Unused)
      return false;
    if (graph_.value(ValueId{from}).type.format != graph_.value(ValueId{to}).type.format) return false;
    Slot& s = out_.slots[to];
    s.dtype = t.dtype;
    s.dims = *t.dims();
    if (element_count(s.dims) != element_count(source.dims)) return false;
    if (source.place == Slot::Place::Constant) {
      set_constant(to, std::make_shared<Tensor>(source.constant->reshaped(s.dims)));
      return true;
    }
    place_within(to, from, 0);
    return true;
  }

  void place_within(uint32_t part, uint32_t whole, int64_t offset) {
    const Slot& w = out_.slots[whole];
    Slot& s = out_.slots[part];
    s.place = Slot::Place::Alias;
    s.root = root_of(whole);
    s.offset = offset + (w.place == Slot::Place::Alias ? w.offset : 0);
    aliases_[s.root].push_back(part);
  }

  // Parts that begin at other addresses than buffers do would cost their readers what the copy costs.
  static bool aligned(int64_t offset) { return offset % 64 == 0; }

  // The outputs are stretches of input 0: no step at all, where all are. False: the node is an ordinary step.
  bool share_whole(const Node& node) {
    const uint32_t whole = node.inputs[0].index;
    const Slot::Place place = out_.slots[whole].place;
    if (place != Slot::Place::Input && !out_.slots[whole].planned()) return false;
    if (!std::all_of(stretches_->offsets.begin(), stretches_->offsets.end(), aligned)) return false;
    for (size_t o = 0; o < node.outputs.size(); ++o) {
      if (!node.outputs[o]) continue;
      const uint32_t v = node.outputs[o].index;
      out_.slots[v].dtype = inferred_.types[v].dtype;
      out_.slots[v].dims = *inferred_.types[v].dims();
      place_within(v, whole, stretches_->offsets[o]);
    }
    return true;
  }

  // The inputs are stretches of the output of step `index`: those that fill a buffer of their own move there. True: all did,
  // and nothing is left to be done.
  bool take_parts(const Node& node, int index) {
    const uint32_t whole = node.outputs[0].index;
    if (out_.slots[whole].place != Slot::Place::Arena) return false;
    bool all = true;
    for (size_t i = 0; i < node.inputs.size(); ++i)
      all = node.inputs[i] && take_part(node.inputs[i].index, whole, stretches_->offsets[i], index) && all;
    return all;
  }

  bool take_part(uint32_t part, uint32_t whole, int64_t offset, int index) {
    const uint32_t owner = root_of(part);
    const int from = buffers_[owner], to = buffers_[whole];
    Type type = inferred_.types[part];
    type.format = graph_.value(ValueId{part}).type.format;
    if (from < 0 || from == to || !aligned(offset) || lifetimes_[size_t(from)].bytes != type.stored_bytes()) return false;
    if (out_.slots[part].place == Slot::Place::Alias && out_.slots[part].offset != 0) return false;
    const std::vector<uint32_t>& members = members_[size_t(from)];
    if (std::any_of(members.begin(), members.end(), [&](uint32_t v) { return graph_.is_output(ValueId{v}); })) return false;  // it may go elsewhere
    for (const uint32_t v : std::exchange(members_[size_t(from)], {})) {
      buffers_[v] = -1;
      place_within(v, whole, offset);
      for (const uint32_t alias : std::exchange(aliases_[v], {})) place_within(alias, v, out_.slots[alias].offset);
    }
    Lifetime& whole_life = lifetimes_[size_t(to)];
    whole_life.first = std::min(whole_life.first, lifetimes_[size_t(from)].first);
    whole_life.last = std::max(whole_life.last, index);
    lifetimes_[size_t(from)].bytes = 0;
    return true;
  }

  Result<void> prepare(const Node& node, NodeId id, Step& step) {
    stretches_.reset();
    if (id.index >= c_.plan.choices.size()) return {};
    const Choice& choice = c_.plan.choices[id.index];
    const TacticDef* tactic = c_.tactics.find(choice.tactic);
    // A view whose shape depends on data is a copy by the reference.
    if (!tactic) return choice.tactic == "reference" || choice.tactic == "view" ? Result<void>() : unknown_tactic(node, choice);
    for (const auto* list : {&node.inputs, &node.outputs})
      for (const ValueId v : *list)
        if (v && !inferred_.types[v.index].is_concrete()) return fall_back(node, choice);
    const Problem problem = make_problem(graph_, node, inferred_.types);
    if (const Support s = tactic->supports ? tactic->supports(problem, c_.device) : supported(); !s)
      return fall_back(node, choice);
    auto kernel = tactic->prepare(problem, choice.config, choice.packed, c_.device);
    if (!kernel) return std::move(kernel).error().in(fmt::format("preparing '{}'", node.name));
    step.kernel = std::move(*kernel);
    if (tactic->workspace) step.workspace = tactic->workspace(problem, choice.config, c_.device);
    in_place_input_ = tactic->in_place ? tactic->in_place(problem) : -1;
    if (tactic->stretches) stretches_ = tactic->stretches(problem);
    if (!choice.packed.parts.empty()) {
      step.weights = choice.packed.parts[0].data();
      step.weights_bytes = choice.packed.parts[0].bytes();
    }
    return {};
  }

  // The reference serves any shape, as long as it can see the weights and the layouts are plain.
  Result<void> fall_back(const Node& node, const Choice& choice) {
    for (const auto* list : {&node.inputs, &node.outputs})
      for (const ValueId v : *list)
        if (v && (graph_.value(v).packed || graph_.value(v).type.format != Format::Plain))
          return Report(diag::tactic_rejects_shape, {{"node", node.name}, {"tactic", choice.tactic}, {"shapes", shapes(node)}});
    return {};
  }

  std::string shapes(const Node& node) const {
    std::string out;
    for (const ValueId i : node.inputs)
      if (i) out += (out.empty() ? "" : ", ") + inferred_.types[i.index].text();
    return out;
  }

  Result<void> unknown_tactic(const Node& node, const Choice& choice) {
    return Report(diag::tactic_unknown, {{"node", node.name}, {"tactic", choice.tactic}});
  }

  void place_outputs(const Node& node, const Step& step, int index) {
    for (size_t o = 0; o < step.outputs.size(); ++o) {
      const uint32_t v = step.outputs[o];
      if (v == no_value) continue;
      Slot& s = out_.slots[v];
      Type t = inferred_.types[v];
      t.format = graph_.value(ValueId{v}).type.format;
      const auto bytes = t.is_concrete() && t.dtype != DType::string ? t.stored_bytes() : std::nullopt;
      s.dtype = t.dtype;
      if (!bytes) { s.place = Slot::Place::Dynamic; continue; }
      s.place = Slot::Place::Arena;
      s.dims = *t.dims();
      if (o == 0 && share_input(node, v, *bytes, index)) continue;
      buffers_[v] = int(lifetimes_.size());
      lifetimes_.push_back({*bytes, index, index});
      members_.push_back({v});
    }
    in_place_input_ = -1;
  }

  // In place: the output takes over the buffer of an input that nobody reads later. Whether that is so is known only
  // when all readers are: uses are counted here from the graph.
  bool share_input(const Node& node, uint32_t out, int64_t bytes, int index) {
    if (in_place_input_ < 0 || !node.has_input(size_t(in_place_input_))) return false;
    const uint32_t in = root_of(node.inputs[size_t(in_place_input_)].index);
    if (out_.slots[in].place != Slot::Place::Arena || buffers_[in] < 0) return false;
    Lifetime& life = lifetimes_[size_t(buffers_[in])];
    if (life.bytes != bytes || shared_readers(in) || life.last != index) return false;
    buffers_[out] = buffers_[in];
    members_[size_t(buffers_[in])].push_back(out);
    return true;
  }

  bool shared_readers(uint32_t v) const {
    const Value& value = graph_.value(ValueId{v});
    return value.uses.size() != 1 || graph_.is_output(ValueId{v}) || !aliases_[v].empty();
  }

  uint32_t root_of(uint32_t v) const { return out_.slots[v].place == Slot::Place::Alias ? out_.slots[v].root : v; }
  void extend(uint32_t v, int step) {
    const int b = buffers_[root_of(v)];
    if (b >= 0) lifetimes_[size_t(b)].last = std::max(lifetimes_[size_t(b)].last, step);
  }

  void place_arena() {
    const MemoryPlan memory = plan_memory(lifetimes_);
    out_.arena_bytes = memory.bytes;
    for (uint32_t v = 0; v < buffers_.size(); ++v)
      if (buffers_[v] >= 0) out_.slots[v].offset = memory.offsets[size_t(buffers_[v])];
  }

  const ShapePlanContext& c_;
  const Graph& graph_;
  InferredTypes inferred_;
  std::vector<int> buffers_;  // by value: index into lifetimes_, or -1
  std::vector<Lifetime> lifetimes_;
  std::vector<std::vector<uint32_t>> members_;  // by buffer: the values in it
  std::vector<std::vector<uint32_t>> aliases_;  // by value: those placed within it
  int in_place_input_ = -1;                // of the node at hand
  std::optional<Stretches> stretches_;     // of the node at hand
  ShapePlan out_;
};

}  // namespace

bool is_view(const Node& node) {
  static constexpr std::array names{"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"};
  return node.domain.empty() && std::find(names.begin(), names.end(), node.op) != names.end();
}

namespace {
const Tensor contents_gone;  // stands for a constant whose contents live in packed weights
}

Problem make_problem(const Graph& graph, const Node& node, std::span<const Type> types) {
  Problem p;
  p.node = &node;
  const auto typed = [&](ValueId v) {
    if (!v) return Type{};
    Type t = types[v.index];
    t.format = graph.value(v).type.format;
    return t;
  };
  for (const ValueId i : node.inputs) {
    p.inputs.push_back(typed(i));
    p.constants.push_back(i && graph.value(i).packed ? &contents_gone : graph.constant(i));
  }
  for (const ValueId o : node.outputs) p.outputs.push_back(typed(o));
  return p;
}

Result<ShapePlan> make_shape_plan(const ShapePlanContext& context, std::span<const Type> input_types) {
  InferOptions options;
  options.limits = context.limits;
  auto types = infer_types_for(context.plan.graph, context.ops, input_types, options);
  if (!types) return std::move(types).error();
  return Planner(context, std::move(*types)).make();
}

}  // namespace pharos
