#pragma once
// The facts of one run as JSON.

#include <optional>
#include <string_view>

#include "base/json.h"
#include "reports/report.h"

namespace pharos {

// What the log does not tell is null.
template <class T>
void value_or_null(Json& j, std::string_view name, const std::optional<T>& v) {
  j.key(name);
  if (v) j.value(*v);
  else j.null();
}

// Members that identify a run and say how it ended.
void write_run_head(Json& j, const Diagnosis& log, const RunDiagnosis& run);
// Everything, as an object: an element of "runs".
void write_run(Json& j, const Diagnosis& log, const RunDiagnosis& run);

}  // namespace pharos
