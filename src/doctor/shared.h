#pragma once
// The one Doctor behind the public functions: built at the first use, immutable after that.

#include "findings/doctor.h"
#include "pharos/doctor.h"

namespace pharos::doctor {

const pharos::Doctor& shared_doctor();
Diagnosis made_public(pharos::Diagnosis diagnosis);

struct Diagnosis::State {
  pharos::Diagnosis inner;
};

}  // namespace pharos::doctor
