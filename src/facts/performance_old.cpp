// The performance summary of trtexec up to TensorRT 7.2: no header, one figure to a line, and which figure it is told
// by the title above. "Host Latency", "min: 1.38 ms (end to end 2.41 ms)", ..., "GPU Compute", "percentile: 1.6 ms at
// 99%".

#include <cctype>

#include "facts/fact.h"

namespace pharos {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = char(std::tolower(uint8_t(c)));
  return out;
}

void figure(Statistic& s, std::string_view key, std::string_view value) {
  const double ms = number_of(value);
  if (key == "min") s.min = ms;
  else if (key == "max") s.max = ms;
  else if (key == "mean") s.mean = ms;
  else if (key == "median") s.median = ms;
  else if (key == "percentile" && s.percentiles.size() < 16) {
    const size_t at = value.find(" at ");
    if (at != value.npos) s.percentiles.emplace_back(number_of(value.substr(at + 4)), ms);
  }
}

class OldSummary final : public Collector {
 public:
  bool line(const LogEvent& e, LogModel& m) override {
    constexpr int most = 40;
    if (++seen_ > most || is_severe(e.level)) return false;
    Performance& p = *m.performance;
    const std::string text = lower(e.text);
    if (text == "enqueue time") {
      block_ = &p.enqueue.emplace(Statistic{.line = e.lines.front().number});
      host_ = false;
      return true;
    }
    if (text == "gpu compute") {
      block_ = &p.compute.emplace(Statistic{.line = e.lines.front().number});
      host_ = false;
      return true;
    }
    const size_t colon = text.find(": ");
    if (colon == text.npos) return text.find_first_not_of(' ') == text.npos;
    const std::string_view key = std::string_view(text).substr(0, colon),
                           value = std::string_view(text).substr(colon + 2);
    if (key == "throughput") p.throughput = number_of(value);
    else if (key == "walltime") p.walltime_s = number_of(value);
    else if (key == "total compute time") {
      p.compute_total_s = number_of(value);
      return false;
    } else figures(p, key, value, e.lines.front().number);
    return true;
  }

 private:
  void figures(Performance& p, std::string_view key, std::string_view value, int64_t number) {
    Statistic& s = block_ ? *block_ : p.latency ? *p.latency : p.latency.emplace(Statistic{.line = number});
    figure(s, key, value);
    const size_t at = value.find("(end to end ");
    if (!host_ || at == value.npos) return;
    if (!p.end_to_end) p.end_to_end = Statistic{.line = number};
    figure(*p.end_to_end, key, value.substr(at + 12));
  }

  int seen_ = 0;
  bool host_ = true;            // in the block of the host latency
  Statistic* block_ = nullptr;  // null: host latency
};

std::unique_ptr<Collector> old_summary(const FactMatch& f, LogModel& m) {
  m.performance = Performance{.line = f.event.lines.front().number};
  return std::make_unique<OldSummary>();
}

}  // namespace

void define_performance_old(FactSet& facts) {
  facts.add({.name = "performance-summary-7",
             .literal = "Host Latency",
             .pattern = R"(^Host [Ll]atency\s*$)",
             .collect = old_summary});
}

}  // namespace pharos
