#pragma once
// A logger for applications on TensorRT that understands what it is told. Header only; link with pharos::doctor and
// compile against TensorRT's headers (5 to 11: it uses nothing but nvinfer1::ILogger).
//
//   pharos::TensorRTLogger logger({.forward = &my_logger});
//   auto* builder = nvinfer1::createInferBuilder(logger);
//   ...
//   if (!logger.clean()) std::cerr << logger.report("text");
//
// It keeps the last messages, finds causes in all of them as they come, and hands each on. Threads: every member may be
// called from any thread, as TensorRT calls log(). No exception leaves log(): where memory runs out, a message is lost and
// counted. The logger has to outlive every TensorRT object that it was given to, `forward` and what `on_finding` refers to
// have to outlive the logger.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <NvInferRuntime.h>

#include "pharos/doctor.h"

namespace pharos {

class TensorRTLogger : public nvinfer1::ILogger {
 public:
  using Severity = nvinfer1::ILogger::Severity;

  struct Options {
    // Messages less severe than this are neither kept nor read. TensorRT tells what it skipped and why at kVERBOSE, which
    // makes it print much; kINFO is enough for most causes.
    Severity threshold = Severity::kINFO;
    size_t max_messages = 10'000;                 // kept; the oldest go first
    size_t max_text = 16 * 1024;                  // bytes kept of one message
    nvinfer1::ILogger* forward = nullptr;         // gets messages too
    Severity forward_threshold = Severity::kVERBOSE;
    // Called once for each new finding, within log(), by the thread that logs, without the logger's lock held.
    std::function<void(const doctor::Finding&)> on_finding;
    // Findings less severe than this are not told to on_finding.
    pharos::Severity finding_threshold = pharos::Severity::Warning;
    Language language = Language::English;
    std::string name = "TensorRT";                // what evidence calls this log
  };

  struct Message {
    Severity severity;
    std::string text;
  };

  TensorRTLogger() : TensorRTLogger(Options()) {}
  explicit TensorRTLogger(Options options) : options_(std::move(options)), session_(options_.name) {}
  TensorRTLogger(const TensorRTLogger&) = delete;
  TensorRTLogger& operator=(const TensorRTLogger&) = delete;

  // `const char*` is what TensorRT calls AsciiChar const*.
  void log(Severity severity, const char* message) noexcept override {
    const char* text = message ? message : "";
    if (severity <= options_.threshold) {
      try {
        take(severity, text);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++lost_;
      }
    }
    if (!options_.forward || severity > options_.forward_threshold) return;
    try {
      options_.forward->log(severity, text);
    } catch (...) {  // that of TensorRT 7 and older may throw
    }
  }

  // No finding of warning or above so far. Ask it after a build: a build that is not clean is no build to ship.
  bool clean() const { return diagnosis().clean(); }
  // Best first; empty where all is well.
  std::vector<doctor::Finding> findings() const { return diagnosis().findings(options_.language); }
  doctor::Diagnosis diagnosis() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return session_.diagnosis();
  }
  // By the name of a format ("text", "json", ...); empty where there is none of that name.
  std::string report(std::string_view format = "text") const {
    doctor::ReportOptions options;
    options.language = options_.language;
    auto text = diagnosis().report(format, options);
    return text ? std::move(*text) : std::string();
  }

  // A copy of what is kept, oldest first.
  std::vector<Message> messages() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {messages_.begin(), messages_.end()};
  }
  // How many there were of a severity, kept or not.
  int64_t count(Severity severity) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const size_t i = size_t(severity);
    return i < counts_.size() ? counts_[i] : 0;
  }
  // Messages that could not be taken for lack of memory.
  int64_t lost() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return lost_;
  }
  // Forgets everything, as before a next build.
  void clear() {
    doctor::Session fresh(options_.name);
    const std::lock_guard<std::mutex> lock(mutex_);
    session_ = std::move(fresh);
    messages_.clear();
    counts_.fill(0);
    lost_ = 0;
  }

 private:
  void take(Severity severity, std::string_view text) {
    std::vector<doctor::Finding> news;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (const size_t i = size_t(severity); i < counts_.size()) ++counts_[i];
      session_.message(pharos::Severity(severity), text);
      if (messages_.size() >= options_.max_messages && !messages_.empty()) messages_.pop_front();
      if (options_.max_messages > 0) messages_.push_back({severity, std::string(text.substr(0, options_.max_text))});
      // Findings begin with a message that is worth one: an informative one seldom is.
      const bool ask = options_.on_finding && (severity <= Severity::kWARNING || options_.finding_threshold > pharos::Severity::Warning);
      if (ask) news = session_.fresh(options_.language);
    }
    for (const doctor::Finding& f : news) {
      if (f.severity <= options_.finding_threshold) options_.on_finding(f);
    }
  }

  const Options options_;
  mutable std::mutex mutex_;
  doctor::Session session_;
  std::deque<Message> messages_;
  std::array<int64_t, 5> counts_{};
  int64_t lost_ = 0;
};

}  // namespace pharos
