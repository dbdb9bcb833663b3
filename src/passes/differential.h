#pragma once
// Compares what two graphs compute, by the reference interpreter on random inputs: the oracle for passes.

#include "graph/graph.h"
#include "ops/op.h"

namespace pharos {

// Inputs for the graph: floats from about [-1, 1], small non-negative integers, both truth values. Every symbol and
// every unknown dim gets a small extent (within its declared range).
Result<std::vector<Datum>> random_inputs(const Graph& graph, uint64_t seed);

struct Difference {
  bool found = false;
  std::string details;  // "output 'y': element 3 is 0.5; expected 0.25"
};
// Relative to the largest element of the expected tensor.
Difference compare_results(std::span<const Datum> actual, std::span<const Datum> expected, double tolerance);
// Widest tolerance that the dtypes in the graph call for.
double tolerance_of(const Graph& graph);

}  // namespace pharos
