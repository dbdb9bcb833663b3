#include "onnx/lint/lint.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "catalog/lint.h"
#include "onnx/test_model.h"

namespace pharos {
namespace {

using test::ModelMaker;

const OpSet& ops() {
  static const OpSet set = builtin_ops();
  return set;
}

Result<std::vector<Report>> lint(const ModelMaker& m, LintOptions options = {}) {
  const std::string path = (std::filesystem::temp_directory_path() / ("pharos_lint_" + std::to_string(getpid()) + ".onnx")).string();
  EXPECT_TRUE(write_file(path, std::string_view(m.bytes())));
  auto r = lint_model(path, ops(), options);
  std::filesystem::remove(path);
  return r;
}

int64_t count(const Result<std::vector<Report>>& r, const Diagnostic& d) {
  if (!r) { ADD_FAILURE() << r.error().text(); return -1; }
  return std::count_if(r->begin(), r->end(), [&](const Report& f) { return &f.diagnostic() == &d; });
}

std::string message(const Result<std::vector<Report>>& r, const Diagnostic& d) {
  for (const Report& f : *r)
    if (&f.diagnostic() == &d) return f.message();
  return "";
}

TEST(Lint, AGoodModelHasNoFindingsButItsMemory) {
  ModelMaker m;
  m.input("x", {1, 8}).output("y");
  m.floats("w", {8}, {1, 2, 3, 4, 5, 6, 7, 8});
  m.node("Mul", {"x", "w"}, {"y"});
  const auto r = lint(m);
  ASSERT_TRUE(r);
  ASSERT_EQ(r->size(), 1u) << (*r)[0].text();
  EXPECT_EQ(count(r, diag::lint_memory), 1);
  EXPECT_NE(message(r, diag::lint_memory).find("weights 32 B"), std::string::npos) << message(r, diag::lint_memory);
}

TEST(Lint, FindsEverythingAtOnce) {
  ModelMaker m(11);
  m.import("com.example", 1);
  m.input("x", {-1, 3, 8, 8}).output("z");
  m.floats("mask", {2}, {-1e9f, 1});
  auto& d = *m.graph().add_initializer();
  d.set_name("doubles");
  d.set_data_type(onnx::TensorProto::DOUBLE);
  d.add_dims(2);
  d.add_double_data(1);
  d.add_double_data(2);
  auto& keys = *m.graph().add_initializer();
  keys.set_name("keys");
  keys.set_data_type(onnx::TensorProto::INT64);
  keys.add_dims(1);
  keys.add_int64_data(int64_t{1} << 40);
  m.floats("scales", {4}, {1, 1, 2, 2});
  auto& resize = m.node("Resize", {"x", "", "scales"}, {"y"}, "up");
  ModelMaker::attribute(resize, "mode", onnx::AttributeProto::STRING).set_s("cubic");
  m.node("Foo", {"y", "mask", "doubles", "keys"}, {"z"}, "foo").set_domain("com.example");
  const auto r = lint(m);
  ASSERT_TRUE(r) << r.error().text();
  for (const Diagnostic* d2 : {&diag::lint_operator_custom, &diag::lint_opset_old, &diag::lint_dynamic_input, &diag::lint_resize, &diag::lint_wide_weights,
                               &diag::lint_int32_range, &diag::lint_fp16_range})
    EXPECT_EQ(count(r, *d2), 1) << d2->slug;
  EXPECT_NE(message(r, diag::lint_dynamic_input).find("--min-shapes x:1x3x8x8"), std::string::npos) << message(r, diag::lint_dynamic_input);
  EXPECT_EQ(r->front().diagnostic().severity, Severity::Error);
}

TEST(Lint, TargetsByVersion) {
  ModelMaker m;
  m.input("x", {2, 2}).output("y").output("z");
  m.node("Det", {"x"}, {"y"}, "det");
  m.node("Relu", {"x"}, {"z"}, "relu");
  LintOptions options;
  options.target = "tensorrt:10.7";
  EXPECT_EQ(count(lint(m, options), diag::lint_operator_unsupported), 1);
  options.target = "tensorrt:10.9";  // the table at or below
  EXPECT_NE(message(lint(m, options), diag::lint_operator_unsupported).find("TensorRT 10.7"), std::string::npos);
  for (const char* bad : {"tensorrt:1.0", "tensorrt:x", "openvino:1", "tensorrt:"}) {
    options.target = bad;
    const auto r = lint(m, options);
    ASSERT_FALSE(r) << bad;
    EXPECT_EQ(&r.error().diagnostic(), &diag::lint_target_unknown);
  }
  m.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::DOUBLE);
  options.target = "tensorrt:10.7";
  EXPECT_EQ(count(lint(m, options), diag::lint_operator_type), 1);
}

}  // namespace
}  // namespace pharos
