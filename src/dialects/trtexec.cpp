#include "dialects/dialect.h"

namespace pharos {

void define_trtexec(DialectSet& dialects) {
  const std::vector<LevelName> letters{{"F", Level::Fatal}, {"E", Level::Error}, {"W", Level::Warning}, {"I", Level::Info}, {"V", Level::Verbose}};
  dialects.add({
      .name = "trtexec",
      .doc = "trtexec and the TensorRT samples: [MM/DD/YYYY-hh:mm:ss] [level] [TRT] message",
      .line = R"(\s*\[(?P<time>\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d)\] \[(?P<level>[FEWIV])\] ?(?:\[(?P<logger>TRT)\] ?)?(?:Error\[\d+\]: )?(?P<text>.*))",
      .levels = letters,
      .samples = {{"[03/14/2025-09:26:53] [W] [TRT] Unknown embedded device detected.", Level::Warning, "Unknown embedded device detected."},
                  {"[09/19/2024-22:15:35] [I] Engine built in 35.1 sec.", Level::Info, "Engine built in 35.1 sec."},
                  {"[05/20/2025-22:23:29] [E] Error[4]: ITensor::getDimensions: Error Code 4: API Usage Error (x)", Level::Error,
                   "ITensor::getDimensions: Error Code 4: API Usage Error (x)"}},
  });
  dialects.add({
      .name = "trt-python",
      .doc = "Python trt.Logger since TensorRT 8: [MM/DD/YYYY-hh:mm:ss] [TRT] [level] message; TensorRT-LLM likewise",
      .line = R"(\s*\[(?P<time>\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d)\] \[(?P<logger>TRT(?:-LLM)?)\] \[(?P<level>[FEWIV])\] ?(?P<text>.*))",
      .levels = letters,
      .samples = {{"[04/11/2022-08:01:09] [TRT] [I] Successfully created plugin: TRTBatchedNMS", Level::Info, "Successfully created plugin: TRTBatchedNMS"},
                  {"[11/07/2025-17:42:32] [TRT-LLM] [W] profiling", Level::Warning, "profiling"}},
  });
  dialects.add({
      .name = "trt-python-7",
      .doc = "Python trt.Logger up to TensorRT 7: [TensorRT] SEVERITY: message",
      .line = R"(\s*\[TensorRT\] (?P<level>INTERNAL ERROR|ERROR|WARNING|INFO|VERBOSE): ?(?P<text>.*))",
      .levels = {{"INTERNAL ERROR", Level::Fatal}, {"ERROR", Level::Error}, {"WARNING", Level::Warning}, {"INFO", Level::Info}, {"VERBOSE", Level::Verbose}},
      .samples = {{"[TensorRT] ERROR: 3: getPluginCreator could not find plugin: Foo version: 1", Level::Error, "3: getPluginCreator could not find plugin: Foo version: 1"},
                  {"[TensorRT] VERBOSE: Tactic: 0 Time: 0.00512", Level::Verbose, "Tactic: 0 Time: 0.00512"}},
  });
  dialects.add({
      .name = "trt-short",
      .doc = "letters in brackets without a time, in any order with [TRT]: samples of TensorRT 5, Polygraphy, quoted logs",
      .line = R"(\s*(?:\[(?P<logger>TRT|TensorRT)\]:? )?\[(?P<level>[FEWIVXSU!])\] ?(?:\[TRT\] ?)?(?:Error\[\d+\]: )?(?P<text>.*))",
      .levels = {{"F", Level::Fatal}, {"!", Level::Fatal}, {"E", Level::Error}, {"W", Level::Warning}, {"I", Level::Info},
                 {"V", Level::Verbose}, {"X", Level::Verbose}, {"S", Level::Verbose}, {"U", Level::Verbose}},
      .samples = {{"[I] [TRT] Detected 1 input", Level::Info, "Detected 1 input"},
                  {"[TRT] [E] 3: [executionContext.cpp::resolveSlots::1541] x", Level::Error, "3: [executionContext.cpp::resolveSlots::1541] x"},
                  {"[E] Error[10]: [optimizer.cpp::computeCosts::3873] Error Code 10", Level::Error, "[optimizer.cpp::computeCosts::3873] Error Code 10"},
                  {"[!] Could not load", Level::Fatal, "Could not load"}},
  });
  dialects.add({
      .name = "trtexec-banner",
      .doc = "the lines with which trtexec and the samples begin and end: &&&& RUNNING ..., &&&& PASSED ...",
      .line = R"((?P<text>&&&& [A-Z_]+ .*))",
      .nests = false,
      .samples = {{"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx", Level::None, "&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=a.onnx"}},
  });
}

}  // namespace pharos
