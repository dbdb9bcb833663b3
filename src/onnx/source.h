#pragma once
// Where the bytes of a model come from: a file or memory.

#include <cstddef>
#include <span>
#include <string>

#include "base/files.h"

namespace pharos {

class Source {
 public:
  virtual ~Source() = default;
  virtual int64_t size() const = 0;
  virtual Result<void> read(int64_t offset, std::span<std::byte> out) const = 0;
  virtual const std::string& name() const = 0;  // for messages
};

class FileSource final : public Source {
 public:
  explicit FileSource(File file) : file_(std::move(file)) {}
  int64_t size() const override { return file_.size(); }
  Result<void> read(int64_t offset, std::span<std::byte> out) const override { return file_.read_at(offset, out); }
  const std::string& name() const override { return file_.path(); }

 private:
  File file_;
};

class MemorySource final : public Source {
 public:
  explicit MemorySource(std::span<const std::byte> bytes) : bytes_(bytes) {}
  int64_t size() const override { return int64_t(bytes_.size()); }
  Result<void> read(int64_t offset, std::span<std::byte> out) const override;
  const std::string& name() const override { return name_; }

 private:
  std::span<const std::byte> bytes_;
  std::string name_ = "<memory>";
};

}  // namespace pharos
