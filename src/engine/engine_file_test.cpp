#include "engine/engine_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/files.h"
#include "engine/layout.h"
#include "engine/sample_plan.h"

namespace pharos {
namespace {

constexpr PrintOptions everything{.inline_limit = -1};

template <class T>
std::string code(const Result<T>& r) { return r ? "" : std::string(r.error().code()); }

std::vector<std::byte> bytes_of(const Plan& plan) {
  auto b = serialize_plan(plan);
  EXPECT_TRUE(b) << b.error().text();
  return b ? std::move(*b) : std::vector<std::byte>();
}

void expect_same(const Plan& a, const Plan& b) {
  EXPECT_EQ(print(a.graph, everything), print(b.graph, everything));
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.producer, b.producer);
  EXPECT_EQ(a.device.isa, b.device.isa);
  EXPECT_EQ(a.device.cpu, b.device.cpu);
  EXPECT_EQ(a.device.block, b.device.block);
  EXPECT_EQ(a.options, b.options);
  EXPECT_EQ(a.warnings, b.warnings);
  ASSERT_EQ(a.plugins.size(), b.plugins.size());
  for (size_t i = 0; i < a.plugins.size(); ++i) {
    EXPECT_EQ(a.plugins[i].name, b.plugins[i].name);
    EXPECT_EQ(a.plugins[i].version, b.plugins[i].version);
    EXPECT_EQ(a.plugins[i].operators, b.plugins[i].operators);
  }
  EXPECT_EQ(a.activation_bytes, b.activation_bytes);
  ASSERT_EQ(a.choices.size(), b.choices.size());
  for (size_t i = 0; i < a.choices.size(); ++i) {
    const Choice &x = a.choices[i], &y = b.choices[i];
    EXPECT_EQ(x.tactic, y.tactic);
    EXPECT_EQ(x.config, y.config);
    EXPECT_EQ(x.formats, y.formats);
    EXPECT_EQ(x.workspace, y.workspace);
    EXPECT_EQ(x.tuned_ms, y.tuned_ms);
    ASSERT_EQ(x.packed.parts.size(), y.packed.parts.size());
    for (size_t k = 0; k < x.packed.parts.size(); ++k) EXPECT_TRUE(identical(x.packed.parts[k], y.packed.parts[k]));
  }
  ASSERT_EQ(a.profiles.size(), b.profiles.size());
  for (size_t i = 0; i < a.profiles.size(); ++i) {
    EXPECT_EQ(a.profiles[i].activation_bytes, b.profiles[i].activation_bytes);
    ASSERT_EQ(a.profiles[i].inputs.size(), b.profiles[i].inputs.size());
    EXPECT_EQ(a.profiles[i].inputs[0].first, b.profiles[i].inputs[0].first);
    EXPECT_EQ(a.profiles[i].inputs[0].second.max, b.profiles[i].inputs[0].second.max);
  }
}

TEST(EngineFile, RoundTrips) {
  const Plan plan = sample_plan();
  const auto bytes = bytes_of(plan);
  const auto loaded = load_plan(bytes);
  ASSERT_TRUE(loaded) << loaded.error().text();
  expect_same(plan, *loaded);
  EXPECT_EQ(bytes_of(*loaded), bytes);  // and gives the same bytes again
  EXPECT_EQ(bytes_of(sample_plan()), bytes);
  for (const Choice& c : loaded->choices)
    for (const Tensor& t : c.packed.parts) EXPECT_EQ(reinterpret_cast<uintptr_t>(t.data()) % 64, 0u);
}

class EngineOnDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (std::filesystem::temp_directory_path() / ("pharos_engine_" + std::to_string(getpid()))).string();
  }
  void TearDown() override { std::filesystem::remove(path_); }
  std::string path_;
};

TEST_F(EngineOnDisk, LoadsAndIsInspected) {
  const Plan plan = sample_plan();
  ASSERT_TRUE(write_file(path_, bytes_of(plan)));
  const auto loaded = load_plan(path_);
  ASSERT_TRUE(loaded) << loaded.error().text();
  expect_same(plan, *loaded);
  const auto seen = inspect_plan(path_);
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->plan.name, plan.name);
  EXPECT_EQ(seen->pharos_version, PHAROS_VERSION);
  EXPECT_EQ(code(load_plan(path_ + ".none")), "PH0010");
}

TEST_F(EngineOnDisk, OtherVersionsAndDevicesAreRefusedButInspected) {
  Plan plan = sample_plan();
  plan.device.isa = this_cpu(1).isa == Isa::Aarch64 ? Isa::X86_64_v2 : Isa::Aarch64;
  const auto bytes = bytes_of(plan);
  EXPECT_EQ(code(load_plan(bytes)), "PH5010");
  ASSERT_TRUE(write_file(path_, bytes));
  EXPECT_TRUE(inspect_plan(path_));
}

// Large weights are used where they lie in the page cache.
Plan plan_with_large_weights() {
  Plan plan = sample_plan();
  Tensor large(DType::f32, {3'000'000});
  for (size_t i = 0; i < size_t(large.count()); ++i) large.as<float>()[i] = float(i);
  plan.choices[0].packed.parts.push_back(large);
  return plan;
}

TEST_F(EngineOnDisk, ChangingTheFileDoesNotReachALoadedPlan) {
  const Plan plan = plan_with_large_weights();
  const auto bytes = bytes_of(plan);
  for (const bool cut : {true, false}) {
    ASSERT_TRUE(write_file(path_, bytes));
    const auto loaded = load_plan(path_);
    ASSERT_TRUE(loaded) << loaded.error().text();
    if (cut) {
      std::filesystem::resize_file(path_, 1000);
    } else {
      std::ofstream(path_, std::ios::binary | std::ios::in) << std::string(bytes.size(), '\0');
    }
    expect_same(plan, *loaded);
    EXPECT_EQ(code(load_plan(path_)), cut ? "PH5006" : "PH5001");
  }
}

TEST_F(EngineOnDisk, DamageInLargeWeightsIsFound) {
  auto bytes = bytes_of(plan_with_large_weights());
  for (const size_t at : {bytes.size() - 1, bytes.size() / 2, bytes.size() - (size_t{11} << 20)}) {
    bytes[at] ^= std::byte{4};
    ASSERT_TRUE(write_file(path_, bytes));
    EXPECT_EQ(code(load_plan(path_)), "PH5007") << at;
    bytes[at] ^= std::byte{4};
  }
  bytes.pop_back();
  ASSERT_TRUE(write_file(path_, bytes));
  EXPECT_EQ(code(load_plan(path_)), "PH5006");
}

int64_t resident_bytes_of(const std::string& path) {
  std::ifstream maps("/proc/self/smaps");
  bool here = false;
  int64_t kib = 0, one = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('-') != line.npos && line.find(' ') > line.find('-')) here = line.ends_with(path);
    if (here && std::sscanf(line.c_str(), "Rss: %ld kB", &one) == 1) kib += one;
  }
  return kib * 1024;
}

// A table of 8 MiB that only Gather reads, beside 4 MiB of other weights.
Plan plan_with_table(bool read_elsewhere) {
  constexpr std::string_view text = R"(graph g (i: i64[2]) {
  table = const f32[1,4] {1.0, 2.0, 3.0, 4.0}
  y = Gather(table, i) axis=0 : f32[2,4]
  return y
}
)";
  Plan plan;
  plan.device = {Isa::Portable, "a processor", 16};
  plan.graph = std::move(*parse_graph(text));
  plan.graph.compact();
  Tensor table(DType::f32, {1 << 19, 4}), other(DType::f32, {1 << 20});
  for (size_t i = 0; i < size_t(table.count()); ++i) table.as<float>()[i] = float(i);
  for (size_t i = 0; i < size_t(other.count()); ++i) other.as<float>()[i] = -float(i);
  const NodeId gather = *plan.graph.nodes().begin();
  const ValueId v = plan.graph[gather].inputs[0];
  plan.graph.value(v).constant = std::make_shared<const Tensor>(table);
  plan.graph.value(v).type = type_of(table);
  if (read_elsewhere) plan.graph.set_outputs({plan.graph.outputs()[0], v});
  plan.choices.push_back({.tactic = "reference", .config = {}, .formats = {}, .packed = {{other}}, .workspace = 0, .tuned_ms = 0});
  return plan;
}

TEST_F(EngineOnDisk, TablesThatAreLookedUpTakeMemoryByTheRow) {
  for (const bool read_elsewhere : {false, true}) {
    const Plan plan = plan_with_table(read_elsewhere);
    auto bytes = bytes_of(plan);
    ASSERT_TRUE(write_file(path_, bytes));
    const auto loaded = load_plan(path_);
    ASSERT_TRUE(loaded) << loaded.error().text();
    // Where files cannot be leased the weights are copied, and nothing is mapped.
    if (const int64_t resident = resident_bytes_of(path_); resident > 0) {
      EXPECT_GE(resident, 4 << 20);
      EXPECT_EQ(resident < 8 << 20, !read_elsewhere) << resident;
    }
    expect_same(plan, *loaded);
    for (const size_t at : {bytes.size() / 2, bytes.size() - (size_t{3} << 20)}) {
      bytes[at] ^= std::byte{1};
      ASSERT_TRUE(write_file(path_, bytes));
      EXPECT_EQ(code(load_plan(path_)), "PH5007") << at;
      bytes[at] ^= std::byte{1};
    }
  }
}

TEST_F(EngineOnDisk, AFileThatIsOpenForWritingIsRead) {
  const Plan plan = plan_with_large_weights();
  ASSERT_TRUE(write_file(path_, bytes_of(plan)));
  std::fstream writer(path_, std::ios::binary | std::ios::in | std::ios::out);
  const auto loaded = load_plan(path_);
  ASSERT_TRUE(loaded) << loaded.error().text();
  writer << std::string(1 << 20, 'x') << std::flush;
  std::filesystem::resize_file(path_, 1 << 20);
  expect_same(plan, *loaded);
}

TEST(EngineFile, LargeWeightsLoadFast) {
  Plan plan = sample_plan();
  Tensor large(DType::f32, {25'000'000});
  for (size_t i = 0; i < size_t(large.count()); ++i) large.as<float>()[i] = float(i);
  plan.choices[0].packed.parts.push_back(large);
  const auto bytes = bytes_of(plan);
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto loaded = load_plan(bytes);
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    ASSERT_TRUE(loaded);
    ASSERT_TRUE(identical(loaded->choices[0].packed.parts.back(), large));
  }
  RecordProperty("milliseconds", std::to_string(best));
  std::printf("100 MB loaded in %.1f ms\n", best);
}

std::vector<std::byte> text_bytes(std::string_view s) {
  const auto* p = reinterpret_cast<const std::byte*>(s.data());
  return {p, p + s.size()};
}

TEST(EngineFile, OtherFilesAreRecognised) {
  using namespace std::string_view_literals;
  EXPECT_EQ(code(load_plan(text_bytes(""))), "PH5001");
  EXPECT_EQ(code(load_plan(text_bytes("<html>"))), "PH5001");
  EXPECT_EQ(code(load_plan(text_bytes("\x08\x08\x12\x07pytorch\x1a"sv))), "PH5002");
  EXPECT_EQ(code(load_plan(text_bytes("ftrt\0\0\0\0"sv))), "PH5003");
  EXPECT_EQ(code(load_plan(text_bytes("version https://git-lfs.github.com/spec/v1\noid"))), "PH5004");
  auto bytes = bytes_of(sample_plan());
  auto text_mode = bytes;
  text_mode.erase(text_mode.begin() + 8);  // "\r\n" became "\n"
  EXPECT_EQ(code(load_plan(text_mode)), "PH5005");
  bytes[12] = std::byte{99};
  EXPECT_EQ(code(load_plan(bytes)), "PH5008");
}

// The header of `bytes`, changed and signed again.
template <class Change>
std::vector<std::byte> with_header(std::vector<std::byte> bytes, Change change) {
  auto header = layout::decode(std::span(bytes).first(layout::header_bytes), bytes.size());
  EXPECT_TRUE(header);
  change(*header);
  const auto start = layout::encode(*header);
  std::copy(start.begin(), start.end(), bytes.begin());
  return bytes;
}

TEST(EngineFile, EachRefusalHasItsCode) {
  const auto bytes = bytes_of(sample_plan());
  EXPECT_EQ(code(load_plan(with_header(bytes, [](layout::Header& h) { h.pharos_version = "99.0"; }))), "PH5009");
  EXPECT_EQ(code(load_plan(with_header(bytes, [](layout::Header& h) { h.isa = "riscv64"; }))), "PH5010");
  const char* other = this_cpu(1).isa == Isa::Aarch64 ? "aarch64" : "x86-64-v2";  // runs here, but is not what the plan says
  EXPECT_EQ(code(load_plan(with_header(bytes, [&](layout::Header& h) { h.isa = other; }))), "PH5011");
  EXPECT_EQ(code(load_plan(with_header(bytes, [](layout::Header& h) { h.plan.offset = 1 << 30; }))), "PH5011");
  EXPECT_EQ(code(load_plan(with_header(bytes, [](layout::Header& h) { h.weights.size = UINT64_MAX; }))), "PH5011");
  auto damaged = bytes;
  damaged[layout::header_bytes + 20] ^= std::byte{1};
  const auto r = load_plan(damaged);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().message(), "the checksum of the plan section does not match");
  damaged = bytes;
  damaged.back() ^= std::byte{1};
  EXPECT_EQ(load_plan(damaged).error().message(), "the checksum of the weights section does not match");
}

TEST(EngineFile, EveryTruncationIsAnError) {
  const auto bytes = bytes_of(sample_plan());
  for (size_t n = 0; n < bytes.size(); n = n < 600 ? n + 1 : n + 97)
    EXPECT_NE(code(load_plan(std::span(bytes).first(n))), "") << n;
  auto longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_EQ(code(load_plan(longer)), "PH5006");
}

TEST(EngineFile, EveryFlippedBitIsAnError) {
  const auto bytes = bytes_of(sample_plan());
  const auto original = load_plan(bytes);
  ASSERT_TRUE(original);
  for (size_t i = 0; i < bytes.size(); i += i < 256 ? 1 : 7) {
    auto damaged = bytes;
    damaged[i] ^= std::byte(1 << (i % 8));
    const auto r = load_plan(damaged);
    // Only padding between the sections is not covered by a checksum.
    if (r) expect_same(*original, *r);
  }
}

}  // namespace
}  // namespace pharos
