#pragma once
// One case: read the model and its data, run, compare.

#include <functional>
#include <memory>

#include "cli/verify/cases.h"
#include "cli/verify/compare.h"
#include "onnx/import.h"

namespace pharos {

using Values = std::vector<Datum>;

// A model ready to run.
class ModelRun {
 public:
  virtual ~ModelRun() = default;
  virtual Result<Values> run(const Values& inputs) = 0;
};

// Prepares a model, given what was imported and all inputs it will be run with (in the order of the graph's inputs).
using PrepareModel = std::function<Result<std::unique_ptr<ModelRun>>(const std::string& path, const ImportedModel&, std::span<const Values> data_sets)>;
PrepareModel reference_runs(const OpSet& ops);  // by interpretation
PrepareModel engine_runs(int threads, int optimization_level, std::vector<std::string> plugins = {});

enum class Outcome : uint8_t { Passed, Failed, Unsupported };

struct CaseResult {
  Outcome outcome = Outcome::Failed;
  std::string code, message;
  double milliseconds = 0, max_abs = 0, max_rel = 0;
};

struct VerifyOptions {
  double rtol = -1, atol = -1;   // negative: as the case says
  double scaled_atol = 0;
  bool against_reference = false;  // outputs are compared with those of the imported graph by interpretation, too
  Language language = Language::English;
};

CaseResult run_case(const VerifyCase& c, const OpSet& ops, const PrepareModel& prepare, const VerifyOptions& options);

}  // namespace pharos
