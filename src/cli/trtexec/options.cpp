#include "cli/trtexec/options.h"

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/options.h"

namespace pharos::trtexec {
namespace {

using enum Meaning;

constexpr std::string_view gpu = "there is no GPU, everything runs on the CPU";
constexpr std::string_view precision = "this version computes in the types of the model";
constexpr std::string_view no_dla = "there is no DLA";
constexpr std::string_view formats_chw = "inputs and outputs are row-major in the types of the model";
constexpr std::string_view load_plugin = "load a library with operators of its own, made with pharos/plugin.h";
constexpr std::string_view not_in_engine = "engines hold no plugins: name them again with --loadEngine";
constexpr std::string_view self_contained = "an engine holds data only and runs with the version that built it";

constexpr Option options[] = {
    // Model and engine
    {"onnx", "FILE", Supported, "ONNX model to build from"},
    {"loadEngine", "FILE", Supported, "run a stored engine"},
    {"saveEngine", "FILE", Supported, "write the engine"},
    {"getPlanVersionOnly", "", Supported, "print the version that built the engine of --loadEngine"},
    {"model", "FILE", Lossy, "Caffe models are not read; convert to ONNX"},
    {"deploy", "FILE", Lossy, "Caffe models are not read; convert to ONNX"},
    {"uff", "FILE", Lossy, "UFF models are not read; convert to ONNX with tf2onnx"},
    {"output", "NAME", Noted, "the outputs are those of the ONNX model"},
    {"asyncFileReader", "", Noted, "engines are read in one go"},
    {"batch", "N", Noted, "batch sizes are part of the shapes: use --shapes"},
    {"maxBatch", "N", Noted, "batch sizes are part of the shapes: use --maxShapes"},
    {"explicitBatch", "", Noted, "batches are always explicit"},
    // Shapes and profiles
    {"minShapes", "SPEC", Supported, "smallest shapes, name:1x3x8x8,name2:…"},
    {"optShapes", "SPEC", Supported, "shapes to be fastest at"},
    {"maxShapes", "SPEC", Supported, "largest shapes"},
    {"profile", "N", Supported, "the shape options behind it belong to profile N"},
    {"shapes", "SPEC", Supported, "shapes to run with, and to build for where nothing else is given"},
    {"useProfile", "N", Noted, "the profile that fits the shapes is chosen by itself"},
    {"minShapesCalib", "SPEC", Noted, "there is no calibration"},
    {"optShapesCalib", "SPEC", Noted, "there is no calibration"},
    {"maxShapesCalib", "SPEC", Noted, "there is no calibration"},
    {"calibProfile", "N", Noted, "there is no calibration"},
    {"inputIOFormats", "SPEC", Lossy, formats_chw},
    {"outputIOFormats", "SPEC", Lossy, formats_chw},
    // Precision
    {"fp16", "", Lossy, precision},
    {"bf16", "", Lossy, precision},
    {"int8", "", Lossy, precision},
    {"fp8", "", Lossy, precision},
    {"int4", "", Lossy, precision},
    {"best", "", Lossy, precision},
    {"noTF32", "", Noted, "FP32 is computed in FP32"},
    {"stronglyTyped", "", Noted, "types always come from the model"},
    {"precisionConstraints", "MODE", Lossy, precision},
    {"layerPrecisions", "SPEC", Lossy, precision},
    {"layerOutputTypes", "SPEC", Lossy, precision},
    {"layerDeviceTypes", "SPEC", Noted, gpu},
    {"calib", "FILE", Lossy, "calibration caches are not used"},
    {"sparsity", "MODE", Lossy, "weights are computed dense"},
    {"decomposableAttentions", "NAMES", Noted, "the choice is made by timing"},
    // Memory
    {"workspace", "MiB", Deprecated, "--memPoolSize=workspace:N"},
    {"memPoolSize", "SPEC", Supported, "workspace:512 or workspace:2G: most scratch memory for one tactic"},
    {"allocationStrategy", "MODE", Noted, "the memory of a context is planned for the largest shapes"},
    {"weightStreamingBudget", "SIZE", Noted, gpu},
    {"allowWeightStreaming", "", Noted, gpu},
    {"stripWeights", "", Lossy, "an engine always holds its weights"},
    {"stripAllWeights", "", Lossy, "an engine always holds its weights"},
    {"refit", "", Lossy, "weights cannot be changed in a built engine"},
    {"refitFromOnnx", "FILE", Lossy, "weights cannot be changed in a built engine"},
    {"monitorMemory", "", Noted, "the summary of the build states the memory"},
    {"useManagedMemory", "", Noted, gpu},
    // Build search
    {"builderOptimizationLevel", "0-5", Supported, "how much is fused and timed"},
    {"avgTiming", "N", Supported, "runs averaged for each candidate"},
    {"minTiming", "N", Noted, "see --avgTiming"},
    {"maxTactics", "N", Noted, "candidates are limited by --builderOptimizationLevel"},
    {"heuristic", "", Noted, "see --builderOptimizationLevel"},
    {"tacticSources", "SPEC", Noted,
     "the sources named are GPU libraries; 'pharos build --force-tactic' chooses among ours"},
    {"timingCacheFile", "FILE", Supported, "measured times: read before, written after the build"},
    {"noBuilderCache", "", Noted, "without --timingCacheFile no cache is used"},
    {"noCompilationCache", "", Noted, "nothing is compiled at build time"},
    {"errorOnTimingCacheMiss", "", Supported, "fail where a time is not in the file of --timingCacheFile"},
    {"preview", "SPEC", Noted, "there are no preview features"},
    {"tilingOptimizationLevel", "0-3", Noted, "tile sizes are timed by --builderOptimizationLevel"},
    {"l2LimitForTiling", "BYTES", Noted, gpu},
    {"maxAuxStreams", "N", Noted, gpu},
    {"hardwareCompatibilityLevel", "MODE", Lossy, "an engine runs on the instruction set it was built for"},
    {"versionCompatible", "", Lossy, self_contained},
    {"vc", "", Lossy, self_contained},
    {"excludeLeanRuntime", "", Noted, self_contained},
    {"useRuntime", "MODE", Noted, self_contained},
    {"leanDLLPath", "FILE", Noted, self_contained},
    {"runtimePlatform", "NAME", Lossy, "engines are built for this machine"},
    {"remoteAutoTuningConfig", "URL", Lossy, "tactics are timed on this machine"},
    {"cpuOnly", "", Noted, gpu},
    {"directIO", "", Noted, formats_chw},
    {"pluginInstanceNorm", "", Noted, "InstanceNormalization is built in"},
    {"pi", "", Noted, "InstanceNormalization is built in"},
    {"markDebug", "NAMES", Lossy, "intermediate tensors cannot be watched"},
    {"markUnfusedTensorsAsDebugTensors", "", Lossy, "intermediate tensors cannot be watched"},
    {"saveDebugTensors", "SPEC", Lossy, "intermediate tensors cannot be watched"},
    {"saveAllDebugTensors", "SPEC", Lossy, "intermediate tensors cannot be watched"},
    {"tempdir", "FOLDER", Noted, "no temporary code is written"},
    {"tempfileControls", "SPEC", Noted, "no temporary code is written"},
    {"safe", "", Noted, "there is one runtime"},
    {"consistency", "", Noted, "every engine is checked when it is loaded"},
    {"restricted", "", Noted, "there is one runtime"},
    {"buildDLAStandalone", "", Noted, no_dla},
    {"tuneBuildRoutes", "SPEC", Lossy, "build options are not searched"},
    {"setBuildRoute", "SPEC", Lossy, "build options are not searched"},
    // Device and plugins
    {"device", "N", Noted, gpu},
    {"useDLACore", "N", Noted, no_dla},
    {"allowGPUFallback", "", Noted, no_dla},
    {"plugins", "FILE", Supported, load_plugin},
    {"staticPlugins", "FILE", Supported, load_plugin},
    {"dynamicPlugins", "FILE", Supported, load_plugin},
    {"setPluginsToSerialize", "FILE", Lossy, not_in_engine},
    {"ignoreParsedPluginLibs", "", Noted, "models name no libraries"},
    // Inference
    {"iterations", "N", Supported, "at least so many timed queries [10]"},
    {"duration", "SECONDS", Supported, "and at least so long [3]"},
    {"warmUp", "MS", Supported, "untimed lead-in [200]"},
    {"sleepTime", "MS", Noted, "nothing runs beside a query"},
    {"idleTime", "MS", Noted, "queries follow each other at once"},
    {"infStreams", "N", Noted, "one query runs at a time"},
    {"streams", "N", Deprecated, "--infStreams"},
    {"exposeDMA", "", Noted, gpu},
    {"noDataTransfers", "", Noted, gpu},
    {"includeDataTransfers", "", Noted, gpu},
    {"useSpinWait", "", Noted, gpu},
    {"noSpinWait", "", Noted, gpu},
    {"useCudaGraph", "", Noted, gpu},
    {"noCudaGraph", "", Noted, gpu},
    {"threads", "", Noted, "a query uses all CPUs granted; PHAROS_THREADS sets their number"},
    {"separateProfileRun", "", Noted, "profiles always come from a run of their own"},
    {"skipInference", "", Supported, "stop after the build"},
    {"buildOnly", "", Deprecated, "--skipInference"},
    {"timeDeserialize", "", Supported, "measure how long the engine takes to load, and stop"},
    {"timeRefit", "", Lossy, "weights cannot be changed in a built engine"},
    {"persistentCacheRatio", "0-1", Noted, gpu},
    {"loadInputs", "SPEC", Supported, "'name':file,… raw little-endian data, .npy or .pb"},
    {"nvtxMode", "MODE", Deprecated, "--profilingVerbosity"},
    {"profilingVerbosity", "MODE", Supported, "layer_names_only, detailed or none"},
    // Reporting
    {"verbose", "", Supported, "print VERBOSE messages"},
    {"avgRuns", "N", Supported, "runs averaged for each line of the trace [10]"},
    {"percentile", "P1,P2", Supported, "percentiles to report [90,95,99]"},
    {"dumpProfile", "", Supported, "print the time of each layer"},
    {"exportProfile", "FILE", Supported, "write the time of each layer as JSON"},
    {"dumpOutput", "", Supported, "print the outputs"},
    {"exportOutput", "FILE", Supported, "write the outputs as JSON"},
    {"dumpRawBindingsToFile", "", Lossy, "'pharos run --output-dir' writes the outputs"},
    {"exportTimes", "FILE", Supported, "write the times of each query as JSON"},
    {"dumpLayerInfo", "", Supported, "print the layers"},
    {"exportLayerInfo", "FILE", Supported, "write the layers as JSON"},
    {"dumpOptimizationProfile", "", Supported, "print the shapes of the profiles"},
    {"dumpRefit", "", Lossy, "weights cannot be changed in a built engine"},
    {"help", "", Supported, "print this text"},
};

const Option* find(std::string_view name) {
  for (const Option& o : options) {
    if (o.name == name) return &o;
  }
  return nullptr;
}

}  // namespace

std::span<const Option> all_options() { return options; }

Report usage_error(std::string details) { return {diag::trtexec_usage, {{"details", std::move(details)}}}; }

Result<CommandLine> CommandLine::parse(std::span<const std::string> words) {
  CommandLine a;
  std::string unknown;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    std::string name = word.substr(0, equals), value = equals == word.npos ? "" : word.substr(equals + 1);
    const Option* o = word.starts_with("--") ? find(std::string_view(name).substr(2))
                      : word == "-h"         ? find("help")
                                             : nullptr;
    if (!o) {
      unknown += (unknown.empty() ? "Unknown option: " : "; Unknown option: ") + escape_control(name + " " + value);
    } else if (o->argument.empty() != value.empty()) {
      return usage_error(o->argument.empty() ? fmt::format("{} takes no value, got '{}'", name, escape_control(value))
                                             : fmt::format("{} needs a value: {}={}", name, name, o->argument));
    } else {
      a.given_.emplace_back(o->name, std::move(value));
    }
  }
  if (!unknown.empty()) return usage_error(unknown);
  return a;
}

bool CommandLine::has(std::string_view name) const {
  for (const auto& [n, v] : given_) {
    if (n == name) return true;
  }
  return false;
}

std::string CommandLine::value(std::string_view name, std::string_view otherwise) const {
  std::string found(otherwise);
  for (const auto& [n, v] : given_) if (n == name) found = v;
  return found;
}

Result<int64_t> CommandLine::integer(std::string_view name, int64_t otherwise, int64_t low, int64_t high) const {
  if (!has(name)) return otherwise;
  int64_t n = 0;
  if (!parse_integer(value(name), n) || n < low || n > high) {
    return usage_error(fmt::format("Invalid argument for --{}: '{}', expected {} to {}", name,
                                   escape_control(value(name)), low, high));
  }
  return n;
}

Result<double> CommandLine::number(std::string_view name, double otherwise, double low, double high) const {
  if (!has(name)) return otherwise;
  double n = 0;
  if (!parse_number(value(name), n) || n < low || n > high) {
    return usage_error(fmt::format("Invalid argument for --{}: '{}', expected {} to {}", name,
                                   escape_control(value(name)), low, high));
  }
  return n;
}

std::vector<Report> CommandLine::remarks() const {
  std::vector<Report> out;
  for (const auto& [name, value] : given_) {
    const Option* o = find(name);
    const std::string option = "--" + name;
    switch (o->meaning) {
      case Supported: break;
      case Noted:
        out.push_back({diag::trtexec_option_noted, {{"option", option}, {"why", std::string(o->text)}}});
        break;
      case Lossy:
        out.push_back({diag::trtexec_option_lossy, {{"option", option}, {"why", std::string(o->text)}}});
        break;
      case Deprecated:
        out.push_back({diag::trtexec_option_deprecated, {{"option", option}, {"successor", std::string(o->text)}}});
        break;
    }
  }
  return out;
}

std::string help_text() {
  std::string text =
      "Usage: pharos trtexec --onnx=MODEL [OPTIONS]\n       pharos trtexec --loadEngine=ENGINE [OPTIONS]\n\n"
      "trtexec's options over Pharos. An option is --name or --name=value; a value never follows after a blank.\n";
  const auto section = [&](std::string_view title, Meaning meaning) {
    text += fmt::format("\n{}:\n", title);
    for (const Option& o : options) {
      if (o.meaning != meaning) continue;
      const std::string left = fmt::format("  --{}{}{}", o.name, o.argument.empty() ? "" : "=", o.argument);
      text += fmt::format("{:<32} {}\n", left, o.text);
    }
  };
  section("Options", Supported);
  section("Deprecated, use instead", Deprecated);
  section("Accepted with a warning, not honoured", Lossy);
  section("Accepted with a note, no effect here", Noted);
  return text;
}

}  // namespace pharos::trtexec
