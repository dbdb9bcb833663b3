#pragma once
// Plugins: shared libraries with operators of their own; the interface is include/pharos/plugin.h. A plugin that was
// loaded fills the same sets of operators and tactics as the built-in ones, which keep the library loaded as long as
// they live.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pharos/plugin.h"
#include "tactics/tactic.h"

namespace pharos {

// One operator of a plugin: a copy of what its tables say, checked.
struct PluginOperator {
  PharosOperator table{};         // functions; the texts below are copies
  std::string name, domain, doc;  // domain "" is ai.onnx
  std::vector<PharosParam> inputs, outputs;
  std::vector<PharosAttribute> attributes;
  std::vector<std::string> texts;  // what the names in the three lists point to
};

// Immutable once loaded.
struct Plugin {
  std::shared_ptr<void> library;  // empty: part of the program
  std::string path, name, doc;
  uint32_t version[3] = {};
  std::vector<PluginOperator> operators;

  std::string version_text() const;
};
using PluginPtr = std::shared_ptr<const Plugin>;

// A path without a folder means this folder, never the system's library path. A file named twice counts once.
Result<std::vector<PluginPtr>> load_plugins(std::span<const std::string> paths);
// What the library behind an entry point says; `path` is for messages.
Result<PluginPtr> read_plugin(PharosPluginEntry entry, std::string path, std::shared_ptr<void> library = nullptr);

// Adds the operators, and their tactics where a set is given. Refuses operators and plugin names that are there
// already.
Result<void> add_plugins(std::span<const PluginPtr> plugins, OpSet& ops, TacticSet* tactics = nullptr);

// The built-in operators and those of the plugins at `paths`.
Result<OpSet> ops_with_plugins(std::span<const std::string> paths);

// Whether an engine that was built with `built` runs with `here` ("1.2.0"): the same major version, not older;
// before 1.0 the same minor version too.
bool version_fits(std::string_view built, std::string_view here);

const PharosHost& plugin_host();

}  // namespace pharos
