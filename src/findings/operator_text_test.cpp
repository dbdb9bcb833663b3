#include "findings/operator_text.h"

#include <gtest/gtest.h>

#include "findings/doctor.h"

namespace pharos {
namespace {

LogModel log_with_layers() {
  LogModel log;
  log.tensorrt = {8, 4, 0};
  log.layers = {{.name = "Resize_12", .average_ms = 41.2, .percent = 91.4}, {.name = "Padding_1", .average_ms = 3.9, .percent = 8.6}};
  return log;
}

TEST(OperatorText, TheCostIsThatOfTheLayersOfTheOperator) {
  EXPECT_EQ(operator_cost({{"ResizeNearest", {}}}, log_with_layers(), Language::English), "in the profile Resize_12 took 41.2 ms of 45.1 ms (91.4 %)");
  EXPECT_EQ(operator_cost({{"Pad", {}}}, log_with_layers(), Language::English), "") << "a part of a word is no operator";
  EXPECT_EQ(operator_cost({{"Resize", {}}}, LogModel(), Language::English), "");
}

TEST(OperatorText, StepsTellVersionOpsetAndRewriting) {
  const std::string steps = operator_steps({{"NonZero", {}}, {"Unique", {}}, {"MyOp", {}}}, log_with_layers(), Language::English);
  EXPECT_NE(steps.find("NonZero: TensorRT takes it from 8.5 on (this log is of 8.4)"), std::string::npos) << steps;
  EXPECT_NE(steps.find("Unique: no TensorRT up to"), std::string::npos) << steps;
  EXPECT_NE(steps.find("MyOp: it is no ONNX operator"), std::string::npos) << steps;
}

TEST(OperatorText, TheFallbackOfTheReportNamesItsCost) {
  const Doctor doctor;
  const Diagnosis d = doctor.examine_text(
      "[W] [TRT] Falling back to CPU implementation for plugin: ResizeNearest\n"
      "[I] === Profile (100 iterations ) ===\n[I]    Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer\n"
      "[I]     4120.00      41.2000     41.1000     91.4   Resize_12\n[I]      390.00       3.9000      3.9000      8.6   Conv_0 + Relu_1\n"
      "[I]     4510.00      45.1000     45.0000    100.0   Total\n");
  ASSERT_NE(d.top(), nullptr);
  EXPECT_EQ(d.top()->message(Language::English), "ResizeNearest falls back to CPU: in the profile Resize_12 took 41.2 ms of 45.1 ms (91.4 %)");
}

}  // namespace
}  // namespace pharos
