#include "cli/compare/load.h"

#include <algorithm>
#include <filesystem>

#include "catalog/compare.h"
#include "catalog/doctor.h"
#include "cli/options.h"
#include "exports/export.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

constexpr size_t max_files = 1000;  // of a folder

std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end && out.size() < max_files;
       at.increment(error)) {
    std::error_code kind;
    if (at->is_regular_file(kind) && !at->path().filename().string().starts_with("."))
      out.push_back(at->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class Loading {
 public:
  Loading(const Doctor& doctor, std::string label) : doctor_(doctor), builder_(std::move(label)) {}

  Result<void> path(const std::string& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return folder(path);
    const size_t hash = path.rfind('#');
    int64_t number = 0;
    if (hash != path.npos && hash > 0 && !fs::exists(path, error) &&
        parse_integer(std::string_view(path).substr(hash + 1), number))
      return run(path.substr(0, hash), number);
    files_.push_back(path);
    return {};
  }

  // Together: an export belongs to the log before it.
  Result<Side> finish() {
    for (const std::string& file : files_) builder_.file(file);
    if (!files_.empty()) {
      for (const Diagnosis& d : PHAROS_TRY(doctor_.examine_files(files_))) builder_.add(d);
    }
    return builder_.finish();
  }

 private:
  // Engines and models lie beside their logs and are passed over. Exports go to the last log.
  Result<void> folder(const std::string& path) {
    std::vector<std::string> logs, exports;
    for (const std::string& name : files_of(path)) {
      const auto input = open_input(name);
      if (!input && &input.error().diagnostic() == &diag::log_not_text) continue;
      if (!input) return input.error();
      (input->kind ? exports : logs).push_back(name);
    }
    logs.insert(logs.end(), exports.begin(), exports.end());
    if (logs.empty()) return Report(diag::compare_empty_side, {{"path", path}});
    files_.insert(files_.end(), logs.begin(), logs.end());
    return {};
  }

  Result<void> run(const std::string& path, int64_t number) {
    const Diagnosis d = PHAROS_TRY(doctor_.examine_file(path));
    if (number < 1 || number > int64_t(d.runs.size())) {
      return Report(diag::compare_run_missing,
                    {{"path", path}, {"count", std::to_string(d.runs.size())}, {"number", std::to_string(number)}});
    }
    builder_.file(path + "#" + std::to_string(number));
    builder_.add(d.runs[size_t(number - 1)]);
    return {};
  }

  const Doctor& doctor_;
  SideBuilder builder_;
  std::vector<std::string> files_;
};

}  // namespace

Result<Side> load_side(const Doctor& doctor, const std::vector<std::string>& paths) {
  Loading loading(doctor, paths.front());
  for (const std::string& path : paths) PHAROS_TRY(loading.path(path));
  return loading.finish();
}

}  // namespace pharos
