#include "compare/match.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace pharos {
namespace {

std::vector<MatchLayer> layers(const std::vector<std::string>& names) {
  std::vector<MatchLayer> out;
  for (const std::string& n : names) out.push_back({n, parse_layer_name(n)});
  return out;
}

const LayerGroup* group_of_b(const LayerMatching& m, size_t b) {
  for (const LayerGroup& g : m.groups)
    for (const size_t i : g.b)
      if (i == b) return &g;
  return nullptr;
}

TEST(Match, SameNames) {
  const auto m = match_layers(layers({"Conv_0 + Relu_1", "MaxPool_2"}), layers({"MaxPool_2", "Conv_0 + Relu_1"}));
  ASSERT_EQ(m.groups.size(), 2u);
  EXPECT_EQ(group_of_b(m, 0)->a, (std::vector<size_t>{1}));
  EXPECT_FALSE(m.groups[0].renamed);
  EXPECT_EQ(m.by_name, 2u);
}

TEST(Match, AFusionThatWasLost) {
  const auto m = match_layers(layers({"Conv_0 + Relu_1", "MaxPool_2"}), layers({"Conv_0", "Relu_1", "MaxPool_2"}));
  const LayerGroup* g = group_of_b(m, 0);
  EXPECT_EQ(g->a.size(), 1u);
  EXPECT_EQ(g->b, (std::vector<size_t>{0, 1}));
}

TEST(Match, RenamedLayersKeepTheirPlace) {
  const auto m = match_layers(layers({"Conv_0 + Relu_1", "MaxPool_2", "Gemm_3"}),
                              layers({"/conv1/Conv + /relu/Relu", "/maxpool/MaxPool", "/fc/Gemm"}));
  EXPECT_EQ(m.matched, 3u);
  EXPECT_EQ(m.by_name, 0u);
  EXPECT_TRUE(group_of_b(m, 1)->renamed);
  EXPECT_EQ(group_of_b(m, 1)->a, (std::vector<size_t>{1}));
}

// One more node at the head of the graph: all numbers behind it move on, so a name means another layer.
TEST(Match, RenumberedNodesAreNotTakenForTheirNamesakes) {
  std::vector<std::string> a, b{"Shape_0", "Cast_1"};
  for (int i = 0; i < 40; ++i) {
    const std::string op = i % 3 == 2 ? "MaxPool_" : i % 3 == 1 ? "Relu_" : "Conv_";
    a.push_back(op + std::to_string(i));
    b.push_back(op + std::to_string(i + 2));
  }
  const auto m = match_layers(layers(a), layers(b));
  for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(group_of_b(m, i + 2)->a, (std::vector<size_t>{i})) << a[i];
  EXPECT_TRUE(group_of_b(m, 0)->a.empty());
}

TEST(Match, ALayerTakenOutHereIsNotOnePutInThere) {
  const auto m = match_layers(layers({"Resize_0", "/a/Conv", "/b/Conv"}), layers({"/a/Conv", "/b/Conv", "Resize_9"}));
  EXPECT_TRUE(group_of_b(m, 2)->a.empty());
}

TEST(Match, DuplicatesGoInOrder) {
  const auto m = match_layers(layers({"X", "X", "X"}), layers({"X", "X"}));
  EXPECT_EQ(group_of_b(m, 0)->a, (std::vector<size_t>{0}));
  EXPECT_EQ(group_of_b(m, 1)->a, (std::vector<size_t>{1}));
}

TEST(Match, EveryLayerIsInOneGroup) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto some = [&] {
      std::vector<std::string> names;
      for (size_t n = random() % 30; n > 0; --n) {
        std::string name;
        for (size_t k = 1 + random() % 3; k > 0; --k)
          name += (name.empty() ? "" : " + ") + std::string(random() % 2 ? "Conv_" : "Relu_") +
                  std::to_string(random() % 12);
        if (random() % 6 == 0) name = "Reformatting CopyNode for Input Tensor 0 to " + name;
        names.push_back(name);
      }
      return layers(names);
    };
    const auto a = some(), b = some();
    const LayerMatching m = match_layers(a, b);
    std::multiset<size_t> in_a, in_b;
    for (const LayerGroup& g : m.groups) {
      EXPECT_FALSE(g.a.empty() && g.b.empty());
      in_a.insert(g.a.begin(), g.a.end());
      in_b.insert(g.b.begin(), g.b.end());
    }
    ASSERT_EQ(in_a.size(), a.size());
    ASSERT_EQ(in_b.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(in_a.count(i), 1u);
    for (size_t i = 0; i < b.size(); ++i) EXPECT_EQ(in_b.count(i), 1u);
  }
}

}  // namespace
}  // namespace pharos
