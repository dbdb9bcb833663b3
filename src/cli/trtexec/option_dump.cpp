// The block of options that trtexec prints before it does anything: keys and their order as in version 10.

#include <sys/sysinfo.h>

#include <fmt/format.h>

#include "base/text.h"
#include "base/threads.h"
#include "cli/trtexec/report.h"
#include "tactics/tactic.h"

namespace pharos::trtexec {
namespace {

std::string enabled(bool on) { return on ? "Enabled" : "Disabled"; }

std::vector<std::string> shape_lines(const CommandLine& a) {
  struct Triple { std::string min, opt, max; };
  std::vector<std::pair<std::string, Triple>> inputs;
  size_t profile = 0;
  std::vector<std::string> lines;
  const auto flush = [&] {
    for (const auto& [name, t] : inputs)
      lines.push_back(fmt::format("Input build shape (profile {}): {}={}+{}+{}", profile, name, t.min, t.opt, t.max));
    inputs.clear();
  };
  for (const auto& [name, value] : a.in_order()) {
    if (name == "profile" && !inputs.empty()) { flush(); ++profile; }
    if (name != "minShapes" && name != "optShapes" && name != "maxShapes") continue;
    const auto shapes = parse_shapes(value);
    if (!shapes) continue;
    for (const auto& [input, dims] : *shapes) {
      auto it = std::find_if(inputs.begin(), inputs.end(), [&](const auto& p) { return p.first == input; });
      if (it == inputs.end()) it = inputs.insert(inputs.end(), {input, {}});
      (name == "minShapes" ? it->second.min : name == "optShapes" ? it->second.opt : it->second.max) = dims_text(dims);
    }
  }
  flush();
  if (lines.empty()) lines.push_back("Input build shapes: model");
  return lines;
}

void build_lines(const CommandLine& a, std::vector<std::string>& out) {
  const std::string pools = a.value("memPoolSize");
  const size_t workspace = pools.find("workspace:");
  const std::string size = a.has("workspace") ? a.value("workspace") + " MiB"
                           : workspace == pools.npos
                               ? "default"
                               : pools.substr(workspace + 10, pools.find(',', workspace) - workspace - 10);
  for (const std::string& line : {std::string("=== Build Options ==="),
                                  fmt::format("Memory Pools: workspace: {}, dlaSRAM: default, dlaLocalDRAM: default, "
                                              "dlaGlobalDRAM: default, tacticSharedMem: default",
                                              size),
                                  "avgTiming: " + a.value("avgTiming", "8"),
                                  std::string("Precision: FP32"),
                                  std::string("LayerPrecisions: "),
                                  std::string("Layer Device Types: "),
                                  std::string("Calibration: "),
                                  std::string("Refit: Disabled"),
                                  std::string("Strip weights: Disabled"),
                                  std::string("Version Compatible: Disabled"),
                                  std::string("Sparsity: Disabled"),
                                  std::string("Safe mode: Disabled"),
                                  std::string("DirectIO mode: Disabled"),
                                  std::string("Restricted mode: Disabled"),
                                  "Skip inference: " + enabled(a.has("skipInference") || a.has("buildOnly")),
                                  "Save engine: " + a.value("saveEngine"),
                                  "Load engine: " + a.value("loadEngine"),
                                  fmt::format("Profiling verbosity: {}", a.value("profilingVerbosity") == "detailed" ? 2
                                                                         : a.value("profilingVerbosity") == "none"   ? 1
                                                                                                                   : 0),
                                  std::string("Tactic sources: Using default tactic sources"),
                                  std::string("timingCacheMode: ") + (a.has("timingCacheFile") ? "global" : "local"),
                                  "timingCacheFile: " + a.value("timingCacheFile"),
                                  "BuilderOptimizationLevel: " + a.value("builderOptimizationLevel", "-1"),
                                  std::string("MaxTactics: -1"),
                                  std::string("Input(s)s format: fp32:CHW"),
                                  std::string("Output(s)s format: fp32:CHW")}) {
    out.push_back(line);
  }
  for (std::string& line : shape_lines(a)) out.push_back(std::move(line));
}

void inference_lines(const CommandLine& a, const RunSettings& s, std::vector<std::string>& out) {
  out.push_back("=== Inference Options ===");
  out.push_back("Batch: Explicit");
  if (const auto shapes = parse_shapes(a.value("shapes")); shapes) {
    for (const auto& [name, dims] : *shapes)
      out.push_back(fmt::format("Input inference shape : {}={}", name, dims_text(dims)));
  } else {
    out.push_back("Input inference shapes: model");
  }
  out.push_back(fmt::format("Iterations: {}", s.measure.iterations));
  out.push_back(fmt::format("Duration: {:g}s (+ {:g}ms warm up)", s.measure.duration_ms / 1000, s.measure.warm_up_ms));
  for (const char* line :
       {"Sleep time: 0ms", "Idle time: 0ms", "Inference Streams: 1", "ExposeDMA: Disabled", "Data transfers: Disabled",
        "Spin-wait: Disabled", "Multithreading: Disabled", "CUDA Graph: Disabled", "Separate profiling: Enabled"}) {
    out.push_back(line);
  }
  out.push_back("Time Deserialize: " + enabled(a.has("timeDeserialize")));
  for (const char* line : {"Time Refit: Disabled", "NVTX verbosity: 0", "Persistent Cache Ratio: 0",
                           "Optimization Profile Index: 0", "Inputs:"})
    out.push_back(line);
  for (const auto& [name, value] : a.in_order()) {
    if (name == "loadInputs") out.push_back(value);
  }
}

}  // namespace

std::vector<std::string> option_dump(const CommandLine& a, const RunSettings& s, bool verbose) {
  std::vector<std::string> out{"=== Model Options ===", a.has("onnx") ? "Format: ONNX" : "Format: *",
                               "Model: " + a.value("onnx"), "Output:"};
  if (a.has("loadEngine")) out.push_back("");
  else build_lines(a, out);
  std::string plugins = "dynamicPlugins:";
  for (const auto& [name, value] : a.in_order())
    if (name == "plugins" || name == "staticPlugins" || name == "dynamicPlugins") plugins += " " + escape_control(value);
  for (const std::string& line : {std::string("=== System Options ==="), std::string("Device: 0"), std::string("DLACore: "),
                                  std::string("setPluginsToSerialize:"), plugins, std::string("ignoreParsedPluginLibs: 0"), std::string()})
    out.push_back(line);
  inference_lines(a, s, out);
  std::string percentiles;
  for (const double p : s.percentiles) percentiles += fmt::format("{}{:g}", percentiles.empty() ? "" : ",", p);
  for (const std::string& line :
       {std::string("=== Reporting Options ==="), "Verbose: " + enabled(verbose),
        fmt::format("Averages: {} inferences", s.average), "Percentiles: " + percentiles,
        std::string("Dump refittable layers:Disabled"), "Dump output: " + enabled(a.has("dumpOutput")),
        "Profile: " + enabled(a.has("dumpProfile")), "Export timing to JSON file: " + a.value("exportTimes"),
        "Export output to JSON file: " + a.value("exportOutput"),
        "Export profile to JSON file: " + a.value("exportProfile"), std::string()}) {
    out.push_back(line);
  }
  return out;
}

std::vector<std::string> device_information() {
  const Device device = this_cpu(available_cpus());
  struct sysinfo memory{};
  sysinfo(&memory);
  return {"=== Device Information ===",
          "Available Devices: ",
          fmt::format("  Device 0: \"{}\" UUID: CPU", device.name),
          "Selected Device: " + device.name,
          "Selected Device ID: 0",
          "Selected Device UUID: CPU",
          fmt::format("Compute Capability: {}", isa_name(device.isa)),
          fmt::format("SMs: {}", device.threads),
          fmt::format("Device Global Memory: {} MiB", uint64_t(memory.totalram) * memory.mem_unit >> 20),
          "",
          "Pharos version: " PHAROS_VERSION};
}

}  // namespace pharos::trtexec
