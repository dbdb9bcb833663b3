// Engine files: as they are, and the plan section alone, where no checksum hides what damage does.

#include <cstdlib>
#include <cstring>

#include "base/files.h"
#include "engine/engine_file.h"
#include "engine/plan_bytes.h"
#include "engine/sample_plan.h"
#include "fuzz.h"

namespace {

using namespace pharos;

constexpr size_t weights_bytes = 1 << 14;

void try_plan_section(std::span<const std::byte> section) {
  auto aligned = allocate_bytes(section.size());
  auto weights = allocate_bytes(weights_bytes);
  if (!aligned || !weights) return;
  if (!section.empty()) std::memcpy(aligned->data, section.data(), section.size());
  std::memset(weights->data, 1, weights->size);
  const auto plan = decode_plan(aligned->span(), {{weights->data, weights->size}, weights->owner});
  if (!plan) return;
  (void)print(plan->graph);
  if (const auto again = serialize_plan(*plan); again && plan->device.isa == Isa::Portable)
    if (!load_plan(*again)) std::abort();  // what was legal once must stay so
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  if (size >= 4 && std::memcmp(data, "PHAR", 4) == 0) (void)load_plan(bytes);
  else try_plan_section(bytes);
  return 0;
}

std::vector<std::vector<uint8_t>> fuzz_seeds() {
  const Plan plan = sample_plan();
  std::vector<std::vector<uint8_t>> seeds;
  if (const auto file = serialize_plan(plan)) {
    const auto* p = reinterpret_cast<const uint8_t*>(file->data());
    seeds.emplace_back(p, p + file->size());
  }
  if (const auto section = encode_plan(plan)) seeds.emplace_back(section->plan.begin(), section->plan.end());
  return seeds;
}
