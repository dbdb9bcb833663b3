#pragma once
// The errors that operators make, all of them from the catalogue (catalog/graph.h). Each names node and operator, the
// expected and the actual. Use these instead of writing a new diagnostic for each operator.

#include "base/result.h"
#include "graph/graph.h"

namespace pharos {

// "attribute 'axis' is 5; expected -4 to 3"
Report bad_attribute(const Node& node, std::string_view attribute, std::string actual, std::string expected);
// "input 1 ('w') has rank 3; expected rank 4"; `what` is free: "rank", "shape 2x3", "element type f32" …
Report bad_input(const Node& node, size_t input, std::string actual, std::string expected);
Report shapes_mismatch(const Node& node, std::string details);         // "cannot broadcast 2x3 with 4x3"
Report index_out_of_range(const Node& node, size_t input, int64_t index, int64_t low, int64_t high);  // inclusive
Report bad_value(const Node& node, size_t input, std::string actual, std::string expected);  // contents of an input
Report unsupported_case(const Node& node, std::string details);        // legal ONNX that this operator does not compute
Report too_large(const Node& node, std::string what, std::string requested, std::string limit);

// Normalises a possibly negative axis; error names `attribute`.
Result<int> checked_axis(const Node& node, int64_t axis, int rank, std::string_view attribute = "axis");

}  // namespace pharos
