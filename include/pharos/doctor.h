#pragma once
// Reading logs: what went wrong in a build or a run of TensorRT or Pharos, why, and what to do. Link with pharos::doctor;
// neither an engine nor a GPU is needed, nor TensorRT.
//
//   const auto diagnosis = pharos::doctor::examine_file("build.log");
//   if (!diagnosis) ...                                   // diagnosis.error(): PH9001 and the like
//   for (const auto& f : diagnosis->findings()) ...       // best first; the first gives the verdict
//   std::cout << *diagnosis->report("markdown");
//
// Values: everything returned is owned by the caller and stays valid without the objects it came from. A `Diagnosis` is a
// handle on an immutable result; copying it is cheap. What points into the catalogue (`Entry`, string views of names)
// lives as long as the library.
// Threads: all functions and all const members may be called from any thread. A `Session` belongs to one thread at a
// time.
// Errors: expected failures are `Result`s with a catalogued report. Nothing throws but std::bad_alloc.
// Bounds: memory does not grow with the length of a log; the number of kept evidence lines, runs and facts is limited.

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pharos/diagnostics.h"
#include "pharos/result.h"

namespace pharos::doctor {

enum class Category : uint8_t {
  Clean, UnsupportedOp, DynamicShape, Int8Calibration, OutOfMemory, NoImplementation, EngineMismatch, Precision,
  Performance, Environment, ApiMisuse, Profile, Crash, ParseError
};
std::string_view category_name(Category c);  // "unsupported_op", as in the JSON report

// What a message is in the story of a failure.
enum class Role : uint8_t {
  Cause,        // can be the root cause
  Consequence,  // follows from something else; reported by itself only where nothing else is there
  Note,         // worth knowing, no defect
  Harmless,     // looks bad and is not
};

struct Evidence {
  std::string file;
  int64_t line = 0;  // from 1
  std::string text;  // as it stands in the log: neutralise control characters before a terminal sees them
  auto operator<=>(const Evidence&) const = default;
};

struct Finding {
  std::string code, slug;              // "PH9101", "log-operator-fallback"; see `find_entry`
  Category category = Category::Clean;
  Severity severity = Severity::Info;
  Role role = Role::Cause;
  Stage stage = Stage::None;           // is_build_stage() and is_run_stage() tell build from run
  double confidence = 0;               // 0 to 1
  std::string title, message, cause;
  std::vector<std::string> remedy;     // steps
  std::string reference;               // where to read on; may be empty
  Arguments arguments;                 // what the message names: layers, sizes, options
  std::vector<Evidence> evidence;      // the line that carries the cause first
  int64_t count = 1;                   // messages of this kind
  std::vector<Finding> consequences;
  size_t run = 0;                      // index into Diagnosis::runs()
};

// One build or run in a log. What the log does not tell is empty.
struct Run {
  int64_t first_line = 0, last_line = 0;
  std::string tool, command, tensorrt, cuda, driver, device;  // versions as "8.6.1"
  std::optional<bool> passed;
  std::optional<double> build_seconds, engine_mib, throughput_qps, latency_median_ms, latency_p99_ms, peak_gpu_mib, peak_cpu_mib;
  int64_t errors = 0, warnings = 0;    // messages, whatever they mean
};

struct ReportOptions {
  Language language = Language::English;
  bool all = false;    // text: notes and harmless messages in full
  bool color = false;  // text: ANSI
  int columns = 0;     // text: width to wrap at; 0: not at all
};

class Diagnosis {
 public:
  Diagnosis();  // of an empty log
  Category verdict() const;
  // No finding of warning or above. Not the same as Category::Clean: a log that only holds a profile is of that category.
  bool clean() const;
  std::vector<Finding> findings(Language language = Language::English) const;  // of all runs, best first
  std::vector<Run> runs() const;
  int64_t lines() const;
  int64_t bytes() const;
  std::vector<Report> remarks() const;  // about reading: lines that were cut, a compressed file that ended in the middle
  // By the name of a format, see `formats`. PH0107 where there is none of that name.
  Result<std::string> report(std::string_view format, const ReportOptions& options = {}) const;

  struct State;
  explicit Diagnosis(std::shared_ptr<const State> state);
  const State& state() const { return *state_; }

 private:
  std::shared_ptr<const State> state_;
};

// A file, plain or gzip or zstd, UTF-8 or UTF-16; "-" is standard input. PH9001 where it cannot be read, PH9002 where it is
// no text, PH9006 where it is empty. What is damaged further on is a remark of the diagnosis. A JSON export of trtexec or
// 'pharos bench' may be examined alone.
Result<Diagnosis> examine_file(const std::string& path);
// Logs with the JSON exports beside them, one diagnosis for each log: an export belongs to the log named before it.
Result<std::vector<Diagnosis>> examine_files(std::span<const std::string> paths);
// `name` is what evidence and reports call the log.
Diagnosis examine_text(std::string_view text, const std::string& name = "log");
// To the end of the stream, compressed or not, as a file. PH9001 where reading fails.
Result<Diagnosis> examine_stream(std::istream& in, const std::string& name = "stream");
// Several logs, one report.
Result<std::string> report(std::span<const Diagnosis> logs, std::string_view format, const ReportOptions& options = {});

struct Format { std::string_view name; Text doc; };
std::vector<Format> formats();

// A log that comes piece by piece: a growing file, a child's output, a program's own messages.
class Session {
 public:
  explicit Session(std::string name = "log");
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // Bytes as they come, cut anywhere.
  void feed(std::string_view bytes);
  // A message that is known to be whole, with its severity: what a logger gets. A line of its own in the evidence.
  void message(Severity severity, std::string_view text);
  // So far; the session goes on. A last line without its break is not part of it.
  Diagnosis diagnosis() const;
  // Findings that were not there at the last call, each told once by code and run, consequences included.
  std::vector<Finding> fresh(Language language = Language::English);
  // With the last line, broken or not. Feeding on begins a new line.
  Diagnosis finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The catalogue: every code that a finding can have.
struct Entry {
  const Diagnostic* diagnostic = nullptr;  // texts in English and Chinese
  Category category = Category::Clean;
  Role role = Role::Cause;
  std::string_view reference;              // may be empty
  std::vector<std::string_view> examples;  // log lines that lead to it
  std::vector<std::string_view> literals;  // one of which stands in each such line; empty: the finding is made from facts
};
// "PH9101" or "log-operator-fallback"; nothing where no finding has that code or name.
std::optional<Entry> find_entry(std::string_view code_or_slug);
std::vector<Entry> entries();              // by code

}  // namespace pharos::doctor
