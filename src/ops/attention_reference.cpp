#include "ops/attention_reference.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

template <class T>
double dot(const T* a, const T* b, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += double(a[i]) * double(b[i]);
  return sum;
}

template <class T>
void attend_any(const AttentionShape& s, const T* q, const T* k, const T* v, double scale, const AttentionHooks& hooks) {
  std::vector<double> scores(size_t(std::max<int64_t>(s.kv_length, 1))), out(size_t(std::max<int64_t>(s.v_head_size, 1)));
  const int64_t share = s.q_heads / s.kv_heads;
  for (int64_t b = 0; b < s.batch; ++b)
    for (int64_t h = 0; h < s.q_heads; ++h)
      for (int64_t i = 0; i < s.q_length; ++i) {
        const T* query = q + s.q.at(b, h, i);
        for (int64_t j = 0; j < s.kv_length; ++j)
          scores[size_t(j)] = scale * dot(query, k + s.k.at(b, h / share, j), s.head_size);
        if (hooks.scores) hooks.scores(b, h, i, scores.data());
        softmax_row(scores.data(), s.kv_length);
        if (hooks.weights) hooks.weights(b, h, i, scores.data());
        std::fill(out.begin(), out.end(), 0.0);
        for (int64_t j = 0; j < s.kv_length; ++j) {
          const double weight = scores[size_t(j)];
          if (weight == 0) continue;
          const T* row = v + s.v.at(b, h / share, j);
          for (int64_t d = 0; d < s.v_head_size; ++d) out[size_t(d)] += weight * double(row[d]);
        }
        hooks.result(b, h, i, out.data());
      }
}

}  // namespace

void attend(const AttentionShape& s, const float* q, const float* k, const float* v, double scale, const AttentionHooks& h) {
  attend_any(s, q, k, v, scale, h);
}
void attend(const AttentionShape& s, const double* q, const double* k, const double* v, double scale, const AttentionHooks& h) {
  attend_any(s, q, k, v, scale, h);
}

void softmax_row(double* x, int64_t n) {
  double top = -INFINITY, sum = 0;
  for (int64_t i = 0; i < n; ++i) top = std::max(top, x[i]);
  if (top == -INFINITY) {
    // NaN is above nothing: it must not be taken for a masked row.
    for (int64_t i = 0; i < n; ++i) x[i] = x[i] == -INFINITY ? 0 : x[i];
    return;
  }
  for (int64_t i = 0; i < n; ++i) sum += x[i] = std::exp(x[i] - top);
  for (int64_t i = 0; i < n; ++i) x[i] /= sum;
}

Result<AttentionMask> AttentionMask::make(const Node& node, size_t input, const Tensor& mask, const Dims& scores) {
  const Dims& d = mask.dims();
  const size_t skip = d.size() > scores.size() ? 0 : scores.size() - d.size();
  bool fits = d.size() <= scores.size();
  for (size_t i = 0; fits && i < d.size(); ++i) fits = d[i] == 1 || d[i] == scores[skip + i];
  if (!fits)
    return bad_input(node, input, "a mask of shape " + dims_text(d), "a shape that broadcasts to " + dims_text(scores));
  AttentionMask m;
  m.values_ = to_floats(mask);
  if (mask.dtype() == DType::boolean)
    for (float& v : m.values_) v = v != 0 ? 0 : -INFINITY;
  m.strides_ = broadcast_strides(d, scores);
  m.length_ = scores.back();
  return m;
}

void AttentionMask::apply(int64_t b, int64_t h, int64_t i, double* scores) const {
  const float* row = values_.data() + b * strides_[0] + h * strides_[1] + i * strides_[2];
  for (int64_t j = 0; j < length_; ++j) scores[j] += double(row[j * strides_[3]]);
}

}  // namespace pharos
