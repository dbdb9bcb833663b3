#include <istream>

#include "catalog/doctor.h"
#include "doctor/shared.h"

namespace pharos::doctor {
namespace {

class StreamSource final : public ByteSource {
 public:
  StreamSource(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}
  Result<size_t> read(std::span<char> out) override {
    if (in_.eof()) return size_t{0};
    in_.read(out.data(), std::streamsize(out.size()));
    if (in_.bad() || (in_.fail() && !in_.eof())) return Report(diag::log_unreadable, {{"path", name_}, {"reason", "the stream reports a failure"}});
    return size_t(in_.gcount());
  }

 private:
  std::istream& in_;
  std::string name_;
};

}  // namespace

Result<Diagnosis> examine_file(const std::string& path) {
  return made_public(PHAROS_TRY(shared_doctor().examine_file(path)));
}

Result<std::vector<Diagnosis>> examine_files(std::span<const std::string> paths) {
  std::vector<Diagnosis> out;
  std::vector<pharos::Diagnosis> inner = PHAROS_TRY(shared_doctor().examine_files(paths));
  for (pharos::Diagnosis& d : inner) out.push_back(made_public(std::move(d)));
  return out;
}

Diagnosis examine_text(std::string_view text, const std::string& name) {
  return made_public(shared_doctor().examine_text(text, name));
}

Result<Diagnosis> examine_stream(std::istream& in, const std::string& name) {
  const auto source = PHAROS_TRY(decoded(std::make_unique<StreamSource>(in, name), name));
  return made_public(PHAROS_TRY(shared_doctor().examine(*source, name)));
}

}  // namespace pharos::doctor
