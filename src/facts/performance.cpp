// How fast it ran: trtexec's performance summary (both layouts) and its per-layer table (all three).

#include <cctype>

#include "facts/fact.h"

namespace pharos {
namespace {

double after(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  return at == text.npos ? 0 : number_of(text.substr(at + key.size()));
}

// "min = 1.38 ms, max = 1.60 ms, ..., percentile(90%) = 1.45 ms"
Statistic statistic(std::string_view text, int64_t line) {
  Statistic s{.line = line, .min = after(text, "min = "), .max = after(text, "max = "), .mean = after(text, "mean = "), .median = after(text, "median = ")};
  for (size_t at = text.find("percentile("); at != text.npos; at = text.find("percentile(", at + 1)) {
    const double p = number_of(text.substr(at + 11));
    const size_t equals = text.find("= ", at);
    if (equals != text.npos && s.percentiles.size() < 16) s.percentiles.emplace_back(p, number_of(text.substr(equals + 2)));
  }
  return s;
}

class Summary final : public Collector {
 public:
  bool line(const LogEvent& e, LogModel& m) override {
    if (++seen_ > 24) return false;
    Performance& p = *m.performance;
    const std::string_view t = e.text;
    const int64_t n = e.lines.front().number;
    if (t.starts_with("Throughput: ")) p.throughput = number_of(t.substr(12));
    else if (t.starts_with("Latency: ")) p.latency = statistic(t, n);
    else if (t.starts_with("Enqueue Time: ")) p.enqueue = statistic(t, n);
    else if (t.starts_with("H2D Latency: ")) p.h2d = statistic(t, n);
    else if (t.starts_with("GPU Compute Time: ") || t.starts_with("Compute Time: ")) p.compute = statistic(t, n);
    else if (t.starts_with("D2H Latency: ")) p.d2h = statistic(t, n);
    else if (t.starts_with("End-to-End Host Latency: ")) p.end_to_end = statistic(t, n);
    else if (t.starts_with("Total Host Walltime: ")) p.walltime_s = number_of(t.substr(21));
    else if (t.starts_with("Total GPU Compute Time: ")) { p.compute_total_s = number_of(t.substr(24)); return false; }
    else if (is_severe(e.level) || t.starts_with("&&&& ") || t.starts_with("=== ")) return false;  // excerpts
    return true;
  }

 private:
  int seen_ = 0;
};

std::unique_ptr<Collector> summary(const FactMatch& f, LogModel& m) {
  m.performance = Performance{.line = f.event.lines.front().number};
  return std::make_unique<Summary>();
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ') { ++i; continue; }
    const size_t end = std::min(text.find(' ', i), text.size());
    out.push_back(text.substr(i, end - i));
    i = end;
  }
  return out;
}

bool is_number(std::string_view w) {
  return !w.empty() && (std::isdigit(uint8_t(w[0])) || w == "nan" || w == "-nan" || w == "inf");
}

// Since 8.6 the four numbers come first, before that the name; the median is missing up to 8.2.
class LayerTable final : public Collector {
 public:
  bool line(const LogEvent& e, LogModel& m) override {
    if (++seen_ > 100'000) return false;
    const std::string_view t = e.text;
    const std::vector<std::string_view> w = words(t);
    if (w.empty()) return seen_ < 3;
    if (!has_header_) {
      has_header_ = t.find("Time %") != t.npos || t.find("Time(%)") != t.npos;
      values_first_ = w.front().starts_with("Time(");
      has_median_ = t.find("Median") != t.npos;
      return has_header_ || seen_ < 3;
    }
    const size_t numbers = has_median_ ? 4 : 3;
    if (w.size() < numbers + 1) return false;
    const size_t first = values_first_ ? 0 : w.size() - numbers;
    for (size_t i = first; i < first + numbers; ++i) {
      if (!is_number(w[i])) return false;
    }
    LayerTime l{.line = e.lines.front().number, .row = e.lines.front().text.substr(0, 400)};
    l.total_ms = number_of(w[first]);
    l.average_ms = number_of(w[first + 1]);
    l.median_ms = has_median_ ? number_of(w[first + 2]) : l.average_ms;
    l.percent = number_of(w[first + numbers - 1]);
    const std::string_view from = values_first_ ? t.substr(size_t(w[numbers].data() - t.data()))
                                                : t.substr(0, size_t(w[first].data() - t.data()));
    const size_t begin = from.find_first_not_of(' '), end = from.find_last_not_of(' ');
    l.name = begin == from.npos ? std::string() : std::string(from.substr(begin, std::min(end - begin + 1, max_fact_text)));
    if (l.name == "Total") return false;
    keep(m.layers, std::move(l));
    return true;
  }

 private:
  int seen_ = 0;
  bool has_header_ = false, values_first_ = false, has_median_ = false;
};

std::unique_ptr<Collector> layers(const FactMatch& f, LogModel& m) {
  m.layers.clear();
  m.profile_line = f.event.lines.front().number;
  m.profile_iterations = int64_t(number_of(f[0]));
  return std::make_unique<LayerTable>();
}

}  // namespace

void define_performance(FactSet& facts) {
  facts.add({.name = "performance-summary", .literal = "=== Performance summary ===", .collect = summary});
  facts.add({.name = "layer-profile", .literal = "=== Profile (", .pattern = R"(=== Profile \((\d+) iterations)", .collect = layers});
  facts.add({.name = "trace-average", .literal = " - GPU latency: ",
             .pattern = R"(Average on \d+ runs - GPU latency: ([\d.e+-]+) ms - Host latency: ([\d.e+-]+) ms(?:.*enqueue ([\d.e+-]+) ms)?)",
             .take = [](const FactMatch& f, LogModel& m) {
               keep(m.trace, TracePoint{f.event.lines.front().number, number_of(f[0]), number_of(f[1]), number_of(f[2])});
             }});
  facts.add({.name = "unstable-compute", .literal = "coefficient of variance = ", .pattern = R"(coefficient of variance = ([\d.]+)%)",
             .take = [](const FactMatch& f, LogModel& m) {
               if (!m.performance) m.performance = Performance{.line = f.event.lines.front().number};
               m.performance->cov_percent = number_of(f[0]);
             }});
}

}  // namespace pharos
