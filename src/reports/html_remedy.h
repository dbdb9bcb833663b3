#pragma once
// A step of a remedy is prose with commands in it. They are found by what they look like, so that the page can set them
// as code and offer to copy them.

#include <string_view>
#include <vector>

namespace pharos {

struct StepPart {
  std::string_view text;
  bool code = false;
  bool operator==(const StepPart&) const = default;
};

// The parts joined are the step. Code is: a known program with its arguments, a run of --options, a call with its dots
// and parentheses, statements of these joined by "; ".
std::vector<StepPart> split_step(std::string_view step);

}  // namespace pharos
