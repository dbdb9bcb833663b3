#include "baselines/store.h"

#include <sys/stat.h>

#include <cmath>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include "catalog/baselines.h"

namespace pharos {
namespace {

constexpr int64_t application_id = 0x50487342;     // "PHsB"
constexpr int64_t checked_whole_bytes = 64 << 20;  // a larger store is not read through before each record

// A rollback journal, not a write-ahead log: the store stays one file that a build system can cache, and a folder that
// cannot be written to can still be read. One small record per build has no need of more.
constexpr const char* schema = R"sql(
CREATE TABLE series(id INTEGER PRIMARY KEY, model TEXT NOT NULL, device TEXT NOT NULL, runtime TEXT NOT NULL,
  precision TEXT NOT NULL, shapes TEXT NOT NULL, UNIQUE(model, device, runtime, precision, shapes)) STRICT;
CREATE TABLE run(id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series(id), epoch INTEGER NOT NULL,
  time INTEGER NOT NULL, label TEXT NOT NULL, sources TEXT NOT NULL, basis TEXT NOT NULL, queries INTEGER NOT NULL,
  median REAL, mean REAL, p90 REAL, p95 REAL, p99 REAL, longest REAL, throughput REAL, peak_gpu_mib REAL,
  peak_cpu_mib REAL, engine_mib REAL, build_seconds REAL, has_log INTEGER NOT NULL, samples BLOB NOT NULL) STRICT;
CREATE INDEX run_series ON run(series, epoch, id);
CREATE TABLE finding(run INTEGER NOT NULL REFERENCES run(id), code TEXT NOT NULL, severity TEXT NOT NULL,
  message TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
CREATE INDEX finding_run ON finding(run);
)sql";

// Milliseconds in single precision: seven digits are more than any clock has.
std::vector<std::byte> packed(const std::vector<double>& samples) {
  std::vector<std::byte> out(samples.size() * sizeof(float));
  for (size_t i = 0; i < samples.size(); ++i) {
    const float v = float(samples[i]);
    std::memcpy(out.data() + i * sizeof v, &v, sizeof v);
  }
  return out;
}

bool unpack(std::span<const std::byte> bytes, std::vector<double>& out) {
  if (bytes.size() % sizeof(float) != 0 || bytes.size() / sizeof(float) > max_kept_samples) return false;
  for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    float v = 0;
    std::memcpy(&v, bytes.data() + at, sizeof v);
    if (!std::isfinite(v) || v < 0) return false;
    out.push_back(double(v));
  }
  return true;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& l : lines) out += (out.empty() ? "" : "\n") + l;
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size() && !text.empty();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

Report BaselineStore::damaged(std::string reason) const { return {diag::baseline_damaged, {{"path", database_.path()}, {"reason", std::move(reason)}}}; }

Result<void> BaselineStore::check_kind() const {
  const int64_t id = PHAROS_TRY(database_.number("PRAGMA application_id")), version = PHAROS_TRY(database_.number("PRAGMA user_version"));
  if (id != application_id) return Report(diag::baseline_foreign, {{"path", database_.path()}, {"reason", "it is the SQLite file of another program"}});
  if (version > schema_version) {
    return Report(diag::baseline_newer, {{"path", database_.path()}, {"version", std::to_string(version)}, {"known", std::to_string(schema_version)}});
  }
  if (version != schema_version) return damaged(fmt::format("its version is {}", version));
  const int64_t tables = PHAROS_TRY(database_.number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('series', 'run', 'finding')"));
  const int64_t all = PHAROS_TRY(database_.number("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"));
  if (tables != 3 || all != 5) return damaged("its tables are not those of a baseline store");
  return {};
}

Result<void> BaselineStore::make_schema() const {
  Transaction transaction = PHAROS_TRY(Transaction::begin(database_));
  // Somebody else may have made it in the meantime.
  const int64_t things = PHAROS_TRY(database_.number("SELECT count(*) FROM sqlite_master"));
  if (things > 0 || PHAROS_TRY(database_.number("PRAGMA application_id")) != 0) return {};
  PHAROS_TRY(database_.execute(schema));
  PHAROS_TRY(database_.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, schema_version).c_str()));
  return transaction.commit();
}

Result<BaselineStore> BaselineStore::create_or_open(const std::string& path) {
  BaselineStore store(PHAROS_TRY(Database::open(path, Database::Mode::Create)));
  PHAROS_TRY(store.database_.execute("PRAGMA synchronous = FULL"));
  PHAROS_TRY(store.make_schema());
  PHAROS_TRY(store.check_kind());
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && status.st_size <= checked_whole_bytes) {
    Statement check = PHAROS_TRY(store.database_.prepare("PRAGMA quick_check(1)"));
    if (!PHAROS_TRY(check.step()) || check.text(0) != "ok") return store.damaged(check.text(0).substr(0, 200));
  }
  return store;
}

Result<BaselineStore> BaselineStore::open(const std::string& path) {
  BaselineStore store(PHAROS_TRY(Database::open(path, Database::Mode::Read)));
  PHAROS_TRY(store.check_kind());
  return store;
}

Result<int64_t> BaselineStore::series_id(const SeriesKey& k) const {
  constexpr std::string_view find = "SELECT id FROM series WHERE model = ? AND device = ? AND runtime = ? AND precision = ? AND shapes = ?";
  Statement s = PHAROS_TRY(database_.prepare(find));
  s.bind(k.model).bind(k.device).bind(k.runtime).bind(k.precision).bind(k.shapes);
  if (PHAROS_TRY(s.step())) return s.integer(0);
  Statement add = PHAROS_TRY(database_.prepare("INSERT INTO series(model, device, runtime, precision, shapes) VALUES(?, ?, ?, ?, ?)"));
  add.bind(k.model).bind(k.device).bind(k.runtime).bind(k.precision).bind(k.shapes);
  PHAROS_TRY(add.run());
  return database_.last_row();
}

Result<int64_t> BaselineStore::add_one(const Measurement& m, int64_t series, int64_t epoch, int64_t time) const {
  Statement s = PHAROS_TRY(database_.prepare(
      "INSERT INTO run(series, epoch, time, label, sources, basis, queries, median, mean, p90, p95, p99, longest, throughput, peak_gpu_mib, peak_cpu_mib, "
      "engine_mib, build_seconds, has_log, samples) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  s.bind(series).bind(epoch).bind(time).bind(m.label).bind(joined(m.sources)).bind(m.basis).bind(m.queries);
  s.bind(m.median).bind(m.mean).bind(m.p90).bind(m.p95).bind(m.p99).bind(m.longest).bind(m.throughput).bind(m.peak_gpu_mib).bind(m.peak_cpu_mib);
  s.bind(m.engine_mib).bind(m.build_seconds).bind(int64_t{m.has_log}).bind_blob(packed(m.samples));
  PHAROS_TRY(s.run());
  const int64_t id = database_.last_row();
  for (const KnownFinding& f : m.findings) {
    Statement add = PHAROS_TRY(database_.prepare("INSERT INTO finding(run, code, severity, message, count) VALUES(?, ?, ?, ?, ?)"));
    add.bind(id).bind(f.code).bind(f.severity).bind(f.message.substr(0, 1000)).bind(f.count);
    PHAROS_TRY(add.run());
  }
  return id;
}

Result<std::vector<int64_t>> BaselineStore::add(const std::vector<Measurement>& measurements, int64_t time, bool new_epoch) {
  Transaction transaction = PHAROS_TRY(Transaction::begin(database_));
  std::vector<int64_t> ids;
  std::set<int64_t> begun;
  for (const Measurement& m : measurements) {
    const int64_t series = PHAROS_TRY(series_id(m.key));
    int64_t epoch = PHAROS_TRY(database_.number(fmt::format("SELECT coalesce(max(epoch), 0) FROM run WHERE series = {}", series)));
    if (epoch == 0) epoch = 1;
    else if (new_epoch && !begun.contains(series)) ++epoch;
    begun.insert(series);
    ids.push_back(PHAROS_TRY(add_one(m, series, epoch, time)));
  }
  PHAROS_TRY(transaction.commit());
  return ids;
}

Result<std::vector<Series>> BaselineStore::series() const {
  Statement s = PHAROS_TRY(database_.prepare(
      "SELECT series.id, model, device, runtime, precision, shapes, coalesce(max(epoch), 1), count(run.id), coalesce(max(time), 0) "
      "FROM series LEFT JOIN run ON run.series = series.id GROUP BY series.id ORDER BY model, device, precision, shapes, runtime"));
  std::vector<Series> out;
  while (PHAROS_TRY(s.step())) {
    out.push_back({.id = s.integer(0), .key = {s.text(1), s.text(2), s.text(3), s.text(4), s.text(5)}, .epoch = s.integer(6), .runs = s.integer(7), .last_time = s.integer(8)});
  }
  return out;
}

Result<void> BaselineStore::read_findings(RecordedRun& run) const {
  Statement s = PHAROS_TRY(database_.prepare("SELECT code, severity, message, count FROM finding WHERE run = ?"));
  s.bind(run.id);
  while (PHAROS_TRY(s.step())) run.measurement.findings.push_back({s.text(0), s.text(1), s.text(2), s.integer(3)});
  return {};
}

Result<std::vector<RecordedRun>> BaselineStore::runs(int64_t series, int64_t epoch, int64_t most) const {
  Statement s = PHAROS_TRY(database_.prepare(
      "SELECT run.id, epoch, time, label, sources, basis, queries, median, mean, p90, p95, p99, longest, throughput, peak_gpu_mib, peak_cpu_mib, engine_mib, "
      "build_seconds, has_log, samples, model, device, runtime, precision, shapes FROM run JOIN series ON series.id = run.series "
      "WHERE series = ?1 AND (?2 = 0 OR epoch = ?2) ORDER BY run.id DESC LIMIT ?3"));
  s.bind(series).bind(epoch).bind(most);
  std::vector<RecordedRun> out;
  while (PHAROS_TRY(s.step())) {
    RecordedRun r{.id = s.integer(0), .epoch = s.integer(1), .time = s.integer(2), .measurement = {}};
    Measurement& m = r.measurement;
    m.key = {s.text(20), s.text(21), s.text(22), s.text(23), s.text(24)};
    m.label = s.text(3);
    m.sources = lines_of(s.text(4));
    m.basis = s.text(5);
    m.queries = s.integer(6);
    std::optional<double>* const figures[] = {&m.median, &m.mean, &m.p90, &m.p95, &m.p99, &m.longest, &m.throughput, &m.peak_gpu_mib, &m.peak_cpu_mib, &m.engine_mib, &m.build_seconds};
    for (size_t i = 0; i < std::size(figures); ++i) *figures[i] = s.real(int(7 + i));
    m.has_log = s.integer(18) != 0;
    if (!unpack(s.blob(19), m.samples)) return damaged(fmt::format("the times of run {} are none", r.id));
    PHAROS_TRY(read_findings(r));
    out.push_back(std::move(r));
  }
  return std::vector<RecordedRun>(std::make_move_iterator(out.rbegin()), std::make_move_iterator(out.rend()));
}

}  // namespace pharos
