#pragma once
// The diagnosis for machines; the schema is docs/schema/doctor.schema.json.

#include <string>

#include "findings/finding.h"

namespace pharos {

std::string json_report(const Diagnosis& diagnosis, Language language, int indent = 2);

}  // namespace pharos
