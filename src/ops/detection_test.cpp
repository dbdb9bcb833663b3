#include <cmath>

#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;

TEST(NonMaxSuppression, KeepsTheBestOfOverlappingBoxes) {
  const Tensor boxes = floats({1, 3, 4}, {0, 0, 1, 1, 1, 1.1f, 0, 0.1f, 0, 10, 1, 11});
  const Tensor scores = floats({1, 1, 3}, {0.9f, 0.95f, std::nanf("")});
  EXPECT_EQ(run_floats({.op = "NonMaxSuppression",
                        .inputs = {boxes, scores, Tensor::scalar_i64(5), Tensor::scalar_f32(0.5f)}}),
            (std::vector<float>{0, 0, 1}));
  EXPECT_TRUE(run_floats({.op = "NonMaxSuppression", .inputs = {boxes, scores}}).empty());
  EXPECT_EQ(
      code_of({.op = "NonMaxSuppression", .inputs = {boxes, scores, Tensor::scalar_i64(5), Tensor::scalar_f32(2)}}),
      "PH2105");
  EXPECT_EQ(code_of({.op = "NonMaxSuppression", .inputs = {boxes, floats({1, 1, 2}, {1, 2})}}), "PH2103");
}

TEST(Losses, WeightedMeanAndIgnoredTargets) {
  const Tensor log_prob = floats({3, 2}, {-1, -2, -3, -4, -5, -6});
  const Call call{.op = "NegativeLogLikelihoodLoss", .inputs = {log_prob, ints({3}, {0, 1, -7}), floats({2}, {1, 3})},
                  .attributes = {{"ignore_index", int64_t{-7}}}};
  EXPECT_EQ(run_floats(call), (std::vector<float>{13.0f / 4}));
  EXPECT_EQ(code_of({.op = "NegativeLogLikelihoodLoss", .inputs = {log_prob, ints({3}, {0, 1, 2})}}), "PH2104");
  EXPECT_EQ(code_of({.op = "NegativeLogLikelihoodLoss", .inputs = {log_prob, ints({2}, {0, 1})}}), "PH2102");
  const auto softmax = run_floats(
      {.op = "SoftmaxCrossEntropyLoss", .inputs = {floats({1, 2}, {1000, 1000}), ints({1}, {1})}, .outputs = 2});
  EXPECT_NEAR(softmax[0], std::log(2.0), 1e-6);
}

Tensor bytes(std::string_view s) {
  Tensor t(DType::u8, {int64_t(s.size())});
  std::copy(s.begin(), s.end(), t.as<char>().begin());
  return t;
}

TEST(ImageDecoder, PnmAndDamagedFiles) {
  const auto bgr = run_floats({.op = "ImageDecoder",
                               .inputs = {bytes("P3 # two pixels\n2 1 255 1 2 3 4 5 6")},
                               .attributes = {{"pixel_format", std::string("BGR")}}});
  EXPECT_EQ(bgr, (std::vector<float>{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(run_floats({.op = "ImageDecoder",
                        .inputs = {bytes("P4 3 1\n\xa0")},
                        .attributes = {{"pixel_format", std::string("Grayscale")}}}),
            (std::vector<float>{0, 255, 0}));
  for (const std::string_view broken :
       {"", "P6 1000000 1000000 255\n", "P5 2 2 255\nabc", "P3 1 1 255 300 0 0", "BM", "nothing known", "P6 -1 4 1 "}) {
    const auto r = run({.op = "ImageDecoder", .inputs = {bytes(broken)}});
    ASSERT_TRUE(r) << broken;
    EXPECT_EQ((*r)[0].tensor()->dims(), (Dims{0, 0, 3})) << broken;
  }
}

}  // namespace
}  // namespace pharos
