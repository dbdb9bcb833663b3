#pragma once
// `pharos doctor init`: a commented policy and a snippet for CI, to start from.

#include <string>

namespace pharos {

class Cli;

// `path`: of the policy; empty: pharos-policy.toml. The snippet goes beside it.
int doctor_init(Cli& cli, const std::string& path, bool force);

}  // namespace pharos
