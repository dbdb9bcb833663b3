#include "cli/sinks/file_sink.h"

#include <chrono>
#include <filesystem>

namespace pharos {
namespace fs = std::filesystem;

FileSink::FileSink(std::string path, Retention retention, Language language)
    : path_(std::move(path)), retention_(retention), language_(language) {
  delete_aged();
  open();
}

FileSink::~FileSink() {
  if (file_) std::fclose(file_);
}

void FileSink::open() {
  file_ = std::fopen(path_.c_str(), "ae");
  std::error_code error;
  const auto bytes = fs::file_size(path_, error);
  size_ = error ? 0 : int64_t(bytes);
}

void FileSink::write(const Record& record) {
  const std::string line = record_line(record, language_) + "\n";
  if (file_ && size_ > 0 && size_ + int64_t(line.size()) > retention_.max_bytes) rotate();
  if (!file_) return;
  std::fwrite(line.data(), 1, line.size(), file_);
  std::fflush(file_);
  size_ += int64_t(line.size());
}

void FileSink::rotate() {
  std::fclose(file_);
  std::error_code ignored;
  if (retention_.max_files <= 1) {
    fs::remove(path_, ignored);
  } else {
    fs::remove(numbered(retention_.max_files - 1), ignored);
    for (int n = retention_.max_files - 2; n >= 1; --n) fs::rename(numbered(n), numbered(n + 1), ignored);
    fs::rename(path_, numbered(1), ignored);
  }
  delete_aged();
  open();
}

// Also removes files that an earlier run with a larger count has left.
void FileSink::delete_aged() const {
  std::error_code error;
  const auto oldest =
      fs::file_time_type::clock::now() - std::chrono::duration_cast<fs::file_time_type::duration>(
                                             std::chrono::duration<double>(retention_.max_age_days * 86400));
  for (int n = 1; n < 1000; ++n) {
    const auto written = fs::last_write_time(numbered(n), error);
    if (error) break;
    if (n >= retention_.max_files || written < oldest) fs::remove(numbered(n), error);
  }
}

}  // namespace pharos
