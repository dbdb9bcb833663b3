#pragma once
// What single queries took and what an engine's layers are, as the files beside a log tell it (read by exports/).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pharos {

// One entry per timed query, in their order, ms. A column that was not told is empty.
struct TimeSamples {
  std::vector<double> start;            // since the start of the run
  std::vector<double> latency, compute, enqueue, h2d, d2h;
  bool warm_up_included = false;        // releases up to 8.4 export it too
  double wall_ms = 0;                   // from the first start to the last end
  size_t size() const { return latency.empty() ? compute.size() : latency.size(); }
  const std::vector<double>& main() const { return latency.empty() ? compute : latency; }
  // Without the queries that started before `until_ms`; all of them where none would be left.
  TimeSamples after(double until_ms) const;
};

struct EngineTensor {
  std::string name, dims, format;       // "1x64x112x112", "Half", "Channel major FP16 format where channel % 8 == 0"
};

struct EngineLayer {
  std::string name, type, tactic;       // all but the name need --profilingVerbosity=detailed
  std::string precision;                // "FP32", "FP16", "BF16", "FP8", "INT8", "INT4", ...; empty where not told
  std::string origin;                   // the ONNX nodes that it stems from, joined by ", "
  std::vector<EngineTensor> inputs, outputs;
  int64_t line = 0;
  // Whether it computes, rather than moves, declares or synchronises (Reformat, NoOp, Constant, signal, wait, ...).
  bool computes() const;
  bool reformats() const;               // a copy into another type or layout
};

// The narrowest type of its operands: an INT8 convolution may well write FP32. Empty where none is told.
std::string narrowest_precision(const std::vector<EngineTensor>& list);

// "FP16" of "Half", "Channel major FP16 format ..." or "f16 @c8"; empty where the text tells none.
std::string precision_in(std::string_view format);

}  // namespace pharos
