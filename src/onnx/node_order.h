#pragma once
// The order in which the nodes of a graph can be built.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "onnx/proto.h"

namespace pharos {

using NodeList = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

// "conv_1", or "Conv_7" where node 7 has no name.
std::string node_label(const onnx::NodeProto& node, int index);

// Indices of the nodes, producers first; the order of the file where that is one already. `graph` names it in messages.
Result<std::vector<int>> order_nodes(const NodeList& nodes, std::string_view graph);

}  // namespace pharos
