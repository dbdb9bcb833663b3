#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>

#include "cli/verify/workers.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

Datum floats(std::vector<float> v) { return Tensor::from<float>(DType::f32, {int64_t(v.size())}, std::span<const float>(v)); }

TEST(VerifyCompare, ToleranceIsRelativeToTheExpectedValue) {
  const CompareOptions o;
  EXPECT_FALSE(compare(floats({1000.9f}), floats({1000}), o));
  EXPECT_TRUE(compare(floats({1002}), floats({1000}), o));
  EXPECT_TRUE(compare(floats({1e-5f}), floats({0}), o));
}

TEST(VerifyCompare, NanEqualsNanAndInfinitiesKeepTheirSign) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const CompareOptions o;
  EXPECT_FALSE(compare(floats({nan, inf, -inf}), floats({nan, inf, -inf}), o));
  EXPECT_TRUE(compare(floats({nan}), floats({1}), o));
  EXPECT_TRUE(compare(floats({1}), floats({nan}), o));
  EXPECT_TRUE(compare(floats({inf}), floats({-inf}), o));
  EXPECT_TRUE(compare(floats({3e38f}), floats({inf}), o));
}

TEST(VerifyCompare, ShapesTypesAndExactKinds) {
  const CompareOptions o;
  EXPECT_TRUE(compare(floats({1}), floats({1, 1}), o));
  EXPECT_TRUE(compare(floats({1}), Datum(Tensor::scalar_f32(1)), o));
  EXPECT_TRUE(compare(floats({1}), Datum(Tensor::scalar_i64(1)), o));
  const int64_t big = int64_t{1} << 60;
  EXPECT_TRUE(compare(Datum(Tensor::scalar_i64(big)), Datum(Tensor::scalar_i64(big + 1)), o));
  EXPECT_TRUE(compare(Datum(Sequence{{}, {floats({1})}}), Datum(Sequence{{}, {}}), o));
  EXPECT_TRUE(compare(Datum(Optional{{}, nullptr}), Datum(Optional{{}, std::make_shared<Datum>(floats({1}))}), o));
  EXPECT_FALSE(compare(Datum(Sequence{{}, {floats({1})}}), Datum(Sequence{{}, {floats({1})}}), o));
}

TEST(VerifyCompare, WholeModelsScaleAndQuantizedOnesLookAtTheDirection) {
  CompareOptions model;
  model.rule = CompareRule::Model;
  EXPECT_FALSE(compare(floats({0.005f, 100}), floats({0, 100}), model));
  EXPECT_TRUE(compare(floats({0.5f, 100}), floats({0, 100}), model));
  CompareOptions quantized;
  quantized.rule = CompareRule::Quantized;
  EXPECT_FALSE(compare(floats({0.5f, 100}), floats({0, 100}), quantized));
  EXPECT_TRUE(compare(floats({100, 0.5f}), floats({0, 100}), quantized));
}

TEST(VerifyWorkers, ACrashAndAHangAreFailuresOfTheirCase) {
  std::vector<CaseResult> results(5);
  run_in_workers(5, {2, 0.5}, [](size_t i) {
    if (i == 1) signal(SIGSEGV, SIG_DFL), raise(SIGSEGV);  // a sanitizer has a handler of its own
    if (i == 2) _exit(7);
    if (i == 3) sleep(30);
    CaseResult r;
    r.outcome = i == 4 ? Outcome::Unsupported : Outcome::Passed;
    r.milliseconds = 1.5;
    r.message = "first line\nsecond";
    return r;
  }, [&](size_t i, const CaseResult& r) { results[i] = r; });
  EXPECT_EQ(results[0].outcome, Outcome::Passed);
  EXPECT_EQ(results[0].milliseconds, 1.5);
  EXPECT_EQ(results[0].message, "first line\nsecond");
  EXPECT_EQ(results[1].code, "PH0142");
  EXPECT_NE(results[1].message.find("signal 11"), std::string::npos);
  EXPECT_EQ(results[2].code, "PH0142");
  EXPECT_EQ(results[3].code, "PH0141");
  EXPECT_EQ(results[4].outcome, Outcome::Unsupported);
}

TEST(VerifyCases, FindsFoldersAndModelsNamedByData) {
  const fs::path root = fs::temp_directory_path() / ("pharos_cases_" + std::to_string(getpid()));
  for (const char* f : {"node/test_a/test_data_set_0", "node/test_a/test_data_set_10", "node/test_a/test_data_set_2", "models/net/test_data_set_0", "light", "real/test_net", "empty"})
    fs::create_directories(root / f);
  for (const char* f : {"node/test_a/model.onnx", "models/net/model.onnx", "light/light_net.onnx"}) std::ofstream(root / f) << "x";
  std::ofstream(root / "real/test_net/data.json") << R"({"url": "light/light_net.onnx", "rtol": 0.002, "atol": 1e-6})";
  const auto found = find_cases({(root / "node").string(), (root / "models").string(), (root / "real/test_net").string() + "/"});
  ASSERT_TRUE(found) << found.error().text();
  ASSERT_EQ(found->size(), 3u);
  EXPECT_EQ((*found)[0].name, "test_a");
  ASSERT_EQ((*found)[0].data_sets.size(), 3u);
  EXPECT_TRUE((*found)[0].data_sets[1].folder.ends_with("set_2"));
  EXPECT_TRUE((*found)[0].backend_test);
  EXPECT_FALSE((*found)[1].backend_test);
  EXPECT_EQ((*found)[2].rtol, 0.002);
  EXPECT_TRUE((*found)[2].data_sets.at(0).expected_output.ends_with("light/light_net_output_0.pb"));
  EXPECT_FALSE(find_cases({(root / "empty").string()}));
  EXPECT_FALSE(find_cases({(root / "missing").string()}));
  fs::remove_all(root);
}

}  // namespace
}  // namespace pharos
