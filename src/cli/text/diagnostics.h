#pragma once
#include <string>

#include "pharos/diagnostics.h"

namespace pharos {

std::string diagnostic_text(const Diagnostic& d, Language language);      // as 'pharos explain' prints it
std::string diagnostic_markdown(const Diagnostic& d, Language language);  // one section of docs/diagnostics
Text layer_title(Layer layer);

}  // namespace pharos
