#pragma once
// What the classical models of ai.onnx.ml share: class labels, the transforms of their scores, and rows of features.

#include <span>

#include "ops/op.h"

namespace pharos::ml {

inline constexpr std::string_view domain = "ai.onnx.ml";
inline constexpr TypeSet numbers{DType::f32, DType::f64, DType::i64, DType::i32};
inline constexpr TypeSet labels{DType::string, DType::i64};

enum class Transform { None, Softmax, Logistic, SoftmaxZero, Probit };
Result<Transform> transform_of(const Node& node);  // from the string attribute `post_transform`
void apply(Transform t, std::span<double> scores);
double logistic(double v);
double probit(double v);

// A [N, F] tensor, or [F] as one row.
struct Matrix { int64_t rows = 0, columns = 0; };
Result<Matrix> matrix_of(const Node& node, const Dims& dims);
// Rows of a type where known: the shape [N, columns].
Shape row_shape(const Type& x, Dim columns);
// One row as doubles; integers pass through float, as the operators compute in it.
void load_row(const Tensor& x, const Matrix& m, int64_t row, std::span<double> to);

// Class labels from two attributes, of which at most one is given; none: the class numbers.
struct ClassLabels {
  std::vector<std::string> strings;
  std::vector<int64_t> ints;
  size_t size() const { return std::max(strings.size(), ints.size()); }
  DType dtype() const { return strings.empty() ? DType::i64 : DType::string; }
  // Writes the label of a class; a class without label is written as its number.
  void write(Tensor& out, int64_t at, int64_t class_number) const;
};
Result<ClassLabels> class_labels(const Node& node, std::string_view ints, std::string_view strings);

}  // namespace pharos::ml
