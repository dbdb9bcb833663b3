#include "ops/op_errors.h"

#include <fmt/format.h>

#include "catalog/graph.h"

namespace pharos {
namespace {

std::string op_text(const Node& n) { return n.domain.empty() ? n.op : n.domain + "::" + n.op; }

// The parameter position stands for the value: a node does not know the names of its values.
Arguments base(const Node& n) { return {{"op", op_text(n)}, {"node", n.name}}; }

Report with(const Diagnostic& d, const Node& n, Arguments more) {
  Arguments all = base(n);
  for (auto& a : more) all.push_back(std::move(a));
  return Report(d, std::move(all));
}

}  // namespace

Report bad_attribute(const Node& node, std::string_view attribute, std::string actual, std::string expected) {
  return with(diag::op_attribute_invalid, node,
              {{"attribute", std::string(attribute)}, {"actual", std::move(actual)}, {"expected", std::move(expected)}});
}

Report bad_input(const Node& node, size_t input, std::string actual, std::string expected) {
  return with(diag::op_input_invalid, node,
              {{"index", std::to_string(input)}, {"actual", std::move(actual)}, {"expected", std::move(expected)}});
}

Report shapes_mismatch(const Node& node, std::string details) {
  return with(diag::op_shapes_mismatch, node, {{"details", std::move(details)}});
}

Report index_out_of_range(const Node& node, size_t input, int64_t index, int64_t low, int64_t high) {
  return with(diag::op_index_out_of_range, node,
              {{"index", std::to_string(input)}, {"value", std::to_string(index)},
               {"low", std::to_string(low)}, {"high", std::to_string(high)}});
}

Report bad_value(const Node& node, size_t input, std::string actual, std::string expected) {
  return with(diag::op_value_invalid, node,
              {{"index", std::to_string(input)}, {"actual", std::move(actual)}, {"expected", std::move(expected)}});
}

Report unsupported_case(const Node& node, std::string details) {
  return with(diag::op_case_unsupported, node, {{"details", std::move(details)}});
}

Report too_large(const Node& node, std::string what, std::string requested, std::string limit) {
  return with(diag::op_too_large, node,
              {{"what", std::move(what)}, {"requested", std::move(requested)}, {"limit", std::move(limit)}});
}

Result<int> checked_axis(const Node& node, int64_t axis, int rank, std::string_view attribute) {
  if (axis < -rank || axis >= rank)
    return bad_attribute(node, attribute, std::to_string(axis),
                         rank == 0 ? "no axis: the input is a scalar" : fmt::format("{} to {}", -rank, rank - 1));
  return int(axis < 0 ? axis + rank : axis);
}

}  // namespace pharos
