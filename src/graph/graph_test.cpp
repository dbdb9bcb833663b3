#include "graph/graph.h"

#include <gtest/gtest.h>

namespace pharos {
namespace {

Type vector_type() { return *Type::parse("f32[N]"); }

// x -> Relu -> a -> Exp -> b; outputs b.
struct Chain {
  Graph g;
  ValueId x, a, b;
  NodeId relu, exp;
  Chain() {
    g.name = "chain";
    x = g.add_input("x", vector_type());
    a = g.add("Relu", {x}, {}, "a", {"relu0"});
    b = g.add("Exp", {a}, {}, "b", {"exp0"});
    g.set_outputs({b});
    relu = g.producer(a);
    exp = g.producer(b);
  }
};

std::string why(const Graph& g) {
  const auto r = verify(g);
  return r ? "" : r.error().message();
}

TEST(Graph, LegalGraphPasses) {
  Chain c;
  EXPECT_EQ(why(c.g), "");
  c.g.compact();
  EXPECT_EQ(why(c.g), "");
}

TEST(Graph, NamesStayUniqueWithoutSearching) {
  Graph g;
  const ValueId x = g.add_input("x", vector_type());
  for (int i = 0; i < 50000; ++i) g.add("Relu", {x}, {}, "y");
  for (int i = 0; i < 50000; ++i) g.add_constant(g.unique_name("w"), Tensor::scalar_f32(1));
  g.set_outputs({x});
  EXPECT_EQ(why(g), "");
  EXPECT_EQ(g.value(ValueId{1}).name, "y");
  EXPECT_EQ(g.value(ValueId{2}).name, "y_1");
}

TEST(Graph, ReplaceUsesKeepsOutputNames) {
  Chain c;
  c.g.replace_uses(c.b, c.a);
  c.g.erase(c.exp);
  EXPECT_EQ(c.g.value(c.g.outputs()[0]).name, "b");
  EXPECT_EQ(c.g.producer(c.g.outputs()[0]), c.relu);
  EXPECT_EQ(why(c.g), "");
  // An input cannot take the name of an output: an Identity goes between.
  c.g.replace_uses(c.g.outputs()[0], c.x);
  c.g.erase(c.relu);
  EXPECT_EQ(c.g.value(c.g.outputs()[0]).name, "b");
  EXPECT_EQ(c.g[c.g.producer(c.g.outputs()[0])].op, "Identity");
  EXPECT_EQ(why(c.g), "");
  c.g.compact();
  EXPECT_EQ(c.g.value_slots(), 2u);
  EXPECT_EQ(why(c.g), "");
}

TEST(Graph, OutputListedTwiceIsReplacedTwice) {
  Chain c;
  c.g.set_outputs({c.b, c.b});
  c.g.replace_uses(c.b, c.a);
  c.g.erase(c.exp);
  EXPECT_EQ(why(c.g), "");
  EXPECT_EQ(c.g.value(c.g.outputs()[1]).name, "b");
}

TEST(Graph, SoleProducerAndConsumer) {
  Chain c;
  EXPECT_EQ(c.g.sole_producer(c.a, "Relu"), c.relu);
  EXPECT_FALSE(c.g.sole_producer(c.a, "Conv"));
  EXPECT_FALSE(c.g.sole_producer(c.b, "Exp"));  // a graph output
  EXPECT_EQ(c.g.sole_consumer(c.a), c.exp);
  c.g.add("Neg", {c.a});
  EXPECT_FALSE(c.g.sole_producer(c.a, "Relu"));
}

TEST(Graph, EditsKeepLinks) {
  Chain c;
  c.g.set_input(c.exp, 0, c.x);
  EXPECT_TRUE(c.g.value(c.a).uses.empty());
  c.g.set_input(c.exp, 2, c.a);
  EXPECT_FALSE(c.g[c.exp].has_input(1));
  EXPECT_EQ(why(c.g), "");
  c.g.merge_origin(c.exp, c.relu);
  c.g.merge_origin(c.exp, c.relu);
  EXPECT_EQ(c.g[c.exp].origin, (std::vector<std::string>{"exp0", "relu0"}));
  const ValueId second = c.g.add_value("second");
  c.g.set_output(c.exp, 1, second);
  EXPECT_EQ(why(c.g), "");
  c.g.set_output(c.exp, 1, {});
  EXPECT_FALSE(c.g.producer(second));
  EXPECT_EQ(why(c.g), "");
}

TEST(Graph, OrderFollowsDependenciesAndLeavesCyclesOut) {
  Chain c;
  const ValueId late = c.g.add("Neg", {c.x}, {}, "late");
  c.g.set_input(c.relu, 0, late);  // the producer now has the larger id
  const auto order = c.g.topological_order();
  ASSERT_EQ(order.size(), 3u);
  EXPECT_EQ(order[0], c.g.producer(late));
  c.g.compact();
  EXPECT_EQ(c.g[NodeId{0}].op, "Neg");
  EXPECT_EQ(why(c.g), "");
  c.g.set_input(NodeId{0}, 0, c.g.outputs()[0]);
  EXPECT_TRUE(c.g.topological_order().empty());
  EXPECT_NE(why(c.g).find("cycle"), std::string::npos);
}

TEST(Graph, LongChainsNeedNoStack) {
  Graph g;
  ValueId v = g.add_input("x", vector_type());
  for (int i = 0; i < 200000; ++i) v = g.add("Relu", {v}, {}, "r");
  g.set_outputs({v});
  EXPECT_EQ(g.topological_order().size(), 200000u);
  EXPECT_EQ(why(g), "");
}

// Every rule of verify(), broken once.
TEST(Verify, FindsBrokenRules) {
  const auto broken = [](auto breakage) {
    Chain c;
    breakage(c);
    return why(c.g);
  };
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.relu).op = ""; }).find("no operator"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.relu).name = "b"; }).find("two nodes"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).name = "x"; }).find("two values"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).name = ""; }).find("no name"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.relu).inputs[0] = {99}; }).find("out of range"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.relu).outputs[0] = {99}; }).find("out of range"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).uses.clear(); }).find("list of nodes"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).uses.push_back(c.exp); }).find("list of nodes"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).producer = c.exp; }).find("producer"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).output_index = 1; }).find("producer"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.erase(c.relu); }).find("nothing produces"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.erase(c.exp); }).find("not produced"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.x).is_input = false; }).find("not marked"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.value(c.a).is_input = true; }).find("marked as an input"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.set_inputs({c.x, c.x}); }).find("twice"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.set_outputs({ValueId{77}}); }).find("out of range"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.exp).captures = 1; }).find("no subgraph"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.exp).captures = 2; }).find("captures"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) { c.g.node(c.exp).attributes["body"] = SharedGraph(); }).find("missing"),
            std::string::npos);
  EXPECT_NE(broken([](Chain& c) {
              c.g.value(c.a).constant = std::make_shared<Tensor>(Tensor::scalar_f32(1));
            }).find("contents"),
            std::string::npos);
  EXPECT_NE(broken([](Chain& c) {
    const ValueId k = c.g.add_constant("k", Tensor::scalar_f32(1));
    c.g.value(k).type = vector_type();
  }).find("its contents are"), std::string::npos);
  EXPECT_NE(broken([](Chain& c) {
    auto sub = std::make_shared<Graph>();
    sub->set_outputs({sub->add_value("floating")});
    c.g.node(c.exp).attributes["body"] = SharedGraph(sub);
  }).find("not produced"), std::string::npos);
}

TEST(Verify, DeepNestingIsRefused) {
  SharedGraph inner = std::make_shared<Graph>();
  for (int i = 0; i < 100; ++i) {
    auto outer = std::make_shared<Graph>();
    Node n;
    n.op = "Loop";
    n.attributes["body"] = inner;
    outer->add_node(std::move(n));
    inner = outer;
  }
  EXPECT_NE(why(*inner).find("nested"), std::string::npos);
}

}  // namespace
}  // namespace pharos
