#pragma once
// What a build decides and an engine file holds. A plain value type; nothing here knows the file's layout.

#include <string>
#include <vector>

#include "graph/graph.h"
#include "pharos/engine.h"
#include "tactics/tactic.h"

namespace pharos {

// How one node of the plan is computed.
struct Choice {
  std::string tactic;      // "reference": the operator's own evaluation
  Config config;
  Formats formats;
  PackedWeights packed;    // views into the engine when loaded
  int64_t workspace = 0;   // bytes at the largest shapes of the profiles
  double tuned_ms = 0;     // measured at the build; 0: not timed
};

// What an engine was built for; compared before it is used.
struct Fingerprint {
  Isa isa = Isa::Portable;
  std::string cpu;         // brand string: informative, a difference is a warning
  int block = 8;           // channel block of the formats
};

// A plugin that operators of the plan come from.
struct PluginUse {
  std::string name, version;
  std::vector<std::string> operators;  // "com.example::TopRows"
};

struct PlanProfile {
  std::vector<std::pair<std::string, DimBounds>> inputs;
  int64_t activation_bytes = 0;  // arena and workspace of one context at the maximum
};

struct Plan {
  std::string name;        // of the model
  std::string producer;    // tool that exported it
  Fingerprint device;
  // Optimised and compact: layout changes are Reorder nodes, types carry formats. The contents of constants that a
  // tactic has packed are gone (Value::packed).
  Graph graph;
  std::vector<Choice> choices;          // by NodeId::index
  std::vector<PlanProfile> profiles;    // empty: every input is fixed
  int64_t activation_bytes = 0;         // one context, largest profile
  std::vector<PluginUse> plugins;       // by name
  std::vector<std::pair<std::string, std::string>> options;
  std::vector<std::pair<std::string, std::string>> warnings;
};

}  // namespace pharos
