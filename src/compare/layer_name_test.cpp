#include "compare/layer_name.h"

#include <gtest/gtest.h>

namespace pharos {
namespace {

using Names = std::vector<std::string>;

TEST(LayerName, FusedLayersNameTheirNodes) {
  const LayerName n = parse_layer_name("Conv_0 + Relu_1");
  EXPECT_EQ(n.nodes, (Names{"Conv_0", "Relu_1"}));
  EXPECT_EQ(n.operators, "conv+relu");
  EXPECT_EQ(n.kind, LayerKind::Compute);
}

TEST(LayerName, PointwiseMarksAreTakenOff) {
  const LayerName n = parse_layer_name("PWN(PWN(Sigmoid_2), Mul_3)");
  EXPECT_EQ(n.nodes, (Names{"Mul_3", "Sigmoid_2"}));
  EXPECT_EQ(n.operators, "sigmoid+mul");
}

TEST(LayerName, RegionsNameTheirEnds) {
  EXPECT_EQ(parse_layer_name("{ForeignNode[/a/Conv.../b/Add]}").nodes, (Names{"/a/Conv", "/b/Add"}));
  EXPECT_EQ(parse_layer_name("{ForeignNode[/a/Conv]}").nodes, (Names{"/a/Conv"}));
}

TEST(LayerName, NumberedConstantsAreNoNodesOfAFusedLayer) {
  EXPECT_EQ(parse_layer_name("Convolution28 + (Unnamed Layer* 4) [Shuffle] + ReLU32").nodes,
            (Names{"Convolution28", "ReLU32"}));
  EXPECT_TRUE(parse_layer_name("(Unnamed Layer* 4) [Shuffle]").weak);
  EXPECT_EQ(parse_layer_name("(Unnamed Layer* 4) [Shuffle]").operators, "shuffle");
}

TEST(LayerName, ReformatsBelongToTheLayerThatTheyServe) {
  for (const char* name : {"Reformatting CopyNode for Input Tensor 0 to Conv_0 + Relu_1",
                           "Conv_0 + Relu_1 input reformatter 0", "Conv_0 + Relu_1 output reformatter 1"}) {
    const LayerName n = parse_layer_name(name);
    EXPECT_EQ(n.kind, LayerKind::Reformat) << name;
    EXPECT_EQ(n.nodes, (Names{"Conv_0", "Relu_1"})) << name;
  }
}

TEST(LayerName, ProfilesAndNumbersOfCompiledKernelsAreTakenOff) {
  EXPECT_EQ(parse_layer_name("Conv_0 [profile 1]").nodes, (Names{"Conv_0"}));
  EXPECT_EQ(parse_layer_name("node_conv2d_myl0_1").nodes, (Names{"node_conv2d"}));
  EXPECT_FALSE(parse_layer_name("node_conv2d_myl0_1").weak);
  EXPECT_TRUE(parse_layer_name("__myl_ConvAdd_myl0_12").weak);
}

TEST(LayerName, OperatorsComeWithoutPathAndNumber) {
  EXPECT_EQ(operator_of_node("/layer1/layer1.0/conv1/Conv"), "conv");
  EXPECT_EQ(operator_of_node("Conv_12"), "conv");
  EXPECT_EQ(operator_of_node("Conv"), "conv");
  EXPECT_EQ(operator_of_node("12"), "12");
  EXPECT_EQ(operator_of_node(""), "");
}

TEST(LayerName, HostileNamesDoNotHurt) {
  for (const std::string& name : {std::string(), std::string(" + "), std::string("PWN(PWN(PWN("),
                                  std::string("]}]}]}..."), std::string(100000, '('), std::string(" [profile ]"),
                                  std::string("\xff\xfe\x00\x01", 4), std::string("_myl_myl1_2")}) {
    const LayerName n = parse_layer_name(name);
    EXPECT_LE(n.nodes.size(), 256u);
  }
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "Conv_" + std::to_string(i) + " + ";
  EXPECT_EQ(parse_layer_name(many).nodes.size(), 256u);
}

}  // namespace
}  // namespace pharos
