#pragma once
// What the name of an engine's layer tells. TensorRT names a layer after the ONNX nodes it was made of, with its own
// marks for fused, pointwise and compiled regions: "Conv_0 + Relu_1", "PWN(PWN(Sigmoid_2), Mul_3)",
// "{ForeignNode[a...b]}".

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pharos {

enum class LayerKind : uint8_t { Compute, Reformat };  // Reformat: a copy into another type or layout

struct LayerName {
  LayerKind kind = LayerKind::Compute;
  std::vector<std::string> nodes;  // sorted; of a reformat those of the layer that it serves
  std::string operators;           // "conv+relu": what it computes, without paths and numbers; in the order of the name
  bool weak = false;               // made up by the compiler: the same name in another engine means little
};

LayerName parse_layer_name(std::string_view name);
// "Conv" of "Conv_12", "/layer1/layer1.0/conv1/Conv", "(Unnamed Layer* 4) [Shuffle]"; lower case.
std::string operator_of_node(std::string_view node);

}  // namespace pharos
