#include "baselines/measurement.h"

#include <gtest/gtest.h>

#include "exports/export.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

constexpr const char* run_log =
    "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=/models/resnet50.v2.onnx --fp16 --int8 --shapes=x:1x3x224x224\n"
    "[09/19/2024-22:15:30] [I] === Device Information ===\n[09/19/2024-22:15:30] [I] Selected Device: NVIDIA A10\n[09/19/2024-22:15:30] [I] TensorRT version: 8.6.1\n"
    "[09/19/2024-22:15:31] [I] [TRT] [MemUsageChange] Init CUDA: CPU +229, GPU +0, now: CPU 269, GPU 1793 (MiB)\n"
    "[09/19/2024-22:15:31] [W] [TRT] Falling back to CPU implementation for plugin: ResizeNearest\n"
    "[09/19/2024-22:15:35] [I] Engine built in 35.1 sec.\n[09/19/2024-22:15:39] [I] === Performance summary ===\n[09/19/2024-22:15:39] [I] Throughput: 125 qps\n"
    "[09/19/2024-22:15:39] [I] Latency: min = 7.9 ms, max = 9.9 ms, mean = 8.1 ms, median = 8 ms, percentile(90%) = 8.2 ms, percentile(95%) = 8.3 ms, percentile(99%) = 8.8 ms\n"
    "[09/19/2024-22:15:39] [I] Total Host Walltime: 3.2 s\n[09/19/2024-22:15:39] [I] Total GPU Compute Time: 2.95 s\n"
    "&&&& PASSED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=/models/resnet50.v2.onnx\n";

std::vector<Measurement> of(const char* text) { return measurements_of({Doctor().examine_text(text)}); }

TEST(Measurement, OfATrtexecLog) {
  const auto list = of(run_log);
  ASSERT_EQ(list.size(), 1u);
  const Measurement& m = list[0];
  EXPECT_EQ(key_text(m.key), "resnet50.v2 on NVIDIA A10, FP32+FP16+INT8, x:1x3x224x224, TensorRT 8.6.1");
  EXPECT_EQ(m.basis, "latency");
  EXPECT_EQ(m.median, 8);
  EXPECT_EQ(m.p99, 8.8);
  EXPECT_EQ(m.queries, 400);
  EXPECT_EQ(m.peak_gpu_mib, 1793);
  EXPECT_EQ(m.build_seconds, 35.1);
  EXPECT_TRUE(m.has_log);
  ASSERT_EQ(m.findings.size(), 1u);
  EXPECT_EQ(m.findings[0].code, "PH9105");
}

TEST(Measurement, EachTimedRunOfALog) { EXPECT_EQ(of((std::string(run_log) + run_log).c_str()).size(), 2u); }

TEST(Measurement, ABuildWithoutInference) {
  const auto list = of("&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m.onnx --skipInference\n[09/19/2024-22:15:35] [I] Engine built in 35.1 sec.\n"
                       "&&&& PASSED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m.onnx --skipInference\n");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_FALSE(list[0].median);
  EXPECT_EQ(list[0].build_seconds, 35.1);
}

TEST(Measurement, FiguresOfPharosNameThreadsAndShapes) {
  const auto file = parse_export(R"({"model": "zoo/m.onnx", "device": "CPU x", "pharos_version": "0.1.0", "shapes": "x:1x3x8x8", "threads": 2, "throughput_qps": 100,
    "compute_ms": {"min": 9, "mean": 10, "median": 10, "p90": 11, "p95": 11, "p99": 11, "max": 11}, "compute_samples_ms": [9, 10, 11]})", "bench.json");
  ASSERT_TRUE(file) << file.error().text();
  Diagnosis d{.files = {"bench.json"}};
  d.runs.emplace_back();
  attach(*file, d.runs[0].log);
  const auto list = measurements_of({d});
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(key_text(list[0].key), "m on CPU x (2 threads), x:1x3x8x8, Pharos 0.1.0");
  EXPECT_EQ(list[0].samples.size(), 3u);
}

TEST(Measurement, ALogThatTellsNothing) { EXPECT_TRUE(of("[I] Loading standard plugins\n").empty()); }

}  // namespace
}  // namespace pharos
