#include "findings/doctor.h"

#include <gtest/gtest.h>

namespace pharos {
namespace {

TEST(Doctor, AnEmptyLogIsNoCleanLog) {
  const auto d = Doctor().examine_file("/dev/null");
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().code(), "PH9006");
}

TEST(Doctor, AMissingLogAndAFolderAreErrors) {
  const Doctor doctor;
  for (const char* path : {"no such file", "."}) {
    const auto d = doctor.examine_file(path);
    ASSERT_FALSE(d) << path;
    EXPECT_EQ(d.error().code(), "PH9001") << path;
  }
}

TEST(Doctor, RunsInOneFileAreToldApart) {
  const Diagnosis d = Doctor().examine_text(
      "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx\n[E] Could not find any implementation for node a.\n"
      "&&&& FAILED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx\n"
      "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=b.onnx\n&&&& PASSED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=b.onnx\n");
  ASSERT_EQ(d.runs.size(), 2u);
  EXPECT_EQ(d.runs[0].log.option("--onnx"), "a.onnx");
  EXPECT_EQ(d.runs[0].log.passed, false);
  EXPECT_EQ(d.runs[1].log.passed, true);
  EXPECT_EQ(d.verdict(), Category::NoImplementation);
}

TEST(Doctor, MemoryIsToldWithItsTimeAndWhoseItIs) {
  const Diagnosis d = Doctor().examine_text(
      "[09/19/2024-22:15:35] [I] [TRT] [MemUsageChange] Init CUDA: CPU +229, GPU +0, now: CPU 269, GPU 1793 (MiB)\n"
      "[09/19/2024-22:15:38] [I] [TRT] [MemUsageSnapshot] Builder begin: CPU 300 MiB, GPU 1800 MiB\n"
      "[09/19/2024-22:16:35] [I] [TRT] [MemUsageChange] TensorRT-managed allocation in building engine: CPU +0, GPU +4, "
      "now: CPU 0, GPU 4 (MiB)\n[I] [TRT] [MemUsageChange] Init cuDNN: CPU +0, GPU +8, now: CPU 269, GPU 1801 (MiB)\n");
  const std::vector<MemoryPoint>& m = d.runs[0].log.memory;
  ASSERT_EQ(m.size(), 4u);
  EXPECT_EQ(*m[1].time - *m[0].time, 3);
  EXPECT_EQ(*m[2].time - *m[0].time, 60);
  EXPECT_FALSE(m[3].time);
  EXPECT_FALSE(m[0].managed || m[1].managed || m[3].managed);
  EXPECT_TRUE(m[2].managed);
}

TEST(Doctor, TheFirstErrorIsTheCauseAndTheUnwindingItsConsequence) {
  const Diagnosis d = Doctor().examine_text(
      "[E] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)\n"
      "[E] 2: [builder.cpp::x::609] Error Code 2: Internal Error (Assertion engine != nullptr failed. )\n[E] Engine set up failed\n");
  ASSERT_TRUE(d.top());
  EXPECT_EQ(d.top()->report.code(), "PH9802");
  EXPECT_FALSE(d.top()->consequences.empty());
  EXPECT_EQ(d.runs[0].findings.size(), 1u);
}

}  // namespace
}  // namespace pharos
