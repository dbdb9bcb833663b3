#include "ops/control_flow.h"

#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;

// (i, cond, x, captured step) -> cond, x + step, x + step
SharedGraph counting_body() {
  Graph g;
  g.name = "body";
  g.add_input("i", Type::tensor(DType::i64, Shape{}));
  const ValueId cond = g.add_input("cond", Type::tensor(DType::boolean, Shape{}));
  const ValueId x = g.add_input("x", Type::tensor(DType::f32));
  const ValueId step = g.add_input("step", Type::tensor(DType::f32));
  const ValueId sum = g.add("Add", {x, step});
  const ValueId next = g.add("Identity", {cond});
  const ValueId copy = g.add("Identity", {sum});
  g.value(copy).type = Type::tensor(DType::f32, Shape{Dim(2)});
  g.set_outputs({next, sum, copy});
  return std::make_shared<Graph>(std::move(g));
}

Call counting(Datum trips, Datum cond) {
  return {.op = "Loop", .inputs = {std::move(trips), std::move(cond), floats({2}, {0, 10}), floats({1}, {1})},
          .attributes = {{"body", counting_body()}}, .outputs = 2, .captures = 1};
}

TEST(Loop, CarriesValuesAndStacksResults) {
  const auto r = run(counting(Tensor::scalar_i64(3), bools({}, {1})));
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ((*r)[0].tensor()->as<float>()[1], 13);
  EXPECT_EQ((*r)[1].tensor()->dims(), (Dims{3, 2}));
  EXPECT_EQ((*r)[1].tensor()->as<float>()[2], 2);
}

TEST(Loop, RunsNeverWhereTheConditionIsFalseAtFirst) {
  const auto r = run(counting(Datum{}, bools({}, {0})));
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ((*r)[0].tensor()->as<float>()[1], 10);
  EXPECT_EQ((*r)[1].tensor()->dim(0), 0);
}

TEST(Loop, EndlessLoopsEndWithADiagnostic) {
  Call call = counting(Datum{}, bools({}, {1}));
  call.limits.max_loop_trips = 50;
  EXPECT_EQ(code_of(call), "PH2107");
  // A huge trip count alone is fine where the condition ends the loop.
  EXPECT_EQ(code_of(counting(Tensor::scalar_i64(INT64_MAX), bools({}, {0}))), "");
}

TEST(Loop, StackedResultsRespectTheSizeLimit) {
  Call call = counting(Tensor::scalar_i64(1000), Datum{});
  call.limits.max_tensor_bytes = 1024;
  EXPECT_EQ(code_of(call), "PH2107");
}

// A carried value that grows: its shape holds for no other iteration.
TEST(Loop, ShapesThatChangeBecomeUnknown) {
  Graph g;
  g.add_input("i", Type::tensor(DType::i64, Shape{}));
  const ValueId cond = g.add_input("cond", Type::tensor(DType::boolean, Shape{}));
  const ValueId x = g.add_input("x", Type::tensor(DType::f32));
  const ValueId twice = g.add("Concat", {x, x}, {{"axis", int64_t{0}}});
  const ValueId next = g.add("Identity", {cond});
  g.set_outputs({next, twice});
  const auto r = run({.op = "Loop", .inputs = {Tensor::scalar_i64(4), Datum{}, floats({1}, {7})},
                      .attributes = {{"body", SharedGraph(std::make_shared<Graph>(std::move(g)))}}});
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ((*r)[0].tensor()->dims(), (Dims{16}));
}

SharedGraph constant_branch(float v) {
  Graph g;
  const ValueId captured = g.add_input("c", Type::tensor(DType::f32));
  const ValueId out = g.add("Add", {captured, g.add_constant("k", Tensor::scalar_f32(v))});
  g.set_outputs({out});
  return std::make_shared<Graph>(std::move(g));
}

TEST(If, TakesTheBranchOfTheCondition) {
  for (const char cond : {0, 1}) {
    const Call call{.op = "If",
                    .inputs = {bools({1}, {cond}), floats({1}, {1})},
                    .attributes = {{"then_branch", constant_branch(10)}, {"else_branch", constant_branch(20)}},
                    .captures = 1};
    EXPECT_EQ(run_floats(call), (std::vector<float>{cond ? 11.0f : 21.0f}));
  }
  EXPECT_EQ(code_of({.op = "If",
                     .inputs = {bools({2}, {0, 1}), floats({1}, {1})},
                     .attributes = {{"then_branch", constant_branch(10)}, {"else_branch", constant_branch(20)}},
                     .captures = 1}),
            "PH2102");
}

// (sum, x) -> sum + x, sum + x
SharedGraph sum_body() {
  Graph g;
  const ValueId sum = g.add_input("sum", Type::tensor(DType::f32)), x = g.add_input("x", Type::tensor(DType::f32));
  const ValueId next = g.add("Add", {sum, x});
  const ValueId copy = g.add("Identity", {next});
  g.set_outputs({next, copy});
  return std::make_shared<Graph>(std::move(g));
}

TEST(Scan, AxesAndDirections) {
  const auto r = run({.op = "Scan",
                      .inputs = {floats({2}, {0, 0}), floats({2, 3}, {1, 2, 3, 10, 20, 30})},
                      .attributes = {{"body", sum_body()},
                                     {"num_scan_inputs", int64_t{1}},
                                     {"scan_input_axes", std::vector<int64_t>{1}},
                                     {"scan_input_directions", std::vector<int64_t>{1}},
                                     {"scan_output_axes", std::vector<int64_t>{-1}},
                                     {"scan_output_directions", std::vector<int64_t>{1}}},
                      .outputs = 2});
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ((*r)[0].tensor()->as<float>()[1], 60);
  const Tensor& out = *(*r)[1].tensor();
  EXPECT_EQ(out.dims(), (Dims{2, 3}));
  const std::vector<float> expected{6, 5, 3, 60, 50, 30};
  EXPECT_TRUE(identical(out, floats({2, 3}, expected)));
}

TEST(Scan, BatchedSequencesEndEarly) {
  const auto r = run({.op = "BatchScan",
                      .inputs = {ints({2}, {1, 3}), floats({2, 1}, {0, 0}), floats({2, 3, 1}, {1, 2, 3, 10, 20, 30})},
                      .attributes = {{"body", sum_body()}, {"num_scan_inputs", int64_t{1}}},
                      .outputs = 2,
                      .domain = "pharos"});
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_TRUE(identical(*(*r)[0].tensor(), floats({2, 1}, {1, 60})));
  EXPECT_TRUE(identical(*(*r)[1].tensor(), floats({2, 3, 1}, {1, 0, 0, 10, 30, 60})));
}

TEST(Scan, ChecksCountsAndLengths) {
  const Attributes two{{"body", sum_body()}, {"num_scan_inputs", int64_t{3}}};
  EXPECT_EQ(code_of({.op = "Scan", .inputs = {floats({1}, {0}), floats({1}, {0})}, .attributes = two, .outputs = 2}),
            "PH2101");
}

TEST(SequenceMap, WalksSequencesAlongside) {
  const Type element = Type::tensor(DType::f32);
  const Sequence a{element, {floats({1}, {1}), floats({1}, {2})}}, b{element, {floats({1}, {10}), floats({1}, {20})}};
  const auto r = run({.op = "SequenceMap", .inputs = {a, b}, .attributes = {{"body", sum_body()}}, .outputs = 2});
  ASSERT_TRUE(r) << r.error().text();
  const Sequence* s = (*r)[0].sequence();
  ASSERT_TRUE(s && s->items.size() == 2);
  EXPECT_EQ(s->items[1].tensor()->as<float>()[0], 22);
  const Sequence shorter{element, {floats({1}, {1})}};
  EXPECT_EQ(code_of({.op = "SequenceMap", .inputs = {a, shorter}, .attributes = {{"body", sum_body()}}, .outputs = 2}),
            "PH2103");
}

}  // namespace
}  // namespace pharos
