// Preparation of features: Binarizer, Scaler, Normalizer, Imputer, OneHotEncoder, FeatureVectorizer,
// ArrayFeatureExtractor.

#include <cmath>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/ml_common.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

Result<void> infer_same(InferContext& c) {
  c.set_output(0, c.input(0));
  return {};
}

Result<void> infer_float(InferContext& c) {
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  out.dtype = DType::f32;
  c.set_output(0, std::move(out));
  return {};
}

// --- Binarizer

Result<void> evaluate_binarizer(EvalContext& c) {
  const Tensor& x = c.input(0);
  const double threshold = c.node().attr_float("threshold", 0);
  Tensor out = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  std::vector<double> v = to_doubles(x);
  for (double& e : v) e = e > threshold;
  from_doubles(out, v);
  return {};
}

// --- Scaler

// One value per feature of the last axis, or one for all.
Result<std::vector<float>> per_feature(const Node& node, std::string_view attribute, int64_t features,
                                       float otherwise) {
  std::vector<float> v = node.attr_floats(attribute);
  if (v.empty()) v = {otherwise};
  if (v.size() != 1 && int64_t(v.size()) != features)
    return bad_attribute(node, attribute, fmt::format("of {} elements", v.size()),
                         fmt::format("1 or {} elements", features));
  return v;
}

int64_t last_dim(const Tensor& x) { return x.rank() == 0 ? 1 : x.dims().back(); }

Result<void> evaluate_scaler(EvalContext& c) {
  const Tensor& x = c.input(0);
  const int64_t features = last_dim(x);
  const auto scale = PHAROS_TRY(per_feature(c.node(), "scale", features, 1)),
             offset = PHAROS_TRY(per_feature(c.node(), "offset", features, 0));
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, x.dims()));
  std::vector<double> v = to_doubles(x);
  for (size_t i = 0; i < v.size(); ++i) {
    const size_t f = i % size_t(features);
    v[i] = (v[i] - offset[offset.size() == 1 ? 0 : f]) * scale[scale.size() == 1 ? 0 : f];
  }
  from_doubles(out, v);
  return {};
}

// --- Normalizer

enum class Norm { Max, L1, L2 };

Result<Norm> norm_of(const Node& node) {
  const std::string n = node.attr_string("norm", "MAX");
  if (n == "MAX") return Norm::Max;
  if (n == "L1") return Norm::L1;
  if (n == "L2") return Norm::L2;
  return bad_attribute(node, "norm", "'" + n + "'", "MAX, L1 or L2");
}

Result<void> evaluate_normalizer(EvalContext& c) {
  const Tensor& x = c.input(0);
  const Norm norm = PHAROS_TRY(norm_of(c.node()));
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(c.node(), x.dims()));
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, x.dims()));
  std::vector<double> row(static_cast<size_t>(m.columns));
  for (int64_t r = 0; r < m.rows; ++r) {
    load(x, r * m.columns, m.columns, row.data());
    double by = norm == Norm::Max ? -HUGE_VAL : 0;
    for (const double v : row) by = norm == Norm::Max ? std::max(by, v) : by + (norm == Norm::L1 ? std::abs(v) : v * v);
    if (norm == Norm::L2) by = std::sqrt(by);
    for (double& v : row) v = by == 0 ? v : v / by;
    store(out, r * m.columns, m.columns, row.data());
  }
  return {};
}

Result<void> infer_normalizer(InferContext& c) {
  PHAROS_TRY(norm_of(c.node()));
  return infer_float(c);
}

// --- Imputer

template <class W>
Result<void> impute(EvalContext& c, const std::vector<W>& values, W replaced) {
  const Tensor& x = c.input(0);
  const int64_t features = last_dim(x);
  if (values.size() != 1 && int64_t(values.size()) != features)
    return bad_attribute(c.node(), is_float(x.dtype()) ? "imputed_value_floats" : "imputed_value_int64s",
                         fmt::format("of {} elements", values.size()), fmt::format("1 or {} elements", features));
  Tensor out = PHAROS_TRY(c.output(0, x.dtype(), x.dims()));
  for (int64_t i = 0; i < x.count(); ++i) {
    W v;
    load(x, i, 1, &v);
    if (v == replaced || (v != v && replaced != replaced)) v = values[values.size() == 1 ? 0 : size_t(i % features)];
    store(out, i, 1, &v);
  }
  return {};
}

Result<void> evaluate_imputer(EvalContext& c) {
  const Node& node = c.node();
  if (is_float(c.input(0).dtype())) {
    const std::vector<float> given = node.attr_floats("imputed_value_floats");
    return impute<double>(c, {given.begin(), given.end()}, node.attr_float("replaced_value_float", 0));
  }
  return impute<int64_t>(c, node.attr_ints("imputed_value_int64s"), node.attr_int("replaced_value_int64", 0));
}

// --- OneHotEncoder

Result<int64_t> categories(const Node& node) {
  const auto* strings = node.attr<std::vector<std::string>>("cats_strings");
  const size_t n = std::max(node.attr_ints("cats_int64s").size(), strings ? strings->size() : 0);
  if (n == 0) return bad_attribute(node, "cats_int64s", "missing", "cats_int64s or cats_strings");
  return int64_t(n);
}

Result<void> infer_one_hot(InferContext& c) {
  Type out = Type::tensor(DType::f32);
  const Dim n = PHAROS_TRY(categories(c.node()));
  out.shape = c.input(0).shape;
  if (out.shape) out.shape->push_back(n);
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate_one_hot(EvalContext& c) {
  const Node& node = c.node();
  const Tensor& x = c.input(0);
  const int64_t n = PHAROS_TRY(categories(node));
  std::unordered_map<int64_t, int64_t> ints;
  std::unordered_map<std::string, int64_t> strings;
  for (const int64_t v : node.attr_ints("cats_int64s")) ints.emplace(v, int64_t(ints.size()));
  if (const auto* s = node.attr<std::vector<std::string>>("cats_strings"))
    for (const std::string& v : *s) strings.emplace(v, int64_t(strings.size()));
  Dims dims = x.dims();
  dims.push_back(n);
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, dims));
  const auto y = out.as<float>();
  std::fill(y.begin(), y.end(), 0.0f);
  for (int64_t i = 0; i < x.count(); ++i) {
    int64_t at = -1;
    if (x.dtype() == DType::string) {
      if (const auto it = strings.find(x.as<std::string>()[size_t(i)]); it != strings.end()) at = it->second;
    } else if (const auto it = ints.find(load_as<int64_t>(x, i)); it != ints.end()) {
      at = it->second;
    }
    if (at >= 0) y[size_t(i * n + at)] = 1;
    else if (node.attr_int("zeros", 1) == 0)
      return bad_value(node, 0, "an unknown category", "known categories, since attribute 'zeros' is 0");
  }
  return {};
}

// --- FeatureVectorizer

Result<void> infer_vectorizer(InferContext& c) {
  Dim total = 0;
  for (const int64_t n : c.node().attr_ints("inputdimensions")) total = total + Dim(n);
  c.set_output(
      0, Type::tensor(DType::f32, ml::row_shape(c.input(0), c.node().has_attr("inputdimensions") ? total : Dim())));
  return {};
}

Result<void> evaluate_vectorizer(EvalContext& c) {
  const Node& node = c.node();
  const size_t inputs = node.inputs.size();
  std::vector<int64_t> widths = node.attr_ints("inputdimensions");
  std::vector<ml::Matrix> shapes;
  for (size_t i = 0; i < inputs; ++i) shapes.push_back(PHAROS_TRY(ml::matrix_of(node, c.input(i).dims())));
  if (widths.empty())
    for (const ml::Matrix& m : shapes) widths.push_back(m.columns);
  if (widths.size() != inputs)
    return bad_attribute(node, "inputdimensions", fmt::format("of {} elements", widths.size()),
                         fmt::format("{} elements", inputs));
  int64_t total = 0;
  for (size_t i = 0; i < inputs; ++i) {
    if (widths[i] < 0 || __builtin_add_overflow(total, widths[i], &total))
      return bad_attribute(node, "inputdimensions", std::to_string(widths[i]), "0 or more");
    if (shapes[i].rows != shapes[0].rows)
      return shapes_mismatch(node, fmt::format("inputs of {} and {} rows", shapes[0].rows, shapes[i].rows));
  }
  Tensor out = PHAROS_TRY(c.output(0, DType::f32, {shapes[0].rows, total}));
  const auto y = out.as<float>();
  std::fill(y.begin(), y.end(), 0.0f);
  int64_t at = 0;
  for (size_t i = 0; i < inputs; at += widths[i++])
    for (int64_t r = 0; r < shapes[i].rows; ++r)
      load(c.input(i), r * shapes[i].columns, std::min(widths[i], shapes[i].columns), y.data() + r * total + at);
  return {};
}

// --- ArrayFeatureExtractor

Result<void> infer_extractor(InferContext& c) {
  Type out = Type::tensor(c.input(0).dtype);
  if (const auto& x = c.input(0).shape) {
    if (x->empty()) return bad_input(c.node(), 0, "a scalar", "rank 1 or more");
    out.shape = *x;
    if (x->size() == 1) out.shape->insert(out.shape->begin(), Dim(1));
    out.shape->back() = c.input(1).shape ? product(*c.input(1).shape) : Dim();
  }
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate_extractor(EvalContext& c) {
  const Tensor &x = c.input(0), &indices = c.input(1);
  if (x.rank() == 0) return bad_input(c.node(), 0, "a scalar", "rank 1 or more");
  const int64_t columns = x.dims().back(), n = indices.count();
  const std::vector<int64_t> index = indices.to_ints();
  for (const int64_t i : index)
    if (i < 0 || i >= columns) return index_out_of_range(c.node(), 1, i, 0, columns - 1);
  Dims dims = x.dims();
  if (dims.size() == 1) dims.insert(dims.begin(), 1);
  dims.back() = n;
  Tensor out = PHAROS_TRY(c.output(0, x.dtype(), dims));
  const int64_t rows = columns == 0 ? 0 : x.count() / columns;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t k = 0; k < n; ++k) copy_run(out, r * n + k, x, r * columns + index[size_t(k)], 1);
  return {};
}

}  // namespace

void define_features(OpSet& ops) {
  const std::string_view ml_domain = ml::domain;
  const std::vector<Param> x{{"X", ml::numbers}}, same{{"Y", ml::numbers}}, floats{{"Y", types::f32}};
  ops.add({.name = "Binarizer",
           .domain = ml_domain,
           .since = 1,
           .doc = "1 above a threshold, otherwise 0.",
           .inputs = x,
           .outputs = same,
           .attributes = {{"threshold", AttrType::Float, false, "default 0"}},
           .infer = infer_same,
           .evaluate = evaluate_binarizer});
  ops.add({.name = "Scaler",
           .domain = ml_domain,
           .since = 1,
           .doc = "Subtracts an offset and multiplies by a scale, per feature or for all.",
           .inputs = x,
           .outputs = floats,
           .attributes = {{"offset", AttrType::Floats, false, "default 0"},
                          {"scale", AttrType::Floats, false, "default 1"}},
           .infer = infer_float,
           .evaluate = evaluate_scaler});
  ops.add({.name = "Normalizer",
           .domain = ml_domain,
           .since = 1,
           .doc = "Divides each row by its largest value, or by its L1 or L2 norm.",
           .inputs = x,
           .outputs = floats,
           .attributes = {{"norm", AttrType::String, false, "MAX (default), L1 or L2"}},
           .infer = infer_normalizer,
           .evaluate = evaluate_normalizer});
  ops.add({.name = "Imputer",
           .domain = ml_domain,
           .since = 1,
           .doc = "Replaces one value (NaN, say) by another, per feature or for all.",
           .inputs = x,
           .outputs = same,
           .attributes = {{"imputed_value_floats", AttrType::Floats},
                          {"imputed_value_int64s", AttrType::Ints},
                          {"replaced_value_float", AttrType::Float, false, "default 0"},
                          {"replaced_value_int64", AttrType::Int, false, "default 0"}},
           .infer = infer_same,
           .evaluate = evaluate_imputer});
  ops.add({.name = "OneHotEncoder",
           .domain = ml_domain,
           .since = 1,
           .doc = "A new last axis with a one at the place of the category.",
           .inputs = {{"X", ml::numbers | types::string}},
           .outputs = floats,
           .attributes = {{"cats_int64s", AttrType::Ints},
                          {"cats_strings", AttrType::Strings},
                          {"zeros", AttrType::Int, false, "0: an unknown category is an error; default 1"}},
           .infer = infer_one_hot,
           .evaluate = evaluate_one_hot});
  ops.add({.name = "FeatureVectorizer",
           .domain = ml_domain,
           .since = 1,
           .doc = "Joins feature columns, each cut or padded to a given width.",
           .inputs = {{"X", ml::numbers, Param::Kind::Variadic}},
           .outputs = floats,
           .attributes = {{"inputdimensions", AttrType::Ints, false, "default: as they are"}},
           .infer = infer_vectorizer,
           .evaluate = evaluate_vectorizer});
  ops.add({.name = "ArrayFeatureExtractor",
           .domain = ml_domain,
           .since = 1,
           .doc = "Picks columns of the last axis.",
           .inputs = {{"X", ml::numbers | types::string}, {"Y", types::i64}},
           .outputs = {{"Z", ml::numbers | types::string}},
           .infer = infer_extractor,
           .evaluate = evaluate_extractor});
}

}  // namespace pharos
