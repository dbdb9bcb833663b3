#include "dialects/dialect.h"

namespace pharos {

void define_glog(DialectSet& dialects) {
  dialects.add({
      .name = "glog",
      .doc = "Triton and everything that logs with glog: I0719 03:50:23.455711 1 file.cc:49] message",
      .line = R"(\s*(?P<level>[FEWIV])(?P<time>\d{4} \d\d:\d\d:\d\d(?:\.\d+)?)\s+\d+ (?P<logger>[\w./-]+):\d+\] ?"?(?P<text>.*))",
      .levels = {{"F", Level::Fatal}, {"E", Level::Error}, {"W", Level::Warning}, {"I", Level::Info}, {"V", Level::Verbose}},
      .samples = {{"I0719 03:50:23.455711 1 logging.cc:49] Loaded engine size: 3 MiB", Level::Info, "Loaded engine size: 3 MiB"},
                  {"E0719 03:50:23.455711 1 logging.cc:43] 1: [stdArchiveReader.cpp::x::42] Error Code 1", Level::Error, "1: [stdArchiveReader.cpp::x::42] Error Code 1"}},
  });
  dialects.add({
      .name = "wrapper-letter",
      .doc = "a letter, date and place in one pair of brackets: [E 241029 18:48:02 wrapper:147] message",
      .line = R"(\s*\[(?P<level>[FEWIDC]) (?P<time>\d{6,8} \d\d:\d\d:\d\d(?:[.,]\d+)?) (?P<logger>[\w./-]+):\d+\] ?(?P<text>.*))",
      .levels = {{"F", Level::Fatal}, {"C", Level::Fatal}, {"E", Level::Error}, {"W", Level::Warning}, {"I", Level::Info}, {"D", Level::Verbose}},
      .samples = {{"[E 241029 18:48:02 TensorRT_Wrapper:147] Error parsing model: x", Level::Error, "Error parsing model: x"}},
  });
}

}  // namespace pharos
