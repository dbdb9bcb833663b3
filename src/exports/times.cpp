// trtexec --exportTimes: one object per query. Up to 7.2 the transfers are called "in" and "out", and the columns of the
// enqueue call and of the input transfer are exchanged by a defect of those releases.

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "exports/readers.h"

namespace pharos {
namespace {

using Token = JsonReader::Token;

enum Column : size_t { StartEnqueue, EndEnqueue, StartIn, EndIn, EndCompute, EndOut, In, Compute, Out, Latency, EndToEnd, columns };

struct Name { std::string_view key; Column column; bool old; };
constexpr Name names[] = {{"startEnqMs", StartEnqueue, false}, {"endEnqMs", EndEnqueue, false}, {"startH2dMs", StartIn, false}, {"endH2dMs", EndIn, false},
                          {"startInMs", StartIn, true}, {"endInMs", EndIn, true}, {"endComputeMs", EndCompute, false}, {"endD2hMs", EndOut, false},
                          {"endOutMs", EndOut, true}, {"h2dMs", In, false}, {"inMs", In, true}, {"computeMs", Compute, false}, {"d2hMs", Out, false},
                          {"outMs", Out, true}, {"latencyMs", Latency, false}, {"endToEndMs", EndToEnd, false}};

struct Query {
  std::array<std::optional<double>, columns> values;
  bool old = false;
};

Result<Query> query(JsonReader& r) {
  Query q;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) return q;
    const auto* name = std::find_if(std::begin(names), std::end(names), [&](const Name& n) { return n.key == r.text(); });
    if (name == std::end(names)) {
      PHAROS_TRY(r.skip(PHAROS_TRY(r.next())));
      continue;
    }
    const bool duration = name->column >= In;
    const double v = PHAROS_TRY(duration ? quantity(r, name->key) : lenient_quantity(r, name->key));
    if (!(v <= max_milliseconds)) return r.fault(fmt::format("{} of {}", name->key, v), "milliseconds");
    q.values[name->column] = v;
    q.old |= name->old;
  }
}

class Times {
 public:
  Result<void> add(JsonReader& r, const Query& q) {
    if (!q.values[Compute]) return r.fault("a query without computeMs", "computeMs in each query");
    const auto begin = q.old ? q.values[StartIn] : q.values[StartEnqueue], end = q.old ? q.values[EndIn] : q.values[EndEnqueue];
    std::optional<double> enqueue;
    if (begin && end) enqueue = std::max(0.0, *end - *begin);
    const auto first = q.values[StartEnqueue] && q.values[StartIn] ? std::optional(std::min(*q.values[StartEnqueue], *q.values[StartIn])) : q.values[StartEnqueue];
    const bool whole = put(samples_.compute, q.values[Compute]) && put(samples_.latency, q.values[Latency]) && put(samples_.enqueue, enqueue) &&
                       put(samples_.h2d, q.values[In]) && put(samples_.d2h, q.values[Out]) && put(samples_.start, first);
    if (!whole) return r.fault("a query with other columns than the first", "the same columns in each query");
    ++count_;
    samples_.warm_up_included |= q.values[EndToEnd].has_value();
    const auto last = q.values[EndOut] ? q.values[EndOut] : q.values[EndCompute];
    if (last) end_ = std::max(end_, *last);
    if (first) begin_ = count_ == 1 ? *first : std::min(begin_, *first);
    return {};
  }
  size_t count() const { return count_; }

  TimeSamples take() {
    if (!samples_.start.empty() && end_ > begin_) samples_.wall_ms = end_ - begin_;
    return std::move(samples_);
  }

 private:
  bool put(std::vector<double>& column, const std::optional<double>& v) {
    if (v.has_value() != (column.size() == count_ && (count_ > 0 || v.has_value()))) return false;
    if (v) column.push_back(*v);
    return true;
  }
  TimeSamples samples_;
  size_t count_ = 0;
  double begin_ = 0, end_ = 0;
};

}  // namespace

Result<TimeSamples> read_times(JsonReader& r) {
  PHAROS_TRY(expect(r, Token::BeginArray, "a list of queries"));
  Times times;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) break;
    if (t != Token::BeginObject) return r.fault("another value", "an object for each query");
    if (times.count() == max_queries) return beyond(r, "queries", std::to_string(max_queries));
    const Query q = PHAROS_TRY(query(r));
    PHAROS_TRY(times.add(r, q));
  }
  PHAROS_TRY(expect(r, Token::End, "nothing more"));
  return times.take();
}

}  // namespace pharos
