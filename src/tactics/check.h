#pragma once
// Compares every tactic that claims a problem with the operator's own evaluation: each acceptable layout and
// configuration, one and more threads, unaligned buffers. Problems are lines of text; tests and benchmarks share the lists
// in tests/problems/.

#include <map>
#include <string>

#include "graph/graph.h"
#include "tactics/tactic.h"

namespace pharos {

// A line: OPERATOR INPUT... [| ATTRIBUTE=VALUE...] [-> OUTPUTS] [~ TOLERANCE]
//   operator   "Conv", "pharos::Conv"
//   input      "f32[1,3,8,8]", "i64[5]<9" (integers from 0 to 8), "!f32[4]" (a constant), "={1,2}" (a constant i64 vector),
//              "#1.5" (a constant f32 scalar), "-" (left out)
//   value      3, 0.5f, [1,1], "text", ["text","text"]
struct ProblemCase {
  Graph graph;                   // the one node, typed
  NodeId node;
  std::vector<Datum> inputs;     // by node input; seeded random contents
  double tolerance = 1e-5;       // of tactics that round, relative to the largest value; a line that needs more says why
};
Result<ProblemCase> parse_problem(std::string_view line, const OpSet& ops, uint64_t seed);

// The problem of the case's node with everything Plain. Views point into the case.
Problem problem_of(const ProblemCase& c);

struct CheckResult {
  int tactics = 0, runs = 0;           // tactics that took the problem, and comparisons made
  std::vector<std::string> failures;   // one line each
  std::vector<std::string> refusals;   // "cpu.conv.direct: reason"
  std::vector<std::string> declines;   // tactics whose library declined while packing (PH4001): not compared
  std::map<std::string, double> worst; // by tactic: largest difference, relative to the largest value of an output
};
CheckResult check_tactics(const ProblemCase& c, const OpSet& ops, const TacticSet& tactics, const Device& device);

// A tensor in another layout, and back.
Tensor to_format(const Tensor& plain, Format f);
Tensor to_plain(const Tensor& stored, const Dims& dims, Format f);

}  // namespace pharos
