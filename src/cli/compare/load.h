#pragma once
// The files of one side of a comparison.

#include <string>
#include <vector>

#include "base/result.h"
#include "compare/side.h"
#include "findings/doctor.h"

namespace pharos {

// Each path is a file, a folder (its files, by name; binary ones are passed over) or FILE#N for the N-th run of a log.
// The first path labels the side.
Result<Side> load_side(const Doctor& doctor, const std::vector<std::string>& paths);

}  // namespace pharos
