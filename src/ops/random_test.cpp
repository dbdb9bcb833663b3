#include "ops/random.h"

#include <numeric>

#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;

struct Moments { double mean = 0, deviation = 0; };

Moments moments(const std::vector<float>& v) {
  Moments m;
  m.mean = std::accumulate(v.begin(), v.end(), 0.0) / double(v.size());
  for (const float x : v) m.deviation += (x - m.mean) * (x - m.mean);
  m.deviation = std::sqrt(m.deviation / double(v.size()));
  return m;
}

// The known answer of the generator's authors for ten rounds, all zeros.
TEST(Philox, KnownAnswer) {
  Philox p(0);
  EXPECT_EQ(p.next(), 0x6627e8d5u);
  EXPECT_EQ(p.next(), 0xe169c58du);
  EXPECT_EQ(p.next(), 0xbc57ac4cu);
  EXPECT_EQ(p.next(), 0x9b00dbd8u);
}

TEST(Random, Distributions) {
  const std::vector<int64_t> shape{200, 200};
  const Moments normal =
      moments(run_floats({.op = "RandomNormal", .attributes = {{"shape", shape}, {"mean", 3.0f}, {"scale", 2.0f}}}));
  EXPECT_NEAR(normal.mean, 3, 0.05);
  EXPECT_NEAR(normal.deviation, 2, 0.05);
  const std::vector<float> uniform =
      run_floats({.op = "RandomUniform", .attributes = {{"shape", shape}, {"low", -1.0f}, {"high", 5.0f}}});
  EXPECT_NEAR(moments(uniform).mean, 2, 0.05);
  EXPECT_NEAR(moments(uniform).deviation, 6 / std::sqrt(12.0), 0.05);
  EXPECT_GE(*std::min_element(uniform.begin(), uniform.end()), -1);
  EXPECT_LE(*std::max_element(uniform.begin(), uniform.end()), 5);
  std::vector<float> p(10000, 0.3f);
  EXPECT_NEAR(moments(run_floats({.op = "Bernoulli", .inputs = {floats({10000}, p)}})).mean, 0.3, 0.03);
}

TEST(Random, MultinomialFollowsTheLogarithms) {
  const float log3 = std::log(3.0f);
  const auto drawn = run_floats(
      {.op = "Multinomial", .inputs = {floats({1, 2}, {0, log3})}, .attributes = {{"sample_size", int64_t{20000}}}});
  EXPECT_NEAR(moments(drawn).mean, 0.75, 0.02);
  EXPECT_EQ(code_of({.op = "Multinomial", .inputs = {floats({1, 0}, {})}}), "PH2102");
}

TEST(Random, SeedsDecide) {
  const Call seeded{.op = "RandomNormal", .attributes = {{"shape", std::vector<int64_t>{8}}, {"seed", 4.0f}}};
  const Call free{.op = "RandomNormal", .attributes = {{"shape", std::vector<int64_t>{8}}}};
  EXPECT_EQ(run_floats(seeded, 1), run_floats(seeded, 2));
  EXPECT_EQ(run_floats(free, 1), run_floats(free, 1));
  EXPECT_NE(run_floats(free, 1), run_floats(free, 2));
  EXPECT_EQ(code_of({.op = "RandomNormal",
                     .attributes = {{"shape", std::vector<int64_t>{int64_t{1} << 40, int64_t{1} << 40}}}}),
            "PH2107");
}

}  // namespace
}  // namespace pharos
