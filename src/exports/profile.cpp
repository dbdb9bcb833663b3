// trtexec --exportProfile: a count, then one object per layer. The names are written without escapes, and shares of a run
// that took no time are NaN.

#include <cmath>

#include <fmt/format.h>

#include "exports/readers.h"

namespace pharos {
namespace {

using Token = JsonReader::Token;

struct Row {
  std::optional<LayerTime> layer;
  std::optional<double> count;
};

Result<Row> row(JsonReader& r) {
  Row row;
  LayerTime l{.line = r.line()};
  bool named = false, timed = false, has_median = false;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) break;
    const std::string key = r.text();
    if (key == "name") {
      l.name = PHAROS_TRY(text_value(r, key));
      named = true;
    } else if (key == "count") {
      row.count = PHAROS_TRY(quantity(r, key));
    } else if (key == "timeMs") {
      l.total_ms = PHAROS_TRY(quantity(r, key));
      timed = true;
    } else if (key == "averageMs") {
      l.average_ms = PHAROS_TRY(quantity(r, key));
    } else if (key == "medianMs") {
      l.median_ms = PHAROS_TRY(quantity(r, key));
      has_median = true;
    } else if (key == "percentage") {
      const double v = PHAROS_TRY(lenient_quantity(r, key));
      l.percent = std::isnan(v) ? 0 : v;
    } else {
      PHAROS_TRY(r.skip(PHAROS_TRY(r.next())));
    }
  }
  if (!named && !timed && row.count) return row;
  if (!named) return r.fault("a layer without a name", "name and timeMs of each layer");
  if (!timed) return r.fault("a layer without timeMs", "name and timeMs of each layer");
  if (!has_median) l.median_ms = l.average_ms;
  l.row = fmt::format("{} ms, {:.1f} %: {}", l.average_ms, l.percent, l.name.substr(0, 300));
  row.layer = std::move(l);
  return row;
}

}  // namespace

Result<ProfileTable> read_profile(JsonReader& r) {
  PHAROS_TRY(expect(r, Token::BeginArray, "a list of layers"));
  ProfileTable table;
  int64_t kept = 0;
  double total = 0, percent = 0;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) break;
    if (t != Token::BeginObject) return r.fault("another value", "an object for each layer");
    if (table.layers.size() == max_layers) return beyond(r, "layers", std::to_string(max_layers));
    Row one = PHAROS_TRY(row(r));
    if (one.count) table.iterations = int64_t(*one.count);
    if (!one.layer) continue;
    kept += int64_t(one.layer->name.size());
    if (kept > max_kept_bytes) return beyond(r, "names of layers", "64 MiB");
    total += one.layer->total_ms;
    percent += one.layer->percent;
    table.layers.push_back(std::move(*one.layer));
  }
  PHAROS_TRY(expect(r, Token::End, "nothing more"));
  if (percent == 0 && total > 0) {
    for (LayerTime& l : table.layers) l.percent = 100 * l.total_ms / total;
  }
  return table;
}

}  // namespace pharos
