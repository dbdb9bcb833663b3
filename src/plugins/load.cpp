// From a file name to a library.

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/files.h"
#include "base/text.h"
#include "catalog/plugins.h"
#include "plugins/plugin.h"

namespace pharos {
namespace {

constexpr const char* entry_name = "pharos_plugin_v1";

// Symbols of entry points of other major versions, for a better message.
bool has_other_entry(void* library) {
  for (int major = 2; major <= 9; ++major)
    if (dlsym(library, fmt::format("pharos_plugin_v{}", major).c_str())) return true;
  return false;
}

Result<PluginPtr> load(const std::string& path) {
  PHAROS_TRY(File::open(path));  // says best what is wrong with a name
  const std::string full = path.find('/') == path.npos ? "./" + path : path;
  void* handle = dlopen(full.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char* reason = dlerror();
    return Report(diag::plugin_not_loaded,
                  {{"path", path}, {"details", escape_control(reason ? reason : "unknown reason")}});
  }
  std::shared_ptr<void> library(handle, [](void* h) { dlclose(h); });
  const auto entry = reinterpret_cast<PharosPluginEntry>(dlsym(handle, entry_name));
  if (!entry && has_other_entry(handle))
    return Report(diag::plugin_abi, {{"path", path},
                                     {"needs", "another major version"},
                                     {"here", fmt::format("{}.{}", PHAROS_PLUGIN_ABI_MAJOR, PHAROS_PLUGIN_ABI_MINOR)}});
  if (!entry) return Report(diag::plugin_no_entry, {{"path", path}, {"symbol", entry_name}});
  return read_plugin(entry, path, std::move(library));
}

std::optional<std::array<uint32_t, 3>> parse_version(std::string_view text) {
  std::array<uint32_t, 3> v{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (size_t i = 0; i < v.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, v[i]);
    if (error != std::errc()) return std::nullopt;
    at = next;
  }
  return at == end ? std::optional(v) : std::nullopt;
}

}  // namespace

Result<std::vector<PluginPtr>> load_plugins(std::span<const std::string> paths) {
  std::vector<PluginPtr> out;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (std::find(paths.begin(), paths.begin() + ptrdiff_t(i), paths[i]) != paths.begin() + ptrdiff_t(i)) continue;
    out.push_back(PHAROS_TRY(load(paths[i])));
  }
  return out;
}

Result<OpSet> ops_with_plugins(std::span<const std::string> paths) {
  OpSet ops = builtin_ops();
  const std::vector<PluginPtr> plugins = PHAROS_TRY(load_plugins(paths));
  PHAROS_TRY(add_plugins(plugins, ops));
  return ops;
}

bool version_fits(std::string_view built, std::string_view here) {
  const auto a = parse_version(built), b = parse_version(here);
  if (!a || !b) return built == here;
  return (*a)[0] == (*b)[0] && ((*a)[0] > 0 || (*a)[1] == (*b)[1]) && *b >= *a;
}

}  // namespace pharos
