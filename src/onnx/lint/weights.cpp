// Constants: their width and their range.

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/lint.h"
#include "onnx/lint/rules.h"

namespace pharos::lint {
namespace {

constexpr int64_t table_elements = 64;  // int64 tensors up to this size are shapes and axes
constexpr double fp16_max = 65504, fp16_least = 0x1p-25;  // what rounds to 0
constexpr double tolerated_share = 0.01;  // of values that become 0

struct Group {
  std::vector<std::string> names;
  int64_t count = 0, bytes = 0;
  void add(std::string name, int64_t size) {
    ++count;
    bytes += size;
    if (names.size() < 20) names.push_back(std::move(name));
  }
};

struct Range { double largest = 0; int64_t overflowing = 0, vanishing = 0, nonzero = 0; };

template <class T>
Range range_of(const Tensor& t) {
  Range r;
  for (const T v : t.as<T>()) {
    const double a = std::abs(double(v));
    if (!std::isfinite(a) || a == 0) continue;
    ++r.nonzero;
    r.largest = std::max(r.largest, a);
    r.overflowing += a > fp16_max;
    r.vanishing += a < fp16_least;
  }
  return r;
}

bool beyond_int32(const Tensor& t) {
  for (const int64_t v : t.as<int64_t>())
    if ((v > INT32_MAX || v < INT32_MIN) && v != INT64_MAX && v != INT64_MIN) return true;
  return false;
}

class Weights {
 public:
  void look_at(const Value& v) {
    const Tensor& t = *v.constant;
    if (t.count() == 0 || !seen_.insert(t.data()).second) return;
    if (t.dtype() == DType::f64) doubles_.add(v.name, int64_t(t.bytes()));
    if (t.dtype() == DType::i64 && t.count() > table_elements) longs_.add(v.name, int64_t(t.bytes()));
    if (t.dtype() == DType::i64 && beyond_int32(t)) beyond_.add(v.name, int64_t(t.bytes()));
    if (t.dtype() == DType::f32) judge(v.name, t, range_of<float>(t));
    if (t.dtype() == DType::f64) judge(v.name, t, range_of<double>(t));
  }

  void report(Findings& out) const {
    wide("float64", doubles_, out);
    wide("int64", longs_, out);
    if (beyond_.count)
      out.emplace_back(diag::lint_int32_range, Arguments{{"count", std::to_string(beyond_.count)}, {"tensors", list_text(beyond_.names, beyond_.count)}});
    range("overflow", overflow_, out);
    range("lose values to 0", vanish_, out);
  }

 private:
  void judge(const std::string& name, const Tensor& t, const Range& r) {
    if (r.overflowing) overflow_.add(fmt::format("{}' ({} of {} values, largest {:g})", name, r.overflowing, t.count(), r.largest), 0);
    if (double(r.vanishing) > tolerated_share * double(r.nonzero))
      vanish_.add(fmt::format("{}' ({} of {} values)", name, r.vanishing, t.count()), 0);
  }
  static void wide(const char* type, const Group& g, Findings& out) {
    if (g.count)
      out.emplace_back(diag::lint_wide_weights, Arguments{{"count", std::to_string(g.count)}, {"type", type}, {"bytes", bytes_text(g.bytes)}, {"tensors", list_text(g.names, g.count)}});
  }
  static void range(const char* problem, const Group& g, Findings& out) {
    if (!g.count) return;
    std::string text;
    for (size_t i = 0; i < std::min<size_t>(g.names.size(), 8); ++i) text += (i ? ", '" : "'") + g.names[i];
    if (g.count > 8) text += fmt::format(" and {} more", g.count - 8);
    out.emplace_back(diag::lint_fp16_range, Arguments{{"count", std::to_string(g.count)}, {"problem", problem}, {"tensors", text}});
  }

  std::set<const void*> seen_;
  Group doubles_, longs_, beyond_, overflow_, vanish_;
};

}  // namespace

void check_weights(const Graph& root, Findings& out) {
  Weights weights;
  for_each_graph(root, [&](const Graph& graph) {
    for (uint32_t v = 0; v < graph.value_slots(); ++v)
      if (graph.is_live({v}) && graph.value({v}).constant) weights.look_at(graph.value({v}));
  });
  weights.report(out);
}

}  // namespace pharos::lint
