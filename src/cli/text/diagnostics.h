#pragma once
#include <string>

#include "pharos/doctor.h"

namespace pharos {

// As 'pharos explain' prints it. `entry`: what the doctor knows about the code, null where it finds none of it.
std::string diagnostic_text(const Diagnostic& d, const doctor::Entry* entry, Language language);
std::string diagnostic_markdown(const Diagnostic& d, Language language);  // one section of docs/diagnostics
Text layer_title(Layer layer);

}  // namespace pharos
