#include "policy/policy.h"

namespace pharos {

std::string_view policy_template() {
  return R"(# What 'pharos doctor --policy FILE' lets pass. Every setting is optional.
version = 1

# Findings of this severity and above fail: "never", "error" or "warning".
fail_on = "warning"

[codes]
# These fail whatever their severity; 'pharos explain CODE' tells what a code means.
# fail = ["PH9110"]
# These never fail (they are still reported).
# ignore = ["PH9601"]

# A budget that the log does not tell is a failure too: print the figure, or take the budget out.
[budgets]
# latency_median_ms = 9.0
# latency_p99_ms = 12.0
# throughput_qps = 100          # at least
# peak_gpu_mib = 4096
# peak_cpu_mib = 8192
# build_seconds = 600
# engine_mib = 200
# int8_layers_percent = 80      # at least, of the layers that compute; give layers.json (--exportLayerInfo) beside the log
# fallbacks = 0                 # layers that left the device
# warnings = 20                 # lines

# A known finding that may pass until a day. Reason and end are required.
# [[waiver]]
# code = "PH9401"
# match = "720.00 MiB"          # a part of the message; without it every finding of the code
# reason = "the Orin build runs beside the camera service, see ticket 123"
# expires = 2027-01-31
)";
}

}  // namespace pharos
