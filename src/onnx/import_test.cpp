#include "onnx/import.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "catalog/import.h"
#include "onnx/test_model.h"
#include "ops/interpret.h"

namespace pharos {
namespace {

using test::ModelMaker;

const OpSet& ops() {
  static const OpSet set = builtin_ops();
  return set;
}

Result<ImportedModel> import(const ModelMaker& m) {
  const std::string bytes = m.bytes();
  return import_model(test::as_bytes(bytes), "", ops());
}

// The outputs of the imported graph, for float inputs of one element each.
std::vector<float> run(const ImportedModel& m, std::vector<float> inputs) {
  std::vector<Datum> in;
  for (const float v : inputs) in.emplace_back(Tensor::from<float>(DType::f32, {1}, std::span(&v, 1)));
  auto out = interpret(m.graph, ops(), in);
  EXPECT_TRUE(out) << (out ? "" : out.error().text());
  std::vector<float> values;
  if (out)
    for (const Datum& d : *out) values.push_back(float(d.tensor()->double_at(0)));
  return values;
}

std::string text(const Result<ImportedModel>& r) { return r ? "imported" : r.error().text(); }

TEST(Import, NodesInAnyOrder) {
  ModelMaker m;
  m.input("x", {1}).output("z");
  m.node("Add", {"y", "x"}, {"z"}, "second");
  m.node("Neg", {"x"}, {"y"}, "first");
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  EXPECT_EQ(run(*r, {3}), std::vector<float>{0});
}

TEST(Import, InitializersOfEveryForm) {
  ModelMaker m;
  m.input("x", {1}).output("y").output("packed").output("flags");
  m.floats("typed", {1}, {2});
  auto& raw = m.floats("raw", {1}, {});
  const float value = 5;
  raw.set_raw_data(&value, sizeof value);
  auto& i4 = *m.graph().add_initializer();
  i4.set_name("packed");
  i4.set_data_type(22);
  i4.add_dims(3);
  i4.set_raw_data("\x9f\x07");  // -1, -7, 7
  auto& flags = *m.graph().add_initializer();
  flags.set_name("flags");
  flags.set_data_type(onnx::TensorProto::BOOL);
  flags.add_dims(2);
  flags.set_raw_data(std::string("\x02\x00", 2));
  m.node("Add", {"x", "typed"}, {"a"});
  m.node("Add", {"a", "raw"}, {"y"});
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  const Graph& g = r->graph;
  EXPECT_EQ(g.constant(g.outputs()[1])->to_ints(), (std::vector<int64_t>{-1, -7, 7}));
  EXPECT_EQ(g.constant(g.outputs()[2])->as<uint8_t>()[0], 1);
  EXPECT_EQ(g.inputs().size(), 1u);
}

TEST(Import, LargeRawDataIsReadInPlace) {
  ModelMaker m;
  m.input("x", {1}).output("w");
  auto& w = m.floats("w", {2000}, {});
  std::vector<float> values(2000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = float(i);
  w.set_raw_data(values.data(), values.size() * sizeof(float));
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  const Tensor& t = *r->graph.constant(r->graph.outputs()[0]);
  EXPECT_EQ(t.as<float>()[1999], 1999);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(t.data()) % 64, 0u);
}

TEST(Import, SparseInitializer) {
  ModelMaker m;
  m.output("s");
  auto& s = *m.graph().add_sparse_initializer();
  s.add_dims(2);
  s.add_dims(3);
  auto& v = *s.mutable_values();
  v.set_name("s");
  v.set_data_type(onnx::TensorProto::FLOAT);
  v.add_dims(1);
  v.add_float_data(7);
  auto& i = *s.mutable_indices();
  i.set_data_type(onnx::TensorProto::INT64);
  i.add_dims(1);
  i.add_dims(2);
  i.add_int64_data(1);
  i.add_int64_data(2);
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  const Tensor& t = *r->graph.constant(r->graph.outputs()[0]);
  EXPECT_EQ(t.dims(), (Dims{2, 3}));
  EXPECT_EQ(t.as<float>()[5], 7);
  EXPECT_EQ(t.as<float>()[0], 0);
}

TEST(Import, InitializerThatIsAnInputIsNotAskedFor) {
  ModelMaker m;
  m.input("x", {1}).input("w", {1}).output("y");
  m.floats("w", {1}, {4});
  m.node("Mul", {"x", "w"}, {"y"});
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  EXPECT_EQ(r->graph.inputs().size(), 1u);
  EXPECT_EQ(run(*r, {3}), std::vector<float>{12});
}

TEST(Import, UnnamedDimsGetSymbolsOfTheirOwn) {
  ModelMaker m;
  m.input("a", {-2, 3}).input("b", {-1, 3}).output("y");
  m.graph().mutable_input(1)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(1)->set_dim_param("N");
  m.node("Relu", {"a"}, {"y"});
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  const auto& a = *r->graph.value(r->graph.inputs()[0]).type.shape;
  const auto& b = *r->graph.value(r->graph.inputs()[1]).type.shape;
  EXPECT_TRUE(a[0].symbol_name() && b[0].symbol_name() && a[0].symbol_name() != b[0].symbol_name());
  EXPECT_EQ(b[1].symbol_name(), "N");
  EXPECT_TRUE(*r->graph.value(r->graph.outputs()[0]).type.shape == *r->graph.value(r->graph.outputs()[0]).type.shape);
}

// If whose branches read different outer values: both get both, in one order.
TEST(Import, CapturesAreUnited) {
  ModelMaker m;
  m.input("x", {1}).input("y", {1}).output("z");
  m.floats("zero", {1}, {0});
  m.node("Greater", {"x", "zero"}, {"cond"});
  auto& n = m.node("If", {"cond"}, {"z"}, "choice");
  auto& then_graph = *ModelMaker::attribute(n, "then_branch", onnx::AttributeProto::GRAPH).mutable_g();
  then_graph.set_name("then");
  ModelMaker::node(then_graph, "Neg", {"x"}, {"t"});
  then_graph.add_output()->set_name("t");
  auto& else_graph = *ModelMaker::attribute(n, "else_branch", onnx::AttributeProto::GRAPH).mutable_g();
  else_graph.set_name("else");
  ModelMaker::node(else_graph, "Add", {"y", "x"}, {"t"});
  else_graph.add_output()->set_name("t");
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  EXPECT_EQ(run(*r, {2, 10}), std::vector<float>{-2});
  EXPECT_EQ(run(*r, {-2, 10}), std::vector<float>{8});
}

void add_function(ModelMaker& m, const std::string& name, const std::string& overload, const std::string& op, float default_alpha) {
  auto& f = *m.model.add_functions();
  f.set_domain("local");
  f.set_name(name);
  f.add_input("a");
  f.add_output("b");
  ModelMaker::set(*f.add_opset_import(), "", 17);
  auto& n = ModelMaker::fill(*f.add_node(), op, {"a"}, {"b"}, "inner");
  if (op == "LeakyRelu") {
    auto& alpha = ModelMaker::attribute(n, "alpha", onnx::AttributeProto::FLOAT);
    alpha.set_ref_attr_name("slope");
    onnx::AttributeProto d;
    d.set_name("slope");
    d.set_type(onnx::AttributeProto::FLOAT);
    d.set_f(default_alpha);
    f.GetReflection()->MutableUnknownFields(&f)->AddLengthDelimited(proto::function_attribute_proto, d.SerializeAsString());
  }
  if (!overload.empty()) f.GetReflection()->MutableUnknownFields(&f)->AddLengthDelimited(proto::function_overload, overload);
}

TEST(Import, FunctionsAreInlinedWithDefaultsAndOverloads) {
  ModelMaker m;
  m.import("local", 1);
  m.input("x", {1}).output("p").output("q").output("r");
  add_function(m, "f", "", "LeakyRelu", 0.5f);
  add_function(m, "f", "other", "Neg", 0);
  m.node("f", {"x"}, {"p"}, "call").set_domain("local");
  auto& with = m.node("f", {"x"}, {"q"}, "call2");
  with.set_domain("local");
  ModelMaker::attribute(with, "slope", onnx::AttributeProto::FLOAT).set_f(0.25f);
  auto& other = m.node("f", {"x"}, {"r"}, "call3");
  other.set_domain("local");
  other.GetReflection()->MutableUnknownFields(&other)->AddLengthDelimited(proto::node_overload, "other");
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  EXPECT_EQ(run(*r, {-4}), (std::vector<float>{-2, -1, 4}));
  const Graph& g = r->graph;
  EXPECT_EQ(g.value(g.outputs()[0]).name, "p");
  EXPECT_EQ(g[g.producer(g.outputs()[0])].origin, std::vector<std::string>{"call/inner"});
}

TEST(Import, FunctionThatPassesItsInputOn) {
  ModelMaker m;
  m.import("local", 1);
  m.input("x", {1}).output("y");
  auto& f = *m.model.add_functions();
  f.set_domain("local");
  f.set_name("same");
  f.add_input("a");
  f.add_output("a");
  m.node("same", {"x"}, {"y"}).set_domain("local");
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  EXPECT_EQ(r->graph.value(r->graph.outputs()[0]).name, "y");
  EXPECT_EQ(run(*r, {3}), std::vector<float>{3});
}

TEST(Import, OlderFormsAreRewritten) {
  ModelMaker m(9);
  m.input("x", {1}).output("y");
  auto& clip = m.node("Clip", {"x"}, {"y"});
  ModelMaker::attribute(clip, "max", onnx::AttributeProto::FLOAT).set_f(2);
  const auto r = import(m);
  ASSERT_TRUE(r) << text(r);
  EXPECT_EQ(run(*r, {5}), std::vector<float>{2});
  EXPECT_FALSE(r->graph[r->graph.producer(r->graph.outputs()[0])].has_attr("max"));
}

TEST(Import, AllUnknownOperatorsInOneReport) {
  ModelMaker m;
  m.input("x", {1}).output("z");
  m.node("Foo", {"x"}, {"y"}, "foo_1").set_domain("com.example");
  m.node("Foo", {"y"}, {"w"}, "foo_2").set_domain("com.example");
  m.node("NoSuchOp", {"w"}, {"z"}, "bar");
  const auto r = import(m);
  ASSERT_FALSE(r);
  EXPECT_EQ(&r.error().diagnostic(), &diag::operators_unsupported);
  for (const char* part : {"com.example::Foo", "foo_1", "foo_2", "NoSuchOp", "bar"}) EXPECT_NE(text(r).find(part), std::string::npos) << text(r);
}

TEST(Import, WrongDeclaredShapeIsNotedWrongTypeFails) {
  ModelMaker m;
  m.input("x", {4}).output("y");
  m.node("Relu", {"x"}, {"y"});
  ModelMaker::tensor_type(*m.graph().mutable_output(0), "y", onnx::TensorProto::FLOAT, {9});
  const auto noted = import(m);
  ASSERT_TRUE(noted) << text(noted);
  ASSERT_EQ(noted->notes.size(), 1u);
  EXPECT_EQ(&noted->notes[0].diagnostic(), &diag::declared_shape_wrong);
  ModelMaker::tensor_type(*m.graph().mutable_output(0), "y", onnx::TensorProto::INT64, {4});
  const auto failed = import(m);
  ASSERT_FALSE(failed);
  EXPECT_EQ(&failed.error().diagnostic(), &diag::declared_type_wrong);
}

TEST(Import, MissingImports) {
  ModelMaker none(0);
  none.input("x", {1}).output("y");
  none.node("Relu", {"x"}, {"y"});
  const auto r = import(none);
  ASSERT_FALSE(r);
  EXPECT_EQ(&r.error().diagnostic(), &diag::opset_missing);
  ModelMaker newer(99);
  newer.input("x", {1}).output("y");
  newer.node("Relu", {"x"}, {"y"});
  const auto n = import(newer);
  ASSERT_TRUE(n) << text(n);
  EXPECT_EQ(&n->notes.at(0).diagnostic(), &diag::opset_too_new);
}

// Every model of the conformance data is imported, or says which operator is missing.
TEST(Import, ConformanceModels) {
  const char* root = std::getenv("PHAROS_TEST_DATA");
  const std::filesystem::path beside = std::filesystem::path(PHAROS_SOURCE_DIR).parent_path() / "shared";
  const std::filesystem::path folder = (root ? std::filesystem::path(root) : beside) / "conformance" / "models";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no conformance data";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto path = entry.path() / "model.onnx";
    if (!std::filesystem::exists(path)) continue;
    const auto r = import_model(path.string(), ops());
    EXPECT_TRUE(r || &r.error().diagnostic() == &diag::operators_unsupported) << path << ": " << text(r);
  }
}

}  // namespace
}  // namespace pharos
