// What the interpreter says of graphs and inputs that do not fit together.

#include <gtest/gtest.h>

#include "catalog/graph.h"
#include "graph/graph.h"
#include "ops/interpret.h"

namespace pharos {
namespace {

Graph graph_of(const char* text) {
  auto graph = parse_graph(text);
  EXPECT_TRUE(graph) << graph.error().text();
  return *graph;
}

TEST(Interpret, NamesTheInputOfAnotherType) {
  const Graph g = graph_of("graph g (x: f32[2]) {\n  y = Relu(x)\n  return y\n}\n");
  const auto r = interpret(g, builtin_ops(), {Datum(Tensor(DType::i64, {2}))}, {});
  ASSERT_FALSE(r);
  EXPECT_EQ(&r.error().diagnostic(), &diag::input_type_mismatch);
  EXPECT_EQ(r.error().message(), "input 'x' is i64[2]; the model declares f32[2]");
}

TEST(Interpret, NamesTheOperatorThatNobodyDefines) {
  const Graph g = graph_of("graph g (x: f32[2]) {\n  y = com.example::Foo@foo_0(x)\n  return y\n}\n");
  const auto r = interpret(g, builtin_ops(), {Datum(Tensor(DType::f32, {2}))}, {});
  ASSERT_FALSE(r);
  EXPECT_EQ(&r.error().diagnostic(), &diag::op_unknown);
  EXPECT_NE(r.error().message().find("com.example::Foo"), std::string::npos) << r.error().message();
  EXPECT_NE(r.error().message().find("foo_0"), std::string::npos) << r.error().message();
}

}  // namespace
}  // namespace pharos
