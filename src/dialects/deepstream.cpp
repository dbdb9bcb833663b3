#include "dialects/dialect.h"

namespace pharos {

void define_deepstream(DialectSet& dialects) {
  dialects.add({
      .name = "deepstream",
      .doc = "DeepStream and jetson samples: ERROR: [TRT]: message",
      .line = R"(\s*(?P<level>FATAL|INTERNAL_ERROR|ERROR|WARNING|INFO|VERBOSE|DEBUG): \[(?P<logger>TRT)\]:? ?(?P<text>.*))",
      .levels = {{"FATAL", Level::Fatal}, {"INTERNAL_ERROR", Level::Fatal}, {"ERROR", Level::Error}, {"WARNING", Level::Warning},
                 {"INFO", Level::Info}, {"VERBOSE", Level::Verbose}, {"DEBUG", Level::Verbose}},
      .samples = {{"ERROR: [TRT]: 2: [file.cpp::fn::145] Error Code 2", Level::Error, "2: [file.cpp::fn::145] Error Code 2"}},
  });
  dialects.add({
      .name = "jetson-inference",
      .doc = "jetson-inference: [TRT] and blanks, without a severity",
      .line = R"(\[(?P<logger>TRT|cuda|gstreamer|video)\]:?\s{2,}(?P<text>.*))",
      .samples = {{"[TRT]    Using an engine plan file across different models of devices", Level::None, "Using an engine plan file across different models of devices"}},
  });
}

}  // namespace pharos
