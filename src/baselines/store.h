#pragma once
// The file that keeps measurements over time: SQLite, one row per run, never rewritten. Writers take turns, each record is
// whole or not there, and a file that is not ours, newer or damaged is refused and left as it is.
//
// Runs of one key form a series. A series has epochs: a check compares with the runs of the newest one; beginning an epoch
// accepts a change on purpose while the trend stays.

#include <cstdint>
#include <string>
#include <vector>

#include "baselines/database.h"
#include "baselines/measurement.h"

namespace pharos {

struct Series {
  int64_t id = 0;
  SeriesKey key;
  int64_t epoch = 1;          // the newest
  int64_t runs = 0;           // of all epochs
  int64_t last_time = 0;      // seconds since 1970
};

struct RecordedRun {
  int64_t id = 0, epoch = 1, time = 0;
  Measurement measurement;
};

class BaselineStore {
 public:
  static constexpr int64_t schema_version = 1;

  static Result<BaselineStore> create_or_open(const std::string& path);
  static Result<BaselineStore> open(const std::string& path);

  // All of them in one transaction; the numbers that they got. `new_epoch`: the first of each series begins one.
  Result<std::vector<int64_t>> add(const std::vector<Measurement>& measurements, int64_t time, bool new_epoch);
  Result<std::vector<Series>> series() const;
  // The newest `most` runs, oldest first; of one epoch, or of all for 0.
  Result<std::vector<RecordedRun>> runs(int64_t series, int64_t epoch, int64_t most) const;

 private:
  explicit BaselineStore(Database database) : database_(std::move(database)) {}
  Result<void> check_kind() const;
  Result<void> make_schema() const;
  Result<int64_t> series_id(const SeriesKey& key) const;
  Result<int64_t> add_one(const Measurement& m, int64_t series, int64_t epoch, int64_t time) const;
  Result<void> read_findings(RecordedRun& run) const;
  Report damaged(std::string reason) const;
  Database database_;
};

}  // namespace pharos
