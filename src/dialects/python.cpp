#include "dialects/dialect.h"

namespace pharos {

void define_python(DialectSet& dialects) {
  const std::vector<LevelName> words{{"CRITICAL", Level::Fatal}, {"FATAL", Level::Fatal}, {"INTERNAL_ERROR", Level::Fatal}, {"ERROR", Level::Error}, {"Error", Level::Error},
                                     {"WARNING", Level::Warning}, {"WARN", Level::Warning}, {"Warning", Level::Warning},
                                     {"INFO", Level::Info}, {"NOTICE", Level::Info}, {"VERBOSE", Level::Verbose}, {"DEBUG", Level::Verbose}, {"TRACE", Level::Verbose}, {"GRAPH", Level::Verbose}};
  dialects.add({
      .name = "tensorflow",
      .doc = "TensorFlow and TF-TRT: 2024-02-21 08:41:15.713848: W file.cc:83] message",
      .line = R"(\s*(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?): (?P<level>[FEWIV]) (?P<logger>[\w./-]+):\d+\] (?:TF-TRT Warning: )?(?:DefaultLogger -? ?)?(?P<text>.*))",
      .levels = {{"F", Level::Fatal}, {"E", Level::Error}, {"W", Level::Warning}, {"I", Level::Info}, {"V", Level::Verbose}},
      .samples = {{"2024-02-21 08:41:15.713848: W tensorflow/compiler/tf2tensorrt/utils/trt_logger.cc:83] TF-TRT Warning: DefaultLogger - 55 weights are affected", Level::Warning, "55 weights are affected"}},
  });
  dialects.add({
      .name = "torch-tensorrt",
      .doc = "Torch-TensorRT: WARNING: [Torch-TensorRT TorchScript Conversion Context] - message, INFO:torch_tensorrt [...]:message",
      .line = R"(\s*(?P<level>INTERNAL_ERROR|ERROR|WARNING|INFO|DEBUG|GRAPH):\s?(?:\[(?P<logger>Torch-TensorRT)[^\]]*\] - |torch_tensorrt\S*(?: \[[^\]]*\])?:)(?P<text>.*))",
      .levels = words,
      .samples = {{"WARNING: [Torch-TensorRT] - Unable to read CUDA capable devices. Return status: 100", Level::Warning, "Unable to read CUDA capable devices. Return status: 100"},
                  {"INFO:torch_tensorrt [TensorRT Conversion Context]:Adding Layer", Level::Info, "Adding Layer"}},
  });
  dialects.add({
      .name = "trt-llm",
      .doc = "TensorRT-LLM's C++ runtime: [TensorRT-LLM][ERROR] message",
      .line = R"(\s*\[(?P<logger>TensorRT-LLM|TensorRT|TRT)\] ?\[(?P<level>FATAL|ERROR|WARNING|INFO|VERBOSE|DEBUG|TRACE)\] ?(?P<text>.*))",
      .levels = words,
      .samples = {{"[TensorRT-LLM][ERROR] Assertion failed: Unsupported architecture", Level::Error, "Assertion failed: Unsupported architecture"},
                  {"[TensorRT-LLM][WARNING] max_beam_width is not specified, will use default value of 1", Level::Warning, "max_beam_width is not specified, will use default value of 1"}},
  });
  dialects.add({
      .name = "python-logging",
      .doc = "Python's logging and the like: 2024-01-01 10:00:00,123 - name - WARNING - message; WARNING:name:message",
      .line = R"(\s*(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)[ :|,-]+(?:(?P<logger>[\w.]+)[ :|-]+)?\[?(?P<level>CRITICAL|FATAL|ERROR|WARNING|WARN|INFO|DEBUG)\]?(?:[ :|-]+)(?P<text>.*))",
      .levels = words,
      .samples = {{"2024-01-01 10:00:00,123 - builder - ERROR - engine is None", Level::Error, "engine is None"},
                  {"2024-01-01 10:00:00 | WARNING | slow", Level::Warning, "slow"}},
  });
  dialects.add({
      .name = "python-basic",
      .doc = "logging.basicConfig: WARNING:name:message",
      .line = R"((?P<level>CRITICAL|ERROR|WARNING|INFO|DEBUG):(?P<logger>[\w.]+):(?P<text>.*))",
      .levels = words,
      .samples = {{"WARNING:root:no calibration data", Level::Warning, "no calibration data"}},
  });
  dialects.add({
      .name = "ros",
      .doc = "ROS launch in front of a node's output: [node-4] message, [node-4] [INFO] [time] [name]: message",
      .line = R"(\[(?P<logger>[A-Za-z][\w.]*-\d+)\] (?P<text>.*))",
      .samples = {{"[person_tracker_node-4] [04/16/2026-21:44:38] [TRT] [W] Using an engine", Level::Warning, "Using an engine"}},
  });
  dialects.add({
      .name = "ros-node",
      .doc = "rclcpp and roscpp: [WARN] [1617.123] [name]: message",
      .line = R"(\[ ?(?P<level>FATAL|ERROR|WARN|INFO|DEBUG)\] \[\d{6,}[.\d]*\](?: \[(?P<logger>[\w./]+)\])?: (?P<text>.*))",
      .levels = words,
      .samples = {{"[ERROR] [1712345678.123456] [detector]: engine failed", Level::Error, "engine failed"}},
  });
  dialects.add({
      .name = "plain-bracket",
      .doc = "a severity word in brackets, perhaps with the logger behind it: [WARNING] message",
      .line = R"(\s*\[(?P<level>INTERNAL_ERROR|CRITICAL|FATAL|ERROR|Error|WARNING|WARN|Warning|INFO|NOTICE|VERBOSE|DEBUG|TRACE)\]:? ?(?:\[(?P<logger>TensorRT|TRT|TensorRT-LLM)\]:? ?)?(?P<text>.*))",
      .levels = words,
      .samples = {{"[WARNING] Layer not supported, falling back to framework", Level::Warning, "Layer not supported, falling back to framework"},
                  {"[ERROR] [TensorRT] IExecutionContext::setInputShape: Error Code 3", Level::Error, "IExecutionContext::setInputShape: Error Code 3"}},
  });
  dialects.add({
      .name = "plain-word",
      .doc = "a severity word and a colon: ERROR: message",
      .line = R"(\s*(?P<level>CRITICAL|FATAL|ERROR|WARNING|WARN|INFO|NOTICE|DEBUG|VERBOSE)\s?: ?(?P<text>.*))",
      .levels = words,
      .samples = {{"ERROR: ../nvdsinfer/x.cpp:1363 Deserialize engine failed", Level::Error, "../nvdsinfer/x.cpp:1363 Deserialize engine failed"}},
  });
}

}  // namespace pharos
