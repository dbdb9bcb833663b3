// Memory that was short, and layers without an implementation.

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/log_memory.h"
#include "findings/rule.h"

namespace pharos {
namespace {

// One finding for all of them, with the extremes; an error follows from it where the build failed.
std::optional<Finding> skipped(const JudgeContext& c) {
  const SkippedTactics& s = c.log.skipped;
  Finding f = c.finding();
  f.count = std::max<int64_t>(s.count, 1);
  const auto amount = [](double bytes) { return bytes > 0 ? bytes_text(int64_t(bytes)) : std::string("?"); };
  f.report = Report(*c.rule.diagnostic, {{"tactics", std::to_string(f.count)}, {"requested", amount(s.largest_request)}, {"available", amount(s.smallest_available)}});
  if (c.others.count(diag::log_no_implementation) > 0) { f.severity = Severity::Error; f.rank = 70; }
  return f;
}

}  // namespace

void define_memory(RuleSet& rules) {
  rules.add({
      .diagnostic = &diag::log_tactics_skipped,
      .category = Category::OutOfMemory,
      .triggers = {{"Tactic Device request", R"((?i)memory is insufficient)"},
                   {"Skipping tactic", R"((?i)due to insuff?icient memory)"},
                   {"skipped. Scratch requested"}},
      .judge = skipped,
      .explains = {&diag::log_no_implementation},
      .samples = {{"[W] Tactic Device request: 720MB Available: 650MB. Device memory is insufficient to use tactic.", true},
                  {"[W] [TRT] Skipping tactic 3 due to insuficient memory on requested size of 1290442752 detected for tactic 4.", true},
                  {"[V] [TRT] Tactic: 5 skipped. Scratch requested: 145948672, available: 1048576", true},
                  {"[V] Skipping CaskConvolution: No valid tactics for conv1", false}},
      .reference = "TensorRT developer guide, section on memory; NVIDIA/TensorRT#1661",
  });
  rules.add({
      .diagnostic = &diag::log_no_implementation,
      .category = Category::NoImplementation,
      .triggers = {{"Could not find any implementation", R"((?i)any implementation for (?:node )?(?P<layer>.+?)(?:\.\)|\.$|\)$|, try increasing|\. In |$))"},
                   {"Could not find implementation", R"((?i)implementation for (?:node )?(?P<layer>\S+))"}},
      .samples = {{"[E] 10: [optimizer.cpp::computeCosts::2011] Error Code 10: Internal Error (Could not find any implementation for node conv1 + relu1.)", true},
                  {"[ERROR] Could not find implementation for node ScatterND", true},
                  {"[I] implementation found", false}},
  });
}

}  // namespace pharos
