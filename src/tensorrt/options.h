#pragma once
// What newer versions of TensorRT removed: options of trtexec and members of the API, and what takes their place.

#include <span>
#include <string>
#include <string_view>

#include "pharos/diagnostics.h"

namespace pharos::tensorrt {

struct ChangedOption {
  std::string_view name;              // "--workspace"
  int gone;                           // the first major version that renames, ignores or refuses it
  // What to type instead: "{value}" is the value given; empty: leave it out.
  std::string_view instead;
  Text why;
  bool takes_value = false;           // one may stand behind a blank
  std::string rewritten(std::string_view value) const;
};

std::span<const ChangedOption> changed_options();                    // by name
const ChangedOption* changed_option(std::string_view name);
// The option if `major` no longer has it.
const ChangedOption* removed_in(std::string_view name, int major);

struct RemovedMember {
  std::string_view owner;             // class or module, without "tensorrt."
  std::string_view member;
  int gone;                           // major version
  std::string_view instead;
};

std::span<const RemovedMember> removed_members();                    // by owner and member
const RemovedMember* removed_member(std::string_view owner, std::string_view member);

}  // namespace pharos::tensorrt
