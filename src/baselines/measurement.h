#pragma once
// One measured run as a baseline keeps it: of which model, on what, how fast, how much memory, with which findings.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "findings/finding.h"

namespace pharos {

// What must agree for two runs to be comparable. What is not told is empty.
struct SeriesKey {
  std::string model;      // "resnet50": the file's name without folder and ending
  std::string device;     // "NVIDIA A10"
  std::string runtime;    // "TensorRT 10.4.0", "Pharos 0.1.0"
  std::string precision;  // "FP16+INT8"
  std::string shapes;     // as typed: "x:1x3x224x224"
  bool operator==(const SeriesKey&) const = default;
};
// "resnet50 on NVIDIA A10, FP16, x:1x3x224x224, TensorRT 10.4.0"
std::string key_text(const SeriesKey& key);

struct KnownFinding {
  std::string code, severity, message;
  int64_t count = 0;
};

struct Measurement {
  SeriesKey key;
  std::vector<std::string> sources;           // files
  std::string label;                          // a commit, a build
  std::string basis;                          // "latency" (with transfers) or "compute"; empty where nothing was timed
  int64_t queries = 0;
  std::optional<double> median, mean, p90, p95, p99, longest;                 // ms
  std::optional<double> throughput, peak_gpu_mib, peak_cpu_mib, engine_mib, build_seconds;
  std::vector<double> samples;                // ms, in order; of long runs every k-th
  bool has_log = false;                       // a log was read: no finding means that there was none
  std::vector<KnownFinding> findings;         // of warning or above, without what only looks bad
};

inline constexpr size_t max_kept_samples = 4096;

// Each run of the logs and exports that was timed; of a log without any, its last run (memory and findings of a build).
std::vector<Measurement> measurements_of(const std::vector<Diagnosis>& diagnoses);

}  // namespace pharos
