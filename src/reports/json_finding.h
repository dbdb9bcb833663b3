#pragma once
// Findings and the gate's answer as members of JSON objects.

#include <cstddef>

#include "base/json.h"
#include "reports/report.h"

namespace pharos {

// The members of a finding, without the braces around them. `run` is its index over all logs.
void write_finding_members(Json& json, const Finding& finding, size_t run, Language language);
// The gate's answer about one log.
void write_gate_members(Json& json, const Diagnosis& log, const Verdict& gate, Language language);

}  // namespace pharos
