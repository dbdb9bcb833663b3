// Exports beside logs: which log a file belongs to, and what is found in it.

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "findings/doctor.h"

namespace pharos {
namespace {

class ExportFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("pharos-exports-{}", ::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, std::string_view text) const {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << text;
    return path;
  }
  std::string log(const std::string& name) const {
    return file(name, "&&&& RUNNING TensorRT.trtexec [TensorRT v100400] # trtexec --onnx=m.onnx\n[09/19/2024-22:15:35] [I] Starting inference\n"
                      "&&&& PASSED TensorRT.trtexec [TensorRT v100400] # trtexec --onnx=m.onnx\n");
  }
  std::string times(const std::string& name, double compute, double noise = 0, double enqueue = 0.1, double h2d = 0.1) const {
    std::string text = "[";
    for (int i = 0; i < 50; ++i) {
      const double c = compute * (1 + noise * (i % 5));
      text += fmt::format("{}{{\"startEnqMs\":{},\"endEnqMs\":{},\"computeMs\":{},\"h2dMs\":{},\"latencyMs\":{}}}", i ? ",\n" : "", 10.0 * i, 10.0 * i + enqueue, c, h2d, c + h2d);
    }
    return file(name, text + "]");
  }
  static std::set<std::string> codes(const Diagnosis& d) {
    std::set<std::string> out;
    for (const RunDiagnosis& r : d.runs) {
      for (const Finding& f : r.findings) out.insert(std::string(f.report.code()));
    }
    return out;
  }
  std::vector<Diagnosis> examined(const std::vector<std::string>& paths) const {
    auto all = Doctor().examine_files(paths);
    EXPECT_TRUE(all) << all.error().text();
    return all ? std::move(*all) : std::vector<Diagnosis>();
  }
  std::filesystem::path folder_;
};

TEST_F(ExportFiles, BelongToTheLogBeforeThem) {
  const auto all = examined({log("a.log"), times("a.json", 5), log("b.log"), times("b.json", 7)});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_DOUBLE_EQ(all[0].runs[0].log.performance->compute->median, 5);
  EXPECT_DOUBLE_EQ(all[1].runs[0].log.performance->compute->median, 7);
  EXPECT_EQ(all[1].files.size(), 2u);
}

TEST_F(ExportFiles, BeforeTheFirstLogBelongToIt) {
  const auto all = examined({times("a.json", 5), log("a.log")});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_DOUBLE_EQ(all[0].runs[0].log.performance->compute->median, 5);
  EXPECT_EQ(all[0].runs[0].log.tool, "trtexec");
}

TEST_F(ExportFiles, ASecondOfOneKindStandsForItself) {
  const auto all = examined({times("a.json", 5), times("b.json", 7)});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].files, (std::vector<std::string>{(folder_ / "a.json").string()}));
  EXPECT_DOUBLE_EQ(all[1].runs[0].log.performance->compute->median, 7);
}

TEST_F(ExportFiles, OfAnotherRunAreToldApart) {
  const auto run = [](double median) {
    return fmt::format("&&&& RUNNING TensorRT.trtexec [TensorRT v100400] # trtexec --onnx=m.onnx\n[09/19/2024-22:15:35] [I] === Performance summary ===\n"
                       "[09/19/2024-22:15:35] [I] GPU Compute Time: min = 1 ms, max = 9 ms, mean = {0} ms, median = {0} ms, percentile(99%) = {0} ms\n"
                       "[09/19/2024-22:15:35] [I] === Profile (50 iterations ) ===\n[09/19/2024-22:15:35] [I]    Time(ms)     Avg.(ms)   Median(ms)   Time(%)   Layer\n"
                       "[09/19/2024-22:15:35] [I]       70.00         7.00         7.00      70.0   conv\n[09/19/2024-22:15:35] [I]       30.00         3.00         3.00      30.0   relu\n"
                       "&&&& PASSED TensorRT.trtexec [TensorRT v100400] # trtexec --onnx=m.onnx\n", median);
  };
  const auto remarks = [&](const std::string& log, const std::string& beside) {
    std::vector<std::string> out;
    const auto all = examined({log, beside});
    for (const Report& r : all[0].remarks) out.emplace_back(r.code());
    return out;
  };
  const std::vector<std::string> none, doubt{"PH9045"};
  const std::string slow = file("slow.log", run(8)), both = file("both.log", run(5) + run(8));
  EXPECT_EQ(remarks(slow, times("t.json", 8)), none);
  EXPECT_EQ(remarks(slow, times("t.json", 8.2)), none);   // rounding, not another run
  EXPECT_EQ(remarks(slow, times("t.json", 5)), doubt);
  EXPECT_EQ(remarks(both, times("t.json", 5)), none);     // that of the first run
  EXPECT_DOUBLE_EQ(examined({both, times("t.json", 5)})[0].runs[0].log.times->compute.front(), 5);
  const auto profile = [&](int runs, const char* first, const char* second) {
    return file("p.json", fmt::format(R"([{{"count":{}}},{{"name":"{}","timeMs":70,"averageMs":7,"medianMs":7,"percentage":70}},{{"name":"{}","timeMs":30,"averageMs":3,"medianMs":3,"percentage":30}}])",
                                      runs, first, second));
  };
  EXPECT_EQ(remarks(slow, profile(50, "conv", "relu")), none);
  EXPECT_EQ(remarks(slow, profile(49, "conv", "relu")), doubt);
  EXPECT_EQ(remarks(slow, profile(50, "gemm", "softmax")), doubt);
  EXPECT_EQ(remarks(slow, file("l.json", R"({"Layers":["conv","relu"]})")), none);
  EXPECT_EQ(remarks(slow, file("l.json", R"({"Layers":["gemm","softmax","add"]})")), doubt);
}

TEST_F(ExportFiles, AnUnreadableFileHidesNoOther) {
  std::vector<Report> unreadable;
  const std::vector<std::string> paths{log("a.log"), (folder_ / "none.log").string(), times("n.json", 5), file("empty.log", ""), log("b.log"), file("cut.json", "[{\"computeMs\":1},")};
  const auto all = Doctor().examine_files(paths, unreadable);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_FALSE(all[0].runs[0].log.performance);            // what was named behind the missing log is not of the one before it
  EXPECT_EQ(all[1].files, std::vector<std::string>{paths[2]});
  EXPECT_EQ(all[2].files, std::vector<std::string>{paths[4]});
  std::set<std::string> codes;
  for (const Report& r : unreadable) codes.emplace(r.code());
  EXPECT_EQ(codes, (std::set<std::string>{"PH9001", "PH9006", "PH9041"}));
}

TEST_F(ExportFiles, ADamagedOneIsTheError) {
  const auto all = Doctor().examine_files(std::vector<std::string>{log("a.log"), file("cut.json", "[{\"computeMs\":1},")});
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code(), "PH9041");
}

TEST_F(ExportFiles, ASteadyRunIsClean) {
  const auto all = examined({times("t.json", 8)});
  EXPECT_EQ(codes(all[0]), (std::set<std::string>{"PH9663"}));
  EXPECT_EQ(all[0].verdict(), Category::Clean);
}

TEST_F(ExportFiles, UnstableEnqueueAndTransfer) {
  EXPECT_EQ(codes(examined({times("t.json", 8, 0.03)})[0]), (std::set<std::string>{"PH9601", "PH9663"}));
  EXPECT_EQ(codes(examined({times("t.json", 8, 0, 6.5)})[0]), (std::set<std::string>{"PH9602", "PH9663"}));
  EXPECT_EQ(codes(examined({times("t.json", 8, 0, 6.3)})[0]), (std::set<std::string>{"PH9663"}));  // 0.79 of compute
  const auto all = examined({times("t.json", 8, 0, 0.1, 8)});
  EXPECT_EQ(codes(all[0]), (std::set<std::string>{"PH9603", "PH9663"}));
  EXPECT_EQ(all[0].top()->evidence[0].file, (folder_ / "t.json").string());
}

TEST_F(ExportFiles, WhatTheLogWarnsOfIsFoundOnce) {
  const std::string warned = file("w.log", "[09/19/2024-22:15:35] [I] Starting inference\n[09/19/2024-22:15:35] [W] * GPU compute time is unstable, with coefficient of variance = 4.6%.\n");
  const auto all = examined({warned, times("t.json", 8, 0.03)});
  int found = 0;
  for (const Finding& f : all[0].runs[0].findings) found += f.report.code() == "PH9601";
  EXPECT_EQ(found, 1);
  EXPECT_EQ(all[0].top()->evidence[0].file, warned);
}

TEST_F(ExportFiles, ReformatsAreKnownByTypeToo) {
  const std::string profile = file("p.json", "[{\"count\":10},{\"name\":\"conv\",\"timeMs\":70,\"averageMs\":7,\"medianMs\":7,\"percentage\":70},{\"name\":\"x_copy_1\",\"timeMs\":30,\"averageMs\":3,\"medianMs\":3,\"percentage\":30}]");
  const std::string layers = file("l.json", "{\"Layers\":[{\"Name\":\"conv\",\"LayerType\":\"CaskConvolution\",\"Inputs\":[{\"Name\":\"x\",\"Format/Datatype\":\"Half\"}]},{\"Name\":\"x_copy_1\",\"LayerType\":\"Reformat\"}]}");
  EXPECT_EQ(codes(examined({profile})[0]), (std::set<std::string>{"PH9660"}));
  const auto all = examined({profile, layers});
  EXPECT_EQ(codes(all[0]), (std::set<std::string>{"PH9610", "PH9660", "PH9662"}));
  EXPECT_EQ(all[0].verdict(), Category::Performance);
}

}  // namespace
}  // namespace pharos
