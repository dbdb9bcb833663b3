#pragma once
// The facts of a run that every report shows at its head, in reading order.

#include <string>
#include <vector>

#include "reports/report.h"

namespace pharos {

struct FactLine {
  Text label;
  std::string value;    // foreign text is not yet escaped
  Text word;            // instead of a value: a word of ours
  std::string text(Language l) const { return value.empty() ? std::string(word.in(l)) : value; }
};

std::vector<FactLine> fact_lines(const LogModel& log);
// "TensorRT 8.6.1, NVIDIA A10, build and run, passed, built in 35.1 s", escaped; empty where the log tells nothing.
std::string headline(const LogModel& log, Language l);
Text log_stage_title(Stage s);
// "1.38" : at most four significant digits, no exponent for what a log holds.
std::string number_text(double value);

}  // namespace pharos
