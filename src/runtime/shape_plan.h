#pragma once
// A plan made concrete for one set of input shapes: where every value lives and which kernels run in which order.
// Immutable and shared by all contexts that run at these shapes.

#include <memory>

#include "pharos/limits.h"
#include "engine/plan.h"
#include "ops/infer.h"

namespace pharos {

inline constexpr uint32_t no_value = UINT32_MAX;

struct Slot {
  enum class Place : uint8_t {
    Unused,    // never read
    Input,     // the caller's memory
    Constant,  // known contents
    Arena,     // at `offset` of the context's arena
    Alias,     // in the memory of value `root`, at `offset` (a Reshape, a part of a Split or Concat)
    Dynamic,   // made by its step at each run: size depends on data, or not a tensor
  };
  Place place = Place::Unused;
  int64_t offset = 0;                       // in bytes
  bool planned() const { return place == Place::Arena || place == Place::Alias; }
  uint32_t root = no_value;                 // Alias: the value whose memory it is (never itself an alias)
  DType dtype = DType::undefined;
  Dims dims;                                // not for Dynamic
  std::shared_ptr<const Tensor> constant;   // Constant
};

struct Step {
  NodeId node;
  const OpDef* op = nullptr;
  std::unique_ptr<Kernel> kernel;           // empty: the operator's reference evaluation
  std::vector<uint32_t> inputs, outputs;    // values, or no_value; packed inputs are no_value
  size_t workspace = 0;
  const void* weights = nullptr;            // packed weights, for the step before to prefetch
  size_t weights_bytes = 0;
};

struct ShapePlan {
  std::vector<Slot> slots;                  // by ValueId::index
  std::vector<Step> steps;
  int64_t arena_bytes = 0;                  // without workspace
  int64_t workspace_bytes = 0;              // of the most demanding step
  int64_t total_bytes() const { return arena_bytes + workspace_bytes; }
};

struct ShapePlanContext {
  const Plan& plan;
  const OpSet& ops;
  const TacticSet& tactics;
  const Device& device;
  Limits limits;
};

// `input_types` are concrete for tensors. Fails where the shapes contradict the model or a limit.
Result<ShapePlan> make_shape_plan(const ShapePlanContext& context, std::span<const Type> input_types);

// The Problem of a node for given value types; formats are those of the graph. Views point into `graph`.
Problem make_problem(const Graph& graph, const Node& node, std::span<const Type> types);

// Operators whose output is their first input's memory under another shape.
bool is_view(const Node& node);

}  // namespace pharos
