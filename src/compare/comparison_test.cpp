#include "compare/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "findings/doctor.h"

namespace pharos {
namespace {

const Doctor& doctor() {
  static const Doctor d;
  return d;
}

Side side(const std::string& log, const std::string& label = "log") {
  SideBuilder builder(label);
  builder.file(label);
  builder.add(doctor().examine_text(log, label));
  return builder.finish();
}

std::string summary(double latency, double compute) {
  const auto line = [](const char* name, double v) {
    const std::string ms = std::to_string(v) + " ms";
    return std::string("[I] ") + name + ": min = " + ms + ", max = " + ms + ", mean = " + ms + ", median = " + ms +
           ", percentile(99%) = " + ms + "\n";
  };
  return "[I] === Performance summary ===\n[I] Throughput: 100 qps\n" + line("Latency", latency) +
         line("Enqueue Time", 0.2) + line("H2D Latency", latency - compute) + line("GPU Compute Time", compute) +
         line("D2H Latency", 0) + "[I] Total Host Walltime: 3 s\n[I] Total GPU Compute Time: 2.9 s\n";
}

std::string profile(const std::vector<std::pair<std::string, double>>& layers) {
  std::string out =
      "[I] === Profile (100 iterations ) ===\n[I]    Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer\n";
  for (const auto& [name, ms] : layers)
    out += "[I]    " + std::to_string(ms * 100) + "   " + std::to_string(ms) + "   " + std::to_string(ms) +
           "   1.0   " + name + "\n";
  return out + "[I]   1.0  1.0  1.0   100.0   Total\n";
}

std::string running(const std::string& options) {
  return "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec " + options + "\n";
}

bool has_note(const Comparison& c, std::string_view code) {
  return std::any_of(c.notes.begin(), c.notes.end(), [&](const Report& r) { return r.code() == code; });
}
const SideChange* find(const Comparison& c, Topic topic, std::string_view what) {
  for (const SideChange& change : c.changes)
    if (change.topic == topic && change.what(Language::English) == what) return &change;
  return nullptr;
}

const std::string before = running("--onnx=a.onnx --fp16 --separateProfileRun") + summary(8, 6) +
                           profile({{"Resize_12", 0.3}, {"Conv_13 + Relu_14", 5.5}});
const std::string after = running("--onnx=b.onnx --separateProfileRun --best") +
                          "[W] Falling back to CPU implementation for plugin: ResizeNearest\n" + summary(45, 43) +
                          profile({{"Resize_12", 34.0}, {"Conv_13 + Relu_14", 5.6}});

TEST(Comparison, TheHeadlineNamesTheCause) {
  const Comparison c = compare(side(before, "A"), side(after, "B"));
  EXPECT_EQ(headline(c, Language::English), "8.0 → 45.0 ms: 91 % Resize_12 now on the CPU, 9 % unexplained");
  EXPECT_EQ(headline(c, Language::Chinese), "8.0 → 45.0 ms：91 % Resize_12 改在 CPU 上运行，9 % 无法解释");
  EXPECT_NEAR(*c.growth(), 462.5, 1e-6);
  EXPECT_TRUE(c.notes.empty());
  const Comparison back = compare(side(after), side(before));
  EXPECT_EQ(headline(back, Language::English), "45.0 → 8.0 ms: 91 % Resize_12 no longer on the CPU, 9 % unexplained");
}

TEST(Comparison, WhatChanged) {
  const Comparison c = compare(side(before), side(after));
  ASSERT_TRUE(find(c, Topic::Options, "--fp16"));
  EXPECT_EQ(find(c, Topic::Options, "--fp16")->before, "on");
  EXPECT_EQ(find(c, Topic::Options, "--fp16")->after, "");
  EXPECT_EQ(find(c, Topic::Options, "--onnx")->after, "b.onnx");
  EXPECT_EQ(find(c, Topic::Options, "--separateProfileRun"), nullptr);
  ASSERT_TRUE(find(c, Topic::Fallbacks, "ResizeNearest"));
  EXPECT_EQ(find(c, Topic::Fallbacks, "ResizeNearest")->after, "CPU (log:2)");
  EXPECT_TRUE(std::any_of(c.changes.begin(), c.changes.end(),
                          [](const SideChange& x) { return x.topic == Topic::Findings && x.before.empty(); }));
  EXPECT_TRUE(find(c, Topic::Performance, "latency p99"));
}

TEST(Comparison, TheSameTwiceHasNoChange) {
  const Comparison c = compare(side(after), side(after));
  EXPECT_TRUE(c.changes.empty());
  EXPECT_FALSE(c.split->has_shares);
}

TEST(Comparison, UnrelatedModelsAreSaidToBeThat) {
  const Comparison c = compare(
      side(summary(8, 6) + profile({{"/a/Conv", 1}, {"/b/MaxPool", 1}, {"/c/Gemm", 1}, {"/d/Relu", 1}})),
      side(summary(9, 7) + profile({{"/x/MatMul", 1}, {"/y/Softmax", 1}, {"/z/LayerNorm", 1}, {"/w/Gelu", 1}})));
  EXPECT_TRUE(has_note(c, "PH9061"));
  EXPECT_EQ(headline(c, Language::English), "8.0 → 9.0 ms: these seem to be two different models");
  EXPECT_FALSE(has_note(compare(side(before), side(after)), "PH9061"));
}

TEST(Comparison, TooLittleDataSaysWhatToCapture) {
  const Comparison none = compare(side("[I] Engine built in 35.1 sec.\n", "A"), side(after, "B"));
  EXPECT_FALSE(none.split);
  EXPECT_TRUE(has_note(none, "PH9062"));
  EXPECT_NE(none.notes[0].message().find("A tells no latency"), std::string::npos);
  EXPECT_FALSE(none.growth());
  // A latency without a profile: nothing is claimed, the message that one side alone has is a suspicion.
  const Comparison suspect =
      compare(side(running("--onnx=a") + summary(8, 6)),
              side(running("--onnx=a") + "[W] Falling back to CPU implementation for plugin: ResizeNearest\n" +
                   summary(45, 43)));
  EXPECT_TRUE(has_note(suspect, "PH9063"));
  EXPECT_TRUE(has_note(suspect, "PH9065"));
  EXPECT_EQ(suspect.split->terms.back().share, 1000);
}

TEST(Comparison, AProfiledRunIsSaidToBeSlower) {
  std::string log = before;
  log.replace(log.find(" --separateProfileRun"), 21, "");
  EXPECT_TRUE(has_note(compare(side(log), side(after)), "PH9064"));
}

// The undisturbed latency counts, whichever file comes first.
TEST(Comparison, ALatencyWithoutProfilerIsPreferred) {
  const std::string plain = running("--loadEngine=a.engine") + summary(8, 6);
  const std::string profiled =
      running("--loadEngine=a.engine --dumpProfile") + summary(9.5, 7.5) + profile({{"Conv_1", 6}});
  for (const bool first : {true, false}) {
    SideBuilder builder("A");
    builder.add(doctor().examine_text(first ? plain : profiled));
    builder.add(doctor().examine_text(first ? profiled : plain));
    const Side s = builder.finish();
    EXPECT_NEAR(s.log.performance->latency->median, 8, 1e-9);
    EXPECT_FALSE(s.profiled_run);
    EXPECT_TRUE(s.has_profile);
  }
}

TEST(Comparison, RenamedLayersAndVersionsAreTold) {
  std::string other = before;
  other.replace(other.find("v8601"), 5, "v8501");
  for (const auto& [from, to] :
       {std::pair("Resize_12", "/pre/Resize"), std::pair("Conv_13 + Relu_14", "/conv1/Conv + /relu/Relu")})
    other.replace(other.find(from), std::string(from).size(), to);
  const Comparison c = compare(side(other), side(before));
  EXPECT_TRUE(find(c, Topic::Layers, "renamed"));
  EXPECT_EQ(find(c, Topic::Versions, "TensorRT")->before, "8.5.1");
  EXPECT_FALSE(has_note(c, "PH9061"));
}

TEST(Comparison, EngineLayersTellTacticsAndPrecision) {
  const auto engine = [](const std::string& tactic, const std::string& type) {
    return "[V] [TRT] Engine Layer Information:\nLayer(CaskConvolution): Conv_13 + Relu_14, Tactic: " + tactic +
           ", x[" + type + "(1,3,224,224)] -> y[" + type + "(1,64,112,112)]\n" +
           "Layer(Reformat): copy, Tactic: 0x0, y[Half(1)] -> z[Float(1)]\n";
  };
  const Comparison c = compare(side(engine("0x01", "Half") + before), side(engine("0x02", "Float") + after));
  ASSERT_TRUE(find(c, Topic::Precision, "Conv_13 + Relu_14"));
  EXPECT_EQ(find(c, Topic::Precision, "Conv_13 + Relu_14")->before, "FP16");
  EXPECT_EQ(find(c, Topic::Tactics, "Conv_13 + Relu_14")->after, "0x02");
  ASSERT_TRUE(c.split->find(Cause::Precision));
  EXPECT_NEAR(double(c.split->find(Cause::Precision)->ns) / 1e6, 0.1, 1e-6);
}

// Pharos calls copies Reorder, in a domain of its own, and names them after the tensor they copy.
TEST(Comparison, ReordersOfPharosAreCopies) {
  const auto bench = [](bool copied) {
    Diagnosis d;
    LogModel& m = d.runs.emplace_back().log;
    m.performance = Performance{.compute = Statistic{.mean = copied ? 1.5 : 1.0, .median = copied ? 1.5 : 1.0}};
    m.layers = {{.name = "/a/Conv", .average_ms = 1, .median_ms = 1}};
    m.engine_layers = {{.name = "/a/Conv", .type = "Conv", .origin = "/a/Conv, /a/Relu"}};
    if (copied) {
      m.layers.push_back({.name = "/a/Conv_output_0_to_plain", .average_ms = 0.5, .median_ms = 0.5});
      m.engine_layers.push_back({.name = "/a/Conv_output_0_to_plain", .type = "pharos::Reorder", .origin = "/a/Conv"});
    }
    SideBuilder builder("bench");
    builder.add(d);
    return builder.finish();
  };
  const Comparison c = compare(bench(false), bench(true));
  ASSERT_TRUE(c.split && c.split->find(Cause::Reformat));
  EXPECT_EQ(c.split->find(Cause::Reformat)->share, 1000);
}

// trtexec up to 7.2 prints the summary in another shape.
TEST(Comparison, SummariesOfTensorRT7) {
  const auto log = [](const std::string& host, const std::string& compute) {
    return "[I] Host Latency\n[I] min: 1.38 ms (end to end 2.41 ms)\n[I] max: 9 ms (end to end 9.9 ms)\n[I] mean: 1.41 "
           "ms (end to end 2.6 ms)\n[I] median: " +
           host +
           " ms (end to end 2.5 ms)\n[I] percentile: 1.6 ms at 99% (end to end 2.8 ms at 99%)\n[I] throughput: 790.1 "
           "qps\n[I] walltime: 3.003 s\n[I] Enqueue Time\n[I] min: 0.1 ms\n"
           "[I] max: 0.2 ms\n[I] median: 0.15 ms\n[I] GPU Compute\n[I] min: 1.2 ms\n[I] max: 1.5 ms\n[I] mean: 1.25 "
           "ms\n[I] median: " +
           compute + " ms\n[I] percentile: 1.4 ms at 99%\n[I] total compute time: 2.9 s\n";
  };
  const Side s = side(log("1.40", "1.24"));
  ASSERT_TRUE(s.log.performance && s.log.performance->latency && s.log.performance->compute &&
              s.log.performance->enqueue && s.log.performance->end_to_end);
  const Performance& p = *s.log.performance;
  EXPECT_EQ(p.latency->median, 1.40);
  ASSERT_EQ(p.latency->percentiles.size(), 1u);
  EXPECT_EQ(p.latency->percentiles[0], (std::pair<double, double>(99, 1.6)));
  EXPECT_EQ(p.end_to_end->median, 2.5);
  EXPECT_EQ(p.enqueue->median, 0.15);
  EXPECT_EQ(p.compute->median, 1.24);
  EXPECT_EQ(p.throughput, 790.1);
  EXPECT_EQ(*p.compute_total_s, 2.9);
  const Comparison c = compare(side(log("1.40", "1.24")), side(log("2.80", "2.64")));
  EXPECT_EQ(headline(c, Language::English), "1.40 → 2.80 ms: 100 % unexplained");
}

// Whatever a log holds, both sides can be compared and the terms add up.
TEST(Comparison, DamagedLogsCompare) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    std::string x = before, y = after;
    for (std::string* log : {&x, &y}) {
      for (size_t n = random() % 40; n > 0; --n) {
        const size_t at = random() % log->size();
        switch (random() % 4) {
          case 0: (*log)[at] = char(random()); break;
          case 1: log->erase(at, random() % 20); break;
          case 2: log->insert(at, log->substr(random() % log->size(), random() % 200)); break;
          default: log->insert(at, "1e308"); break;
        }
      }
    }
    const Comparison c = compare(side(x), side(y));
    headline(c, Language::English);
    if (!c.split) continue;
    int64_t ns = 0, shares = 0;
    for (const CauseTerm& t : c.split->terms) {
      ns += t.ns;
      shares += t.share;
    }
    EXPECT_EQ(ns, c.split->delta_ns());
    EXPECT_EQ(shares, c.split->has_shares ? 1000 : 0);
  }
}

}  // namespace
}  // namespace pharos
