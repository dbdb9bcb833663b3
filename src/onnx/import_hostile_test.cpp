// Broken and malicious models end in one report that says what is wrong.

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "catalog/general.h"
#include "catalog/import.h"
#include "onnx/import.h"
#include "onnx/test_model.h"

namespace pharos {
namespace {

namespace fs = std::filesystem;
using test::ModelMaker;

const OpSet& ops() {
  static const OpSet set = builtin_ops();
  return set;
}

void expect(const Result<ImportedModel>& r, const Diagnostic& d, std::string_view part = "") {
  ASSERT_FALSE(r) << "expected " << d.code;
  EXPECT_EQ(r.error().code(), d.code) << r.error().text();
  EXPECT_NE(r.error().text().find(part), std::string::npos) << r.error().text();
}

void expect(const std::string& bytes, const Diagnostic& d, std::string_view part = "", const ImportOptions& options = {}) {
  expect(import_model(test::as_bytes(bytes), "", ops(), options), d, part);
}
void expect(const ModelMaker& m, const Diagnostic& d, std::string_view part = "", const ImportOptions& options = {}) { expect(m.bytes(), d, part, options); }

ModelMaker relu() {
  ModelMaker m;
  m.input("x", {1}).output("y");
  m.node("Relu", {"x"}, {"y"}, "relu");
  return m;
}

TEST(HostileImport, TruncatedAnywhere) {
  ModelMaker m = relu();
  m.floats("w", {3}, {1, 2, 3});
  const std::string whole = m.bytes();
  for (size_t n = 0; n < whole.size(); ++n) {
    const std::string part = whole.substr(0, n);
    const auto r = import_model(test::as_bytes(part), "", ops());
    if (!r) { EXPECT_EQ(r.error().diagnostic().severity, Severity::Error) << n; }
  }
  expect(whole.substr(0, whole.size() / 2), diag::model_damaged, "the file ends");
}

TEST(HostileImport, NotAModel) {
  expect(std::string("\x08\x08", 2), diag::model_damaged, "no graph");
  expect(std::string("\x3a\xff\xff\xff\xff\x0f", 6), diag::model_damaged);
  expect(std::string("\x0b\x0b\x0b\x0b\xff\x01", 6), diag::model_damaged, "wire type");
}

TEST(HostileImport, CycleNamesTheNodes) {
  ModelMaker m;
  m.input("x", {1}).output("b");
  m.node("Add", {"x", "b"}, {"a"}, "first");
  m.node("Neg", {"a"}, {"b"}, "second");
  expect(m, diag::graph_cyclic, "'first', 'second'");
}

TEST(HostileImport, UndefinedAndRepeatedNames) {
  ModelMaker undefined;
  undefined.input("x", {1}).output("y");
  undefined.node("Add", {"x", "nothing"}, {"y"}, "add");
  expect(undefined, diag::value_undefined, "'nothing'");
  ModelMaker twice = relu();
  twice.node("Neg", {"x"}, {"y"}, "neg");
  expect(twice, diag::value_defined_twice, "'y'");
  ModelMaker inputs = relu();
  inputs.input("x", {1});
  expect(inputs, diag::value_defined_twice);
  ModelMaker output = relu();
  output.output("no_such");
  expect(output, diag::model_invalid, "no_such");
  ModelMaker untyped = relu();
  untyped.graph().mutable_input(0)->clear_type();
  expect(untyped, diag::model_invalid, "has no type");
}

TEST(HostileImport, LyingTensors) {
  ModelMaker m = relu();
  auto& w = m.floats("w", {1000, 1000}, {1, 2, 3});
  expect(m, diag::tensor_size_mismatch, "'w'");
  w.set_raw_data("abc");
  expect(m, diag::tensor_size_mismatch, "3 B");
  w.set_dims(0, -5);
  expect(m, diag::tensor_dims_invalid);
  w.set_dims(0, int64_t{1} << 62);
  w.set_dims(1, int64_t{1} << 62);
  expect(m, diag::tensor_dims_invalid, "63 bits");
  w.set_data_type(99);
  expect(m, diag::tensor_type_unknown, "99");
  w.set_data_type(0);
  expect(m, diag::tensor_type_unknown);
}

TEST(HostileImport, SparseIndicesOutside) {
  ModelMaker m = relu();
  auto& s = *m.graph().add_sparse_initializer();
  s.add_dims(4);
  auto& v = *s.mutable_values();
  v.set_name("s");
  v.set_data_type(onnx::TensorProto::FLOAT);
  v.add_dims(1);
  v.add_float_data(7);
  auto& i = *s.mutable_indices();
  i.set_data_type(onnx::TensorProto::INT64);
  i.add_dims(1);
  i.add_int64_data(4);
  expect(m, diag::sparse_invalid, "outside");
  i.set_int64_data(0, INT64_MIN);
  expect(m, diag::sparse_invalid, "outside");
  s.set_dims(0, INT64_MAX);
  expect(m, diag::sparse_invalid);
  s.set_dims(0, int64_t{1} << 40);
  expect(m, diag::limit_exceeded);
}

TEST(HostileImport, SubgraphsNestedTooDeeply) {
  for (const int levels : {100, 3000}) {
    std::string graph = ModelMaker(0).graph().SerializeAsString();
    // A graph in an attribute in a node in a graph …, written by hand: making it as objects would recurse too.
    const auto wrap = [](int field, const std::string& inside) {
      std::string out(1, char(field << 3 | 2));
      for (size_t n = inside.size(); ; n >>= 7) { out.push_back(char(n >= 128 ? (n & 127) | 128 : n)); if (n < 128) break; }
      return out + inside;
    };
    for (int i = 0; i < levels; ++i) graph = wrap(1, wrap(5, wrap(6, graph)));
    expect(wrap(7, graph), diag::limit_exceeded, "nesting");
  }
}

TEST(HostileImport, TypesNestedTooDeeply) {
  ModelMaker m = relu();
  auto* type = m.graph().mutable_input(0)->mutable_type();
  for (int i = 0; i < 60; ++i) type = type->mutable_sequence_type()->mutable_elem_type();
  expect(m, diag::type_unsupported, "nested");
}

void add_caller(ModelMaker& m, const std::string& name, const std::string& callee, int calls) {
  auto& f = *m.model.add_functions();
  f.set_domain("local");
  f.set_name(name);
  f.add_input("a");
  f.add_output("b");
  ModelMaker::set(*f.add_opset_import(), "local", 1);
  std::string from = "a";
  for (int i = 0; i < calls; ++i) {
    const std::string to = i + 1 == calls ? "b" : "v" + std::to_string(i);
    ModelMaker::fill(*f.add_node(), callee, {from}, {to}).set_domain("local");
    from = to;
  }
}

TEST(HostileImport, RecursiveAndExplodingFunctions) {
  ModelMaker recursive(17);
  recursive.import("local", 1);
  recursive.input("x", {1}).output("y");
  add_caller(recursive, "f", "g", 1);
  add_caller(recursive, "g", "f", 1);
  recursive.node("f", {"x"}, {"y"}).set_domain("local");
  expect(recursive, diag::function_recursive, "local::f -> local::g -> local::f");

  ModelMaker bomb(17);  // 10 to the power of 12 nodes
  bomb.import("local", 1);
  bomb.input("x", {1}).output("y");
  for (int i = 0; i < 12; ++i) add_caller(bomb, "f" + std::to_string(i), "f" + std::to_string(i + 1), 10);
  add_caller(bomb, "f12", "f13", 0);
  bomb.node("f0", {"x"}, {"y"}).set_domain("local");
  ImportOptions options;
  options.limits.max_nodes = 10000;
  const auto r = import_model(test::as_bytes(bomb.bytes()), "", ops(), options);
  ASSERT_FALSE(r);
}

TEST(HostileImport, ManyPartsWithinTheLimit) {
  ImportOptions options;
  options.limits.max_nodes = 100;
  ModelMaker m = relu();
  for (int i = 0; i < 200; ++i) m.node("Neg", {"x"}, {"n" + std::to_string(i)});
  expect(m, diag::limit_exceeded, "number of nodes", options);
  std::string empty_nodes;
  for (int i = 0; i < 5000; ++i) empty_nodes += std::string("\x5a\x00", 2);  // inputs without contents
  expect(std::string("\x08\x08\x3a\x90\x4e", 5) + empty_nodes, diag::limit_exceeded, "number of parts", options);
}

class ExternalData : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("pharos_external_" + std::to_string(getpid()));
    fs::create_directories(folder_ / "model");
    std::ofstream(folder_ / "secret.bin") << std::string(64, 's');
    std::ofstream(folder_ / "model" / "data.bin") << std::string(64, '\0');
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<ImportedModel> import(const std::vector<std::pair<std::string, std::string>>& entries, bool with_folder = true) {
    ModelMaker m = relu();
    auto& w = m.floats("w", {4}, {});
    w.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto& e = *w.add_external_data();
      e.set_key(key);
      e.set_value(value);
    }
    const std::string bytes = m.bytes();
    return import_model(test::as_bytes(bytes), with_folder ? (folder_ / "model").string() : "", ops());
  }

  fs::path folder_;
};

TEST_F(ExternalData, ReadsWhatLiesBeside) {
  const auto r = import({{"location", "data.bin"}, {"offset", "16"}, {"length", "16"}});
  EXPECT_TRUE(r) << r.error().text();
  EXPECT_TRUE(import({{"location", "data.bin"}}));
}

TEST_F(ExternalData, NamesThatLeaveTheFolder) {
  for (const std::string name : {"../secret.bin", "/etc/passwd", "a/../../secret.bin", "..\\secret.bin", "C:\\secret.bin", "\\\\server\\share"})
    expect(import({{"location", name}}), diag::path_outside_folder);
  expect(import({{"location", std::string("data.bin\0x", 10)}}), diag::path_outside_folder);
  EXPECT_FALSE(import({{"location", std::string(5000, 'a')}}));
  expect(import({{"location", "data.bin"}}, false), diag::external_data_no_folder);
}

TEST_F(ExternalData, LinksAreRefused) {
  fs::create_symlink(folder_ / "secret.bin", folder_ / "model" / "link.bin");
  fs::create_directory_symlink(folder_, folder_ / "model" / "up");
  fs::create_hard_link(folder_ / "secret.bin", folder_ / "model" / "hard.bin");
  expect(import({{"location", "link.bin"}}), diag::path_outside_folder);
  expect(import({{"location", "up/secret.bin"}}), diag::path_outside_folder);
  expect(import({{"location", "hard.bin"}}), diag::file_hard_linked);
}

TEST_F(ExternalData, OffsetsAndLengths) {
  expect(import({{"location", "data.bin"}, {"offset", "-1"}}), diag::external_data_invalid);
  expect(import({{"location", "data.bin"}, {"offset", "49"}}), diag::external_data_invalid, "64 bytes");
  expect(import({{"location", "data.bin"}, {"offset", "9223372036854775807"}}), diag::external_data_invalid);
  expect(import({{"location", "data.bin"}, {"offset", "99999999999999999999"}}), diag::external_data_invalid);
  expect(import({{"location", "data.bin"}, {"offset", "1e3"}}), diag::external_data_invalid);
  expect(import({{"location", "data.bin"}, {"length", "15"}}), diag::tensor_size_mismatch);
  expect(import({{"location", "data.bin"}, {"command", "x"}}), diag::external_data_invalid, "unknown key");
  expect(import({{"offset", "0"}}), diag::external_data_invalid, "no location");
}

TEST(HostileImport, ForeignFormats) {
  const std::pair<std::string, const Diagnostic*> samples[] = {
      {"", &diag::format_empty},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 5\n", &diag::format_git_lfs},
      {std::string("\x1c\0\0\0TFL3\0\0\0\0", 12), &diag::format_tflite},
      {"\x89HDF\r\n\x1a\n....", &diag::format_keras},
      {std::string("ftrt\0\0\0\0", 8), &diag::format_tensorrt_plan},
      {"GGUF....", &diag::format_weights_only},
      {std::string("\x10\0\0\0\0\0\0\0{\"a\":{\"dtype\":1}}", 26), &diag::format_weights_only},
      {"PK\x03\x04..........model/code/x.py", &diag::format_pytorch},
      {"PK\x03\x04..........archive/data.pkl", &diag::format_pytorch},
      {"PK\x03\x04..........readme.md", &diag::format_compressed},
      {std::string("\x80\x02\x8a\x0al\xfc\x9c", 7), &diag::format_pytorch},
      {std::string("\x08\x01\x10\x01\x1a\x02hi", 8), &diag::format_uff},
      {std::string("\x0a\x12\x0a\x05input\x12\x0bPlaceholder", 22), &diag::format_tensorflow},
      {std::string("\x08\x01\x12\x10\x0a\x0e\x0a\x05serve\x12\x05serve", 22), &diag::format_tensorflow},
      {"<!DOCTYPE html><html><body>404</body></html>", &diag::format_text},
      {"ir_version: 8\ngraph {\n}\n", &diag::format_text},
      {"\x1f\x8b\x08....", &diag::format_compressed},
  };
  for (const auto& [bytes, diagnostic] : samples) {
    const auto r = import_model(test::as_bytes(bytes), "", ops());
    ASSERT_FALSE(r) << diagnostic->slug;
    EXPECT_EQ(r.error().code(), diagnostic->code) << diagnostic->slug << ": " << r.error().text();
  }
}

TEST(HostileImport, ASavedModelIsAFolder) {
  const fs::path folder = fs::temp_directory_path() / ("pharos-saved-model-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const auto none = import_model(folder.string(), ops());
  EXPECT_EQ(none.error().code(), diag::file_is_directory.code) << none.error().text();
  std::ofstream(folder / "saved_model.pb") << "x";
  const auto r = import_model(folder.string(), ops());
  fs::remove_all(folder);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), diag::format_tensorflow.code) << r.error().text();
}

}  // namespace
}  // namespace pharos
