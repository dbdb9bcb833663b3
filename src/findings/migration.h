#pragma once
// A command line of trtexec for a newer version: which options are gone, what takes their place.

#include <string>
#include <string_view>
#include <vector>

#include "pharos/diagnostics.h"

namespace pharos {

struct OptionChange {
  std::string given;    // "--workspace=4096", as it stood
  std::string instead;  // "--memPoolSize=workspace:4096M"; empty: leave it out
  Text why;
};

struct Migration {
  std::vector<OptionChange> changes;  // in the order of the command
  std::string command;                // the new one
};

// `command` may be quoted as for a shell. A value behind a blank belongs to the option before it.
Migration migrate_command(std::string_view command, int major);

// The first major version from 10 on, above `major` (0: not known), that an option of the command has to change for; 0
// where none has.
int breaks_in(std::string_view command, int major);

}  // namespace pharos
