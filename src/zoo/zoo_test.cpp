#include "zoo/zoo.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/hash.h"
#include "zoo/random.h"
#include "zoo/write_onnx.h"

namespace pharos {
namespace {

Net build_net(const std::string& name, ZooOptions wanted = {}) {
  const ZooSet zoo = builtin_zoo();
  const ZooNetwork* network = zoo.find(name);
  return network->build(*complete(*network, wanted));
}

// Running statistics of batch norm are weights in the file but no parameters in the usual count.
int64_t trained_parameters(const Net& net) {
  int64_t n = 0;
  for (const NetTensor& w : net.weights) {
    if (w.dtype == DType::f32 && w.name.find(".running_") == std::string::npos) n += w.count();
  }
  return n;
}

std::string written(const Net& net) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("pharos_zoo_test_" + std::to_string(getpid()) + ".onnx");
  EXPECT_TRUE(bool(write_onnx(net, path)));
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

TEST(Zoo, ParameterCountsArePublishedOnes) {
  EXPECT_EQ(trained_parameters(build_net("resnet50")), 25'557'032);      // torchvision
  EXPECT_EQ(trained_parameters(build_net("mobilenet_v2")), 3'504'872);   // torchvision
  EXPECT_EQ(trained_parameters(build_net("vit_b16")), 86'567'656);       // torchvision
  EXPECT_EQ(trained_parameters(build_net("bert_base")), 109'482'240);    // bert-base-uncased with pooler
  EXPECT_NEAR(double(trained_parameters(build_net("yolov8n"))), 3.157e6 + 25200,
              1e4);  // 3.2 M; anchors and strides are constants
  EXPECT_NEAR(double(trained_parameters(build_net("unet"))), 3.35e6, 1e4);
}

TEST(Zoo, LayerCounts) {
  const Net resnet = build_net("resnet50");
  EXPECT_EQ(resnet.count("Conv"), 53u);
  EXPECT_EQ(resnet.count("BatchNormalization"), 53u);
  EXPECT_EQ(resnet.count("Relu"), 49u);
  EXPECT_EQ(resnet.count("Add"), 16u);
  const Net mobilenet = build_net("mobilenet_v2");
  EXPECT_EQ(mobilenet.count("Conv"), 52u);
  EXPECT_EQ(mobilenet.count("Clip"), 35u);
  EXPECT_EQ(mobilenet.count("Add"), 10u);
  EXPECT_EQ(build_net("vit_b16").count("LayerNormalization"), 25u);
  EXPECT_EQ(build_net("bert_base").count("Softmax"), 12u);
  EXPECT_EQ(build_net("bert_base").count("ReduceMean"), 50u);
  EXPECT_EQ(build_net("yolov8n").count("Sigmoid"), 58u);  // 57 activations and the classes
  EXPECT_EQ(build_net("unet").count("Resize"), 4u);
}

TEST(Zoo, NodesComeAfterTheirInputsAndNamesAreUnique) {
  const ZooSet zoo = builtin_zoo();
  for (const ZooNetwork* network : zoo.all()) {
    for (const bool dynamic : {false, true}) {
      const Net net = build_net(std::string(network->name), {.dynamic_batch = dynamic});
      std::set<std::string> known{""}, names;
      for (const NetValue& v : net.inputs) known.insert(v.name);
      for (const NetTensor& w : net.weights) EXPECT_TRUE(known.insert(w.name).second) << w.name;
      for (const NetNode& n : net.nodes) {
        EXPECT_TRUE(names.insert(n.name).second) << n.name;
        for (const std::string& i : n.inputs) EXPECT_TRUE(known.count(i)) << n.name << " reads " << i;
        for (const std::string& o : n.outputs) EXPECT_TRUE(known.insert(o).second) << o;
      }
      for (const NetValue& v : net.outputs) EXPECT_TRUE(known.count(v.name)) << v.name;
    }
  }
}

TEST(Zoo, FilesAreTheSameOnEveryMachine) {
  const std::string first = written(build_net("mobilenet_v2"));
  EXPECT_EQ(first, written(build_net("mobilenet_v2")));
  EXPECT_NE(first, written(build_net("mobilenet_v2", {.seed = 1})));
  // Elements as they were when the networks were first published; a change here changes every benchmark.
  std::vector<float> values(4);
  fill_elements({"layer.weight", DType::f32, {4}, Fill::normal(1)}, 0, 0, values);
  const std::vector<float> normal = values;
  fill_elements({"layer.weight", DType::f32, {4}, Fill::uniform(-1, 1)}, 0, 0, values);
  EXPECT_EQ(hex64(hash64(std::as_bytes(std::span(normal)))), "3270bbb471f68765");
  EXPECT_EQ(hex64(hash64(std::as_bytes(std::span<const float>(values)))), "4652b4fa4acfc6dd");
}

TEST(Zoo, PiecesDoNotDependOnWhereTheyAreCut) {
  const NetTensor t{"w", DType::f32, {1000}, Fill::normal(2)};
  std::vector<float> whole(1000), part(100);
  fill_elements(t, 7, 0, whole);
  fill_elements(t, 7, 300, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 300));
  double sum = 0, squares = 0;
  for (const float v : whole) { sum += v; squares += double(v) * v; }
  EXPECT_NEAR(sum / 1000, 0, 0.2);
  EXPECT_NEAR(std::sqrt(squares / 1000), 2, 0.15);
}

TEST(Zoo, OptionsAreChecked) {
  const ZooSet zoo = builtin_zoo();
  EXPECT_FALSE(bool(complete(*zoo.find("resnet50"), {.size = 223})));
  EXPECT_FALSE(bool(complete(*zoo.find("resnet50"), {.seq_len = 12})));
  EXPECT_FALSE(bool(complete(*zoo.find("bert_base"), {.seq_len = 513})));
  EXPECT_FALSE(bool(complete(*zoo.find("bert_base"), {.batch = 0})));
  EXPECT_TRUE(bool(complete(*zoo.find("yolov8n"), {.size = 320})));
  EXPECT_EQ(zoo.find("nothing"), nullptr);
}

TEST(Zoo, AFileThatCannotBeWrittenLeavesNothingBehind) {
  EXPECT_FALSE(bool(write_onnx(build_net("unet"), "/nonexistent/folder/unet.onnx")));
}

}  // namespace
}  // namespace pharos
