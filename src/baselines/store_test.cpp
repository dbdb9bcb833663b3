#include "baselines/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>

namespace pharos {
namespace {

namespace fs = std::filesystem;

Measurement sample(std::string model = "resnet50", double median = 8) {
  Measurement m{.key = {std::move(model), "NVIDIA A10", "TensorRT 10.4.0", "FP16", "x:1x3x224x224"}, .sources = {"build.log", "times.json"}, .label = "v1", .basis = "latency"};
  m.queries = 3;
  m.median = median;
  m.p99 = median * 1.1;
  m.peak_gpu_mib = 1793;
  m.samples = {median, median * 1.01, median * 0.99};
  m.has_log = true;
  m.findings = {{"PH9105", "WARNING", "ResizeNearest falls back to CPU", 2}};
  return m;
}

class Store : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("pharos-store-{}", ::getpid());
    fs::create_directories(folder_);
    path_ = (folder_ / "b.db").string();
  }
  void TearDown() override { fs::remove_all(folder_); }
  void add(const Measurement& m, int64_t time = 100, bool accept = false) const {
    auto store = BaselineStore::create_or_open(path_);
    ASSERT_TRUE(store) << store.error().text();
    const auto ids = store->add({m}, time, accept);
    ASSERT_TRUE(ids) << ids.error().text();
  }
  std::string refusal() const {
    const auto store = BaselineStore::create_or_open(path_);
    return store ? "none" : std::string(store.error().code());
  }
  void sql(const char* text) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, text, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(std::string_view text) const { std::ofstream(path_, std::ios::binary) << text; }
  fs::path folder_;
  std::string path_;
};

TEST_F(Store, WhatIsRecordedComesBack) {
  add(sample());
  const auto store = BaselineStore::open(path_);
  ASSERT_TRUE(store) << store.error().text();
  const auto series = store->series();
  ASSERT_TRUE(series);
  ASSERT_EQ(series->size(), 1u);
  EXPECT_EQ(series->front().key, sample().key);
  const auto runs = store->runs(series->front().id, 0, 10);
  ASSERT_TRUE(runs) << runs.error().text();
  ASSERT_EQ(runs->size(), 1u);
  const Measurement& m = runs->front().measurement;
  EXPECT_EQ(runs->front().time, 100);
  EXPECT_EQ(m.sources, sample().sources);
  EXPECT_EQ(m.median, 8);
  EXPECT_FALSE(m.throughput);
  EXPECT_EQ(m.samples.size(), 3u);
  EXPECT_NEAR(m.samples[1], 8.08, 1e-6);
  ASSERT_EQ(m.findings.size(), 1u);
  EXPECT_EQ(m.findings[0].message, "ResizeNearest falls back to CPU");
}

TEST_F(Store, ARunWithoutTimesIsKeptToo) {
  Measurement m{.key = sample().key, .has_log = true};
  m.engine_mib = 50;
  add(m);
  const auto store = BaselineStore::open(path_);
  ASSERT_TRUE(store);
  const auto series = store->series();
  const auto runs = store->runs(series->front().id, 0, 1);
  ASSERT_TRUE(runs) << runs.error().text();
  EXPECT_TRUE(runs->front().measurement.samples.empty());
  EXPECT_FALSE(runs->front().measurement.median);
  EXPECT_EQ(runs->front().measurement.engine_mib, 50);
}

TEST_F(Store, AcceptingBeginsAnEpoch) {
  add(sample(), 1);
  add(sample(), 2);
  add(sample("resnet50", 9), 3, true);
  add(sample("resnet50", 9), 4);
  const auto store = BaselineStore::open(path_);
  ASSERT_TRUE(store);
  const auto series = store->series();
  ASSERT_TRUE(series);
  const Series& s = series->front();
  EXPECT_EQ(s.epoch, 2);
  EXPECT_EQ(s.runs, 4);
  EXPECT_EQ(store->runs(s.id, s.epoch, 10)->size(), 2u);
  EXPECT_EQ(store->runs(s.id, 0, 10)->size(), 4u);
  const auto newest = store->runs(s.id, 0, 2);
  EXPECT_EQ(newest->front().time, 3);  // the newest two, oldest first
}

TEST_F(Store, HostileTextsAreTexts) {
  Measurement m = sample("'; DROP TABLE run; --");
  m.label = std::string("a\0b\x1b[31m", 8);
  m.sources = {};
  add(m);
  const auto store = BaselineStore::open(path_);
  ASSERT_TRUE(store);
  const auto series = store->series();
  ASSERT_EQ(series->size(), 1u);
  EXPECT_EQ(series->front().key.model, "'; DROP TABLE run; --");
  EXPECT_EQ(store->runs(series->front().id, 0, 1)->front().measurement.label, m.label);
}

TEST_F(Store, ManyWritersLoseNothing) {
  constexpr int writers = 6, each = 8;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      for (int i = 0; i < each; ++i) {
        auto store = BaselineStore::create_or_open(path_);
        if (!store || !store->add({sample(w % 2 ? "a" : "b"), sample("c")}, i, false)) ++failed;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(failed, 0);
  const auto store = BaselineStore::open(path_);
  ASSERT_TRUE(store) << store.error().text();
  int64_t runs = 0;
  const auto series = store->series();
  ASSERT_TRUE(series);
  for (const Series& s : *series) runs += s.runs;
  EXPECT_EQ(series->size(), 3u);
  EXPECT_EQ(runs, 2 * writers * each);
}

TEST_F(Store, AReaderAndAWriterDoNotDisturbEachOther) {
  add(sample());
  const auto reader = BaselineStore::open(path_);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(reader->series());
  add(sample());
  EXPECT_EQ(reader->series()->front().runs, 2);
}

TEST_F(Store, MissingForeignAndOtherFiles) {
  EXPECT_EQ(BaselineStore::open(path_).error().code(), "PH9051");
  put("a text that is long enough to be taken for a header of SQLite, but is none at all");
  const std::string before = bytes();
  EXPECT_EQ(refusal(), "PH9052");
  EXPECT_EQ(bytes(), before);
  path_ = folder_.string();
  EXPECT_EQ(refusal(), "PH9052");
}

TEST_F(Store, TheDatabaseOfAnotherProgram) {
  sql("CREATE TABLE notes(text TEXT); INSERT INTO notes VALUES('mine')");
  const std::string before = bytes();
  EXPECT_EQ(refusal(), "PH9052");
  EXPECT_EQ(bytes(), before);
}

TEST_F(Store, ANewerOneIsRefusedAndKept) {
  add(sample());
  sql("PRAGMA user_version = 2");
  const std::string before = bytes();
  EXPECT_EQ(refusal(), "PH9053");
  EXPECT_EQ(BaselineStore::open(path_).error().code(), "PH9053");
  EXPECT_EQ(bytes(), before);
}

TEST_F(Store, SchemasThatAreNotOursAreRefused) {
  add(sample());
  sql("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END");
  EXPECT_EQ(refusal(), "PH9054");
  EXPECT_EQ(BaselineStore::open(path_).error().code(), "PH9054");
}

TEST_F(Store, SamplesThatAreNoneAreDamage) {
  for (const char* blob : {"x'000000'", "x'0000c07f'", "x'000080bf'", "zeroblob(100000)"}) {  // odd size, NaN, -1, too many
    fs::remove(path_);
    add(sample());
    sql(fmt::format("UPDATE run SET samples = {}", blob).c_str());
    const auto store = BaselineStore::open(path_);
    ASSERT_TRUE(store);
    const auto series = store->series();
    const auto runs = store->runs(series->front().id, 0, 10);
    ASSERT_FALSE(runs) << blob;
    EXPECT_EQ(runs.error().code(), "PH9054");
  }
}

// Cut off and overwritten at many places: an error with a code or what is whole, and never a change of the file.
TEST_F(Store, DamagedFilesAreRefusedAndKept) {
  for (int i = 0; i < 20; ++i) add(sample("m" + std::to_string(i)));
  const std::string whole = bytes();
  int refused = 0;
  for (size_t at = 0; at < whole.size(); at += 509) {
    for (const bool cut : {true, false}) {
      std::string changed = cut ? whole.substr(0, at) : whole;
      if (!cut) changed.replace(at, std::min<size_t>(64, whole.size() - at), std::min<size_t>(64, whole.size() - at), '\xa5');
      put(changed);
      const auto store = BaselineStore::open(path_);
      if (!store) {
        ++refused;
        EXPECT_TRUE(store.error().code() >= "PH9051" && store.error().code() <= "PH9055") << store.error().text();
      } else if (const auto series = store->series()) {
        for (const Series& s : *series) (void)store->runs(s.id, 0, 10);
      }
      EXPECT_EQ(bytes(), changed) << at;
      if (const auto writer = BaselineStore::create_or_open(path_); !writer) { EXPECT_EQ(bytes(), changed) << at; }
    }
  }
  EXPECT_GT(refused, 10);
}

TEST_F(Store, AStoreThatMayOnlyBeReadIsRead) {
  add(sample());
  fs::permissions(path_, fs::perms::owner_read);
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const auto store = BaselineStore::open(path_);
  EXPECT_TRUE(store && store->series() && store->series()->size() == 1);
  fs::permissions(folder_, fs::perms::owner_all);
}

}  // namespace
}  // namespace pharos
