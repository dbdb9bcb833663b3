#pragma once
// Look-up over every entry of the catalogue.
#include <span>
#include "pharos/diagnostics.h"
namespace pharos {
std::span<const Diagnostic* const> all_diagnostics();   // by code
const Diagnostic* find_diagnostic(std::string_view code_or_slug);
}
