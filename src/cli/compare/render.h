#pragma once
// A comparison as text for the terminal, as Markdown for a pull request, and as JSON.

#include <string>
#include <string_view>
#include <vector>

#include "compare/comparison.h"

namespace pharos {

struct CompareView {
  Language language = Language::English;
  bool all = false;    // every row, not only the largest
  bool color = false;  // text only
};

std::string compare_text(const Comparison& c, const CompareView& view);
std::string compare_markdown(const Comparison& c, const CompareView& view);
std::string compare_json(const Comparison& c, Language language);  // docs/schema/compare.schema.json

// What text and Markdown share.

// The terms' milliseconds, rounded so that they add up to the difference of the latencies as shown.
struct ShownSplit {
  std::string before, after, delta;  // ms
  std::vector<std::string> terms, shares;
};
ShownSplit shown_split(const LatencySplit& s);

struct ShownChanges {
  Topic topic = Topic::Options;
  std::string title;
  std::vector<std::vector<std::string>> rows;  // what, before, after
  size_t left_out = 0;
};
// Topics with changes, in order; the largest rows of each.
std::vector<ShownChanges> shown_changes(const Comparison& c, const CompareView& view);
std::vector<std::string> shown_layers(const CauseTerm& t, const CompareView& view);
std::string side_text(const Side& s);
std::string_view shares_explained(Language l);

}  // namespace pharos
