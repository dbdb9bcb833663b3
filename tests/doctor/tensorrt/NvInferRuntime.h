#pragma once
// A double of the one interface that pharos::TensorRTLogger implements, with the signatures of TensorRT 8 to 11.
#include <cstdint>

namespace nvinfer1 {

using char_t = char;
using AsciiChar = char_t;

class ILogger {
 public:
  enum class Severity : int32_t { kINTERNAL_ERROR = 0, kERROR = 1, kWARNING = 2, kINFO = 3, kVERBOSE = 4 };
  virtual void log(Severity severity, AsciiChar const* msg) noexcept = 0;
  ILogger() = default;
  virtual ~ILogger() = default;

 protected:
  ILogger(ILogger const&) = default;
  ILogger& operator=(ILogger const&) & = default;
};

}  // namespace nvinfer1
