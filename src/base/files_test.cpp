#include "base/files.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace pharos {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pharos_files_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  std::string put(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
    return at(name);
  }
  static std::string text(const std::string& path) {
    const auto bytes = read_file(path, 1 << 20);
    return bytes ? std::string(reinterpret_cast<const char*>(bytes->data), bytes->size) : bytes.error().text();
  }
  size_t entries() const { return size_t(std::distance(fs::directory_iterator(folder_), {})); }
  std::string folder_;
};

template <class T>
std::string code(const Result<T>& r) { return r ? "" : std::string(r.error().code()); }

TEST_F(Files, ReadsWithLimitAndAlignment) {
  const std::string path = put("a", "hello");
  EXPECT_EQ(text(path), "hello");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(read_file(path, 5)->data) % 64, 0u);
  EXPECT_EQ(code(read_file(path, 4)), "PH0014");
  EXPECT_EQ(code(read_file(at("none"), 4)), "PH0010");
  EXPECT_EQ(code(read_file(folder_, 4)), "PH0012");
  EXPECT_EQ(code(read_file("/dev/zero", 4)), "PH0013");
  ASSERT_EQ(mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_EQ(code(read_file(at("pipe"), 4)), "PH0013");  // and does not wait for a writer
}

TEST_F(Files, ShrinkingFileIsAnError) {
  auto f = File::open(put("a", "hello"));
  ASSERT_TRUE(f);
  fs::resize_file(at("a"), 2);
  EXPECT_EQ(code(f->read(100)), "PH0015");
}

TEST_F(Files, WritesWholeOrNothing) {
  ASSERT_TRUE(write_file(at("new"), "one"));
  EXPECT_EQ(text(at("new")), "one");
  ASSERT_EQ(chmod(at("new").c_str(), 0640), 0);
  ASSERT_TRUE(write_file(at("new"), "two"));
  EXPECT_EQ(text(at("new")), "two");
  struct stat st{};
  stat(at("new").c_str(), &st);
  EXPECT_EQ(st.st_mode & 0777, 0640u);
  EXPECT_EQ(code(write_file(at("missing/file"), "x")), "PH0016");
  EXPECT_EQ(code(write_file(folder_, "x")), "PH0012");
  ASSERT_TRUE(write_file("/dev/null", "x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  fs::create_symlink("new", at("link"));
  ASSERT_TRUE(write_file(at("link"), "three"));
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(text(at("new")), "three");
  EXPECT_EQ(entries(), 2u);  // no temporary file is left
}

class FilesBeneath : public Files {
 protected:
  void SetUp() override {
    Files::SetUp();
    fs::create_directories(at("model/sub"));
    put("secret", "s");
    put("model/data", "d");
    put("model/sub/data", "e");
    fs::create_symlink("../secret", at("model/link"));
    fs::create_symlink("..", at("model/up"));
    fs::create_hard_link(at("secret"), at("model/hard"));
  }
  void expect_inside() const {
    const std::string model = at("model");
    EXPECT_EQ(code(File::open_beneath(model, "data")), "");
    EXPECT_EQ(code(File::open_beneath(model, "sub/data")), "");
    EXPECT_EQ(code(File::open_beneath(model, "./sub//data")), "");
    EXPECT_EQ(code(File::open_beneath(model, "../secret")), "PH0017");
    EXPECT_EQ(code(File::open_beneath(model, "sub/../../secret")), "PH0017");
    EXPECT_EQ(code(File::open_beneath(model, at("secret"))), "PH0017");
    EXPECT_EQ(code(File::open_beneath(model, "link")), "PH0017");
    EXPECT_EQ(code(File::open_beneath(model, "up/secret")), "PH0017");
    EXPECT_EQ(code(File::open_beneath(model, std::string("data\0x", 6))), "PH0017");
    EXPECT_EQ(code(File::open_beneath(model, "hard")), "PH0018");
    EXPECT_EQ(code(File::open_beneath(model, "hard", true)), "");
    EXPECT_EQ(code(File::open_beneath(model, "sub")), "PH0012");
    EXPECT_EQ(code(File::open_beneath(model, "none")), "PH0010");
  }
};

TEST_F(FilesBeneath, StaysInside) { expect_inside(); }

// As in a container whose seccomp profile is older than the call.
void forbid_openat2(int error) {
  sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | uint32_t(error)), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter{std::size(program), program};
  ASSERT_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
  ASSERT_EQ(syscall(SYS_openat2, -1, "", nullptr, 0), -1);
  ASSERT_EQ(errno, error);
}

TEST_F(FilesBeneath, StaysInsideWhereTheSystemLacksTheCall) {
  for (const int error : {ENOSYS, EPERM}) {
    const auto child = [&] {
      forbid_openat2(error);
      if (!HasFailure()) expect_inside();
      _exit(HasFailure() ? 1 : 0);
    };
    EXPECT_EXIT(child(), testing::ExitedWithCode(0), "");
  }
}

}  // namespace
}  // namespace pharos
