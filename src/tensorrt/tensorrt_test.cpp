#include <gtest/gtest.h>

#include <algorithm>

#include "tensorrt/operator_advice.h"
#include "tensorrt/operators.h"
#include "tensorrt/options.h"

namespace pharos {
namespace {

TEST(Operators, TheTableIsSortedAndItsRowsDoNotOverlap) {
  const auto rows = tensorrt::support();
  const int versions = int(tensorrt::versions().size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_LE(rows[i].first, rows[i].last);
    EXPECT_LT(rows[i].last, versions);
    if (i == 0) continue;
    EXPECT_LE(rows[i - 1].op, rows[i].op);
    if (rows[i - 1].op == rows[i].op) { EXPECT_LT(rows[i - 1].last, rows[i].first); }
  }
}

TEST(Operators, TheFirstVersionIsKnown) {
  EXPECT_EQ(tensorrt::supported_since("NonZero"), (tensorrt::Version{8, 5}));
  EXPECT_EQ(tensorrt::supported_since("Unique"), std::nullopt);
  EXPECT_EQ(tensorrt::supported_since("NoSuchOperator"), std::nullopt);
  EXPECT_EQ(tensorrt::table_at({6, 0}), std::nullopt);
  EXPECT_TRUE(tensorrt::find_support("NonZero", *tensorrt::table_at({8, 6}))->supported);
}

TEST(Operators, AdviceIsSortedAndInBothLanguages) {
  const auto rows = tensorrt::operator_advice();
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_FALSE(rows[i].rewrite.en.empty() || rows[i].rewrite.zh.empty()) << rows[i].op;
    if (i > 0) { EXPECT_LT(rows[i - 1].op, rows[i].op); }
  }
  ASSERT_NE(tensorrt::advice_for("GridSample"), nullptr);
  EXPECT_EQ(tensorrt::advice_for("GridSample")->opset, 16);
  EXPECT_EQ(tensorrt::advice_for("NoSuchOperator"), nullptr);
}

TEST(TrtexecOptions, RemovedOnesAreFoundForEachTarget) {
  EXPECT_FALSE(tensorrt::removed_in("--fp16", 10));
  ASSERT_TRUE(tensorrt::removed_in("--fp16", 11));
  ASSERT_TRUE(tensorrt::removed_in("--workspace", 10));
  EXPECT_EQ(tensorrt::removed_in("--workspace", 10)->rewritten("4096"), "--memPoolSize=workspace:4096M");
  EXPECT_EQ(tensorrt::removed_in("--buildOnly", 10)->rewritten(""), "--skipInference");
  EXPECT_EQ(tensorrt::removed_in("--explicitBatch", 10)->rewritten(""), "");
  EXPECT_FALSE(tensorrt::removed_in("--onnx", 11));
  EXPECT_FALSE(tensorrt::removed_in("--saveEngine", 11));
}

TEST(TrtexecOptions, TheTableIsSortedAndItsVersionsMakeSense) {
  const auto rows = tensorrt::changed_options();
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_TRUE(rows[i].name.starts_with("--"));
    EXPECT_GE(rows[i].gone, 8);
    EXPECT_LE(rows[i].gone, 11);
    EXPECT_FALSE(rows[i].why.en.empty() || rows[i].why.zh.empty()) << rows[i].name;
    if (i > 0) { EXPECT_LT(rows[i - 1].name, rows[i].name); }
  }
}

TEST(Api, RemovedMembersNameTheirSuccessor) {
  ASSERT_NE(tensorrt::removed_member("ICudaEngine", "num_bindings"), nullptr);
  EXPECT_EQ(tensorrt::removed_member("ICudaEngine", "num_bindings")->gone, 10);
  ASSERT_NE(tensorrt::removed_member("BuilderFlag", "FP16"), nullptr);
  EXPECT_EQ(tensorrt::removed_member("BuilderFlag", "FP16")->gone, 11);
  EXPECT_EQ(tensorrt::removed_member("ICudaEngine", "num_io_tensors"), nullptr);
}

}  // namespace
}  // namespace pharos
