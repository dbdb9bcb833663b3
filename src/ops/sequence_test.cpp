#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;

Sequence three() { return {Type::tensor(DType::f32), {floats({1}, {1}), floats({2}, {2, 3}), floats({1}, {4})}}; }

size_t length_after(const Call& call) {
  auto r = run(call);
  if (!r) { ADD_FAILURE() << r.error().text(); return 0; }
  const Sequence* s = (*r)[0].sequence();
  return s ? s->items.size() : 0;
}

TEST(Sequence, PositionsCountFromTheBack) {
  EXPECT_EQ(run_floats({.op = "SequenceAt", .inputs = {three(), Tensor::scalar_i64(-2)}}), (std::vector<float>{2, 3}));
  EXPECT_EQ(code_of({.op = "SequenceAt", .inputs = {three(), Tensor::scalar_i64(3)}}), "PH2104");
  EXPECT_EQ(code_of({.op = "SequenceAt", .inputs = {three(), Tensor::scalar_i64(-4)}}), "PH2104");
  EXPECT_EQ(run_floats({.op = "SequenceLength", .inputs = {three()}}), (std::vector<float>{3}));
}

TEST(Sequence, InsertAndErase) {
  EXPECT_EQ(length_after({.op = "SequenceErase", .inputs = {three()}}), 2u);
  EXPECT_EQ(length_after({.op = "SequenceInsert", .inputs = {three(), floats({1}, {9}), Tensor::scalar_i64(3)}}), 4u);
  EXPECT_EQ(code_of({.op = "SequenceInsert", .inputs = {three(), floats({1}, {9}), Tensor::scalar_i64(4)}}), "PH2104");
  EXPECT_EQ(code_of({.op = "SequenceInsert", .inputs = {three(), ints({1}, {9})}}), "PH2102");
  EXPECT_EQ(code_of({.op = "SequenceErase", .inputs = {Sequence{Type::tensor(DType::f32), {}}}}), "PH2105");
  EXPECT_EQ(length_after({.op = "SequenceEmpty", .inputs = {}}), 0u);
}

TEST(Sequence, SplitAndJoin) {
  const auto parts = run({.op = "SplitToSequence", .inputs = {floats({5}, {1, 2, 3, 4, 5}), Tensor::scalar_i64(2)}});
  ASSERT_TRUE(parts) << parts.error().text();
  ASSERT_EQ((*parts)[0].sequence()->items.size(), 3u);
  EXPECT_EQ(run_floats({.op = "ConcatFromSequence", .inputs = {(*parts)[0]}, .attributes = {{"axis", int64_t{-1}}}}),
            (std::vector<float>{1, 2, 3, 4, 5}));
  EXPECT_EQ(code_of({.op = "ConcatFromSequence",
                     .inputs = {(*parts)[0]},
                     .attributes = {{"axis", int64_t{0}}, {"new_axis", int64_t{1}}}}),
            "PH2103");
  EXPECT_EQ(code_of({.op = "SplitToSequence", .inputs = {floats({5}, {1, 2, 3, 4, 5}), Tensor::scalar_i64(0)}}),
            "PH2105");
  EXPECT_EQ(code_of({.op = "SplitToSequence", .inputs = {floats({5}, {1, 2, 3, 4, 5}), ints({2}, {6, -1})}}), "PH2105");
  // Empty in another dim, so that the parts take no memory: still bounded.
  EXPECT_EQ(code_of({.op = "SplitToSequence", .inputs = {Tensor(DType::f32, {int64_t{1} << 50, 0})}}), "PH2107");
}

TEST(Optional, AbsentElements) {
  const Attributes type{{"type", Type::tensor(DType::f32)}};
  const auto absent = run({.op = "Optional", .inputs = {Datum{}}, .attributes = type});
  ASSERT_TRUE(absent) << absent.error().text();
  EXPECT_EQ(run_floats({.op = "OptionalHasElement", .inputs = {(*absent)[0]}}), (std::vector<float>{0}));
  EXPECT_EQ(code_of({.op = "OptionalGetElement", .inputs = {(*absent)[0]}}), "PH2105");
  EXPECT_EQ(run_floats({.op = "OptionalGetElement", .inputs = {floats({1}, {5})}}), (std::vector<float>{5}));
  EXPECT_EQ(run_floats({.op = "OptionalHasElement", .inputs = {Datum{}}}), (std::vector<float>{0}));
}

}  // namespace
}  // namespace pharos
