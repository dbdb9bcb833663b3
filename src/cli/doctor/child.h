#pragma once
// Runs a command, passes its output through untouched and lets somebody listen.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pharos {

// The command's standard output and error go to ours byte for byte, as they come; `lines` gets whole lines of both in the
// order of their arrival. The exit status as a shell tells it: 128 + N where signal N ended the command.
Result<int> run_child(const std::vector<std::string>& words, const std::function<void(std::string_view lines)>& lines);

}  // namespace pharos
