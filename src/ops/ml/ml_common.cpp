#include "ops/ml/ml_common.h"

#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/op_errors.h"

namespace pharos::ml {

Result<Transform> transform_of(const Node& node) {
  const std::string t = node.attr_string("post_transform", "NONE");
  if (t == "NONE") return Transform::None;
  if (t == "SOFTMAX") return Transform::Softmax;
  if (t == "LOGISTIC") return Transform::Logistic;
  if (t == "SOFTMAX_ZERO") return Transform::SoftmaxZero;
  if (t == "PROBIT") return Transform::Probit;
  return bad_attribute(node, "post_transform", "'" + t + "'", "NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT");
}

double logistic(double v) {
  const double p = 1 / (1 + std::exp(-std::abs(v)));
  return v < 0 ? 1 - p : p;
}

// With Winitzki's approximation of the inverse error function, which other runtimes use too.
double probit(double v) {
  const double x = 2 * v - 1, sign = x < 0 ? -1 : 1, square = (1 - x) * (1 + x);
  if (square == 0) return 0;
  const double log = std::log(square), a = 2 / (M_PI * 0.147) + 0.5 * log;
  return 1.41421356 * sign * std::sqrt(std::sqrt(a * a - log / 0.147) - a);
}

namespace {

void softmax(std::span<double> s, bool zeros_stay) {
  double top = -HUGE_VAL, sum = 0;
  for (const double v : s) top = std::max(top, v);
  for (double& v : s) sum += v = zeros_stay && std::abs(v) <= 1e-7 ? v * std::exp(-top) : std::exp(v - top);
  for (double& v : s) v = sum == 0 && zeros_stay ? 0.5 : v / sum;
}

}  // namespace

void apply(Transform t, std::span<double> scores) {
  if (t == Transform::Softmax || t == Transform::SoftmaxZero) return softmax(scores, t == Transform::SoftmaxZero);
  if (t == Transform::None) return;
  for (double& v : scores) v = t == Transform::Logistic ? logistic(v) : probit(v);
}

Result<Matrix> matrix_of(const Node& node, const Dims& dims) {
  if (dims.size() == 1) return Matrix{1, dims[0]};
  if (dims.size() == 2) return Matrix{dims[0], dims[1]};
  return bad_input(node, 0, "of shape " + dims_text(dims), "shape NxF or F");
}

Shape row_shape(const Type& x, Dim columns) {
  const Dim rows = !x.shape ? Dim() : x.rank() == 2 ? (*x.shape)[0] : Dim(1);
  return {rows, columns};
}

void load_row(const Tensor& x, const Matrix& m, int64_t row, std::span<double> to) {
  load(x, row * m.columns, m.columns, to.data());
  if (is_integer(x.dtype()))
    for (double& v : to) v = float(v);
}

void ClassLabels::write(Tensor& out, int64_t at, int64_t k) const {
  if (out.dtype() == DType::string)
    out.as<std::string>()[size_t(at)] = k >= 0 && size_t(k) < strings.size() ? strings[size_t(k)] : std::to_string(k);
  else out.as<int64_t>()[size_t(at)] = k >= 0 && size_t(k) < ints.size() ? ints[size_t(k)] : k;
}

Result<ClassLabels> class_labels(const Node& node, std::string_view ints, std::string_view strings) {
  ClassLabels out;
  out.ints = node.attr_ints(ints);
  if (const auto* s = node.attr<std::vector<std::string>>(strings)) out.strings = *s;
  if (!out.ints.empty() && !out.strings.empty())
    return bad_attribute(node, strings, fmt::format("given beside {}", ints), "one of the two");
  return out;
}

}  // namespace pharos::ml
