// Scan, and the batched form that only opset 8 had: kept as an operator of our own, pharos::BatchScan.

#include <fmt/format.h>

#include "ops/control_flow.h"
#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

struct ScanParams {
  const Graph* body = nullptr;
  size_t first = 0;  // input position of the first state
  size_t states = 0, scans = 0, stacked = 0;
  std::vector<int64_t> input_axes, input_directions, output_axes, output_directions;
};

Result<std::vector<int64_t>> list(const Node& node, std::string_view attribute, size_t size) {
  std::vector<int64_t> v = node.attr_ints(attribute);
  if (v.empty()) v.assign(size, 0);
  if (v.size() != size)
    return bad_attribute(node, attribute, fmt::format("of {} elements", v.size()), fmt::format("{} elements", size));
  return v;
}

Result<ScanParams> scan_params(const Node& node, bool batched) {
  ScanParams p;
  p.first = batched ? 1 : 0;
  const int64_t given = int64_t(node.formal_inputs()) - int64_t(p.first);
  const int64_t scans = node.attr_int("num_scan_inputs");
  if (scans < 1 || scans > given)
    return bad_attribute(node, "num_scan_inputs", fmt::format("{}", scans), fmt::format("1 to {}", given));
  p.scans = size_t(scans);
  p.states = size_t(given - scans);
  p.body = node.attr_graph("body");
  PHAROS_TRY(check_subgraph(node, p.body, "body", p.states + p.scans, std::max(p.states, node.outputs.size())));
  p.stacked = p.body->outputs().size() - p.states;
  p.input_directions = PHAROS_TRY(list(node, batched ? "directions" : "scan_input_directions", p.scans));
  p.input_axes = PHAROS_TRY(list(node, "scan_input_axes", p.scans));
  p.output_axes = PHAROS_TRY(list(node, "scan_output_axes", p.stacked));
  p.output_directions = PHAROS_TRY(list(node, "scan_output_directions", p.stacked));
  for (size_t i = p.first; i < node.formal_inputs(); ++i)
    if (!node.has_input(i)) return bad_input(node, i, "left out", "a tensor");
  return p;
}

// The type of one element of a scanned input.
Result<Type> element_type(const Node& node, const Type& t, size_t input, int64_t axis, Dim& length) {
  if (!t.is_tensor()) return Type{};
  Type out = t;
  if (!t.shape) return out;
  if (t.rank() == 0) return bad_input(node, input, "a scalar", "rank 1 or more");
  const int a = PHAROS_TRY(checked_axis(node, axis, t.rank(), "scan_input_axes"));
  const Dim& d = (*t.shape)[size_t(a)];
  if (length.is_unknown()) length = d;
  else if (length.is_number() && d.is_number() && !(length == d))
    return shapes_mismatch(node, fmt::format("scanned inputs have lengths {} and {}", length.text(), d.text()));
  out.shape->erase(out.shape->begin() + a);
  return out;
}

Result<void> infer(InferContext& c) {
  const Node& node = c.node();
  const ScanParams p = PHAROS_TRY(scan_params(node, false));
  std::vector<Type> inputs;
  for (size_t i = 0; i < p.states; ++i) inputs.push_back(c.input(i));
  Dim length;
  for (size_t i = 0; i < p.scans; ++i)
    inputs.push_back(PHAROS_TRY(element_type(node, c.input(p.states + i), p.states + i, p.input_axes[i], length)));
  append_captures(c, inputs);
  const auto results = PHAROS_TRY(c.infer_subgraph(*p.body, inputs));
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (i < p.states) { c.set_output(i, join(inputs[i], results[i])); continue; }
    Type t = results[i];
    if (t.shape) {
      const int a = PHAROS_TRY(checked_axis(node, p.output_axes[i - p.states], t.rank() + 1, "scan_output_axes"));
      t.shape->insert(t.shape->begin() + a, length);
    }
    c.set_output(i, t);
  }
  return {};
}

// Runs the iterations [0, trips) over scanned tensors whose axes are `axes`; `length` is the length of those axes up to
// which a reversed direction counts.
Result<void> iterate(EvalContext& c, const ScanParams& p, std::vector<Datum>& state, const std::vector<Tensor>& scanned,
                     const std::vector<int>& axes, int64_t trips, std::vector<Stack>& stacks) {
  for (int64_t t = 0; t < trips; ++t) {
    std::vector<Datum> inputs;
    for (Datum& s : state) inputs.push_back(std::move(s));
    for (size_t i = 0; i < p.scans; ++i) {
      Tensor element = slice_at(scanned[i], axes[i], p.input_directions[i] ? trips - 1 - t : t);
      if (!element.valid())
        return too_large(c.node(), "an element of a scanned input", "its bytes", "the memory of this machine");
      inputs.push_back(std::move(element));
    }
    append_captures(c, inputs);
    auto results = PHAROS_TRY(c.run_subgraph(*p.body, std::move(inputs)));
    for (size_t i = 0; i < p.states; ++i) state[i] = std::move(results[i]);
    for (size_t i = 0; i < p.stacked; ++i)
      if (c.has_output(p.states + i)) PHAROS_TRY(stacks[i].append(c, p.states + i, results[p.states + i]));
  }
  return {};
}

Result<int64_t> common_length(const Node& node, const std::vector<Tensor>& scanned, const std::vector<int>& axes) {
  const int64_t length = scanned[0].dim(axes[0]);
  for (size_t i = 1; i < scanned.size(); ++i)
    if (scanned[i].dim(axes[i]) != length)
      return shapes_mismatch(node,
                             fmt::format("scanned inputs have lengths {} and {}", length, scanned[i].dim(axes[i])));
  return length;
}

Result<void> check_trips(EvalContext& c, int64_t trips) {
  if (trips <= c.limits().max_loop_trips) return {};
  return too_large(c.node(), "a scan", fmt::format("{} iterations", trips),
                   fmt::format("{} iterations", c.limits().max_loop_trips));
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const ScanParams p = PHAROS_TRY(scan_params(node, false));
  std::vector<Datum> state;
  for (size_t i = 0; i < p.states; ++i) state.push_back(c.input_datum(i));
  std::vector<Tensor> scanned;
  std::vector<int> axes;
  for (size_t i = 0; i < p.scans; ++i) {
    const Tensor* t = c.input_datum(p.states + i).tensor();
    if (!t || t->rank() == 0) return bad_input(node, p.states + i, "no tensor with axes", "rank 1 or more");
    axes.push_back(PHAROS_TRY(checked_axis(node, p.input_axes[i], t->rank(), "scan_input_axes")));
    scanned.push_back(*t);
  }
  const int64_t trips = PHAROS_TRY(common_length(node, scanned, axes));
  PHAROS_TRY(check_trips(c, trips));
  std::vector<Stack> stacks(p.stacked);
  PHAROS_TRY(iterate(c, p, state, scanned, axes, trips, stacks));
  for (size_t i = 0; i < p.states && i < node.outputs.size(); ++i) c.set_output(i, std::move(state[i]));
  for (size_t i = 0; i < p.stacked; ++i)
    if (node.has_output(p.states + i))
      PHAROS_TRY(stacks[i].finish(c, p.states + i, p.output_axes[i], p.output_directions[i] != 0,
                                  p.body->value(p.body->outputs()[p.states + i]).type));
  return {};
}

// --- opset 8: axis 0 is the batch, axis 1 the time; sequences may end early

Result<void> infer_batched(InferContext& c) {
  const Node& node = c.node();
  const ScanParams p = PHAROS_TRY(scan_params(node, true));
  std::vector<Type> inputs;
  Dim batch, length;
  for (size_t i = 0; i < p.states; ++i)
    inputs.push_back(PHAROS_TRY(element_type(node, c.input(1 + i), 1 + i, 0, batch)));
  for (size_t i = 0; i < p.scans; ++i) {
    const size_t input = 1 + p.states + i;
    const Type t = PHAROS_TRY(element_type(node, c.input(input), input, 0, batch));
    inputs.push_back(PHAROS_TRY(element_type(node, t, input, 0, length)));
  }
  append_captures(c, inputs);
  const auto results = PHAROS_TRY(c.infer_subgraph(*p.body, inputs));
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    Type t = results[i];
    if (t.shape && i >= p.states) t.shape->insert(t.shape->begin(), length);
    if (t.shape) t.shape->insert(t.shape->begin(), batch);
    c.set_output(i, t);
  }
  return {};
}

Result<int64_t> trips_of(EvalContext& c, int64_t batch, int64_t length) {
  if (!has_formal(c.node(), 0)) return length;
  const Tensor& lengths = c.input(0);
  if (batch >= lengths.count())
    return bad_input(c.node(), 0, fmt::format("of {} elements", lengths.count()), "one per batch entry");
  const int64_t n = lengths.int_at(batch);
  if (n < 0 || n > length) return index_out_of_range(c.node(), 0, n, 0, length);
  return n;
}

Result<void> evaluate_batched(EvalContext& c) {
  const Node& node = c.node();
  const ScanParams p = PHAROS_TRY(scan_params(node, true));
  std::vector<Tensor> states, scans;
  for (size_t i = 0; i < p.states + p.scans; ++i) {
    const Tensor* t = c.input_datum(1 + i).tensor();
    const int least = i < p.states ? 1 : 2;
    if (!t || t->rank() < least)
      return bad_input(node, 1 + i, "of too small a rank", fmt::format("rank {} or more", least));
    (i < p.states ? states : scans).push_back(*t);
  }
  const int64_t batches = scans[0].dim(0);
  for (const auto* group : {&states, &scans})
    for (const Tensor& t : *group)
      if (t.dim(0) != batches) return shapes_mismatch(node, fmt::format("batch sizes {} and {}", batches, t.dim(0)));
  const int64_t length = PHAROS_TRY(common_length(node, scans, std::vector<int>(p.scans, 1)));
  PHAROS_TRY(check_trips(c, length));
  PHAROS_TRY(check_trips(c, batches));
  std::vector<Stack> final_states(p.states);
  std::vector<Tensor> outputs(p.stacked);
  const std::vector<int> axes(p.scans, 0);
  for (int64_t b = 0; b < batches; ++b) {
    const int64_t trips = PHAROS_TRY(trips_of(c, b, length));
    std::vector<Datum> state;
    for (const Tensor& t : states) state.push_back(slice_at(t, 0, b));
    std::vector<Tensor> rows;
    for (const Tensor& t : scans) rows.push_back(slice_at(t, 0, b));
    for (size_t i = 0; i < p.scans; ++i) {
      // What lies beyond the end of this sequence is not seen, also where it is read backwards.
      Dims dims = rows[i].dims();
      dims[0] = trips;
      rows[i] = Tensor(rows[i].dtype(), dims, rows[i].data(), std::make_shared<Tensor>(rows[i]));
    }
    std::vector<Stack> stacks(p.stacked);
    PHAROS_TRY(iterate(c, p, state, rows, axes, trips, stacks));
    for (size_t i = 0; i < p.states; ++i)
      if (node.has_output(i)) PHAROS_TRY(final_states[i].append(c, i, state[i]));
    for (size_t i = 0; i < p.stacked; ++i) {
      if (!node.has_output(p.states + i)) continue;
      PHAROS_TRY(stacks[i].place(c, p.states + i, outputs[i], b, batches, length));
    }
  }
  for (size_t i = 0; i < p.states; ++i)
    if (node.has_output(i))
      PHAROS_TRY(final_states[i].finish(c, i, 0, false, p.body->value(p.body->outputs()[i]).type));
  for (size_t i = 0; i < p.stacked; ++i)
    if (node.has_output(p.states + i) && outputs[i].dtype() == DType::undefined)
      return unsupported_case(node, "a batched scan whose sequences are all empty");
  return {};
}

Result<void> from_opset_8(Graph& graph, NodeId id, int) {
  graph.node(id).domain = "pharos";
  graph.node(id).op = "BatchScan";
  return {};
}

}  // namespace

void define_scan(OpSet& ops) {
  ops.add({
      .name = "Scan",
      .since = 25,
      .doc = "Runs a subgraph for each element of scanned inputs, with carried states; further results are stacked.",
      .inputs = {{.name = "initial_state_and_scan_inputs", .kind = Param::Kind::Variadic, .container = true}},
      .outputs = {{.name = "final_state_and_scan_outputs", .kind = Param::Kind::Variadic, .container = true}},
      .attributes = {{"body", AttrType::Graph, true},
                     {"num_scan_inputs", AttrType::Int, true},
                     {"scan_input_axes", AttrType::Ints, false, "default 0 for each"},
                     {"scan_input_directions", AttrType::Ints, false, "1: from the end; default 0 for each"},
                     {"scan_output_axes", AttrType::Ints, false, "default 0 for each"},
                     {"scan_output_directions", AttrType::Ints, false, "1: prepend; default 0 for each"}},
      .infer = infer,
      .evaluate = evaluate,
      .older = {{9, nullptr}, {8, from_opset_8}},
  });
  ops.add({
      .name = "BatchScan",
      .domain = "pharos",
      .since = 1,
      .doc = "The Scan of opset 8: axis 0 of all inputs is a batch, axis 1 of scanned inputs is time.",
      .inputs = {{"sequence_lens", types::i64, Param::Kind::Optional},
                 {.name = "initial_state_and_scan_inputs", .kind = Param::Kind::Variadic, .container = true}},
      .outputs = {{.name = "final_state_and_scan_outputs", .kind = Param::Kind::Variadic, .container = true}},
      .attributes = {{"body", AttrType::Graph, true},
                     {"num_scan_inputs", AttrType::Int, true},
                     {"directions", AttrType::Ints, false, "1: from the end; default 0 for each"}},
      .infer = infer_batched,
      .evaluate = evaluate_batched,
  });
}

}  // namespace pharos
