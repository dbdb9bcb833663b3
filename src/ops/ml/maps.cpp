// Operators on maps: ZipMap makes them, CastMap and DictVectorizer turn them into tensors.

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/ml_common.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

// --- ZipMap

Result<ml::ClassLabels> zip_labels(const Node& node) {
  auto labels = PHAROS_TRY(ml::class_labels(node, "classlabels_int64s", "classlabels_strings"));
  if (labels.size() == 0)
    return bad_attribute(node, "classlabels_int64s", "missing", "classlabels_int64s or classlabels_strings");
  return labels;
}

Result<void> infer_zip(InferContext& c) {
  const auto labels = PHAROS_TRY(zip_labels(c.node()));
  c.set_output(0, Type::sequence(Type::map(labels.dtype(), Type::tensor(DType::f32))));
  return {};
}

Result<void> evaluate_zip(EvalContext& c) {
  const Tensor& x = c.input(0);
  const auto labels = PHAROS_TRY(zip_labels(c.node()));
  const ml::Matrix m = PHAROS_TRY(ml::matrix_of(c.node(), x.dims()));
  if (m.columns != int64_t(labels.size()))
    return bad_input(c.node(), 0, fmt::format("of {} columns", m.columns),
                     fmt::format("{}, one per class label", labels.size()));
  const Tensor keys = labels.strings.empty() ? Tensor::vector_i64(labels.ints)
                                             : Tensor::from<std::string>(DType::string, {m.columns}, labels.strings);
  Sequence out{Type::map(labels.dtype(), Type::tensor(DType::f32)), {}};
  for (int64_t r = 0; r < m.rows; ++r) {
    Tensor values(DType::f32, {m.columns});
    copy_run(values, 0, x, r * m.columns, m.columns);
    out.items.emplace_back(Map{keys, std::move(values)});
  }
  c.set_output(0, std::move(out));
  return {};
}

// --- maps as inputs

Result<const Map*> map_input(EvalContext& c) {
  const Map* m = c.input_datum(0).map();
  if (!m) return bad_input(c.node(), 0, "no map", "a map");
  if (m->keys.count() != m->values.count())
    return bad_input(c.node(), 0, "a map of other values", "one number or string per key");
  return m;
}

// --- CastMap

Result<DType> cast_type(const Node& node) {
  const std::string to = node.attr_string("cast_to", "TO_FLOAT");
  if (to == "TO_FLOAT") return DType::f32;
  if (to == "TO_STRING") return DType::string;
  if (to == "TO_INT64") return DType::i64;
  return bad_attribute(node, "cast_to", "'" + to + "'", "TO_FLOAT, TO_STRING or TO_INT64");
}

Result<bool> sparse_form(const Node& node) {
  const std::string form = node.attr_string("map_form", "DENSE");
  if (form != "DENSE" && form != "SPARSE") return bad_attribute(node, "map_form", "'" + form + "'", "DENSE or SPARSE");
  if (form == "SPARSE" && node.attr_int("max_map", 1) < 1)
    return bad_attribute(node, "max_map", std::to_string(node.attr_int("max_map")), "1 or more");
  return form == "SPARSE";
}

Result<void> infer_cast(InferContext& c) {
  const Dim n = PHAROS_TRY(sparse_form(c.node())) ? Dim(c.node().attr_int("max_map", 1)) : Dim();
  c.set_output(0, Type::tensor(PHAROS_TRY(cast_type(c.node())), Shape{Dim(1), n}));
  return {};
}

Result<void> cast_value(const Node& node, const Tensor& from, int64_t i, Tensor& to, int64_t at) {
  if (to.dtype() == DType::string) {
    auto& text = to.as<std::string>()[size_t(at)];
    text =
        from.dtype() == DType::string ? from.as<std::string>()[size_t(i)] : fmt::format("{}", float(from.double_at(i)));
    return {};
  }
  double v = 0;
  if (from.dtype() == DType::string) {
    const std::string& text = from.as<std::string>()[size_t(i)];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (error != std::errc() || end != text.data() + text.size())
      return bad_value(node, 0, "'" + text + "'", "numbers");
  } else {
    v = from.double_at(i);
  }
  store(to, at, 1, &v);
  return {};
}

Result<void> evaluate_cast(EvalContext& c) {
  const Node& node = c.node();
  const Map* m = PHAROS_TRY(map_input(c));
  if (m->keys.dtype() != DType::i64) return bad_input(node, 0, "a map with other keys", "i64 keys");
  const bool sparse = PHAROS_TRY(sparse_form(node));
  const int64_t n = m->keys.count();
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return m->keys.int_at(a) < m->keys.int_at(b); });
  const int64_t length = sparse ? node.attr_int("max_map", 1) : n;
  Tensor out = PHAROS_TRY(c.output(0, PHAROS_TRY(cast_type(node)), {1, length}));
  if (out.dtype() != DType::string && out.count() > 0) std::fill_n(static_cast<char*>(out.data()), out.bytes(), 0);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t key = m->keys.int_at(order[size_t(i)]), at = sparse ? key : i;
    if (at < 0 || at >= length) return index_out_of_range(node, 0, key, 0, length - 1);
    PHAROS_TRY(cast_value(node, m->values, order[size_t(i)], out, at));
  }
  return {};
}

// --- DictVectorizer

Result<void> infer_vectorizer(InferContext& c) {
  const auto labels = PHAROS_TRY(ml::class_labels(c.node(), "int64_vocabulary", "string_vocabulary"));
  const Type& x = c.input(0);
  c.set_output(0, Type::tensor(x.kind == Type::Kind::Map && x.element ? x.element->dtype : DType::undefined,
                               Shape{Dim(1), Dim(int64_t(labels.size()))}));
  return {};
}

Result<void> evaluate_vectorizer(EvalContext& c) {
  const Node& node = c.node();
  const Map* m = PHAROS_TRY(map_input(c));
  const auto vocabulary = PHAROS_TRY(ml::class_labels(node, "int64_vocabulary", "string_vocabulary"));
  if (m->keys.dtype() != vocabulary.dtype())
    return bad_input(node, 0, "a map with other keys",
                     fmt::format("{} keys, as the vocabulary", dtype_name(vocabulary.dtype())));
  std::unordered_map<std::string, int64_t> strings;
  std::unordered_map<int64_t, int64_t> ints;
  for (int64_t i = 0; i < m->keys.count(); ++i) {
    if (vocabulary.strings.empty()) ints[m->keys.int_at(i)] = i;
    else strings[m->keys.as<std::string>()[size_t(i)]] = i;
  }
  const int64_t n = int64_t(vocabulary.size());
  Tensor out = PHAROS_TRY(c.output(0, m->values.dtype(), {1, n}));
  if (out.dtype() != DType::string && n > 0) std::fill_n(static_cast<char*>(out.data()), out.bytes(), 0);
  for (int64_t k = 0; k < n; ++k) {
    int64_t at = -1;
    if (vocabulary.strings.empty()) {
      if (const auto it = ints.find(vocabulary.ints[size_t(k)]); it != ints.end()) at = it->second;
    } else if (const auto it = strings.find(vocabulary.strings[size_t(k)]); it != strings.end()) {
      at = it->second;
    }
    if (at >= 0) copy_run(out, k, m->values, at, 1);
  }
  return {};
}

}  // namespace

void define_maps(OpSet& ops) {
  ops.add({.name = "ZipMap",
           .domain = ml::domain,
           .since = 1,
           .doc = "Turns each row of scores into a map from class label to score.",
           .inputs = {{"X", types::f32}},
           .outputs = {{.name = "Z", .container = true}},
           .attributes = {{"classlabels_int64s", AttrType::Ints}, {"classlabels_strings", AttrType::Strings}},
           .infer = infer_zip,
           .evaluate = evaluate_zip});
  ops.add({.name = "CastMap",
           .domain = ml::domain,
           .since = 1,
           .doc = "The values of a map in the order of their keys, as one row.",
           .inputs = {{.name = "X", .container = true}},
           .outputs = {{"Y", TypeSet{DType::string, DType::f32, DType::i64}}},
           .attributes = {{"cast_to", AttrType::String, false, "TO_FLOAT (default), TO_STRING or TO_INT64"},
                          {"map_form", AttrType::String, false, "DENSE (default), or SPARSE: keys are positions"},
                          {"max_map", AttrType::Int, false, "length of the sparse form; default 1"}},
           .infer = infer_cast,
           .evaluate = evaluate_cast});
  ops.add({.name = "DictVectorizer",
           .domain = ml::domain,
           .since = 1,
           .doc = "The values of a map in the order of a vocabulary, as one row; zero where absent.",
           .inputs = {{.name = "X", .container = true}},
           .outputs = {{"Y", TypeSet{DType::i64, DType::f32, DType::f64, DType::string}}},
           .attributes = {{"int64_vocabulary", AttrType::Ints}, {"string_vocabulary", AttrType::Strings}},
           .infer = infer_vectorizer,
           .evaluate = evaluate_vectorizer});
}

}  // namespace pharos
