#include "builder/timing_cache.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "catalog/timing_cache.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

const TimingEnvironment here{"0.1.0", "x86-64-v4", "2", "Some CPU; with a semicolon"};

class TimingCacheFile : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("pharos_timing_cache_" + std::to_string(getpid()));
  std::string path = (folder / "times.cache").string();
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  std::string text() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
  // Keys that differ in length and content, one with what must be escaped.
  TimingCache sample(const TimingEnvironment& environment = here) const {
    TimingCache c(environment);
    for (int i = 0; i < 20; ++i) c.put("Conv k=" + std::to_string(i * i) + "|c16>c16|cpu.conv.direct|", 0.5 * i + 0.25);
    c.put("Odd \"a\tb\nc\\\"|plain>plain|cpu.x|", 7);
    return c;
  }
};

class Reports final : public Logger {
 public:
  void log(const Record& r) noexcept override { reports.push_back(r.report); }
  Severity threshold() const noexcept override { return Severity::Verbose; }
  size_t count(const Diagnostic& d) const {
    return size_t(std::count_if(reports.begin(), reports.end(), [&](const Report& r) { return &r.diagnostic() == &d; }));
  }
  std::vector<Report> reports;
};

TEST_F(TimingCacheFile, ReadsWhatItWrote) {
  ASSERT_TRUE(sample().save(path));
  const auto c = TimingCache::load(path, here, Log());
  ASSERT_TRUE(c);
  EXPECT_EQ(c->entries(), sample().entries());
  EXPECT_EQ(c->find("Conv k=81|c16>c16|cpu.conv.direct|"), 4.75);
  EXPECT_EQ(c->find("Odd \"a\tb\nc\\\"|plain>plain|cpu.x|"), 7);
  EXPECT_FALSE(c->find("Conv k=82|c16>c16|cpu.conv.direct|"));
}

TEST_F(TimingCacheFile, OneChangedByteCostsAtMostTwoEntries) {
  ASSERT_TRUE(sample().save(path));
  const std::string good = text();
  const auto all = sample().entries();
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bad = good;
    const size_t at = good.find('\n') + 1 + random() % (good.size() - good.find('\n') - 1);
    bad[at] = char(bad[at] ^ char(1u << random() % 8));
    write(bad);
    Reports reports;
    const auto c = TimingCache::load(path, here, Log(&reports));
    ASSERT_TRUE(c) << "byte " << at;
    EXPECT_GE(c->entries().size() + 2, all.size()) << "byte " << at;  // a lost line end costs the next line too
    EXPECT_LT(c->entries().size(), all.size()) << "byte " << at;
    EXPECT_GE(reports.count(diag::timing_entry_damaged), 1u);
    EXPECT_EQ(reports.count(diag::timing_cache_rejected), 1u);
    for (const auto& [id, ns] : c->entries()) EXPECT_EQ(all.at(id), ns) << "a wrong time was trusted, byte " << at;
  }
}

TEST_F(TimingCacheFile, CutAnywhereKeepsTheLinesThatAreWhole) {
  ASSERT_TRUE(sample().save(path));
  const std::string good = text();
  for (size_t size = good.find('\n') + 1; size < good.size(); size += 37) {
    write(good.substr(0, size));
    const auto c = TimingCache::load(path, here, Log());
    ASSERT_TRUE(c);
    EXPECT_EQ(c->entries().size(), size_t(std::count(good.begin(), good.begin() + ptrdiff_t(size), '\n')) - 1);
  }
}

TEST_F(TimingCacheFile, OtherEnvironmentsAreKeptButNotUsed) {
  for (const TimingEnvironment& other : {TimingEnvironment{"0.0.9", here.isa, here.threads, here.cpu},
                                         TimingEnvironment{here.version, "x86-64-v3", here.threads, here.cpu},
                                         TimingEnvironment{here.version, here.isa, "1", here.cpu},
                                         TimingEnvironment{here.version, here.isa, here.threads, "Another"}}) {
    fs::remove(path);
    ASSERT_TRUE(sample(other).save(path));
    Reports reports;
    auto c = TimingCache::load(path, here, Log(&reports));
    ASSERT_TRUE(c);
    EXPECT_FALSE(c->find("Conv k=81|c16>c16|cpu.conv.direct|"));
    EXPECT_EQ(reports.count(diag::timing_entries_version), other.version != here.version);
    EXPECT_EQ(reports.count(diag::timing_entries_elsewhere), other.version == here.version);
    EXPECT_EQ(c->why_missing("Conv k=81|c16>c16|cpu.conv.direct|"), "timed elsewhere: " + other.difference(here));
    EXPECT_EQ(c->why_missing("Conv k=82|c16>c16|cpu.conv.direct|"), "never timed");
    c->put("mine", 1);
    ASSERT_TRUE(c->save(path));
    EXPECT_EQ(TimingCache::load(path, other, Log())->find("Conv k=81|c16>c16|cpu.conv.direct|"), 4.75);
    EXPECT_EQ(TimingCache::load(path, here, Log())->find("mine"), 1);
  }
}

TEST_F(TimingCacheFile, AnotherFileIsNeverOverwritten) {
  write("\x08\x07 this is somebody's model");
  const auto c = TimingCache::load(path, here, Log());
  ASSERT_FALSE(c);
  EXPECT_EQ(&c.error().diagnostic(), &diag::timing_cache_foreign_file);
  EXPECT_FALSE(sample().save(path));
  EXPECT_EQ(text(), "\x08\x07 this is somebody's model");
}

TEST_F(TimingCacheFile, AnOtherFormatIsRejectedAsAWhole) {
  write("pharos-timing-cache 1\nkey\t5\tabc\n");
  Reports reports;
  const auto c = TimingCache::load(path, here, Log(&reports));
  ASSERT_TRUE(c);
  EXPECT_TRUE(c->entries().empty());
  EXPECT_EQ(reports.count(diag::timing_cache_rejected), 1u);
}

TEST_F(TimingCacheFile, WritersAtTheSameTimeLoseNothing) {
  constexpr int writers = 6, saves = 8;
  std::vector<pid_t> children;
  for (int w = 0; w < writers; ++w) {
    const pid_t child = fork();
    if (child == 0) {
      TimingCache c(here);
      for (int s = 0; s < saves; ++s) {
        c.put("writer " + std::to_string(w) + " entry " + std::to_string(s), w + s);
        if (!c.save(path)) _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(TimingCache::load(path, here, Log())->entries().size(), size_t(writers * saves));
}

TEST_F(TimingCacheFile, AWriterThatIsKilledLosesNothingThatWasThere) {
  const TimingCache before = sample();
  ASSERT_TRUE(before.save(path));
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      TimingCache c(here);
      for (int i = 0;; ++i) {
        c.put("entry " + std::to_string(i), i);
        (void)c.save(path);
      }
    }
    usleep(random() % 8000);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    Reports reports;
    const auto c = TimingCache::load(path, here, Log(&reports));
    ASSERT_TRUE(c);
    EXPECT_TRUE(reports.reports.empty());
    for (const auto& [id, ns] : before.entries()) EXPECT_EQ(c->entries().at(id), ns);
  }
}

TEST_F(TimingCacheFile, PrunedEntriesStayAway) {
  ASSERT_TRUE(sample().save(path));
  auto c = TimingCache::load(path, here, Log());
  EXPECT_EQ(c->prune([](const std::string& key, const std::string&) { return key.starts_with("Conv"); }), 20u);
  ASSERT_TRUE(c->save(path));
  EXPECT_EQ(TimingCache::load(path, here, Log())->entries().size(), 1u);
}

TEST_F(TimingCacheFile, RemembersWhatCannotBePrepared) {
  TimingCache c(here);
  c.put_refused("key");
  ASSERT_TRUE(c.save(path));
  const auto again = TimingCache::load(path, here, Log());
  ASSERT_TRUE(again && again->find("key"));
  EXPECT_LT(*again->find("key"), 0);
}

TEST(TimingCache, MergeKeepsOrReplaces) {
  TimingCache a(here), b(here);
  a.put("x", 1), b.put("x", 2), b.put("y", 3);
  TimingCache kept = a;
  EXPECT_EQ(kept.merge(b, false), 1u);
  EXPECT_EQ(kept.find("x"), 1);
  EXPECT_EQ(a.merge(b, true), 2u);
  EXPECT_EQ(a.find("x"), 2);
}

}  // namespace
}  // namespace pharos
