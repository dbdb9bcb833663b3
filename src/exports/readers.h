#pragma once
// One reader per kind of file; each stands at its file's first token.

#include "exports/export.h"
#include "exports/json_reader.h"

namespace pharos {

Result<TimeSamples> read_times(JsonReader& r);
Result<ProfileTable> read_profile(JsonReader& r);
Result<LayerInformation> read_layers(JsonReader& r);
Result<BenchSummary> read_bench(JsonReader& r);

inline constexpr size_t max_queries = 2 << 20;          // of one file: 100 MiB of samples, half a gigabyte of JSON
inline constexpr size_t max_layers = 100'000;
inline constexpr int64_t max_kept_bytes = 64 << 20;     // of names and formats
inline constexpr double max_milliseconds = 1e12;        // thirty years

// The next token, which must be this one.
Result<void> expect(JsonReader& r, JsonReader::Token wanted, std::string_view what);
// The value behind the key `key`: a number that a measurement can have, from 0 up.
Result<double> quantity(JsonReader& r, std::string_view key);
// As above, but NaN where it says so or null.
Result<double> lenient_quantity(JsonReader& r, std::string_view key);
Result<std::string> text_value(JsonReader& r, std::string_view key);
Report beyond(const JsonReader& r, std::string what, std::string limit);  // PH9043

}  // namespace pharos
