#include "cli/verify/run_case.h"

#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include "catalog/graph.h"
#include "catalog/import.h"
#include "catalog/command_line.h"
#include "onnx/data_files.h"
#include "ops/interpret.h"

namespace pharos {
namespace {

bool unsupported(const Report& r) {
  const Diagnostic* d = &r.diagnostic();
  return d == &diag::operators_unsupported || d == &diag::op_unknown || d == &diag::op_case_unsupported || d == &diag::type_unsupported;
}

CaseResult failure(const Report& r, Language language) {
  return {unsupported(r) ? Outcome::Unsupported : Outcome::Failed, std::string(r.code()), r.message(language)};
}

// Facts about a model that decide how its results are compared.
struct Traits { bool random = false, quantized = false, fourier = false; };

void collect(const Graph& g, const OpSet& ops, Traits& t, int depth) {
  for (const NodeId id : g.nodes()) {
    const Node& n = g[id];
    if (const OpDef* def = ops.find(n)) t.random |= def->random;
    t.quantized |= n.op.find("Quantize") != n.op.npos || n.op.starts_with("QLinear") || n.op.ends_with("Integer");
    t.fourier |= n.op == "DFT" || n.op == "STFT";
    if (depth > 64) continue;
    for (const auto& [key, a] : n.attributes)
      if (const auto* sub = std::get_if<SharedGraph>(&a); sub && *sub) collect(**sub, ops, t, depth + 1);
  }
}

CompareOptions compare_options(const VerifyCase& c, const VerifyOptions& o, const Traits& t) {
  CompareOptions out;
  out.rule = c.backend_test ? CompareRule::Upstream : t.quantized ? CompareRule::Quantized : CompareRule::Model;
  out.rtol = o.rtol >= 0 ? o.rtol : c.rtol;
  out.atol = o.atol >= 0 ? o.atol : c.atol;
  out.scaled_atol = o.scaled_atol;
  // Expected values of transforms hold near-zero residues of another precision.
  if (c.backend_test && t.fourier) out.scaled_atol = std::max(out.scaled_atol, 1e-5);
  return out;
}

// Upstream's input for models without one: i / n, computed in float64.
Result<Datum> ramp(const Value& input) {
  if (!input.type.is_tensor() || input.type.dtype != DType::f32 || !input.type.shape)
    return Report(diag::input_file_invalid, {{"input", input.name}, {"path", ""}, {"details", "values can only be made for a float tensor of known rank"}});
  Dims dims;
  for (const Dim& d : *input.type.shape) dims.push_back(d.maybe_number().value_or(1));
  Tensor t(DType::f32, dims);
  for (int64_t i = 0; i < t.count(); ++i) t.as<float>()[size_t(i)] = float(double(i) / double(t.count()));
  return Datum(std::move(t));
}

Result<Values> read_inputs(const Graph& graph, const DataSet& set) {
  Values out;
  for (size_t i = 0; i < graph.inputs().size(); ++i) {
    const Value& v = graph.value(graph.inputs()[i]);
    if (set.folder.empty()) { out.push_back(PHAROS_TRY(ramp(v))); continue; }
    auto d = read_pb(fmt::format("{}/input_{}.pb", set.folder, i), v.type);
    if (!d) return std::move(d).error().in(fmt::format("input '{}'", v.name));
    out.push_back(std::move(*d));
  }
  return out;
}

// Expected outputs that have a file; a model may have more outputs than were recorded.
Result<std::vector<std::pair<size_t, Datum>>> read_expected(const Graph& graph, const DataSet& set) {
  std::vector<std::pair<size_t, Datum>> out;
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    const std::string path = set.folder.empty() ? (i == 0 ? set.expected_output : "") : fmt::format("{}/output_{}.pb", set.folder, i);
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error)) continue;
    out.emplace_back(i, PHAROS_TRY(read_pb(path, graph.value(graph.outputs()[i]).type)));
  }
  if (out.empty()) return Report(diag::data_file_invalid, {{"path", set.folder}, {"details", "no expected outputs"}});
  return out;
}

// What the graph as it was imported gives, all of its outputs.
Result<std::vector<std::pair<size_t, Datum>>> unoptimised(const Graph& graph, const OpSet& ops, const Values& inputs) {
  std::vector<std::pair<size_t, Datum>> out;
  auto values = interpret(graph, ops, inputs);
  if (!values) return std::move(values).error().in("interpreting the imported graph");
  for (size_t i = 0; i < values->size(); ++i) out.emplace_back(i, std::move((*values)[i]));
  return out;
}

Difference compare_all(const Graph& graph, const Values& actual, const std::vector<std::pair<size_t, Datum>>& expected, const CompareOptions& options) {
  Difference all;
  for (const auto& [i, e] : expected) {
    const Difference d = i < actual.size() ? compare(actual[i], e, options) : Difference{"was not computed"};
    all.max_abs = std::max(all.max_abs, d.max_abs);
    all.max_rel = std::max(all.max_rel, d.max_rel);
    if (d && !all) all.details = fmt::format("output '{}' {}", graph.value(graph.outputs()[i]).name, d.details);
  }
  return all;
}

Result<CaseResult> run(const VerifyCase& c, const OpSet& ops, const PrepareModel& prepare, const VerifyOptions& options) {
  const ImportedModel model = PHAROS_TRY(import_model(c.model, ops));
  const Graph& graph = model.graph;
  Traits traits;
  collect(graph, ops, traits, 0);
  std::vector<Values> inputs;
  for (const DataSet& set : c.data_sets) inputs.push_back(PHAROS_TRY(read_inputs(graph, set)));
  if (inputs.empty()) return Report(diag::data_file_invalid, {{"path", c.model}, {"details", "no test_data_set_N beside the model"}});
  const auto ready = PHAROS_TRY(prepare(c.model, model, inputs));
  CaseResult result;
  result.outcome = Outcome::Passed;
  for (size_t s = 0; s < inputs.size(); ++s) {
    const auto expected = PHAROS_TRY(read_expected(graph, c.data_sets[s]));
    const auto start = std::chrono::steady_clock::now();
    const Values actual = PHAROS_TRY(ready->run(inputs[s]));
    result.milliseconds += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    CompareOptions how = compare_options(c, options, traits);
    Difference d = compare_all(graph, actual, expected, how);
    if (d && traits.random) {
      how.shapes_only = true;
      d = compare_all(graph, actual, expected, how);
    }
    if (!d && options.against_reference) {
      d = compare_all(graph, actual, PHAROS_TRY(unoptimised(graph, ops, inputs[s])), how);
      if (d) d.details = "against the unoptimised graph: " + d.details;
    }
    result.max_abs = std::max(result.max_abs, d.max_abs);
    result.max_rel = std::max(result.max_rel, d.max_rel);
    if (!d) continue;
    result.outcome = Outcome::Failed;
    result.code = diag::verify_mismatch.code;
    result.message = Report(diag::verify_mismatch, {{"set", std::to_string(s)}, {"details", d.details}}).message(options.language);
    break;
  }
  return result;
}

class Interpreted final : public ModelRun {
 public:
  Interpreted(const Graph& graph, const OpSet& ops) : graph_(graph), ops_(ops) {}
  Result<Values> run(const Values& inputs) override { return interpret(graph_, ops_, inputs); }

 private:
  const Graph& graph_;
  const OpSet& ops_;
};

}  // namespace

PrepareModel reference_runs(const OpSet& ops) {
  return [&ops](const std::string&, const ImportedModel& model, std::span<const Values>) -> Result<std::unique_ptr<ModelRun>> {
    return std::unique_ptr<ModelRun>(std::make_unique<Interpreted>(model.graph, ops));
  };
}

CaseResult run_case(const VerifyCase& c, const OpSet& ops, const PrepareModel& prepare, const VerifyOptions& options) {
  auto r = run(c, ops, prepare, options);
  return r ? std::move(*r) : failure(r.error(), options.language);
}

}  // namespace pharos
