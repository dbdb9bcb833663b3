#pragma once
// Where log records go. The router hands each record to every sink, one at a time.

#include <string>
#include <string_view>

#include "pharos/diagnostics.h"

namespace pharos {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(const Record& record) = 0;
  Severity threshold = Severity::Info;  // less severe records are not written
};

// "[03/14/2025-09:26:53] [W] [PH4002] text": trtexec's line shape, local time, plus the code.
std::string record_line(const Record& record, Language language);
std::string trtexec_time(std::chrono::system_clock::time_point time);  // "03/14/2025-09:26:53"
std::string utc_time(std::chrono::system_clock::time_point time);      // "2025-03-14T08:26:53.123456Z"

}  // namespace pharos
