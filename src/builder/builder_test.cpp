// Whole builds of small versions of the sample networks.

#include "pharos/builder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "builder/zoo_model_test.h"

namespace pharos {
namespace {

std::vector<std::vector<float>> outputs_of(const std::vector<std::byte>& bytes, int64_t batch = 0) {
  LoadOptions load;
  load.threads = 1;
  auto engine = Engine::load(bytes, load);
  EXPECT_TRUE(engine) << (engine ? "" : engine.error().text());
  auto context = std::move(*(*engine)->create_context());
  std::vector<std::vector<std::byte>> buffers;
  uint32_t x = 1;
  for (const Binding& b : (*engine)->info().inputs) {
    Dims dims = b.dims;
    for (int64_t& d : dims) d = d < 0 ? batch : d;
    buffers.emplace_back(size_t(*element_count(dims)) * dtype_size(b.dtype));
    if (b.dtype == DType::f32)
      for (size_t i = 0; i < buffers.back().size(); i += 4) {
        x = x * 1664525u + 1013904223u;
        const float v = float(int32_t(x)) / 2147483648.0f;
        std::memcpy(buffers.back().data() + i, &v, 4);
      }
    EXPECT_TRUE(context->set_input(b.name, {buffers.back().data(), b.dtype, dims, buffers.back().size()}));
  }
  const auto run = context->run();
  EXPECT_TRUE(run) << (run ? "" : run.error().text());
  std::vector<std::vector<float>> out;
  for (const Binding& b : (*engine)->info().outputs) {
    auto view = context->output(b.name);
    const auto* p = static_cast<const float*>(view->data);
    out.emplace_back(p, p + view->bytes / sizeof(float));
  }
  return out;
}

void expect_close(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t o = 0; o < a.size(); ++o) {
    ASSERT_EQ(a[o].size(), b[o].size());
    double scale = 0, worst = 0;
    for (size_t i = 0; i < a[o].size(); ++i) {
      scale = std::max(scale, double(std::abs(b[o][i])));
      const double d = std::abs(double(a[o][i]) - double(b[o][i]));
      worst = std::isnan(d) ? INFINITY : std::max(worst, d);
    }
    EXPECT_LE(worst, tolerance * scale) << "output " << o;
    EXPECT_GT(scale, 0) << "output " << o << " is all zeros: the comparison says nothing";
  }
}

class BuildsOf : public testing::TestWithParam<const char*> {};

TEST_P(BuildsOf, TheOptimisedEngineAgreesWithTheReference) {
  const ModelFile model(GetParam(), small(GetParam()));
  BuildOptions reference = quick();
  reference.reference_only = true;
  const auto slow = build(model.path, reference), fast = build(model.path, quick());
  ASSERT_TRUE(slow) << slow.error().text();
  ASSERT_TRUE(fast) << fast.error().text();
  EXPECT_LT(fast->summary.nodes_after, fast->summary.nodes_before);
  expect_close(outputs_of(fast->bytes), outputs_of(slow->bytes), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Zoo, BuildsOf, testing::Values("resnet50", "mobilenet_v2", "yolov8n", "unet", "bert_base"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Build, HasFiveStagesAndStatesMemory) {
  const ModelFile model("mobilenet_v2", small("mobilenet_v2"));
  const auto built = build(model.path, quick());
  ASSERT_TRUE(built) << built.error().text();
  std::vector<Stage> stages;
  for (const auto& [stage, ms] : built->summary.stages) stages.push_back(stage);
  EXPECT_EQ(stages, (std::vector<Stage>{Stage::Parse, Stage::Optimize, Stage::Precision, Stage::Tune, Stage::Serialize}));
  EXPECT_GT(built->summary.weights_bytes, 13'000'000);
  LoadOptions load;
  load.threads = 1;
  auto engine = Engine::load(built->bytes, load);
  ASSERT_TRUE(engine);
  auto context = (*engine)->create_context();
  ASSERT_TRUE(context);
  const double ratio = double(built->summary.activation_bytes) / double((*context)->memory_bytes());
  EXPECT_NEAR(ratio, 1.0, 0.05) << "predicted activation memory against what a context holds";
}

TEST(Build, WithAFullTimingCacheGivesIdenticalBytes) {
  const ModelFile model("mobilenet_v2", small("mobilenet_v2"));
  BuildOptions options = quick();
  options.timing_cache_path = model.path + ".cache";
  ASSERT_TRUE(build(model.path, options));
  const auto first = build(model.path, options), second = build(model.path, options);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->bytes == second->bytes);
  std::filesystem::remove(options.timing_cache_path);
}

TEST(Build, ADamagedTimingCacheIsSaidAndReplaced) {
  const ModelFile model("mobilenet_v2", small("mobilenet_v2"));
  BuildOptions options = quick();
  options.timing_cache_path = model.path + ".cache";
  std::ofstream(options.timing_cache_path) << "pharos-timing-cache 1\nsome|key\t12\tdeadbeef\nno tabs at all\n";
  const auto built = build(model.path, options);
  ASSERT_TRUE(built);
  ASSERT_EQ(built->summary.warnings.size(), 1u);
  EXPECT_EQ(built->summary.warnings[0].code(), "PH4109");
  const auto again = build(model.path, options);
  EXPECT_TRUE(again->summary.warnings.empty());
  std::filesystem::remove(options.timing_cache_path);
}

TEST(Build, ADynamicInputWithoutProfilePrintsTheOption) {
  ZooOptions dynamic = small("mobilenet_v2");
  dynamic.dynamic_batch = true;
  const ModelFile model("mobilenet_v2", dynamic);
  const auto refused = build(model.path, quick());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "PH4101");
  EXPECT_NE(refused.error().text().find("--shapes"), std::string::npos) << refused.error().text();
  EXPECT_NE(refused.error().text().find(":1x3x64x64"), std::string::npos) << refused.error().text();
}

TEST(Build, OneEngineServesAProfilesRange) {
  ZooOptions dynamic = small("mobilenet_v2");
  dynamic.dynamic_batch = true;
  const ModelFile model("mobilenet_v2", dynamic);
  BuildOptions options = quick();
  auto probe = build(model.path, options);
  const std::string inputs(probe.error().argument("inputs"));
  const std::string name = inputs.substr(1, inputs.find('\'', 1) - 1);
  options.profiles = {{{{name, {{1, 3, 64, 64}, {2, 3, 64, 64}, {5, 3, 64, 64}}}}}};
  const auto built = build(model.path, options);
  ASSERT_TRUE(built) << built.error().text();
  options.reference_only = true;
  const auto reference = build(model.path, options);
  ASSERT_TRUE(reference) << reference.error().text();
  for (const int64_t batch : {1, 3, 5}) expect_close(outputs_of(built->bytes, batch), outputs_of(reference->bytes, batch), 1e-4);
}

TEST(Build, WrongProfilesAndOptionsAreNamed) {
  ZooOptions dynamic = small("mobilenet_v2");
  dynamic.dynamic_batch = true;
  const ModelFile model("mobilenet_v2", dynamic);
  const auto code = [&](auto change) {
    BuildOptions o = quick();
    change(o);
    auto r = build(model.path, o);
    return r ? std::string("built") : std::string(r.error().code());
  };
  const auto profile = [](std::string name, Dims min, Dims opt, Dims max) {
    return [=](BuildOptions& o) { o.profiles = {{{{name, {min, opt, max}}}}}; };
  };
  EXPECT_EQ(code(profile("nobody", {1}, {1}, {1})), "PH4102");
  EXPECT_EQ(code([](BuildOptions& o) { o.optimization_level = 9; }), "PH4111");
  EXPECT_EQ(code([](BuildOptions& o) { o.threads = -1; }), "PH4111");
  EXPECT_EQ(code([](BuildOptions& o) { o.disabled_passes = {"no-such-pass"}; }), "PH4111");
  EXPECT_EQ(code([](BuildOptions& o) { o.forced_tactics = {"Conv=no.such.tactic"}; }), "PH4111");
}

TEST(Build, CanBeCancelled) {
  class Cancel final : public ProgressMonitor {
    void stage_started(Stage, int64_t) noexcept override {}
    void step_done(Stage, int64_t) noexcept override {}
    void stage_finished(Stage, double) noexcept override {}
    bool cancelled() const noexcept override { return true; }
  } monitor;
  const ModelFile model("mobilenet_v2", small("mobilenet_v2"));
  BuildOptions options = quick();
  options.progress = &monitor;
  const auto built = build(model.path, options);
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code(), "PH4107");
}

}  // namespace
}  // namespace pharos
