#include "ops/early_types.h"

#include <algorithm>

namespace pharos {
namespace {

constexpr int max_steps = 1000;

template <size_t n>
bool is_one_of(const Node& node, const std::string_view (&names)[n]) {
  return node.domain.empty() && std::find(std::begin(names), std::end(names), node.op) != std::end(names);
}

// Output 0 has the element type and the rank of input 0.
constexpr std::string_view like_input[] = {"Abs",
                                           "AveragePool",
                                           "BatchNormalization",
                                           "Ceil",
                                           "Clip",
                                           "Concat",
                                           "Dropout",
                                           "Elu",
                                           "Exp",
                                           "Floor",
                                           "GlobalAveragePool",
                                           "GlobalMaxPool",
                                           "HardSigmoid",
                                           "HardSwish",
                                           "Hardmax",
                                           "Identity",
                                           "InstanceNormalization",
                                           "LRN",
                                           "LeakyRelu",
                                           "Log",
                                           "LogSoftmax",
                                           "LpNormalization",
                                           "MaxPool",
                                           "Neg",
                                           "PRelu",
                                           "Pad",
                                           "Reciprocal",
                                           "Relu",
                                           "Resize",
                                           "Selu",
                                           "Sigmoid",
                                           "Slice",
                                           "Softmax",
                                           "Softplus",
                                           "Softsign",
                                           "Split",
                                           "Sqrt",
                                           "Tanh",
                                           "Transpose",
                                           "Upsample"};
// The element type of all inputs.
constexpr std::string_view one_type[] = {"Add", "Conv", "ConvTranspose", "Div", "Gemm", "MatMul",
                                         "Max", "Mean", "Min",           "Mul", "Sub",  "Sum"};
// Only the element type of input 0.
constexpr std::string_view other_shape[] = {"Expand",    "Flatten", "Gather",  "ReduceMax", "ReduceMean",
                                            "ReduceSum", "Reshape", "Squeeze", "Tile",      "Unsqueeze"};
constexpr std::string_view elementwise[] = {"Add", "Div", "Max", "Mean", "Min", "Mul", "Sub", "Sum"};

const Node* producer_of(const Graph& graph, ValueId v) {
  const NodeId p = graph.producer(v);
  return p ? &graph[p] : nullptr;
}

std::optional<int> typed_rank(const Graph& graph, ValueId v) {
  const Type& t = graph.value(v).type;
  return t.has_rank() ? std::optional(t.rank()) : std::nullopt;
}

}  // namespace

DType early_dtype(const Graph& graph, ValueId v) {
  for (int step = 0; v && step < max_steps; ++step) {
    if (const DType t = graph.value(v).type.dtype; t != DType::undefined) return t;
    const Node* p = producer_of(graph, v);
    if (!p || graph.value(v).output_index != 0) return DType::undefined;
    if (p->op == "Cast" && p->has_attr("to")) {
      const int64_t to = p->attr_int("to");
      return to > 0 && to < dtype_count ? DType(to) : DType::undefined;
    }
    if (is_one_of(*p, one_type)) {
      for (const ValueId i : p->inputs)
        if (i && graph.value(i).type.dtype != DType::undefined) return graph.value(i).type.dtype;
    } else if (!is_one_of(*p, like_input) && !is_one_of(*p, other_shape)) {
      return DType::undefined;
    }
    v = p->has_input(0) ? p->inputs[0] : ValueId{};
  }
  return DType::undefined;
}

std::optional<int> early_rank(const Graph& graph, ValueId v) {
  int least = 0;  // of operands that were passed on the way: broadcasting takes the larger rank
  for (int step = 0; v && step < max_steps; ++step) {
    if (const auto rank = typed_rank(graph, v)) return std::max(*rank, least);
    const Node* p = producer_of(graph, v);
    if (!p || graph.value(v).output_index != 0) return std::nullopt;
    if (p->is("Gemm") || p->is("Flatten")) return std::max(2, least);
    if (p->is("Reshape")) {
      const Tensor* shape = p->has_input(1) ? graph.constant(p->inputs[1]) : nullptr;
      return shape ? std::optional(std::max(int(shape->count()), least)) : std::nullopt;
    }
    ValueId next = p->has_input(0) ? p->inputs[0] : ValueId{};
    if (p->is("Conv") || p->is("ConvTranspose")) {
      if (p->has_input(1) && typed_rank(graph, p->inputs[1])) next = p->inputs[1];
    } else if (is_one_of(*p, elementwise)) {
      ValueId open;  // at most one operand may need following
      for (const ValueId i : p->inputs) {
        const auto rank = i ? typed_rank(graph, i) : std::nullopt;
        if (rank) least = std::max(least, *rank);
        else if (open) return std::nullopt;
        else open = i;
      }
      if (!open) return least;
      next = open;
    } else if (!is_one_of(*p, like_input)) {
      return std::nullopt;
    }
    v = next;
  }
  return std::nullopt;
}

}  // namespace pharos
