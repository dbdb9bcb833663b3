#pragma once
// What the test kit runs an operator with: cases that the author wrote, guesses where there are none, and variants of
// both.

#include "plugins/plugin.h"

namespace pharos {

struct CheckCase {
  const PluginOperator* op = nullptr;
  std::string text;            // "com.example::TopRows f32[4,3] f32[4] | k=2"
  std::string variant;         // "extent 4 becomes 0"; empty for the case itself
  Node node;                   // with the ids of `inputs` and outputs, which belong to no graph
  std::vector<Tensor> inputs;  // not valid(): left out
  bool must_run = false;       // refusing it is a fault: the author's own cases

  std::string name() const;
};

// A line as in tests/problems (tactics/check.h). Nothing of the plugin runs.
Result<CheckCase> parse_case(const Plugin& plugin, const std::string& line, uint64_t seed);
// Guesses for an operator without cases: every element type, a few ranks.
std::vector<CheckCase> guess_cases(const PluginOperator& op, uint64_t seed);
// Other sizes (0, 1, odd), types, values (not finite, extreme), attributes, and inputs that do not fit together.
std::vector<CheckCase> variants_of(const CheckCase& c);

}  // namespace pharos
