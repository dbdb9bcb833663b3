// Every diagnostic of Pharos, printed as its log prints it, is found again with its arguments.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/json.h"
#include "catalog/catalog.h"
#include "findings/doctor.h"

namespace pharos {
namespace {

const Doctor& doctor() {
  static const Doctor d;
  return d;
}

// A value for every placeholder of the message, none a part of another.
Arguments arguments_for(const Diagnostic& d) {
  Arguments out;
  for (size_t at = d.message.en.find('{'); at != std::string_view::npos; at = d.message.en.find('{', at + 1)) {
    const std::string name(d.message.en.substr(at + 1, d.message.en.find('}', at) - at - 1));
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& a) { return a.first == name; });
    if (!known) out.emplace_back(name, fmt::format("<{}>", out.size()));
  }
  return out;
}

bool is_own(const Rule& r) { return r.own_record; }

const Finding* find(const Diagnosis& d, const Diagnostic& wanted) {
  for (const RunDiagnosis& run : d.runs) {
    for (const Finding& f : run.findings) {
      if (&f.report.diagnostic() == &wanted) return &f;
    }
  }
  return nullptr;
}

TEST(PharosLog, EachCodeInTextIsFoundWithItsArguments) {
  int seen = 0;
  for (const Rule& r : doctor().rules().all()) {
    if (!is_own(r)) continue;
    ++seen;
    const Report report(*r.diagnostic, arguments_for(*r.diagnostic));
    for (const Language l : {Language::English, Language::Chinese}) {
      const std::string line = fmt::format("[11/25/2026-09:07:38] [{}] {}", severity_letter(r.diagnostic->severity), report.text(l));
      const Diagnosis d = doctor().examine_text(line);
      const Finding* f = find(d, *r.diagnostic);
      ASSERT_TRUE(f) << line;
      EXPECT_EQ(f->category, r.category);
      EXPECT_EQ(f->severity, r.diagnostic->severity);
      EXPECT_EQ(f->message(l), report.message(l)) << line;
      if (r.role == Role::Cause) { EXPECT_EQ(d.verdict(), r.category) << line; }
    }
  }
  EXPECT_GT(seen, 120);
}

TEST(PharosLog, AJsonLineTellsStageLayerAndArguments) {
  Json j;
  j.begin_object().member("time", "2026-11-25T09:07:38.226135Z").member("severity", "WARNING").member("phase", "build").member("stage", "tune");
  j.member("layer", "/resize/Resize").member("code", "PH4103").member("slug", "slow-fallback").key("arguments").begin_object();
  j.member("op", "Resize").member("layer", "/resize/Resize").member("share", "91 %").member("ms", "41.2").member("reason", "no \"cubic\" kernel\n\xc3\xa9");
  j.end_object().key("context").begin_array().value("while tuning").value("x").end_array().member("message", "any").end_object();
  const Diagnosis d = doctor().examine_text(j.text());
  ASSERT_TRUE(d.top());
  EXPECT_EQ(d.top()->report.code(), "PH4103");
  EXPECT_EQ(d.top()->stage, Stage::Tune);
  EXPECT_EQ(d.top()->report.argument("reason"), "no \"cubic\" kernel\n\xc3\xa9");
  EXPECT_EQ(d.verdict(), Category::Performance);
  // In a container's wrapper too.
  Json docker;
  docker.begin_object().member("log", j.text() + "\n").member("stream", "stderr").end_object();
  const Diagnosis wrapped = doctor().examine_text(docker.text());
  ASSERT_TRUE(wrapped.top());
  EXPECT_EQ(wrapped.top()->report.argument("ms"), "41.2");
}

TEST(PharosLog, SeveralLayersAreOneFinding) {
  std::string log;
  for (const char* layer : {"a", "b", "c"}) {
    log += fmt::format("[11/25/2026-09:07:38] [W] [PH4103] Resize '{}' has no fast tactic and takes 9 % of the run (1 ms): none\n", layer);
  }
  const Diagnosis d = doctor().examine_text(log);
  ASSERT_EQ(d.runs[0].findings.size(), 1u);
  EXPECT_EQ(d.top()->count, 3);
  EXPECT_EQ(d.top()->report.argument("layer"), "a, b, c");
  EXPECT_EQ(d.top()->evidence.size(), 3u);
}

TEST(PharosLog, ACodeOfANewerVersionIsAnErrorWithoutRule) {
  const Diagnosis d = doctor().examine_text("[11/25/2026-09:07:38] [E] [PH0999] something new\n");
  ASSERT_TRUE(d.top());
  EXPECT_EQ(d.top()->report.code(), "PH9010");
}

TEST(PharosLog, AMessageThatNoTemplateFitsKeepsItsCode) {
  const Diagnosis d = doctor().examine_text("[11/25/2026-09:07:38] [E] [PH4101] worded otherwise\n");
  ASSERT_TRUE(d.top());
  EXPECT_EQ(d.top()->report.code(), "PH4101");
}

TEST(PharosLog, BrokenJsonIsNoRecord) {
  for (const std::string_view line : {R"({"time": "2026", "code": "PH4101")", R"({"time": "x", "severity": "ERROR", "code": "PH41"})",
                                      R"({"time": "x", "severity": "ERROR", "code": "PH4101", "arguments": {"a": {"b": "c"}}})", "{\"time\": \"\\u12"}) {
    EXPECT_EQ(find(doctor().examine_text(line), *find_diagnostic("PH4101")), nullptr) << line;
  }
}

TEST(PharosLog, StagesSizesAndBenchTablesAreFacts) {
  const Diagnosis d = doctor().examine_text(
      "[11/25/2026-09:07:37] [I] [PH4105] parse finished in 47.6 ms: 152 nodes, 1 inputs, 1 outputs\n"
      "[11/25/2026-09:07:37] [I] [PH4105] tune finished in 1294.2 ms: 72 candidates timed\n"
      "[11/25/2026-09:07:37] [I] [PH4105] serialize finished in 35.8 ms: 14151328 bytes, 14096020 bytes of weights\n"
      "327 runs in 200.4 ms, 2 thread(s), 532.00 KiB of memory besides weights\nthroughput 1631.64 per second\n"
      "ms          min    mean  median     p90     p95     p99     max\n"
      "compute  0.3066  0.3294  0.3260  0.3442  0.3449  0.3535  6.5652\n"
      "enqueue  0.0001  0.0002  0.0001  0.0004  0.0008  0.0016  0.0020\n\n"
      "avg ms  median ms   share  layer                    tactic             ONNX nodes\n"
      "0.0610     0.0518  10.7 %  /classifier.1/Gemm       cpu.matmul.onednn  /classifier.1/Gemm\n"
      "0.0608     0.0152  10.6 %  /features.17.conv.2 x    cpu.conv.direct    /a + /b\n"
      "[11/25/2026-09:08:37] [I] [PH4105] parse finished in 1.0 ms: 1 nodes, 1 inputs, 1 outputs\n");
  ASSERT_EQ(d.runs.size(), 2u);
  const LogModel& m = d.runs[0].log;
  EXPECT_EQ(m.tool, "pharos");
  ASSERT_EQ(m.stages.size(), 3u);
  EXPECT_DOUBLE_EQ(*m.stages[1].seconds, 1.2942);
  EXPECT_NEAR(*m.build_seconds, 1.3776, 1e-9);
  EXPECT_NEAR(*m.engine_mib, 13.496, 1e-3);
  ASSERT_TRUE(m.performance && m.performance->compute && m.performance->enqueue);
  EXPECT_DOUBLE_EQ(m.performance->throughput, 1631.64);
  EXPECT_DOUBLE_EQ(m.performance->compute->median, 0.3260);
  ASSERT_EQ(m.performance->compute->percentiles.size(), 3u);
  EXPECT_EQ(m.performance->compute->percentiles[2], (std::pair{99.0, 0.3535}));
  EXPECT_DOUBLE_EQ(m.memory_totals.at("Execution context"), 532 * 1024);
  ASSERT_EQ(m.layers.size(), 2u);
  EXPECT_EQ(m.layers[1].name, "/features.17.conv.2 x");
  EXPECT_DOUBLE_EQ(m.layers[1].percent, 10.6);
  EXPECT_EQ(d.verdict(), Category::Profile);
}

}  // namespace
}  // namespace pharos
