// A build that must be clean: every warning and error is collected by a logger of the application, known noise is
// filtered by code, and the program fails if anything is left. Put it into CI, and no warning goes unread.
#include <pharos/builder.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

namespace {

class StrictLogger final : public pharos::Logger {
 public:
  explicit StrictLogger(std::vector<std::string> accepted) : accepted_(std::move(accepted)) {}

  // May be called from several threads at once.
  void log(const pharos::Record& record) noexcept override {
    if (record.severity > pharos::Severity::Warning) return;
    const std::string code(record.report.code());
    if (std::find(accepted_.begin(), accepted_.end(), code) != accepted_.end()) return;
    const std::lock_guard lock(mutex_);
    findings_.push_back(record.report.text() + "\n    remedy: " + std::string(record.report.diagnostic().remedy.en));
  }
  pharos::Severity threshold() const noexcept override { return pharos::Severity::Warning; }
  const std::vector<std::string>& findings() const { return findings_; }

 private:
  std::vector<std::string> accepted_;
  std::mutex mutex_;
  std::vector<std::string> findings_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: clean_build MODEL.onnx [ACCEPTED-CODE...]\n");
    return 2;
  }
  StrictLogger logger({argv + 2, argv + argc});
  pharos::BuildOptions options;
  options.logger = &logger;
  const auto built = pharos::build(argv[1], options);
  if (!built) {
    std::fprintf(stderr, "%s\n", built.error().text().c_str());
    return 4;
  }
  for (const std::string& finding : logger.findings()) std::fprintf(stderr, "%s\n", finding.c_str());
  std::printf("%s: %zu finding(s)\n", argv[1], logger.findings().size());
  return logger.findings().empty() ? 0 : 1;
}
