#pragma once
// The JSON files beside a log: trtexec's --exportTimes, --exportProfile and --exportLayerInfo, and `pharos bench --json`.
// Told by content, never by name; read as a stream with bounded memory; plain, gzip, zstd or UTF-16, as logs are.
// A file is read whole or not at all: PH9041 damaged, PH9042 of no known kind, PH9043 beyond a limit, PH9044 empty.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "facts/log_model.h"
#include "facts/measurements.h"
#include "logs/byte_source.h"

namespace pharos {

enum class ExportKind : uint8_t { Times, Profile, Layers, Bench, Unknown };
std::string_view export_kind_name(ExportKind k);  // "times", "profile", "layers", "bench"

struct ProfileTable {
  int64_t iterations = 0;
  std::vector<LayerTime> layers;       // in the order of the engine; `line` is that of the file
};

struct LayerInformation {
  std::vector<EngineLayer> layers;
  std::vector<std::string> bindings;
  bool detailed = false;               // objects, not names alone
};

struct BenchSummary {
  std::string model, name, device, isa, version, shapes;
  int64_t threads = 0, iterations = 0;
  double duration_ms = 0, throughput_qps = 0, load_ms = 0, first_run_ms = 0;
  int64_t peak_rss_bytes = 0, memory_bytes = 0, weights_bytes = 0;
  Statistic compute, enqueue;          // ms
  std::vector<double> compute_samples; // ms, in order; empty in files of older releases
  std::vector<LayerTime> layers;       // with --profile
  std::vector<EngineLayer> engine_layers;  // of the same: operator, tactic, ONNX nodes
};

struct Export {
  std::string path;
  std::variant<TimeSamples, ProfileTable, LayerInformation, BenchSummary> content;
  int64_t lines = 0, bytes = 0;
  ExportKind kind() const { return ExportKind(content.index()); }
  template <class T>
  const T* as() const { return std::get_if<T>(&content); }
};

// What a file beginning so is; nothing: no JSON document, so a log. JSON lines are logs too.
std::optional<ExportKind> recognise_export(std::string_view head);

// A file whose beginning was looked at; the source yields all of it.
struct OpenedInput {
  std::string name;                    // as in messages: "standard input" for "-"
  std::unique_ptr<ByteSource> source;
  std::optional<ExportKind> kind;
};
Result<OpenedInput> open_input(const std::string& path);

Result<Export> read_export(OpenedInput& input);
Result<Export> read_export(const std::string& path);                               // PH9042 where it is a log
Result<Export> parse_export(std::string_view text, const std::string& name);       // of memory

// min, mean, median, max, percentiles 90, 95, 99 as trtexec computes them.
Statistic statistic_of(const std::vector<double>& samples);

// Puts what the file tells into the model of its run. What the log itself says of the whole run stays: its summary is of
// the same queries. Warm-up queries in the files of older releases are left out.
void attach(const Export& file, LogModel& model);

// PH9045 where the file contradicts what the model (of `log`, before it is attached) tells of the same: figures, layers.
std::optional<Report> contradiction(const Export& file, const LogModel& model, std::string_view log);

}  // namespace pharos
