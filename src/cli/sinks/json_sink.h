#pragma once
#include <cstdio>
#include <memory>

#include "cli/sinks/sink.h"

namespace pharos {

// One JSON object per record and line: time, severity, phase (build or run), stage, layer, code, slug, arguments,
// context, message.
std::string record_json(const Record& record, Language language);

class JsonSink final : public Sink {
 public:
  // Appends to the file; `ok()` is false where it cannot be opened. "-" is stderr.
  JsonSink(const std::string& path, Language language);
  ~JsonSink() override;
  bool ok() const { return file_ != nullptr; }
  void write(const Record& record) override;

 private:
  std::FILE* file_ = nullptr;
  Language language_;
};

}  // namespace pharos
