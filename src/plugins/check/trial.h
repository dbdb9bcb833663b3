#pragma once
// One run of an operator under watch: buffers between guards, at chosen alignments, with chosen rubbish in them.

#include "plugins/check/cases.h"
#include "plugins/calls.h"

namespace pharos {

struct TrialOptions {
  int threads = 1;
  bool unaligned = false;  // inputs and outputs at addresses aligned to the element only
  uint8_t rubbish = 0x5a;  // in outputs and workspace before the run
  bool reference = false;  // the operator's `reference` instead of `run`
  bool in_place = false;   // output 0 in the memory of the input that the table names
};

struct TrialResult {
  std::vector<Tensor> outputs;  // not valid(): nobody reads it
  std::string fault;            // a rule of memory that was broken; empty: none
};

// A report of PH2308 means that the operator refused the case. Limits are those of a test: 1 GiB.
Result<TrialResult> run_trial(const Plugin& plugin, const CheckCase& c, const TrialOptions& options);

// The same prepared state used by several threads at once, each with buffers of its own, for some milliseconds: `judge` says
// what is wrong with the outputs of a run (it is called from all threads), or nothing.
using Judge = std::function<std::string(const std::vector<Tensor>&)>;
Result<std::string> run_together(const Plugin& plugin, const CheckCase& c, int callers, const Judge& judge);

// Types of the outputs, given types of the inputs and (where known) contents.
struct Inferred {
  std::vector<Type> types;
  std::vector<std::vector<std::optional<Dim>>> bounds;
};
Result<Inferred> infer_case(const Plugin& plugin, const CheckCase& c, std::span<const Type> inputs, bool contents);
std::vector<Type> input_types(const CheckCase& c);

}  // namespace pharos
