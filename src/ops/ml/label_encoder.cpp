// LabelEncoder and CategoryMapper: tables from keys to values.

#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/ml/ml_common.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

constexpr TypeSet codes{DType::string, DType::i64, DType::f32, DType::i32, DType::i16, DType::f64};

Tensor strings_tensor(const std::vector<std::string>& v) {
  return Tensor::from<std::string>(DType::string, {int64_t(v.size())}, v);
}

// `keys_*` or `values_*`, whichever is given, as a 1-D tensor.
Result<Tensor> column(const Node& node, const std::string& stem) {
  if (const Tensor* t = node.attr_tensor(stem + "_tensor")) {
    if (t->rank() > 1 || !codes.has(t->dtype()))
      return bad_attribute(node, stem + "_tensor", "of another kind", "a list of " + codes.text());
    return *t;
  }
  if (const auto* v = node.attr<std::vector<std::string>>(stem + "_strings")) return strings_tensor(*v);
  if (const auto* v = node.attr<std::vector<int64_t>>(stem + "_int64s")) return Tensor::vector_i64(*v);
  if (const auto* v = node.attr<std::vector<float>>(stem + "_floats"))
    return Tensor::from<float>(DType::f32, {int64_t(v->size())}, *v);
  return bad_attribute(node, stem + "_tensor", "missing",
                       fmt::format("one of {0}_tensor, {0}_strings, {0}_int64s, {0}_floats", stem));
}

// What a key that is not in the table becomes: one element of the values' type.
Result<Tensor> default_value(const Node& node, DType dtype) {
  if (const Tensor* t = node.attr_tensor("default_tensor")) {
    if (t->dtype() != dtype || t->count() != 1)
      return bad_attribute(node, "default_tensor", "of another type", fmt::format("one {}", dtype_name(dtype)));
    return *t;
  }
  if (dtype == DType::string) return strings_tensor({node.attr_string("default_string", "_Unused")});
  Tensor out(dtype, {1});
  if (is_integer(dtype)) {
    const int64_t v = node.attr_int("default_int64", -1);
    store(out, 0, 1, &v);
  } else {
    const double v = node.attr_float("default_float", -0.0f);
    store(out, 0, 1, &v);
  }
  return out;
}

// A table over keys of any kind. Numbers are kept as bits of a double (NaN and both zeros are one key each) or as
// integers.
class Table {
 public:
  explicit Table(const Tensor& keys) : dtype_(keys.dtype()) {
    for (int64_t i = 0; i < keys.count(); ++i) {
      if (dtype_ == DType::string) strings_[keys.as<std::string>()[size_t(i)]] = i;
      else numbers_[number(keys, i)] = i;
    }
  }
  int64_t find(const Tensor& x, int64_t i) const {
    if (dtype_ == DType::string) {
      const auto it = strings_.find(x.as<std::string>()[size_t(i)]);
      return it == strings_.end() ? -1 : it->second;
    }
    const auto it = numbers_.find(number(x, i));
    return it == numbers_.end() ? -1 : it->second;
  }

 private:
  static uint64_t number(const Tensor& t, int64_t i) {
    if (!is_float(t.dtype())) return uint64_t(t.int_at(i));
    const double v = t.double_at(i);
    return std::isnan(v) ? 0x7ff8000000000000u : v == 0 ? 0 : std::bit_cast<uint64_t>(v);
  }
  DType dtype_;
  std::unordered_map<std::string, int64_t> strings_;
  std::unordered_map<uint64_t, int64_t> numbers_;
};

Result<void> infer_encoder(InferContext& c) {
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  out.dtype = PHAROS_TRY(column(c.node(), "values")).dtype();
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate_encoder(EvalContext& c) {
  const Node& node = c.node();
  const Tensor& x = c.input(0);
  const Tensor keys = PHAROS_TRY(column(node, "keys")), values = PHAROS_TRY(column(node, "values"));
  if (keys.count() != values.count())
    return bad_attribute(node, "keys", fmt::format("{} keys", keys.count()),
                         fmt::format("{}, as many as values", values.count()));
  if (keys.dtype() != x.dtype())
    return bad_input(node, 0, fmt::format("of element type {}", dtype_name(x.dtype())),
                     fmt::format("{}, as the keys", dtype_name(keys.dtype())));
  const Tensor otherwise = PHAROS_TRY(default_value(node, values.dtype()));
  const Table table(keys);
  Tensor out = PHAROS_TRY(c.output(0, values.dtype(), x.dims()));
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t at = table.find(x, i);
    copy_run(out, i, at < 0 ? otherwise : values, std::max<int64_t>(0, at), 1);
  }
  return {};
}

// Opset 1 mapped strings to their positions and back, as CategoryMapper does with the positions written out.
Result<void> to_category_mapper(Graph& graph, NodeId id, int) {
  Node& node = graph.node(id);
  const auto* classes = node.attr<std::vector<std::string>>("classes_strings");
  if (!classes) return bad_attribute(node, "classes_strings", "missing", "a list of strings");
  std::vector<int64_t> positions;
  for (size_t i = 0; i < classes->size(); ++i) positions.push_back(int64_t(i));
  node.op = "CategoryMapper";
  node.attributes["cats_strings"] = *classes;
  node.attributes["cats_int64s"] = std::move(positions);
  node.attributes.erase("classes_strings");
  return {};
}

Result<void> infer_mapper(InferContext& c) {
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  out.dtype = out.dtype == DType::string ? DType::i64 : out.dtype == DType::i64 ? DType::string : DType::undefined;
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate_mapper(EvalContext& c) {
  const Node& node = c.node();
  const Tensor& x = c.input(0);
  const auto* words = node.attr<std::vector<std::string>>("cats_strings");
  const Tensor strings = strings_tensor(words ? *words : std::vector<std::string>()),
               ints = Tensor::vector_i64(node.attr_ints("cats_int64s"));
  if (strings.count() != ints.count())
    return bad_attribute(node, "cats_int64s", fmt::format("of {} elements", ints.count()),
                         fmt::format("{}, as cats_strings", strings.count()));
  const bool from_string = x.dtype() == DType::string;
  const Tensor& values = from_string ? ints : strings;
  const Tensor otherwise = PHAROS_TRY(default_value(node, values.dtype()));
  const Table table(from_string ? strings : ints);
  Tensor out = PHAROS_TRY(c.output(0, values.dtype(), x.dims()));
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t at = table.find(x, i);
    copy_run(out, i, at < 0 ? otherwise : values, std::max<int64_t>(0, at), 1);
  }
  return {};
}

}  // namespace

void define_label_encoder(OpSet& ops) {
  ops.add({
      .name = "LabelEncoder",
      .domain = ml::domain,
      .since = 4,
      .doc =
          "Replaces each element by the value of its key in a table; the last of equal keys counts, and NaN is a key.",
      .inputs = {{"X", codes}},
      .outputs = {{"Y", codes}},
      .attributes = {{"keys_tensor", AttrType::Tensor},
                     {"keys_strings", AttrType::Strings},
                     {"keys_int64s", AttrType::Ints},
                     {"keys_floats", AttrType::Floats},
                     {"values_tensor", AttrType::Tensor},
                     {"values_strings", AttrType::Strings},
                     {"values_int64s", AttrType::Ints},
                     {"values_floats", AttrType::Floats},
                     {"default_tensor", AttrType::Tensor},
                     {"default_string", AttrType::String, false, "default _Unused"},
                     {"default_int64", AttrType::Int, false, "default -1"},
                     {"default_float", AttrType::Float, false, "default -0"}},
      .infer = infer_encoder,
      .evaluate = evaluate_encoder,
      .older = {{2, nullptr}, {1, to_category_mapper}},
  });
  ops.add({
      .name = "CategoryMapper",
      .domain = ml::domain,
      .since = 1,
      .doc = "Replaces strings by numbers, or numbers by strings, with a table.",
      .inputs = {{"X", ml::labels}},
      .outputs = {{"Y", ml::labels}},
      .attributes = {{"cats_int64s", AttrType::Ints},
                     {"cats_strings", AttrType::Strings},
                     {"default_int64", AttrType::Int, false, "default -1"},
                     {"default_string", AttrType::String, false, "default _Unused"}},
      .infer = infer_mapper,
      .evaluate = evaluate_mapper,
  });
}

}  // namespace pharos
