#include "policy/policy.h"

#include <gtest/gtest.h>

#include "catalog/doctor.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

constexpr int64_t day = 20'000;  // 2024-10-04

constexpr std::string_view failed_build =
    "[W] Tactic Device request: 720MB Available: 650MB. Device memory is insufficient to use tactic.\n"
    "[E] Could not find any implementation for node conv1.\n";

constexpr std::string_view run =
    "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m.onnx\n"
    "[01/01/2024-10:00:00] [I] === Performance summary ===\n"
    "[01/01/2024-10:00:00] [I] Throughput: 100 qps\n"
    "[01/01/2024-10:00:00] [I] Latency: min = 8.1 ms, max = 13 ms, mean = 9 ms, median = 9 ms, percentile(90%) = 10 ms, percentile(99%) = 12.5 ms\n"
    "[01/01/2024-10:00:00] [I] Total GPU Compute Time: 2.9 s\n"
    "&&&& PASSED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m.onnx\n";

Verdict verdict(std::string_view log, std::string_view policy) {
  static const Doctor doctor;
  auto parsed = parse_policy(policy, "policy.toml");
  EXPECT_TRUE(parsed) << parsed.error().text();
  return judge(doctor.examine_text(log), *parsed, day);
}

std::string refusal(std::string_view policy) {
  auto parsed = parse_policy(policy, "p.toml");
  EXPECT_FALSE(parsed) << policy;
  return parsed ? "" : parsed.error().message();
}

TEST(Policy, SeverityFails) {
  EXPECT_FALSE(verdict(failed_build, "fail_on = 'warning'").passed());
  EXPECT_FALSE(verdict(failed_build, "fail_on = 'error'").passed());
  EXPECT_TRUE(verdict(failed_build, "fail_on = 'never'").passed());
  EXPECT_TRUE(verdict(run, "fail_on = 'error'").passed());
}

TEST(Policy, ListedCodesFailAndIgnoredOnesDoNot) {
  EXPECT_FALSE(verdict(failed_build, "[codes]\nfail = ['PH9450']").passed());  // found as a consequence
  EXPECT_TRUE(verdict(failed_build, "fail_on = 'warning'\n[codes]\nignore = ['PH9401']").passed());
}

TEST(Policy, Budgets) {
  EXPECT_TRUE(verdict(run, "[budgets]\nlatency_p99_ms = 12.5\nthroughput_qps = 100").passed());
  const Verdict v = verdict(run, "[budgets]\nlatency_p99_ms = 12\nthroughput_qps = 101");
  ASSERT_EQ(v.reasons.size(), 2u);
  EXPECT_NE(v.reasons[0].message().find("12.5 ms"), std::string::npos) << v.reasons[0].message();
}

TEST(Policy, TheShareOfInt8LayersComesFromTheLayerInformation) {
  Diagnosis d;
  d.runs.emplace_back();
  LogModel& m = d.runs[0].log;
  m.layers = {{.name = "conv_int8_like_name"}, {.name = "fc"}};
  const auto policy = parse_policy("[budgets]\nint8_layers_percent = 75", "p.toml");
  ASSERT_TRUE(policy);
  EXPECT_FALSE(judge(d, *policy, day).passed());  // by names: one of two
  m.engine_layers = {{.name = "conv", .type = "CaskConvolution", .precision = "INT8"}, {.name = "conv2", .type = "CaskConvolution", .precision = "INT8"},
                     {.name = "conv3", .type = "CaskConvolution", .precision = "INT8"}, {.name = "fc", .type = "gemm", .precision = "FP16"},
                     {.name = "copy", .type = "Reformat", .precision = "FP32"}};
  EXPECT_TRUE(judge(d, *policy, day).passed());   // three of the four that compute
  m.engine_layers[0].precision = "FP32";
  EXPECT_FALSE(judge(d, *policy, day).passed());
}

TEST(Policy, ABudgetThatTheLogDoesNotTellFails) {
  const Verdict v = verdict(run, "[budgets]\npeak_gpu_mib = 100");
  ASSERT_EQ(v.reasons.size(), 1u);
  EXPECT_EQ(v.reasons[0].code(), "PH9024");
}

TEST(Policy, ALogThatWasNotReadToItsEndIsNotClean) {
  Diagnosis d;
  d.remarks.emplace_back(diag::log_compression_damaged, Arguments{{"path", "x"}});
  Policy policy;
  EXPECT_TRUE(judge(d, policy, day).passed());
  policy.fail_on = FailOn::Warning;
  EXPECT_FALSE(judge(d, policy, day).passed());
}

TEST(Policy, FallbacksAreCounted) {
  constexpr std::string_view log = "[WARNING] Falling back to CPU implementation for plugin: ResizeNearest\n";
  EXPECT_FALSE(verdict(log, "[budgets]\nfallbacks = 0").passed());
  EXPECT_TRUE(verdict(log, "[budgets]\nfallbacks = 1").passed());
  EXPECT_TRUE(verdict(run, "[budgets]\nfallbacks = 0").passed());
}

TEST(Policy, WaiversHoldUntilTheirEnd) {
  const std::string head = "fail_on = 'warning'\n[[waiver]]\ncode = 'PH9401'\nreason = 'ticket 1'\n";
  const Verdict held = verdict(failed_build, head + "expires = 2024-10-04");
  EXPECT_TRUE(held.passed());
  EXPECT_EQ(held.waived.size(), 1u);
  EXPECT_FALSE(verdict(failed_build, head + "expires = 2024-10-03").passed());
  EXPECT_FALSE(verdict(failed_build, head + "expires = 2024-10-04\nmatch = 'another message'").passed());
}

TEST(Policy, WrongPoliciesAreRefusedWithTheirPlace) {
  EXPECT_NE(refusal("fail_on = 'maybe'").find("p.toml:1:"), std::string::npos);
  EXPECT_NE(refusal("\nfial_on = 'error'").find("p.toml:2:1"), std::string::npos);
  EXPECT_NE(refusal("[codes]\nfail = ['PH0000']").find("PH0000"), std::string::npos);
  EXPECT_NE(refusal("[budgets]\nlatency = 3").find("latency_p99_ms"), std::string::npos);
  EXPECT_NE(refusal("[budgets]\nlatency_p99_ms = -1").find("number"), std::string::npos);
  EXPECT_NE(refusal("[[waiver]]\ncode = 'PH9401'\nexpires = 2030-01-01").find("reason"), std::string::npos);
  EXPECT_NE(refusal("[[waiver]]\ncode = 'PH9401'\nreason = 'x'").find("end"), std::string::npos);
  EXPECT_NE(refusal("a = [").find("TOML"), std::string::npos);
  EXPECT_NE(refusal("version = 2").find("version"), std::string::npos);
}

TEST(Policy, TheTemplateIsAPolicy) { EXPECT_TRUE(parse_policy(policy_template(), "template")); }

}  // namespace
}  // namespace pharos
