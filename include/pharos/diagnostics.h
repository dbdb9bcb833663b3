#pragma once
// What Pharos can say, and how an application hears it.
//
// Everything the engine reports is a catalogued `Diagnostic` (a stable code with cause and remedy in English and
// Chinese) filled with arguments: a `Report`. An expected failure travels as a `Result<T>` that holds a `Report`;
// everything else (warnings, progress, details) reaches the application through a `Logger`.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pharos {

// As in TensorRT's ILogger: a smaller value is more severe.
enum class Severity : uint8_t { InternalError, Error, Warning, Info, Verbose };

enum class Language : uint8_t { English, Chinese };

// Where in the life of a model a record was made. `is_build_stage` tells build time from run time.
enum class Stage : uint8_t { None, Parse, Optimize, Precision, Tune, Serialize, Load, Run, Verify };

constexpr bool is_build_stage(Stage s) { return s >= Stage::Parse && s <= Stage::Serialize; }
constexpr bool is_run_stage(Stage s) { return s >= Stage::Load; }
std::string_view stage_name(Stage s);        // "parse", "optimize", …
std::string_view severity_name(Severity s);  // "ERROR", …
char severity_letter(Severity s);            // F E W I V, as trtexec prints them

// The layer that owns a code: the digit after "PH".
enum class Layer : uint8_t {
  General = 0,      // command line, files, limits
  Import = 1,       // reading models
  Graph = 2,        // graph, operators, passes
  Precision = 3,    // precision and calibration
  Tactics = 4,      // tactics, tuning, timing cache
  Engine = 5,       // engine files
  Runtime = 6,      // running, memory
  Serving = 7,
  Environment = 8,  // device, libraries, operating system
  Doctor = 9,
};

struct Text {
  std::string_view en, zh;
  constexpr std::string_view in(Language l) const { return l == Language::Chinese && !zh.empty() ? zh : en; }
};

// One catalogue entry. Entries are constants; a `Report` refers to one by pointer.
struct Diagnostic {
  std::string_view code;  // "PH1004"; never reused
  std::string_view slug;  // "external-data-outside-folder"
  Severity severity;
  Layer layer;
  std::string_view since;
  Text title;
  Text message;  // "{name}" is replaced by the argument of that name
  Text cause;
  Text remedy;
  std::string_view example;  // a command or a situation that produces it
};

// By name. Text that is itself a sentence may have a Chinese twin: "help" and "help_zh".
using Arguments = std::vector<std::pair<std::string, std::string>>;

// A diagnostic with its arguments and the chain of places it passed on its way up (innermost first).
class Report {
 public:
  Report(const Diagnostic& diagnostic, Arguments arguments = {})
      : diagnostic_(&diagnostic), arguments_(std::move(arguments)) {}

  const Diagnostic& diagnostic() const { return *diagnostic_; }
  std::string_view code() const { return diagnostic_->code; }
  const Arguments& arguments() const { return arguments_; }
  const std::vector<std::string>& context() const { return context_; }
  std::string_view argument(std::string_view name) const;

  // "while importing node 'conv_12'"; returns *this so that it can be chained.
  Report& in(std::string place) { context_.push_back(std::move(place)); return *this; }

  std::string message(Language language = Language::English) const;  // without code and context
  std::string text(Language language = Language::English) const;     // "[PH1004] message (in …, in …)"

 private:
  const Diagnostic* diagnostic_;
  Arguments arguments_;
  std::vector<std::string> context_;
};

// One message on its way to a logger.
struct Record {
  Severity severity;
  Stage stage;
  std::chrono::system_clock::time_point time;
  std::string layer;  // the ONNX node or plan step it is about; may be empty
  Report report;
};

// Implemented by the application. `log` may be called from several threads at once and must not throw.
// The logger must outlive every object it was given to.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void log(const Record& record) noexcept = 0;
  // Records less severe than this are not even made.
  virtual Severity threshold() const noexcept { return Severity::Verbose; }
};

}  // namespace pharos
