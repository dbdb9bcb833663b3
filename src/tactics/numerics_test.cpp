// How far convolutions are from exact arithmetic, at the shapes of the sample networks and at odd ones. The bounds are those
// that docs/guide/tuning.md states.

#include <gtest/gtest.h>

#include "tactics/check.h"

namespace pharos {
namespace {

constexpr double direct_bound = 4e-6, f2_bound = 2e-6, f4_bound = 3e-5;

class Numbers : public testing::TestWithParam<const char*> {};

TEST_P(Numbers, ConvolutionsStayWithinTheirBounds) {
  const OpSet ops = builtin_ops();
  const auto problem = parse_problem(GetParam(), ops, 11);
  ASSERT_TRUE(problem) << problem.error().text();
  const CheckResult result = check_tactics(*problem, ops, builtin_tactics(), this_cpu(2));
  for (const std::string& failure : result.failures) ADD_FAILURE() << failure;
  ASSERT_TRUE(result.worst.contains("cpu.conv.direct"));
  ASSERT_TRUE(result.worst.contains("cpu.conv.winograd_f2"));
  ASSERT_TRUE(result.worst.contains("cpu.conv.winograd_f4"));
  for (const auto& [tactic, worst] : result.worst) {
    const double bound = tactic.ends_with("winograd_f2") ? f2_bound : tactic.ends_with("winograd_f4") ? f4_bound : direct_bound;
    EXPECT_LE(worst, bound) << tactic;
    printf("%-26s %.2e\n", tactic.c_str(), worst);
  }
  // Otherwise nothing would be gained by keeping it out of a strict build.
  EXPECT_GT(result.worst.at("cpu.conv.winograd_f4"), result.worst.at("cpu.conv.direct"));
}

INSTANTIATE_TEST_SUITE_P(Shapes, Numbers,
                         testing::Values("Conv f32[1,64,56,56] !f32[64,64,3,3] !f32[64] | pads=[1,1,1,1]",
                                         "Conv f32[1,128,28,28] !f32[128,128,3,3] !f32[128] | pads=[1,1,1,1]",
                                         "Conv f32[1,256,14,14] !f32[256,256,3,3] !f32[256] | pads=[1,1,1,1]",
                                         "Conv f32[1,512,7,7] !f32[512,512,3,3] !f32[512] | pads=[1,1,1,1]",
                                         "Conv f32[1,64,64,64] !f32[32,64,3,3] !f32[32] | pads=[1,1,1,1]",
                                         "Conv f32[2,19,37,23] !f32[45,19,3,3] | pads=[1,0,2,1]"));

}  // namespace
}  // namespace pharos
