#pragma once
// What differs between two builds or runs, topic by topic.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/side.h"
#include "compare/split.h"

namespace pharos {

enum class Topic : uint8_t {
  Options,
  Versions,
  Model,
  Inputs,
  Layers,
  Tactics,
  Precision,
  Fallbacks,
  Findings,
  Memory,
  Engine,
  Performance
};
std::string_view topic_name(Topic t);  // "options"
Text topic_title(Topic t);

struct SideChange {
  Topic topic = Topic::Options;
  std::string name;  // an option, a layer, a code; empty: `label` names it
  Text label;
  std::string before, after;                        // as text; empty: not there
  std::string before_zh, after_zh;                  // of a sentence; empty: the same
  std::optional<double> before_value, after_value;  // where it is a figure
  std::string_view unit = "";
  std::optional<double> before_ms, after_ms;  // of a layer
  bool shape = false;                         // what the run was given: the same layers then have other work

  const std::string& from(Language l) const {
    return l == Language::Chinese && !before_zh.empty() ? before_zh : before;
  }
  const std::string& to(Language l) const { return l == Language::Chinese && !after_zh.empty() ? after_zh : after; }
  std::string what(Language l) const { return name.empty() ? std::string(label.in(l)) : name; }
};

// What only one side tells is no change, except where both sides would tell it (options of a command, findings of a
// log).
std::vector<SideChange> changes_of(const Side& a, const Side& b, const LayerMatching& matching);
bool shapes_changed(const std::vector<SideChange>& changes);

}  // namespace pharos
