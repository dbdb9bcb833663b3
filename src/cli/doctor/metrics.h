#pragma once
// Prometheus metrics of a log that is followed.

#include <memory>
#include <string>

#include "base/result.h"
#include "findings/finding.h"

namespace pharos {

std::string metrics_text(const Diagnosis& diagnosis);  // the Prometheus text format, version 0.0.4

// GET /metrics on ADDRESS:PORT; a port alone listens on 127.0.0.1 only.
class MetricsServer {
 public:
  static Result<std::unique_ptr<MetricsServer>> start(const std::string& address);
  ~MetricsServer();
  void publish(std::string text);
  int port() const;

 private:
  MetricsServer();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pharos
