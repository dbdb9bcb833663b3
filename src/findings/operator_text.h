#pragma once
// What is known about operators that a log complains about, as text for a finding.

#include <string>
#include <string_view>
#include <vector>

#include "facts/log_model.h"
#include "findings/finding.h"

namespace pharos {

struct NamedOperator {
  std::string op;                  // "NonZero"; empty: the log does not tell
  std::vector<std::string> nodes;  // names or numbers
};

// Whether a layer of an engine holds a node of this operator, by its name: "Resize_12" for "Resize", also for "ResizeNearest", a
// plugin's name for it.
bool layer_names_operator(std::string_view layer, std::string_view op);

// One step per operator: the versions that take it, the opset to export with, how to rewrite it, the plugin.
std::string operator_steps(const std::vector<NamedOperator>& operators, const LogModel& log, Language language);

// "NonZero, ScatterND (3 nodes)"
std::string operator_names(const std::vector<NamedOperator>& operators, Language language);

// What the operators took in the per-layer profile of the log: "Resize_12 took 41.2 ms of 45.1 ms (91.4 %)"; empty
// where there is none.
std::string operator_cost(const std::vector<NamedOperator>& operators, const LogModel& log, Language language);

}  // namespace pharos
