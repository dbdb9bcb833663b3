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
      .name = "gstreamer",
      .doc = "GStreamer's debug log, in which DeepStream's elements report: 0:00:02.01 16896 0x55d0 ERROR nvinfer file.cpp:632:fn:<gie> message",
      .line = R"(\s*\d+:\d\d:\d\d\.\d+ +\d+ +0x[0-9a-f]+ +(?P<level>ERROR|WARN|INFO|FIXME|DEBUG|LOG|TRACE|MEMDUMP) +(?P<logger>[\w.-]+) (?P<text>.*))",
      .levels = {{"ERROR", Level::Error}, {"WARN", Level::Warning}, {"INFO", Level::Info}, {"FIXME", Level::Verbose}, {"DEBUG", Level::Verbose},
                 {"LOG", Level::Verbose}, {"TRACE", Level::Verbose}, {"MEMDUMP", Level::Verbose}},
      .samples = {{"0:00:02.010527907 16896      0xc73e240 ERROR                nvinfer gstnvinfer.cpp:632:gst_nvinfer_logger:<primary_gie> build engine file failed", Level::Error,
                   "gstnvinfer.cpp:632:gst_nvinfer_logger:<primary_gie> build engine file failed"}},
  });
  dialects.add({
      .name = "jetson-inference",
      .doc = "jetson-inference: [TRT] and blanks, without a severity",
      .line = R"(\[(?P<logger>TRT|cuda|gstreamer|video)\]:?\s{2,}(?P<text>.*))",
      .samples = {{"[TRT]    Using an engine plan file across different models of devices", Level::None, "Using an engine plan file across different models of devices"}},
  });
}

}  // namespace pharos
