// pharos bench --json.

#include <cmath>

#include <fmt/format.h>

#include "exports/readers.h"

namespace pharos {
namespace {

using Token = JsonReader::Token;

Result<Statistic> statistic(JsonReader& r) {
  Statistic s{.line = r.line()};
  PHAROS_TRY(expect(r, Token::BeginObject, "an object with min, mean, median, ..."));
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) return s;
    const std::string key = r.text();
    const Token v = PHAROS_TRY(r.next());
    if (v != Token::Number) { PHAROS_TRY(r.skip(v)); continue; }
    const double n = r.number();
    if (!(n >= 0 && n <= max_milliseconds)) return r.fault(fmt::format("{} of {}", key, n), "milliseconds");
    if (key == "min") s.min = n;
    else if (key == "max") s.max = n;
    else if (key == "mean") s.mean = n;
    else if (key == "median") s.median = n;
    else if (key == "p90") s.percentiles.emplace_back(90, n);
    else if (key == "p95") s.percentiles.emplace_back(95, n);
    else if (key == "p99") s.percentiles.emplace_back(99, n);
  }
}

Result<std::vector<double>> samples(JsonReader& r) {
  PHAROS_TRY(expect(r, Token::BeginArray, "a list of times"));
  std::vector<double> out;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) return out;
    if (t != Token::Number || !(r.number() >= 0 && r.number() <= max_milliseconds)) return r.fault("another value", "milliseconds");
    if (out.size() == max_queries) return beyond(r, "samples", std::to_string(max_queries));
    out.push_back(r.number());
  }
}

Result<std::string> node_list(JsonReader& r) {
  PHAROS_TRY(expect(r, Token::BeginArray, "a list of names"));
  std::string out;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) return out;
    if (t != Token::String) return r.fault("another value", "the name of a node");
    if (out.size() < JsonReader::max_text) out += (out.empty() ? "" : ", ") + r.text();
  }
}

Result<void> layer(JsonReader& r, BenchSummary& b) {
  LayerTime l{.line = r.line()};
  EngineLayer e{.line = r.line()};
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) break;
    const std::string key = r.text();
    if (key == "layer") l.name = PHAROS_TRY(text_value(r, key));
    else if (key == "mean_ms") l.average_ms = l.median_ms = PHAROS_TRY(quantity(r, key));
    else if (key == "share") {
      const double share = PHAROS_TRY(lenient_quantity(r, key));
      l.percent = std::isnan(share) ? 0 : 100 * share;
    } else if (key == "op") e.type = PHAROS_TRY(text_value(r, key));
    else if (key == "tactic") e.tactic = PHAROS_TRY(text_value(r, key));
    else if (key == "nodes") e.origin = PHAROS_TRY(node_list(r));
    else PHAROS_TRY(r.skip(PHAROS_TRY(r.next())));
  }
  l.row = fmt::format("{} ms, {:.1f} %: {}", l.average_ms, l.percent, l.name.substr(0, 300));
  e.name = l.name;
  b.layers.push_back(std::move(l));
  b.engine_layers.push_back(std::move(e));
  return {};
}

Result<void> layers(JsonReader& r, BenchSummary& b) {
  PHAROS_TRY(expect(r, Token::BeginArray, "a list of layers"));
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) return {};
    if (t != Token::BeginObject) return r.fault("another value", "an object for each layer");
    if (b.layers.size() == max_layers) return beyond(r, "layers", std::to_string(max_layers));
    PHAROS_TRY(layer(r, b));
  }
}

struct TextMember { std::string_view key; std::string BenchSummary::* into; };
struct RealMember { std::string_view key; double BenchSummary::* into; };
struct WholeMember { std::string_view key; int64_t BenchSummary::* into; };
constexpr TextMember texts[] = {{"model", &BenchSummary::model}, {"name", &BenchSummary::name}, {"device", &BenchSummary::device},
                                {"isa", &BenchSummary::isa}, {"pharos_version", &BenchSummary::version}, {"shapes", &BenchSummary::shapes}};
constexpr RealMember reals[] = {{"duration_ms", &BenchSummary::duration_ms}, {"throughput_qps", &BenchSummary::throughput_qps},
                                {"load_ms", &BenchSummary::load_ms}, {"first_run_ms", &BenchSummary::first_run_ms}};
constexpr WholeMember wholes[] = {{"threads", &BenchSummary::threads}, {"iterations", &BenchSummary::iterations},
                                  {"peak_rss_bytes", &BenchSummary::peak_rss_bytes}, {"memory_bytes", &BenchSummary::memory_bytes},
                                  {"weights_bytes", &BenchSummary::weights_bytes}};

// Whether the key was one of a scalar.
Result<bool> scalar(JsonReader& r, const std::string& key, BenchSummary& b) {
  for (const TextMember& m : texts) {
    if (m.key == key) { b.*m.into = PHAROS_TRY(text_value(r, key)); return true; }
  }
  for (const RealMember& m : reals) {
    if (m.key == key) { b.*m.into = PHAROS_TRY(quantity(r, key)); return true; }
  }
  for (const WholeMember& m : wholes) {
    if (m.key == key) { b.*m.into = int64_t(PHAROS_TRY(quantity(r, key))); return true; }
  }
  return false;
}

}  // namespace

Result<BenchSummary> read_bench(JsonReader& r) {
  PHAROS_TRY(expect(r, Token::BeginObject, "an object"));
  BenchSummary b;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) break;
    const std::string key = r.text();
    if (key == "compute_ms") b.compute = PHAROS_TRY(statistic(r));
    else if (key == "enqueue_ms") b.enqueue = PHAROS_TRY(statistic(r));
    else if (key == "compute_samples_ms") b.compute_samples = PHAROS_TRY(samples(r));
    else if (key == "profile") PHAROS_TRY(layers(r, b));
    else if (!PHAROS_TRY(scalar(r, key, b))) PHAROS_TRY(r.skip(PHAROS_TRY(r.next())));
  }
  PHAROS_TRY(expect(r, Token::End, "nothing more"));
  return b;
}

}  // namespace pharos
