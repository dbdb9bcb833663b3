#include "dialects/dialect.h"

namespace pharos {

void define_onnxruntime(DialectSet& dialects) {
  dialects.add({
      .name = "onnxruntime",
      .doc = "ONNX Runtime: 2024-01-01 10:29:28.1 [W:onnxruntime:Default, file.h:36 log] message",
      .line = R"(\s*(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)? ?\[(?P<level>[VIWEF]):(?P<logger>onnxruntime):[^\]]*\] ?(?P<text>.*))",
      .levels = {{"F", Level::Fatal}, {"E", Level::Error}, {"W", Level::Warning}, {"I", Level::Info}, {"V", Level::Verbose}},
      .samples = {{"2020-07-14 10:29:28.123 [W:onnxruntime:Default, tensorrt_execution_provider.h:36 log] [2020-07-14 10:29:28   ERROR] INVALID_ARGUMENT: x", Level::Error, "INVALID_ARGUMENT: x"},
                  {"[W:onnxruntime:Default, tensorrt_execution_provider.h:83 log] [2023-01-01 00:00:00 WARNING] CUDA lazy loading", Level::Warning, "CUDA lazy loading"}},
  });
  dialects.add({
      .name = "iso-bracket",
      .doc = "onnx2trt and other C++ programs: [2020-08-20 11:03:50   ERROR] message",
      .line = R"(\s*\[(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?)\]?\s+\[?(?P<level>INTERNAL ERROR|FATAL|ERROR|WARNING|WARN|INFO|VERBOSE|DEBUG|error|warning|warn|info|debug|critical)\s*\] ?(?P<text>.*))",
      .levels = {{"INTERNAL ERROR", Level::Fatal}, {"FATAL", Level::Fatal}, {"critical", Level::Fatal}, {"ERROR", Level::Error}, {"error", Level::Error},
                 {"WARNING", Level::Warning}, {"WARN", Level::Warning}, {"warning", Level::Warning}, {"warn", Level::Warning},
                 {"INFO", Level::Info}, {"info", Level::Info}, {"VERBOSE", Level::Verbose}, {"DEBUG", Level::Verbose}, {"debug", Level::Verbose}},
      .samples = {{"[2020-08-20 11:03:50   ERROR] ../rtSafe/x.cpp (25) - Cuda Error in allocate: 2 (out of memory)", Level::Error, "../rtSafe/x.cpp (25) - Cuda Error in allocate: 2 (out of memory)"},
                  {"[2024-05-01 10:00:00.123] [warning] slow", Level::Warning, "slow"}},
  });
}

}  // namespace pharos
