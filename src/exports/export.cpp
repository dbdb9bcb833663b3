#include "exports/export.h"

#include <algorithm>
#include <cstring>

#include "base/stats.h"
#include "catalog/exports.h"
#include "exports/json_reader.h"
#include "exports/readers.h"

namespace pharos {
namespace {

constexpr size_t head_bytes = 16 << 10;

std::string_view without_blanks(std::string_view text) {
  const size_t at = text.find_first_not_of(" \t\r\n");
  return at == text.npos ? std::string_view() : text.substr(at);
}

bool has(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

// Yields what was looked at, then the fault that ended the look, or the rest.
class Replayed final : public ByteSource {
 public:
  Replayed(std::string head, std::optional<Report> fault, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), fault_(std::move(fault)), rest_(std::move(rest)) {}
  Result<size_t> read(std::span<char> out) override {
    if (at_ == head_.size() && fault_) return *fault_;
    if (at_ == head_.size()) return rest_->read(out);
    const size_t n = std::min(out.size(), head_.size() - at_);
    std::memcpy(out.data(), head_.data() + at_, n);
    at_ += n;
    return n;
  }

 private:
  std::string head_;
  size_t at_ = 0;
  std::optional<Report> fault_;
  std::unique_ptr<ByteSource> rest_;
};

template <class T>
Result<Export> wrapped(const JsonReader& r, Result<T> content, bool (*empty)(const T&), std::string kind) {
  if (!content) return content.error();
  if (empty(*content)) return Report(diag::export_empty, {{"path", r.name()}, {"kind", std::move(kind)}});
  return Export{r.name(), std::move(*content), r.lines(), r.bytes()};
}

}  // namespace

std::string_view export_kind_name(ExportKind k) {
  constexpr std::string_view names[] = {"times", "profile", "layers", "bench", "unknown"};
  return names[size_t(k)];
}

std::optional<ExportKind> recognise_export(std::string_view head) {
  const std::string_view text = without_blanks(head);
  if (text.starts_with('[')) {
    const std::string_view inside = without_blanks(text.substr(1));
    // "[01/02/2024-..." and "[I]" begin log lines; a list of nothing or of objects is JSON.
    if (inside.empty()) return ExportKind::Times;  // cut off
    if (inside.starts_with(']')) return without_blanks(inside.substr(1)).empty() ? std::optional(ExportKind::Times) : std::nullopt;
    if (!inside.starts_with('{')) return std::nullopt;
    if (has(inside, "\"computeMs\"") || has(inside, "\"startEnqMs\"")) return ExportKind::Times;
    if (has(inside, "\"timeMs\"") || has(inside, "\"averageMs\"") || has(inside, "\"count\"")) return ExportKind::Profile;
    return ExportKind::Unknown;
  }
  if (!text.starts_with('{')) return std::nullopt;
  const std::string_view key = without_blanks(text.substr(1));
  if (key.starts_with("\"Layers\"") || key.starts_with("\"Bindings\"")) return ExportKind::Layers;
  if (has(key, "\"pharos_version\"") && (has(key, "\"throughput_qps\"") || has(key, "\"compute_ms\""))) return ExportKind::Bench;
  return std::nullopt;
}

Result<OpenedInput> open_input(const std::string& path) {
  OpenedInput in{.name = path == "-" ? "standard input" : path, .source = PHAROS_TRY(open_log(path)), .kind = {}};
  std::string head(head_bytes, '\0');
  size_t size = 0;
  std::optional<Report> fault;
  while (size < head.size()) {
    const auto n = in.source->read({head.data() + size, head.size() - size});
    if (!n && size == 0) return n.error();
    if (!n) fault = n.error();  // what came before it decides what the file is
    if (!n || *n == 0) break;
    size += *n;
    // A pipe gives what it has: a log's first bytes need no more to be told.
    const std::string_view first = without_blanks({head.data(), size});
    if (!first.empty() && first[0] != '[' && first[0] != '{') break;
  }
  head.resize(size);
  in.kind = recognise_export(head);
  in.source = std::make_unique<Replayed>(std::move(head), std::move(fault), std::move(in.source));
  return in;
}

Result<Export> read_export(OpenedInput& input) {
  JsonReader r(*input.source, input.name);
  switch (input.kind.value_or(ExportKind::Unknown)) {
    case ExportKind::Times:
      return wrapped<TimeSamples>(r, read_times(r), [](const TimeSamples& t) { return t.size() == 0; }, "a list of queries");
    case ExportKind::Profile:
      return wrapped<ProfileTable>(r, read_profile(r), [](const ProfileTable& t) { return t.layers.empty(); }, "a profile");
    case ExportKind::Layers:
      return wrapped<LayerInformation>(r, read_layers(r), [](const LayerInformation& t) { return t.layers.empty(); }, "layer information");
    case ExportKind::Bench:
      return wrapped<BenchSummary>(r, read_bench(r), [](const BenchSummary& b) { return b.compute.median <= 0 && b.compute_samples.empty(); }, "figures of a benchmark");
    case ExportKind::Unknown: break;
  }
  return Report(diag::export_unknown, {{"path", input.name}});
}

Result<Export> read_export(const std::string& path) {
  OpenedInput input = PHAROS_TRY(open_input(path));
  return read_export(input);
}

Result<Export> parse_export(std::string_view text, const std::string& name) {
  OpenedInput input{name, memory_source(text), recognise_export(text.substr(0, head_bytes))};
  return read_export(input);
}

Statistic statistic_of(const std::vector<double>& samples) {
  const Stats s = stats_of(samples);
  return {.min = s.min, .max = s.max, .mean = s.mean, .median = s.median, .percentiles = {{90, s.p90}, {95, s.p95}, {99, s.p99}}};
}

}  // namespace pharos
