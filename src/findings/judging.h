#pragma once
// What judges share: hits told apart, lists as text, the node that was being imported.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "findings/rule.h"

namespace pharos {

// "a, b, c and 4 more"; empty for an empty list.
std::string listed(const std::vector<std::string>& names, size_t shown, Language language);

// The node that the importer had in hand when line `line` was printed; null where the log does not tell.
const FailingNode* node_at(const LogModel& log, int64_t line);

// Hits of the rule whose message none of `diagnostics` recognised too.
std::vector<const Hit*> hits_without(const JudgeContext& c, std::initializer_list<const Diagnostic*> diagnostics);

// A finding from the hits given only, the first of them in front.
Finding finding_of(const JudgeContext& c, const std::vector<const Hit*>& hits);

// Puts an argument in, or replaces it.
void set_argument(Finding& f, std::string name, std::string value);

// Distinct values of a named group, in order.
std::vector<std::string> distinct(const std::vector<const Hit*>& hits, std::string_view group);
std::vector<const Hit*> all_hits(const JudgeContext& c);

// The lines of evidence of the hits of another rule, appended; at most `most` new ones, 16 in all.
void add_evidence(Finding& f, std::span<const Hit> hits, size_t most = 4);

bool icontains(std::string_view text, std::string_view word);  // ASCII case ignored

// Names an argument; one that the pattern gave stays as it is.
void add_argument(Finding& f, std::string name, std::string value);
// Gives every "{name}" of the texts that has no argument a value: "?" would read badly in a message.
void fill_missing(Finding& f, std::string_view value);

// The engine exists: a banner, a build time or a later stage says so.
bool build_succeeded(const LogModel& log);
bool by_pharos(const LogModel& log);  // measured or built here: on a processor, with options of its own
bool contains_any_folded(std::string_view text, std::initializer_list<std::string_view> words);
// A note instead of a cause: worth knowing, does not name the verdict.
Finding as_note(Finding f, int rank);

std::string plain_name(std::string_view layer);  // "{ForeignNode[a...b]}" -> "ForeignNode[a...b]", cut where very long
std::string number_text(double value, int digits = 1);
std::string percent_text(double share);           // 0.213 -> "21.3 %"


}  // namespace pharos
