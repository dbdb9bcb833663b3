#include <gtest/gtest.h>

#include <cmath>

#include <fmt/format.h>

#include "exports/export.h"
#include "exports/json_reader.h"

namespace pharos {
namespace {

// As trtexec 8.4 and later write it.
std::string times(int count, double compute = 8, double enqueue = 0.3, double h2d = 0.2, double d2h = 0.1) {
  std::string out = "[\n  ";
  for (int i = 0; i < count; ++i) {
    const double s = 10.0 * i, c = compute + 0.01 * (i % 10);
    out += fmt::format("{}{{ \"startEnqMs\" : {}, \"endEnqMs\" : {}, \"startH2dMs\" : {}, \"endH2dMs\" : {}, \"startComputeMs\" : {}, \"endComputeMs\" : {}, "
                       "\"startD2hMs\" : {}, \"endD2hMs\" : {}, \"h2dMs\" : {}, \"computeMs\" : {}, \"d2hMs\" : {}, \"latencyMs\" : {} }}\n",
                       i ? ", " : "", s, s + enqueue, s, s + h2d, s + h2d, s + h2d + c, s + h2d + c, s + h2d + c + d2h, h2d, c, d2h, h2d + c + d2h);
  }
  return out + "]\n";
}

std::string code_of(std::string_view text) {
  const auto e = parse_export(text, "f.json");
  return e ? "none" : std::string(e.error().code());
}

std::string message_of(std::string_view text) {
  const auto e = parse_export(text, "f.json");
  return e ? "none" : e.error().message();
}

TEST(Exports, KindsAreToldByContent) {
  EXPECT_EQ(recognise_export(times(1)), ExportKind::Times);
  EXPECT_EQ(recognise_export("[ { \"count\" : 3 } ]"), ExportKind::Profile);
  EXPECT_EQ(recognise_export("[{\"name\":\"a\",\"timeMs\":1}]"), ExportKind::Profile);
  EXPECT_EQ(recognise_export("{\"Layers\": []}"), ExportKind::Layers);
  EXPECT_EQ(recognise_export("{\n\"model\": \"m\", \"pharos_version\": \"0.1.0\", \"compute_ms\": {}"), ExportKind::Bench);
  EXPECT_EQ(recognise_export("[{\"name\":\"o\",\"dimensions\":\"1\",\"values\":[]}]"), ExportKind::Unknown);
}

TEST(Exports, LogsAreNoExports) {
  for (const char* log : {"[01/02/2024-10:00:00] [I] x", "[I] x", "[TRT] x", "{\"log\":\"[I] x\\n\",\"stream\":\"stdout\"}\n", "{\"level\":\"info\"}", "", "&&&& RUNNING", "[] [I]", "[ERROR] x"})
    EXPECT_FALSE(recognise_export(log)) << log;
}

TEST(Exports, TimesOfEachQuery) {
  const auto e = parse_export(times(300), "times.json");
  ASSERT_TRUE(e) << e.error().text();
  const auto* t = e->as<TimeSamples>();
  ASSERT_TRUE(t);
  ASSERT_EQ(t->size(), 300u);
  EXPECT_DOUBLE_EQ(t->compute[3], 8.03);
  EXPECT_NEAR(t->latency[3], 8.33, 1e-9);
  EXPECT_NEAR(t->enqueue[5], 0.3, 1e-9);
  EXPECT_DOUBLE_EQ(t->h2d[0], 0.2);
  EXPECT_DOUBLE_EQ(t->d2h[0], 0.1);
  EXPECT_NEAR(t->wall_ms, 2990 + 8.39, 1e-9);
  EXPECT_FALSE(t->warm_up_included);
}

// Up to 7.2: other names, and the columns of enqueue and input are exchanged.
TEST(Exports, TimesOfTensorRT7) {
  const auto e = parse_export(
      "[ { \"startEnqMs\" : 1, \"endEnqMs\" : 1.4, \"startInMs\" : 0.9, \"endInMs\" : 1.6, \"startComputeMs\" : 1.4, \"endComputeMs\" : 9, \"startOutMs\" : 9, "
      "\"endOutMs\" : 9.5, \"inMs\" : 0.4, \"computeMs\" : 7.6, \"outMs\" : 0.5, \"latencyMs\" : 8.5, \"endToEndMs\" : 8.6 } ]", "t.json");
  ASSERT_TRUE(e) << e.error().text();
  const auto* t = e->as<TimeSamples>();
  EXPECT_NEAR(t->enqueue[0], 0.7, 1e-9);
  EXPECT_DOUBLE_EQ(t->h2d[0], 0.4);
  EXPECT_DOUBLE_EQ(t->d2h[0], 0.5);
  EXPECT_TRUE(t->warm_up_included);
}

TEST(Exports, WarmUpOfOlderReleasesIsLeftOut) {
  const auto e = parse_export(times(100), "times.json");
  ASSERT_TRUE(e);
  LogModel old, recent;
  old.tensorrt = {8, 2, 5};
  recent.tensorrt = {8, 5, 1};
  attach(*e, old);
  attach(*e, recent);
  EXPECT_EQ(old.times->size(), 80u);     // 200 ms at 10 ms each
  EXPECT_EQ(recent.times->size(), 100u);
  LogModel told = LogModel{};
  told.tensorrt = {8, 2, 5};
  told.options["--warmUp"] = "500";
  attach(*e, told);
  EXPECT_EQ(told.times->size(), 50u);
}

TEST(Exports, TheLogsOwnSummaryStays) {
  const auto e = parse_export(times(100), "times.json");
  LogModel m;
  m.performance = Performance{.line = 7, .throughput = 42};
  m.performance->latency = Statistic{.line = 8, .median = 9};
  attach(*e, m);
  EXPECT_EQ(m.performance->throughput, 42);
  EXPECT_EQ(m.performance->latency->median, 9);
  EXPECT_NEAR(m.performance->compute->median, 8.045, 1e-9);
  EXPECT_TRUE(m.performance_file.empty());
  EXPECT_EQ(m.times_file, "times.json");
}

// Names come without escapes, and a share of nothing is NaN.
TEST(Exports, ProfileAsTrtexecWritesIt) {
  const auto e = parse_export(
      "[\n  { \"count\" : 162 }\n, { \"name\" : \"conv1 + \"relu\", 1\"\x1e\", \"timeMs\" : 16.2, \"averageMs\" : 0.1, \"medianMs\" : 0.09, \"percentage\" : 81 }\n"
      ", { \"name\" : \"a\\d\", \"timeMs\" : 0, \"averageMs\" : 0, \"medianMs\" : 0, \"percentage\" : -nan(ind) }\n]\n", "profile.json");
  ASSERT_TRUE(e) << e.error().text();
  const auto* p = e->as<ProfileTable>();
  ASSERT_EQ(p->layers.size(), 2u);
  EXPECT_EQ(p->iterations, 162);
  EXPECT_EQ(p->layers[0].name, "conv1 + \"relu\", 1\"\x1e");
  EXPECT_DOUBLE_EQ(p->layers[0].median_ms, 0.09);
  EXPECT_EQ(p->layers[0].line, 3);
  EXPECT_EQ(p->layers[1].name, "a\\d");
  EXPECT_EQ(p->layers[1].percent, 0);
}

TEST(Exports, ProfileBeforeThereWasAMedian) {
  const auto e = parse_export("[{\"count\":2},{\"name\":\"a\",\"timeMs\":3,\"averageMs\":1.5,\"percentage\":100}]", "p.json");
  ASSERT_TRUE(e);
  EXPECT_DOUBLE_EQ(e->as<ProfileTable>()->layers[0].median_ms, 1.5);
}

constexpr std::string_view detailed = R"({"Layers": [{
  "Name": "Reformatting CopyNode for Input Tensor 0 to conv1", "LayerType": "Reformat", "Inputs": [{ "Name": "x", "Dimensions": [1,3,8,8], "Format/Datatype": "Row major linear FP32" }],
  "Outputs": [{ "Name": "r", "Dimensions": [1,3,8,8], "Format/Datatype": "Four wide channel vectorized row major Int8 format" }], "Origin": "QDQ", "TacticValue": "0x0" },
 { "Name": "conv1", "LayerType": "CaskConvolution", "Inputs": [{ "Name": "r", "Location": "Device", "Dimensions": [1,3,8,8], "Format/Datatype": "Four wide channel vectorized row major Int8 format" }],
  "Outputs": [{ "Name": "o", "Dimensions": [1,64,4,4], "Format/Datatype": "Row major linear FP32" }], "Weights": {"Type": "Int8", "Count": 9408}, "TacticName": "sm80_xmma_fprop", "StreamId": 0,
  "Metadata": "[ONNX Layer: Conv_0])" "\x1e" R"([ONNX Layer: Relu_1]" },
 { "Name": "softmax", "LayerType": "kgen", "Inputs": [{ "Name": "o", "Dimensions": [1,10], "Format/Datatype": "Half" }], "Outputs": [{ "Name": "y", "Dimensions": ["N",10], "Format/Datatype": "Float" }] }],
 "Bindings": ["x", "y"]})";

TEST(Exports, LayersInDetail) {
  const auto e = parse_export(detailed, "layers.json");
  ASSERT_TRUE(e) << e.error().text();
  const auto* l = e->as<LayerInformation>();
  ASSERT_EQ(l->layers.size(), 3u);
  EXPECT_TRUE(l->detailed);
  EXPECT_EQ(l->layers[1].precision, "INT8");
  EXPECT_EQ(l->layers[1].tactic, "sm80_xmma_fprop");
  EXPECT_EQ(l->layers[1].origin, "Conv_0, Relu_1");
  EXPECT_EQ(l->layers[1].outputs[0].dims, "1x64x4x4");
  EXPECT_FALSE(l->layers[0].computes());
  EXPECT_TRUE(l->layers[1].computes());
  EXPECT_EQ(l->layers[2].precision, "FP16");
  EXPECT_EQ(l->layers[2].outputs[0].dims, "Nx10");
  EXPECT_EQ(l->bindings, (std::vector<std::string>{"x", "y"}));
}

TEST(Exports, LayersByName) {
  const auto e = parse_export("{\"Layers\": [\"a\",\n\"b\"]\n}", "layers.json");
  ASSERT_TRUE(e) << e.error().text();
  const auto* l = e->as<LayerInformation>();
  EXPECT_FALSE(l->detailed);
  ASSERT_EQ(l->layers.size(), 2u);
  EXPECT_EQ(l->layers[1].name, "b");
  EXPECT_EQ(l->layers[1].line, 2);
}

TEST(Exports, FiguresOfPharos) {
  const auto e = parse_export(R"({"model": "m.onnx", "name": "m", "device": "CPU x", "isa": "avx2", "pharos_version": "0.1.0", "threads": 2, "iterations": 3,
    "duration_ms": 30.5, "throughput_qps": 98.4, "load_ms": 12, "first_run_ms": 11, "peak_rss_bytes": 104857600, "memory_bytes": 1000, "weights_bytes": 2000,
    "compute_ms": {"min": 9, "mean": 10, "median": 10, "p90": 11, "p95": 11, "p99": 11, "max": 11}, "enqueue_ms": {"median": 0.1}, "compute_samples_ms": [9, 10, 11],
    "profile": [{"layer": "conv1", "op": "Conv", "tactic": "t", "mean_ms": 7, "share": 0.7, "nodes": ["Conv_0"]}], "later": {"x": [1, {"y": null}]}})", "bench.json");
  ASSERT_TRUE(e) << e.error().text();
  LogModel m;
  attach(*e, m);
  EXPECT_EQ(m.pharos, "0.1.0");
  EXPECT_EQ(m.device, "CPU x");
  EXPECT_DOUBLE_EQ(m.peak_cpu_mib, 100);
  EXPECT_DOUBLE_EQ(m.performance->throughput, 98.4);
  EXPECT_DOUBLE_EQ(m.performance->latency->percentiles[2].second, 11);
  ASSERT_TRUE(m.times);
  EXPECT_EQ(m.times->compute, (std::vector<double>{9, 10, 11}));
  EXPECT_DOUBLE_EQ(m.layers[0].percent, 70);
}

TEST(Exports, PrecisionsInProse) {
  EXPECT_EQ(precision_in("Channel major FP16 format where channel % 8 == 0"), "FP16");
  EXPECT_EQ(precision_in("Four wide channel vectorized row major Int8 format"), "INT8");
  EXPECT_EQ(precision_in("Float"), "FP32");
  EXPECT_EQ(precision_in("Half(1,64)"), "FP16");
  EXPECT_EQ(precision_in("BFloat16"), "BF16");
  EXPECT_EQ(precision_in("i8 @c16"), "INT8");
  EXPECT_EQ(precision_in("halfway floating"), "");
}

TEST(ExportsHostile, OneCodeAndThePlace) {
  EXPECT_EQ(code_of("[]"), "PH9044");
  EXPECT_EQ(code_of("{\"Layers\": []}"), "PH9044");
  EXPECT_EQ(code_of("["), "PH9041");
  EXPECT_EQ(code_of("[ {\"name\": 3} ]"), "PH9042");
  EXPECT_EQ(message_of("[{\"computeMs\":1}\n,{\"computeMs\":nan}]"), "f.json:2:15: computeMs of nan; expected a number from 0 up");
  EXPECT_EQ(message_of("[{\"computeMs\":1e999}]"), "f.json:1:15: the number 1e999; expected a number that fits a double");
  EXPECT_EQ(message_of("[{\"computeMs\":-1}]"), "f.json:1:15: computeMs of -1; expected a number from 0 up");
  EXPECT_EQ(message_of("[{\"computeMs\":1e300}]"), "f.json:1:15: computeMs of 1e+300; expected a value that a measurement can have");
  EXPECT_EQ(message_of("[{\"computeMs\":1,}]"), "f.json:1:17: '}'; expected a key in quotes");
  EXPECT_EQ(message_of("[{\"computeMs\":1}{"), "f.json:1:17: '{'; expected ',' or ']'");
  EXPECT_EQ(message_of("[{\"computeMs\":1}] x"), "f.json:1:19: 'x'; expected nothing more");
  EXPECT_EQ(message_of("[{\"computeMs\":1}}"), "f.json:1:17: '}'; expected ']'");
  EXPECT_EQ(message_of("[{\"computeMs\":1},{\"latencyMs\":1}]"), "f.json:1:32: a query without computeMs; expected computeMs in each query");
  EXPECT_EQ(message_of("[{\"computeMs\":\"1\"}]"), "f.json:1:15: computeMs without a number; expected a number");
}

TEST(ExportsHostile, ACutFileIsDamagedWhereverItEnds) {
  const std::string whole = times(2);
  ASSERT_EQ(code_of(whole), "none");
  const size_t last = whole.rfind(']');
  // Before the first tell-tale key it is of no known kind.
  const size_t told = whole.find("\"startEnqMs\"") + 12;
  for (size_t n = told; n <= last; ++n) ASSERT_EQ(code_of(whole.substr(0, n)), "PH9041") << n;
  for (size_t n = 10; n < detailed.size(); ++n) ASSERT_EQ(code_of(detailed.substr(0, n)), "PH9041") << n;
}

TEST(ExportsHostile, NestingAndNumbersHaveLimits) {
  EXPECT_EQ(code_of("[{\"computeMs\":1,\"x\":" + std::string(100'000, '[')), "PH9043");
  std::string objects;
  for (int i = 0; i < 1000; ++i) objects += "{\"a\":";
  EXPECT_EQ(code_of("[{\"computeMs\":1,\"x\":" + objects), "PH9043");
  EXPECT_EQ(code_of("[{\"computeMs\":" + std::string(100'000, '9') + "}]"), "PH9041");
  EXPECT_EQ(code_of("[{\"computeMs\":1,\"x\":\"" + std::string(1'000'000, 'x') + "\"}]"), "none");
}

// Every byte of a valid file changed to some others: an error with a code or a valid file, never a crash.
TEST(ExportsHostile, ChangedBytes) {
  for (const std::string& whole : {times(2), std::string(detailed), std::string("[{\"count\":2},{\"name\":\"a\\u00e9\\ud83d\\ude00\",\"timeMs\":3,\"averageMs\":1.5,\"percentage\":100}]")}) {
    for (size_t i = 0; i < whole.size(); ++i) {
      for (const char c : {'\0', '"', '\\', '{', ']', ',', '\xff'}) {
        std::string changed = whole;
        changed[i] = c;
        if (!recognise_export(changed)) continue;
        const auto e = parse_export(changed, "f.json");
        if (!e) { EXPECT_TRUE(e.error().code().starts_with("PH904")) << e.error().text(); }
      }
    }
  }
}

TEST(Json, EscapesAndSurrogates) {
  const auto source = memory_source("[\"\\u00e9\\ud83d\\ude00\\ud83d\\\"\\n\"]");
  JsonReader r(*source, "f");
  ASSERT_TRUE(r.next());
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.text(), "\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace pharos
