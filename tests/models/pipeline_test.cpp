// The pipeline over whole models: the networks of the zoo become the nodes one expects, and the models of the
// conformance data compute the same before and after. The data is found through PHAROS_TEST_DATA, or in ../shared
// beside the project; without it those tests are skipped.

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <unistd.h>

#include "onnx/data_files.h"
#include "onnx/import.h"
#include "ops/interpret.h"
#include "passes/differential.h"
#include "passes/pipeline.h"
#include "zoo/write_onnx.h"
#include "zoo/zoo.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

const OpSet& ops() {
  static const OpSet set = builtin_ops();
  return set;
}

using Histogram = std::map<std::string, int>;

Histogram count_ops(const Graph& g) {
  Histogram out;
  for (const NodeId id : g.nodes()) ++out[(g[id].domain.empty() ? "" : g[id].domain + "::") + g[id].op];
  return out;
}

std::string text(const Histogram& h) {
  std::string out;
  for (const auto& [op, n] : h) out += op + "*" + std::to_string(n) + " ";
  return out;
}

Graph network(const std::string& name, ZooOptions wanted) {
  const ZooSet zoo = builtin_zoo();
  const ZooNetwork* n = zoo.find(name);
  const std::string path = fs::temp_directory_path() / ("pharos_" + name + std::to_string(getpid()) + ".onnx");
  EXPECT_TRUE(bool(write_onnx(n->build(*complete(*n, wanted)), path)));
  auto model = import_model(path, ops());
  fs::remove(path);
  EXPECT_TRUE(model) << model.error().text();
  return std::move(model->graph);
}

// Optimises the network and returns what is left, by operator.
Histogram optimised(const std::string& name, ZooOptions wanted) {
  Graph g = network(name, wanted);
  auto report = run_pipeline(g, ops());
  EXPECT_TRUE(report) << report.error().text();
  const Histogram h = count_ops(g);
  std::string notes;
  for (const PassNote& n : report->notes) notes += n.op + " '" + n.name + "': " + n.why + "\n";
  SCOPED_TRACE(name);
  testing::Test::RecordProperty(name, text(h));
  if (std::getenv("PHAROS_SHOW")) {
    printf("%s: %s\n%s", name.c_str(), text(h).c_str(), notes.c_str());
    for (const PassTiming& t : report->passes)
      printf("  %-24s %5d %8.1f ms\n", t.name.c_str(), t.rewrites, t.milliseconds);
  }
  return h;
}

TEST(Zoo, Resnet50) {
  for (const bool dynamic : {false, true}) {
    const Histogram expected{
        {"pharos::Conv", 53}, {"MaxPool", 1}, {"GlobalAveragePool", 1}, {"Reshape", 1}, {"pharos::MatMul", 1}};
    EXPECT_EQ(text(optimised("resnet50", {.dynamic_batch = dynamic})), text(expected));
  }
}

TEST(Zoo, MobilenetV2) {
  const Histogram expected{{"pharos::Conv", 52}, {"GlobalAveragePool", 1}, {"Reshape", 1}, {"pharos::MatMul", 1}};
  EXPECT_EQ(text(optimised("mobilenet_v2", {})), text(expected));
}

TEST(Zoo, BertBase) {
  for (const bool dynamic : {false, true}) {
    const Histogram h = optimised("bert_base", {.dynamic_batch = dynamic});
    EXPECT_EQ(h.at("pharos::MatMul"), 12 * 6 + 1);
    EXPECT_EQ(h.at("pharos::Attention"), 12);
    EXPECT_GE(h.at("pharos::SkipLayerNormalization"), 24);
    for (const char* op : {"Add", "MatMul", "Transpose", "Erf", "Gelu", "Softmax", "ReduceMean", "Div"})
      EXPECT_FALSE(h.contains(op) && h.at(op) > 1) << op;
  }
}

TEST(Zoo, VitB16) {
  const Histogram h = optimised("vit_b16", {});
  EXPECT_EQ(h.at("pharos::Attention"), 12);
  EXPECT_EQ(
      h.at("pharos::SkipLayerNormalization") + (h.contains("LayerNormalization") ? h.at("LayerNormalization") : 0), 25);
  EXPECT_FALSE(h.contains("Gelu") || h.contains("Softmax") || h.contains("Erf"));
}

TEST(Zoo, Yolov8n) {
  const Histogram h = optimised("yolov8n", {});
  EXPECT_FALSE(h.contains("Sigmoid") && h.at("Sigmoid") > 1);
  EXPECT_FALSE(h.contains("BatchNormalization") || h.contains("Conv") || h.contains("Swish"));
}

TEST(Zoo, Unet) {
  const Histogram h = optimised("unet", {});
  EXPECT_FALSE(h.contains("BatchNormalization") || h.contains("Conv") || h.contains("Relu"));
}

fs::path data_folder() {
  if (const char* given = std::getenv("PHAROS_TEST_DATA")) return fs::path(given) / "conformance" / "models";
  return fs::path(PHAROS_SOURCE_DIR).parent_path() / "shared" / "conformance" / "models";
}

std::vector<std::string> models() {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(data_folder(), ignored))
    if (fs::exists(entry.path() / "model.onnx")) out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  if (out.empty()) out.push_back("none");
  return out;
}

// Those of the data set, where it has all of them.
Result<std::vector<Datum>> inputs_for(const Graph& g, const fs::path& folder) {
  std::vector<Datum> out;
  for (size_t i = 0; i < g.inputs().size(); ++i) {
    const fs::path file = folder / ("input_" + std::to_string(i) + ".pb");
    if (!fs::exists(file)) return random_inputs(g, 1);
    auto value = read_pb(file.string(), g.value(g.inputs()[i]).type);
    if (!value) return std::move(value).error();
    out.push_back(std::move(*value));
  }
  return out;
}

// Multiply-adds of all convolutions, open dims taken as 1: what the slow reference would spend its time on.
double convolution_work(const Graph& g) {
  double work = 0;
  for (const NodeId id : g.nodes()) {
    const Node& n = g[id];
    if (n.op != "Conv" || !g.value(n.outputs[0]).type.shape) continue;
    const auto weights = g.value(n.inputs[1]).type.dims();
    if (!weights || weights->empty() || (*weights)[0] == 0) continue;
    double outputs = 1;
    for (const Dim& d : *g.value(n.outputs[0]).type.shape) outputs *= double(d.maybe_number().value_or(1));
    work += outputs * double(element_count(*weights).value_or(0)) / double((*weights)[0]);
  }
  return work;
}

// How many models of a whole run agreed; where tests run one at a time there is nothing to sum up.
class Tally : public testing::Environment {
 public:
  int agreed = 0, compared = 0;
  void TearDown() override {
    if (compared > 1) printf("figure: real models, optimised graph against the unoptimised one: %d of %d agree\n", agreed, compared);
  }
};
Tally* const tally = static_cast<Tally*>(testing::AddGlobalTestEnvironment(new Tally));

class Model : public testing::TestWithParam<std::string> {};

TEST_P(Model, ComputesTheSame) {
  const fs::path path = data_folder() / GetParam() / "model.onnx";
  if (!fs::exists(path)) GTEST_SKIP() << "no conformance data";
  auto model = import_model(path, ops());
  if (!model) GTEST_SKIP() << model.error().text();
  Graph g = model->graph;
  auto report = run_pipeline(g, ops());
  ASSERT_TRUE(report) << report.error().text();
  if (std::getenv("PHAROS_SHOW")) {
    printf("%s\n  before %s\n  after  %s\n", GetParam().c_str(), text(count_ops(model->graph)).c_str(),
           text(count_ops(g)).c_str());
    for (const PassNote& n : report->notes) printf("    %s '%s': %s\n", n.op.c_str(), n.name.c_str(), n.why.c_str());
  }
  Graph again = g;
  auto second = run_pipeline(again, ops());
  ASSERT_TRUE(second) << second.error().text();
  for (const PassTiming& t : second->passes) EXPECT_EQ(t.rewrites, 0) << t.name << " found more to do in a second run";
  if (convolution_work(model->graph) > 1e9 && !std::getenv("PHAROS_LONG_TESTS"))
    GTEST_SKIP() << "slow: set PHAROS_LONG_TESTS";
  auto inputs = inputs_for(model->graph, path.parent_path() / "test_data_set_0");
  ASSERT_TRUE(inputs) << inputs.error().text();
  auto expected = interpret(model->graph, ops(), *inputs);
  ASSERT_TRUE(expected) << expected.error().text();
  auto actual = interpret(g, ops(), *inputs);
  ASSERT_TRUE(actual) << actual.error().text();
  const Difference d = compare_results(*actual, *expected, 10 * tolerance_of(model->graph));
  EXPECT_FALSE(d.found) << d.details;
  ++tally->compared;
  tally->agreed += !d.found;
}

INSTANTIATE_TEST_SUITE_P(Conformance, Model, testing::ValuesIn(models()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name) if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

}  // namespace
}  // namespace pharos
