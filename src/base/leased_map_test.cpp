#include "base/leased_map.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

namespace pharos {
namespace {

constexpr size_t file_bytes = (size_t{5} << 20) + 123;

class LeasedMap : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = (std::filesystem::temp_directory_path() / ("pharos_leased_" + std::to_string(getpid()))).string();
    contents_.resize(file_bytes);
    for (size_t i = 0; i < contents_.size(); ++i) contents_[i] = std::byte(i * 2654435761u >> 13);
    ASSERT_TRUE(write_file(path_, contents_));
    const int fd = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool granted = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    close(fd);
    if (!granted) GTEST_SKIP() << "this system grants no leases in " << path_;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::optional<Bytes> map() {
    const auto file = File::open(path_);
    return file ? map_under_lease(*file) : std::nullopt;
  }
  bool holds_contents(const Bytes& b) {
    return b.size == contents_.size() && std::memcmp(b.data, contents_.data(), b.size) == 0;
  }

  std::string path_;
  std::vector<std::byte> contents_;
};

TEST_F(LeasedMap, HoldsWhatTheFileHolds) {
  const auto map = this->map();
  ASSERT_TRUE(map);
  EXPECT_TRUE(populate(map->span(), path_));
  EXPECT_TRUE(populate(map->span().subspan(5000, 1), path_));
  EXPECT_TRUE(holds_contents(*map));
}

// Each way to change a file in place waits until the map is a copy; readers never notice.
TEST_F(LeasedMap, SurvivesWhoeverChangesTheFile) {
  const std::vector<std::pair<const char*, bool (*)(const char*)>> ways{
      {"truncate", [](const char* path) { return truncate(path, 100) == 0; }},
      {"open to truncate", [](const char* path) { return close(open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)) == 0; }},
      {"overwrite", [](const char* path) {
         const int fd = open(path, O_WRONLY | O_CLOEXEC);
         const std::vector<char> zeros(file_bytes);
         const bool good = write(fd, zeros.data(), zeros.size()) == ssize_t(zeros.size());
         return close(fd) == 0 && good;
       }}};
  for (const auto& [name, change] : ways) {
    ASSERT_TRUE(write_file(path_, contents_));
    const auto map = this->map();
    ASSERT_TRUE(map) << name;
    std::atomic<bool> end{false}, always_right{true};
    std::atomic<int> rounds{0};
    std::thread reader([&] {
      for (; !end; ++rounds)
        if (!holds_contents(*map)) always_right = false;
    });
    while (rounds < 2) std::this_thread::yield();
    EXPECT_TRUE(change(path_.c_str())) << name;
    const int then = rounds;
    while (rounds < then + 2) std::this_thread::yield();
    end = true;
    reader.join();
    EXPECT_TRUE(always_right) << name;
    EXPECT_TRUE(holds_contents(*map)) << name;
    const auto now = read_file(path_, file_bytes);
    ASSERT_TRUE(now);
    EXPECT_FALSE(holds_contents(*now)) << name << " changed the file";
  }
}

TEST_F(LeasedMap, IsRefusedWhileSomebodyMayWrite) {
  const int fd = open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  EXPECT_FALSE(map());
  close(fd);
  EXPECT_TRUE(map());
}

TEST_F(LeasedMap, NeitherRenamingNorDeletingTheFileMatters) {
  const auto map = this->map();
  ASSERT_TRUE(map);
  ASSERT_TRUE(write_file(path_, std::string_view("another one")));
  EXPECT_TRUE(holds_contents(*map));
  std::filesystem::remove(path_);
  EXPECT_TRUE(holds_contents(*map));
}

TEST_F(LeasedMap, SeveralMapsOfOneFile) {
  auto first = map(), second = map();
  ASSERT_TRUE(first && second);
  first.reset();
  EXPECT_EQ(truncate(path_.c_str(), 0), 0);
  EXPECT_TRUE(holds_contents(*second));
}

TEST_F(LeasedMap, EndsWithItsOwner) {
  auto map = this->map();
  ASSERT_TRUE(map);
  const auto open_at_once = [&] { return open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC); };
  int fd = open_at_once();
  EXPECT_LT(fd, 0);
  EXPECT_EQ(errno, EWOULDBLOCK);
  map.reset();
  fd = open_at_once();
  EXPECT_GE(fd, 0);
  close(fd);
}

TEST_F(LeasedMap, AnEmptyFileHasNoMap) {
  ASSERT_TRUE(write_file(path_, std::string_view()));
  EXPECT_FALSE(map());
}

}  // namespace
}  // namespace pharos
