#include "cli/verify/cases.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "catalog/command_line.h"
#include "catalog/general.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;

constexpr int max_depth = 8;

// Subfolders by name, data sets by number.
std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->is_directory(error)) out.push_back(it->path());
  std::sort(out.begin(), out.end(), [](const fs::path& a, const fs::path& b) {
    const std::string x = a.filename(), y = b.filename();
    const auto number = [](const std::string& s) { return s.find_last_not_of("0123456789") + 1; };
    if (x.substr(0, number(x)) == y.substr(0, number(y)) && x.size() != y.size()) return x.size() < y.size();
    return x < y;
  });
  return out;
}

bool present(const fs::path& p) {
  std::error_code error;
  return fs::exists(p, error);
}

VerifyCase read_folder(const fs::path& folder, std::string name) {
  VerifyCase c;
  c.name = std::move(name);
  c.model = folder / "model.onnx";
  c.backend_test = folder.filename().string().starts_with("test_");
  for (const fs::path& sub : subfolders(folder))
    if (sub.filename().string().starts_with("test_data_set_")) c.data_sets.push_back({sub, ""});
  return c;
}

// The model a data.json names, looked for below the folder's ancestors.
Result<VerifyCase> read_json(const fs::path& folder, std::string name) {
  const std::string path = folder / "data.json";
  const Bytes bytes = PHAROS_TRY(read_file(path, 1 << 20));
  const auto* text = reinterpret_cast<const char*>(bytes.data);
  const auto json = nlohmann::json::parse(text, text + bytes.size, nullptr, false);
  const auto bad = [&](std::string details) { return Report(diag::verify_case_invalid, {{"path", path}, {"details", std::move(details)}}); };
  if (!json.is_object() || !json.contains("url") || !json["url"].is_string()) return bad("no JSON object with a url");
  VerifyCase c;
  c.name = std::move(name);
  if (json.contains("rtol") && json["rtol"].is_number()) c.rtol = json["rtol"];
  if (json.contains("atol") && json["atol"].is_number()) c.atol = json["atol"];
  const fs::path model = json["url"].get<std::string>();
  std::error_code error;
  for (fs::path up = fs::absolute(folder, error); up.has_relative_path(); up = up.parent_path()) {
    if (model.is_absolute() || !present(up / model)) continue;
    c.model = up / model;
    const std::string stem = model.stem();
    c.data_sets.push_back({"", (up / model).parent_path() / (stem + "_output_0.pb")});
    return c;
  }
  return bad(fmt::format("its model '{}' is not found below any parent folder", model.string()));
}

Result<void> collect(const fs::path& folder, const std::string& name, int depth, std::vector<VerifyCase>& out) {
  if (present(folder / "model.onnx")) {
    out.push_back(read_folder(folder, name));
    return {};
  }
  if (present(folder / "data.json")) {
    out.push_back(PHAROS_TRY(read_json(folder, name)));
    return {};
  }
  if (depth >= max_depth) return {};
  for (const fs::path& sub : subfolders(folder))
    PHAROS_TRY(collect(sub, name.empty() ? sub.filename().string() : name + "/" + sub.filename().string(), depth + 1, out));
  return {};
}

}  // namespace

Result<std::vector<VerifyCase>> find_cases(const std::vector<std::string>& folders) {
  std::vector<VerifyCase> out;
  for (const std::string& f : folders) {
    std::error_code error;
    if (!fs::exists(f, error)) return Report(diag::file_not_found, {{"path", f}});
    fs::path folder = fs::path(f).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    const size_t before = out.size();
    const bool is_case = present(folder / "model.onnx") || present(folder / "data.json");
    PHAROS_TRY(collect(folder, is_case ? folder.filename().string() : "", 0, out));
    if (out.size() == before)
      return Report(diag::verify_case_invalid, {{"path", f}, {"details", "no folder with model.onnx or data.json is found there"}});
  }
  return out;
}

}  // namespace pharos
