#pragma once
// `pharos doctor --migrate-to 10|11`: what to change in a command line of trtexec for a newer TensorRT.

#include <string>
#include <vector>

namespace pharos {

class Cli;

// The command given, or those found in the logs, each once.
int doctor_migrate(Cli& cli, int major, const std::string& command, const std::vector<std::string>& files);

}  // namespace pharos
