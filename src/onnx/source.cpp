#include "onnx/source.h"

#include <cstring>

#include "base/checked.h"
#include "base/text.h"
#include "catalog/general.h"

namespace pharos {

Result<void> MemorySource::read(int64_t offset, std::span<std::byte> out) const {
  if (offset < 0 || !within(uint64_t(offset), out.size(), bytes_.size()))
    return Report(diag::file_truncated, {{"path", name_}, {"expected", bytes_text(int64_t(out.size()))},
                                         {"actual", bytes_text(int64_t(bytes_.size()) - offset)}});
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return {};
}

}  // namespace pharos
