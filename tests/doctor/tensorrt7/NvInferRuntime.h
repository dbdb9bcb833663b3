#pragma once
// A double of the one interface that pharos::TensorRTLogger implements, with the signatures of TensorRT 5 to 7: a plain
// character pointer, and implementations may throw.

namespace nvinfer1 {

class ILogger {
 public:
  enum class Severity { kINTERNAL_ERROR = 0, kERROR = 1, kWARNING = 2, kINFO = 3, kVERBOSE = 4 };
  virtual void log(Severity severity, const char* msg) = 0;
  virtual ~ILogger() {}
};

}  // namespace nvinfer1
