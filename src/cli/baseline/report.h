#pragma once
// What `pharos baseline` prints: the answer of a check, and a store with its trend.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "baselines/check.h"
#include "baselines/store.h"
#include "pharos/diagnostics.h"

namespace pharos {

// One key that was checked.
struct Checked {
  SeriesKey key, baseline_key;          // they may differ in the runtime
  std::vector<RecordedRun> baseline;    // oldest first; without numbers where the runs came from files (--paired)
  bool paired = false;
  CheckResult result;
  std::vector<Report> reasons;          // why it fails
  std::vector<Report> remarks;          // undecided figures, another runtime
};

struct Shown {
  Series series;
  std::vector<RecordedRun> runs;        // oldest first
};

Text figure_title(Figure f);
std::string figure_text(Figure f, double value);       // "8.01 ms", "1800 MiB"
std::string change_text(double share);                 // "+4.2 %"
std::string interval_text(const CheckRow& row, Language language);  // "95 %: +3.9 to +4.6 %, from ..."; else why there is none
std::string time_text(int64_t seconds);                // UTC, "2026-11-25 09:10"

// Fills reasons and remarks.
void explain(Checked& checked, bool strict);

enum class CheckVerdict : uint8_t { Pass, Undecided, Untold, Worse };  // untold: the latency that the baseline has
CheckVerdict verdict_of(const Checked& checked);
std::string_view verdict_name(CheckVerdict v);  // "pass"

std::string check_text(std::span<const Checked> all, Language language, bool color);
std::string check_json(std::span<const Checked> all, Language language);
std::string show_text(std::span<const Shown> all, Language language);
std::string show_json(std::span<const Shown> all);
std::string show_html(std::span<const Shown> all, Language language);

}  // namespace pharos
