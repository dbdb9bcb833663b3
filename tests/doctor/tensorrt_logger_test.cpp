// pharos::TensorRTLogger as an application on TensorRT uses it.

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "pharos/tensorrt_logger.h"

namespace {

using Severity = nvinfer1::ILogger::Severity;

constexpr const char* fallback = "Falling back to CPU implementation for plugin: ResizeNearest";
constexpr const char* no_output = "4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)";

// As TensorRT has it: by the interface.
void say(nvinfer1::ILogger& logger, Severity severity, const char* text) { logger.log(severity, text); }

class Recorder : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* text) noexcept override { said.push_back({severity, text}); }
  std::vector<std::pair<Severity, std::string>> said;
};

TEST(TensorRTLogger, AQuietBuildIsClean) {
  pharos::TensorRTLogger logger;
  say(logger, Severity::kINFO, "[MemUsageChange] Init CUDA: CPU +2, GPU +0, now: CPU 22, GPU 320 (MiB)");
  say(logger, Severity::kINFO, "Engine generation completed in 7.78028 seconds.");
  EXPECT_TRUE(logger.clean());
  EXPECT_EQ(logger.diagnosis().runs().at(0).peak_gpu_mib, 320);
  EXPECT_EQ(logger.messages().size(), 2u);
}

TEST(TensorRTLogger, CausesAreFoundAndConsequencesBelowThem) {
  pharos::TensorRTLogger logger;
  say(logger, Severity::kERROR, no_output);
  EXPECT_FALSE(logger.clean());  // at once, not with the next message
  say(logger, Severity::kERROR, "2: [builder.cpp::x::609] Error Code 2: Internal Error (Assertion engine != nullptr failed. )");
  const auto findings = logger.findings();
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].code, "PH9802");
  EXPECT_EQ(findings[0].category, pharos::doctor::Category::ApiMisuse);
  ASSERT_FALSE(findings[0].evidence.empty());
  EXPECT_NE(findings[0].evidence[0].text.find("at least one output"), std::string::npos);
  EXPECT_EQ(findings[0].evidence[0].file, "TensorRT");
  EXPECT_FALSE(findings[0].consequences.empty());
  EXPECT_NE(logger.report("json").find("\"PH9802\""), std::string::npos);
  EXPECT_EQ(logger.report("no such format"), "");
}

TEST(TensorRTLogger, NewFindingsAreToldOnceWhenTheyCome) {
  std::vector<std::string> told;
  pharos::TensorRTLogger* self = nullptr;
  pharos::TensorRTLogger::Options options;
  options.on_finding = [&](const pharos::doctor::Finding& f) {
    told.push_back(f.code);
    EXPECT_FALSE(self->clean());  // the logger may be asked from within
  };
  pharos::TensorRTLogger logger(options);
  self = &logger;
  say(logger, Severity::kWARNING, fallback);
  ASSERT_EQ(told.size(), 1u);
  say(logger, Severity::kWARNING, fallback);
  EXPECT_EQ(told.size(), 1u);
  EXPECT_EQ(logger.findings().at(0).count, 2);
}

TEST(TensorRTLogger, ForwardsWithAThresholdOfItsOwn) {
  Recorder next;
  pharos::TensorRTLogger::Options options;
  options.forward = &next;
  options.threshold = Severity::kWARNING;
  pharos::TensorRTLogger logger(options);
  say(logger, Severity::kVERBOSE, "Tactic: 0 Time: 0.1");
  say(logger, Severity::kERROR, no_output);
  ASSERT_EQ(next.said.size(), 2u);
  EXPECT_EQ(next.said[1], (std::pair{Severity::kERROR, std::string(no_output)}));
  EXPECT_EQ(logger.messages().size(), 1u);
  EXPECT_EQ(logger.count(Severity::kVERBOSE), 0);
  EXPECT_EQ(logger.count(Severity::kERROR), 1);
}

TEST(TensorRTLogger, KeepsTheLastMessagesAndCutsLongOnes) {
  pharos::TensorRTLogger::Options options;
  options.max_messages = 3;
  options.max_text = 8;
  pharos::TensorRTLogger logger(options);
  for (int i = 0; i < 10; ++i) say(logger, Severity::kINFO, ("message " + std::to_string(i)).c_str());
  ASSERT_EQ(logger.messages().size(), 3u);
  EXPECT_EQ(logger.messages()[0].text, "message ");
  EXPECT_EQ(logger.count(Severity::kINFO), 10);
  const std::string endless(3 << 20, 'x');
  say(logger, Severity::kERROR, endless.c_str());
  EXPECT_EQ(logger.messages().back().text, "xxxxxxxx");
  EXPECT_FALSE(logger.clean());
}

TEST(TensorRTLogger, OddMessagesDoNoHarm) {
  pharos::TensorRTLogger logger;
  logger.log(Severity::kERROR, nullptr);
  logger.log(static_cast<Severity>(99), "beyond the threshold");
  logger.log(static_cast<Severity>(-1), "below the first");
  logger.log(Severity::kWARNING, "");
  logger.log(Severity::kINFO, "several\nlines\r\n\nand \x1b[31mcolours\xff");
  EXPECT_EQ(logger.count(static_cast<Severity>(99)), 0);
  EXPECT_EQ(logger.lost(), 0);
}

TEST(TensorRTLogger, AnExceptionStaysInside) {
  pharos::TensorRTLogger::Options options;
  options.on_finding = [](const pharos::doctor::Finding&) { throw std::runtime_error("of the application"); };
  pharos::TensorRTLogger logger(options);
  EXPECT_NO_THROW(say(logger, Severity::kERROR, no_output));
  EXPECT_EQ(logger.lost(), 1);
  EXPECT_FALSE(logger.clean());
}

TEST(TensorRTLogger, ClearForgets) {
  pharos::TensorRTLogger logger;
  say(logger, Severity::kERROR, no_output);
  logger.clear();
  EXPECT_TRUE(logger.clean());
  EXPECT_TRUE(logger.messages().empty());
  EXPECT_EQ(logger.count(Severity::kERROR), 0);
}

TEST(TensorRTLogger, ManyThreadsLogAndAsk) {
  std::atomic<int> told{0};
  pharos::TensorRTLogger::Options options;
  options.on_finding = [&](const pharos::doctor::Finding&) { ++told; };
  pharos::TensorRTLogger logger(options);
  constexpr int threads = 4, each = 200;
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        say(logger, Severity::kINFO, "Detected 1 inputs and 1 output network tensors.");
        if (i % 50 == 0) {
          say(logger, Severity::kWARNING, fallback);
          (void)logger.clean();
        }
      }
    });
  }
  for (std::thread& t : all) t.join();
  EXPECT_EQ(logger.count(Severity::kINFO), threads * each);
  EXPECT_EQ(told, 1);
}

}  // namespace
