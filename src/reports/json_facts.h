#pragma once
// The facts of one run as a JSON object: an element of "runs".

#include "base/json.h"
#include "reports/report.h"

namespace pharos {

void write_run(Json& j, const Diagnosis& log, const RunDiagnosis& run);

}  // namespace pharos
