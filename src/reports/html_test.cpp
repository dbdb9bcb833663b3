#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "findings/doctor.h"
#include "reports/formats.h"
#include "reports/html_charts.h"
#include "reports/html_markup.h"
#include "reports/html_remedy.h"
#include "reports/html_style.h"
#include "reports/html_svg.h"

namespace pharos {
namespace {

std::string codes(std::string_view step) {
  std::string out, joined;
  for (const StepPart& p : split_step(step)) {
    joined += p.text;
    if (p.code) out += (out.empty() ? "" : " | ") + std::string(p.text);
  }
  EXPECT_EQ(joined, step);
  return out;
}

TEST(Html, ForeignTextIsNeutralised) {
  EXPECT_EQ(html_text("<script>\"a\" & 'b'</script>"), "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
  EXPECT_EQ(html_text("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(html_text("a\tb"), "a    b");
  EXPECT_EQ(html_text("\xff\xc0\x80 ok"), "\\xff\\xc0\\x80 ok");
  EXPECT_EQ(html_text("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // writes from right to left
  EXPECT_EQ(html_text("中文"), "中文");
}

TEST(Html, CutsBetweenCharacters) {
  EXPECT_EQ(html_cut("abcdef", 6), "abcdef");
  EXPECT_EQ(html_cut("abcdef", 3), "abc…");
  EXPECT_EQ(html_cut("中文字", 4), "中…");
  EXPECT_EQ(html_cut("中文字", 6), "中文…");
}

TEST(Html, CommandsAreFoundInTheStepsOfARemedy) {
  EXPECT_EQ(codes("trtexec: --minShapes=x:1x3 --optShapes=x:4x3 --maxShapes=x:8x3"),
            "--minShapes=x:1x3 --optShapes=x:4x3 --maxShapes=x:8x3");
  EXPECT_EQ(codes("Compare names with the model's: polygraphy inspect model model.onnx."),
            "polygraphy inspect model model.onnx");
  EXPECT_EQ(codes("API: profile = builder.create_optimization_profile(); profile.set_shape('x', (1, 3), (4, 3), (8, "
                  "3)); config.add_optimization_profile(profile)"),
            "profile = builder.create_optimization_profile(); profile.set_shape('x', (1, 3), (4, 3), (8, 3)); "
            "config.add_optimization_profile(profile)");
  EXPECT_EQ(codes("Or export it dynamic: torch.onnx.export(..., dynamic_axes=...)."),
            "torch.onnx.export(..., dynamic_axes=...)");
  EXPECT_EQ(codes("Make the build fail next time: pharos doctor build.log --fail-on warning"),
            "pharos doctor build.log --fail-on warning");
  EXPECT_EQ(codes("Lock the clocks: sudo nvidia-smi -lgc <MHz> (Jetson: sudo jetson_clocks)"),
            "sudo nvidia-smi -lgc <MHz> | sudo jetson_clocks");
  EXPECT_EQ(codes("Pin the run: taskset -c 0-3 pharos bench model.engine --threads 4"),
            "taskset -c 0-3 pharos bench model.engine --threads 4");
  EXPECT_EQ(codes("Hold it: sudo cpupower frequency-set --governor=performance; measure longer: --duration 20, and compare 3 runs."),
            "sudo cpupower frequency-set --governor=performance | --duration 20");
  EXPECT_EQ(codes("删除缓存（--calib=FILE 仅在名称一致时有效），或 config.int8_calibrator = MyCalibrator(...)。"),
            "--calib=FILE | config.int8_calibrator = MyCalibrator(...)");
  EXPECT_EQ(codes("Repeat with --verbose 2>&1 | tee build.log and run pharos doctor build.log: the lines name it."),
            "--verbose 2>&1 | tee build.log | pharos doctor build.log");
  EXPECT_EQ(codes("Nothing needs to be done. The engine (or trtexec, of any version) was built once."), "");
  EXPECT_EQ(codes("a (b [c 'd"), "");
  EXPECT_EQ(codes("--"), "");
  EXPECT_EQ(codes(""), "");
}

// Every remedy of the catalogue goes through it: nothing may be lost.
TEST(Html, StepsStayWhole) {
  const Doctor doctor;
  for (const Rule& r : doctor.rules().all()) {
    for (const std::string_view text : {r.diagnostic->remedy.en, r.diagnostic->remedy.zh}) (void)codes(text);
  }
}

TEST(Html, ColoursHaveContrast) {
  const auto token = [](std::string_view name) {
    for (const ColorToken& t : color_tokens()) {
      if (t.name == name) return t;
    }
    ADD_FAILURE() << name;
    return ColorToken{};
  };
  EXPECT_NEAR(contrast_ratio("#000000", "#ffffff"), 21, 0.01);
  EXPECT_NEAR(contrast_ratio("#777777", "#ffffff"), 4.48, 0.01);
  for (const ContrastRule& r : contrast_rules()) {
    const ColorToken f = token(r.foreground), b = token(r.background);
    EXPECT_GE(contrast_ratio(f.light, b.light), r.at_least) << r.foreground << " on " << r.background << ", light";
    EXPECT_GE(contrast_ratio(f.dark, b.dark), r.at_least) << r.foreground << " on " << r.background << ", dark";
  }
}

TEST(Html, AxesHaveRoundTicks) {
  const Axis a = make_axis(0, 281, 0, 700, 8, false);
  EXPECT_EQ(a.step, 50);
  EXPECT_EQ(a.ticks.size(), 6u);
  EXPECT_EQ(a.tick_text(50), "50");
  EXPECT_EQ(make_axis(1.38, 1.6, 0, 1, 5, true).low, 1.35);
  EXPECT_EQ(make_axis(0, 0.3, 0, 1, 3, false).tick_text(0.1), "0.1");
  EXPECT_GE(make_axis(5, 5, 0, 1, 3, true).ticks.size(), 1u);  // a span of nothing
  EXPECT_LE(make_axis(0, 1e300, 0, 1, 5, true).ticks.size(), 64u);
}

LogModel with_memory(size_t points) {
  LogModel m;
  for (size_t i = 0; i < points; ++i)
    m.memory.push_back(
        {.line = int64_t(i) + 1, .phase = "p", .cpu_mib = 100, .gpu_mib = i == points / 2 ? 7777.0 : 1000.0});
  return m;
}

TEST(Html, LongCurvesAreThinnedAndKeepTheirPeak) {
  const std::string drawn = memory_curve(with_memory(4000), Words(Language::English));
  EXPECT_LT(drawn.size(), 400'000u);
  EXPECT_NE(drawn.find("of 4000 samples drawn"), std::string::npos);
  EXPECT_NE(drawn.find("GPU peak 7.59 GiB"), std::string::npos);
  EXPECT_NE(drawn.find("further samples are not listed"), std::string::npos);
  EXPECT_EQ(memory_curve(with_memory(0), Words(Language::English)), "");
}

TEST(Html, LayersBeyondTheLimitAreCounted) {
  LogModel m;
  for (int i = 0; i < 100; ++i)
    m.layers.push_back({.name = "layer" + std::to_string(i), .total_ms = double(i), .average_ms = double(i)});
  const std::string drawn = slowest_layers(m, Words(Language::English));
  EXPECT_NE(drawn.find("layer99"), std::string::npos);
  EXPECT_EQ(drawn.find("layer10<"), std::string::npos);
  EXPECT_NE(drawn.find("The 16 slowest of 100 layers; the 84 others take 70.4 %."), std::string::npos);
}

TEST(Html, TheDistributionKeepsItsAreas) {
  LogModel m;
  m.performance = Performance{.throughput = 700};
  m.performance->latency =
      Statistic{.min = 1, .max = 3, .mean = 1.2, .median = 1.1, .percentiles = {{90, 1.5}, {99, 2}}};
  const std::string drawn = latency_distribution(m, Words(Language::English));
  for (const std::string_view bin :
       {"1.00–1.10 ms: 50.0 %", "1.10–1.50 ms: 40.0 %", "1.50–2.00 ms: 9.0 %", "2.00–3.00 ms: 1.0 %"})
    EXPECT_NE(drawn.find(bin), std::string::npos) << bin;
  m.performance->latency->percentiles = {{90, 0.5}};  // below the median: nothing that could be drawn
  EXPECT_EQ(latency_distribution(m, Words(Language::English)), "");
}

TEST(Html, TrendsNeedTwoFinitePoints) {
  const TrendPoint a{.time = "2026-11-24", .median = 8, .low = 7.9, .high = 8.2, .label = "<b>"},
      b{.time = "2026-11-25", .median = 45, .low = 44, .high = 47};
  const std::vector<TrendSeries> one{{.name = "Latency", .unit = "ms", .points = {a}}},
      two{{.name = "Latency", .unit = "ms", .points = {a, b}}},
      broken{{.name = "Latency", .unit = "ms", .points = {a, {.time = "x", .median = NAN}}}};
  EXPECT_EQ(trend_section(one, Language::English), "");
  EXPECT_EQ(trend_section(broken, Language::English), "");
  EXPECT_NE(trend_section(two, Language::English).find("2026-11-24 · &lt;b&gt;: 8.00 ms (7.90–8.20)"),
            std::string::npos);
  const ReportOptions options{.trends = two};
  EXPECT_NE(html_report({}, options).find("id=\"trend\""), std::string::npos);
}

TEST(Html, TheGateIsTold) {
  const Doctor doctor;
  const std::vector<Diagnosis> logs{
      doctor.examine_text("[09/19/2024-22:15:35] [W] Falling back to CPU implementation for plugin: ResizeNearest\n")};
  const std::vector<Verdict> gate{judge(logs[0], Policy{.fail_on = FailOn::Warning}, 20000)};
  const std::string page = html_report(logs, {.gate = gate});
  EXPECT_NE(page.find("The gate fails"), std::string::npos);
  EXPECT_NE(page.find("class=\"reason\""), std::string::npos);
  EXPECT_EQ(html_report(logs, {}).find("id=\"gate\""), std::string::npos);
}

// Context comes from the file itself, unless it is another file by now.
TEST(Html, EvidenceStandsInItsContext) {
  const std::string path = (std::filesystem::temp_directory_path() / "pharos_html_test.log").string();
  const auto write = [&](std::string_view text) { std::ofstream(path, std::ios::binary) << text; };
  write("one\ntwo\n[09/19/2024-22:15:35] [W] Falling back to CPU implementation for plugin: ResizeNearest\nfour\n");
  const Doctor doctor;
  const std::vector<Diagnosis> logs{*doctor.examine_file(path)};
  const std::string page = html_report(logs, {});
  EXPECT_NE(page.find("<span class=\"ln\">2</span><span class=\"t\">two</span>"), std::string::npos);
  EXPECT_NE(page.find("<span class=\"ln\">4</span><span class=\"t\">four</span>"), std::string::npos);
  write("another\nlog\nby\nnow\n");
  const std::string later = html_report(logs, {});
  EXPECT_EQ(later.find("another"), std::string::npos);
  EXPECT_NE(later.find("plugin: ResizeNearest"), std::string::npos);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace pharos
