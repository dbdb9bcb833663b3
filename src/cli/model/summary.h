#pragma once
#include <string>

#include "cli/cli.h"
#include "pharos/builder.h"

namespace pharos {

std::string summary_text(Cli& cli, const BuildSummary& summary, const std::string& path);
std::string summary_json(const BuildSummary& summary, const std::string& path);
std::string tuning_text(const BuildSummary& summary);  // every layer's candidates

}  // namespace pharos
