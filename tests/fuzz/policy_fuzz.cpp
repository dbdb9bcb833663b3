// Any bytes as a policy: read or refused, never believed half.

#include <string_view>

#include "fuzz.h"
#include "policy/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto policy = pharos::parse_policy({reinterpret_cast<const char*>(data), size}, "policy.toml");
  if (!policy) return 0;
  pharos::Diagnosis d;
  d.runs.emplace_back();
  (void)pharos::judge(d, *policy, 20'000);
  return 0;
}

std::vector<std::vector<uint8_t>> fuzz_seeds() {
  const std::string_view full =
      "fail_on = \"warning\"\nfail_codes = [\"PH9101\"]\nignore_codes = [\"PH9601\"]\n[budgets]\nlatency_p99_ms = 12.5\npeak_gpu_mib = 4000\nfallbacks = 0\n"
      "[[waivers]]\ncode = \"PH9105\"\nmatch = \"Resize\"\nreason = \"known\"\nexpires = 2027-01-31\n";
  const std::string_view initial = pharos::policy_template();
  return {{full.begin(), full.end()}, {initial.begin(), initial.end()}};
}
