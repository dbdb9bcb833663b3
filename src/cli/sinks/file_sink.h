#pragma once
// A log file that never grows beyond its bounds: when it is full it becomes FILE.1, FILE.1 becomes FILE.2 and so on;
// the oldest and those past their age are deleted.

#include <cstdio>

#include "cli/sinks/sink.h"

namespace pharos {

struct Retention {
  int64_t max_bytes = 16 << 20;  // of one file
  int max_files = 5;             // the current one included
  double max_age_days = 30;      // of the files set aside
};

class FileSink final : public Sink {
 public:
  FileSink(std::string path, Retention retention, Language language);
  ~FileSink() override;
  bool ok() const { return file_ != nullptr; }
  void write(const Record& record) override;

 private:
  void open();
  void rotate();
  void delete_aged() const;
  std::string numbered(int n) const { return path_ + "." + std::to_string(n); }
  std::string path_;
  Retention retention_;
  Language language_;
  std::FILE* file_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace pharos
