// What builds choose, how long they take, and what they say about it.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

#include "builder/timing_cache.h"
#include "builder/zoo_model_test.h"

namespace pharos {
namespace {

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

BuiltEngine built(const std::string& path, const BuildOptions& options) {
  auto made = build(path, options);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return made ? std::move(*made) : BuiltEngine{};
}

const CandidateInfo* winner(const LayerTuning& l) {
  for (const CandidateInfo& c : l.candidates)
    if (c.chosen) return &c;
  return nullptr;
}

int count(const BuildSummary& s, std::string_view code) {
  return int(std::count_if(s.warnings.begin(), s.warnings.end(), [&](const Report& r) { return r.code() == code; }));
}

// A sanitizer slows the loop that measures the peak, but not oneDNN's kernels.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool peak_is_true = false;
#else
constexpr bool peak_is_true = true;
#endif

TEST(Tuning, ExplainsEveryLayer) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  options.roofline = true;
  const BuildSummary s = built(model.path, options).summary;
  ASSERT_TRUE(s.peak);
  EXPECT_GT(s.peak->gflops, 0.1);
  EXPECT_GT(s.peak->memory_gbs, 0.1);
  double sum = 0;
  for (const LayerTuning& l : s.tuning) {
    sum += l.ms;
    const CandidateInfo* won = winner(l);
    if (!won) continue;
    EXPECT_EQ(l.chosen, won->tactic);
    EXPECT_EQ(l.ms, won->ms);
    EXPECT_TRUE(won->measured) << l.layer;
    EXPECT_GT(l.share_of_peak, 0) << l.layer;
    if (peak_is_true) { EXPECT_LT(l.share_of_peak, 8) << l.layer << ": nothing is so much faster than the direct method"; }
    EXPECT_FALSE(l.shapes.empty());
    for (const CandidateInfo& c : l.candidates) {
      EXPECT_TRUE(c.measured || !c.why_not.empty()) << l.layer << " " << c.tactic;
      const bool faster = c.why_not.empty() && c.ms < won->ms;
      if (faster) { EXPECT_FALSE(l.remark.empty()) << l.layer << ": " << c.tactic << " was faster"; }
    }
  }
  EXPECT_DOUBLE_EQ(sum, s.predicted_ms);
  const auto conv = std::find_if(s.tuning.begin(), s.tuning.end(), [](const LayerTuning& l) { return l.op == "Conv" && l.gflop > 0; });
  ASSERT_NE(conv, s.tuning.end());
}

TEST(Tuning, StrictFp32KeepsWinogradOut) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  int offered = 0;
  for (const LayerTuning& l : built(model.path, options).summary.tuning)
    for (const CandidateInfo& c : l.candidates) offered += c.tactic.find("winograd") != c.tactic.npos && c.why_not.empty();
  ASSERT_GT(offered, 0) << "the model has no layer for Winograd: the test says nothing";
  options.strict_fp32 = true;
  for (const LayerTuning& l : built(model.path, options).summary.tuning)
    for (const CandidateInfo& c : l.candidates)
      if (c.tactic.find("winograd") != c.tactic.npos) { EXPECT_FALSE(c.why_not.empty()) << l.layer; }
}

TEST(Tuning, WorkspaceIsABoundWithAStatedPrice) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  options.workspace_bytes = 4096;
  const BuildSummary s = built(model.path, options).summary;
  int skipped = 0, dearer = 0;
  for (const LayerTuning& l : s.tuning) {
    const CandidateInfo* won = winner(l);
    if (won) { EXPECT_LE(won->workspace, 4096) << l.layer; }
    bool missed = false;
    for (const CandidateInfo& c : l.candidates) {
      if (c.workspace <= 4096) continue;
      ++skipped;
      EXPECT_FALSE(c.why_not.empty());
      EXPECT_TRUE(c.measured) << "the price is measured";
      missed = missed || (won && c.ms < won->ms);
    }
    dearer += missed;
  }
  EXPECT_GT(skipped, 0);
  EXPECT_EQ(count(s, "PH4104"), dearer);
  for (const Report& r : s.warnings)
    if (r.code() == "PH4104") { EXPECT_FALSE(r.argument("cost").empty()); }
}

// F(4,3) a little faster than F(2,3) everywhere: that pays where weights are small, not where they take MiB more.
TEST(Tuning, LargerWeightsHaveToPay) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  options.timing_cache_path = model.path + ".cache";
  built(model.path, options);
  {
    auto cache = TimingCache::load(options.timing_cache_path, timing_environment(this_cpu(1)), Log());
    ASSERT_TRUE(cache);
    for (const auto& [entry, ns] : TimingCache::Entries(cache->entries()))
      if (entry.first.find("cpu.conv.") != std::string::npos && ns >= 0)
        cache->put(entry.first, entry.first.find("winograd_f4") != std::string::npos ? 0.97 : entry.first.find("winograd_f2") != std::string::npos ? 1.0 : 10);
    ASSERT_TRUE(cache->save(options.timing_cache_path));
  }
  const BuildSummary s = built(model.path, options).summary;
  std::filesystem::remove(options.timing_cache_path);
  int small_layers = 0, large_layers = 0;
  for (const LayerTuning& l : s.tuning) {
    if (l.chosen.find("winograd") == std::string::npos) continue;
    if (l.weight_bytes < 200 << 10) {
      EXPECT_EQ(l.chosen, "cpu.conv.winograd_f4") << l.layer;
      ++small_layers;
    } else if (l.weight_bytes > 2 << 20) {
      EXPECT_EQ(l.chosen, "cpu.conv.winograd_f2") << l.layer;
      EXPECT_NE(l.remark.find("weights more do not pay"), std::string::npos) << l.remark;
      ++large_layers;
    }
  }
  EXPECT_GT(small_layers, 0);
  EXPECT_GT(large_layers, 0);
}

TEST(Tuning, TheBudgetEndsABuildAndSaysWhatIsLeft) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  options.timing_iterations = 3000;
  const double budget = 1.0;
  options.budget_seconds = budget;
  BuildSummary s;
  // Without the budget the measurements take minutes. A loaded machine may take the processor away, but not give more of it.
  const std::clock_t processor = std::clock();
  const double took = seconds_of([&] { s = built(model.path, options).summary; });
  EXPECT_LE(double(std::clock() - processor) / CLOCKS_PER_SEC, 1.1 * budget + 0.15);
  EXPECT_GE(took, 0.5 * budget) << "it was free to use its time";
  options.budget_seconds = 1e-3;
  options.timing_iterations = 1;
  s = built(model.path, options).summary;
  EXPECT_EQ(count(s, "PH4113"), 1);
  for (const LayerTuning& l : s.tuning)
    if (const CandidateInfo* won = winner(l)) { EXPECT_FALSE(won->measured) << l.layer; }
  options.budget_seconds = 1000;
  EXPECT_EQ(count(built(model.path, options).summary, "PH4113"), 0);
}

TEST(Tuning, ACutBuildGoesOnWithItsCache) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  options.timing_cache_path = model.path + ".cache";
  options.budget_seconds = 1e-3;
  built(model.path, options);
  options.budget_seconds = 0;
  const BuildSummary full = built(model.path, options).summary;
  EXPECT_GT(full.candidates_timed, 0);
  EXPECT_EQ(built(model.path, options).summary.candidates_timed, 0);
  std::filesystem::remove(options.timing_cache_path);
}

TEST(Tuning, LevelZeroTimesNothingAndIsRepeatable) {
  const ModelFile model("unet", small("unet"));
  BuildOptions options = quick();
  options.optimization_level = 0;
  const BuiltEngine first = built(model.path, options), second = built(model.path, options);
  EXPECT_TRUE(first.bytes == second.bytes);
  EXPECT_EQ(first.summary.candidates_timed, 0);
  EXPECT_GT(first.summary.predicted_ms, 0);
}

TEST(Tuning, HigherLevelsTimeNoLess) {
  const ModelFile model("unet", small("unet"));
  std::vector<int64_t> timed;
  for (const int level : {0, 1, 2, 3, 5}) {
    BuildOptions options = quick();
    options.optimization_level = level;
    timed.push_back(built(model.path, options).summary.candidates_timed);
  }
  EXPECT_TRUE(std::is_sorted(timed.begin(), timed.end()));
  EXPECT_LT(timed[1], timed[3]);
}

TEST(Tuning, MissingTimesCanBeForbidden) {
  const ModelFile model("mobilenet_v2", small("mobilenet_v2"));
  BuildOptions options = quick();
  options.timing_cache_path = model.path + ".cache";
  options.require_cached_times = true;
  const auto refused = build(model.path, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "PH4114");
  options.require_cached_times = false;
  built(model.path, options);
  options.require_cached_times = true;
  EXPECT_EQ(built(model.path, options).summary.candidates_timed, 0);
  options.threads = 2;
  const auto other = build(model.path, options);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().text().find("threads 1 instead of 2"), std::string::npos) << other.error().text();
  std::filesystem::remove(options.timing_cache_path);
}

TEST(Tuning, AbsurdOptionsAreRefused) {
  const ModelFile model("mobilenet_v2", small("mobilenet_v2"));
  const auto code = [&](auto change) {
    BuildOptions o = quick();
    change(o);
    const auto r = build(model.path, o);
    return r ? std::string("built") : std::string(r.error().code());
  };
  for (const double budget : {-1.0, 1e9, double(NAN), double(INFINITY)})
    EXPECT_EQ(code([&](BuildOptions& o) { o.budget_seconds = budget; }), "PH4111") << budget;
  EXPECT_EQ(code([](BuildOptions& o) { o.workspace_bytes = -5; }), "PH4111");
  EXPECT_EQ(code([](BuildOptions& o) { o.threads = 100'000; }), "PH4111");
  EXPECT_EQ(code([](BuildOptions& o) { o.timing_iterations = -1; }), "PH4111");
}

}  // namespace
}  // namespace pharos
