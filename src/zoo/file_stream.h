#pragma once
#include <cstdio>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pharos {

// A file that is written beside its target and renamed onto it by `commit`; without it nothing is left behind.
// A target that is a device or a pipe is written to directly.
class FileStream {
 public:
  static Result<FileStream> create(const std::string& path);
  FileStream(FileStream&& o) noexcept;
  FileStream& operator=(FileStream&&) = delete;
  ~FileStream();
  Result<void> write(std::string_view bytes);
  Result<void> commit();

 private:
  FileStream(std::FILE* file, std::string path, std::string temporary)
      : file_(file), path_(std::move(path)), temporary_(std::move(temporary)) {}
  Report failure() const;
  std::FILE* file_;
  std::string path_, temporary_;
};

}  // namespace pharos
