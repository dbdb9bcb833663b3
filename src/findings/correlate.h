#pragma once
// Cause and effect: which findings of a run follow from which.

#include <vector>

#include "findings/finding.h"
#include "findings/rule.h"

namespace pharos {

// A finding with what correlation needs to know about the rule that made it.
struct Judged {
  Finding finding;
  const Rule* rule;
  int64_t first_order;  // of its hits
};

// 1. A rule's `explains` takes the findings it names as consequences.
// 2. Consequences without a named cause go to the first error, else to the best finding.
// 3. Errors that may follow from another (may_follow_error) go to the first error before them.
// What is left is sorted: causes by severity and rank, then notes, then harmless messages.
std::vector<Finding> correlate(std::vector<Judged> judged);

}  // namespace pharos
