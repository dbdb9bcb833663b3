#pragma once
// Takes off what containers, service managers and terminals put around a line: docker and Kubernetes JSON, CRI, journald
// (text and JSON), syslog, ANSI colours, carriage-return progress.

#include <string>
#include <string_view>
#include <vector>

namespace pharos {

// The program's own line. A JSON wrapper may hold several lines; a progress line the last state of it only.
std::vector<std::string> unwrap(std::string_view line);

}  // namespace pharos
