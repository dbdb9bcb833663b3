#include <cmath>

#include "ops/test_node.h"

namespace pharos {
namespace {

using namespace test;
using Ints = std::vector<int64_t>;
using Floats = std::vector<float>;
using Words = std::vector<std::string>;

Call call(std::string op, Tensor x, Attributes attributes, size_t outputs = 1) {
  return {.op = std::move(op),
          .inputs = {std::move(x)},
          .attributes = std::move(attributes),
          .outputs = outputs,
          .domain = "ai.onnx.ml"};
}

TEST(Features, Preparation) {
  EXPECT_EQ(run_floats(call("Binarizer", floats({3}, {-1, 0.5f, 2}), {{"threshold", 0.5f}})), (Floats{0, 0, 1}));
  EXPECT_EQ(run_floats(call("Scaler", floats({1, 2}, {3, 5}), {{"offset", Floats{1, 1}}, {"scale", Floats{2, 3}}})),
            (Floats{4, 12}));
  EXPECT_EQ(code_of(call("Scaler", floats({1, 2}, {3, 5}), {{"offset", Floats{1, 1, 1}}})), "PH2101");
  EXPECT_EQ(run_floats(call("Normalizer", floats({2, 2}, {3, 4, 0, 0}), {{"norm", std::string("L2")}})),
            (Floats{0.6f, 0.8f, 0, 0}));
  EXPECT_EQ(run_floats(call("Imputer", floats({1, 2}, {NAN, 2}),
                            {{"imputed_value_floats", Floats{9, 8}}, {"replaced_value_float", NAN}})),
            (Floats{9, 2}));
  EXPECT_EQ(run_floats(call("OneHotEncoder", ints({2}, {5, 4}), {{"cats_int64s", Ints{4, 6}}})), (Floats{0, 0, 1, 0}));
  EXPECT_EQ(code_of(call("OneHotEncoder", ints({2}, {5, 4}), {{"cats_int64s", Ints{4, 6}}, {"zeros", int64_t{0}}})),
            "PH2105");
  const Call pick{
      .op = "ArrayFeatureExtractor", .inputs = {floats({2, 2}, {1, 2, 3, 4}), ints({1}, {1})}, .domain = "ai.onnx.ml"};
  EXPECT_EQ(run_floats(pick), (Floats{2, 4}));
  const Call outside{
      .op = "ArrayFeatureExtractor", .inputs = {floats({2, 2}, {1, 2, 3, 4}), ints({1}, {2})}, .domain = "ai.onnx.ml"};
  EXPECT_EQ(code_of(outside), "PH2104");
}

TEST(LabelEncoder, LastKeyWinsAndNanIsAKey) {
  EXPECT_EQ(run_floats(call("LabelEncoder", floats({3}, {1, NAN, 7}),
                            {{"keys_floats", Floats{1, NAN, 1}}, {"values_int64s", Ints{10, 20, 30}}})),
            (Floats{30, 20, -1}));
  EXPECT_EQ(
      code_of(call("LabelEncoder", floats({1}, {1}), {{"keys_floats", Floats{1}}, {"values_int64s", Ints{1, 2}}})),
      "PH2101");
  EXPECT_EQ(run_floats(call("CategoryMapper", strings({2}, {"b", "?"}),
                            {{"cats_strings", Words{"a", "b"}}, {"cats_int64s", Ints{0, 1}}})),
            (Floats{1, -1}));
}

TEST(Maps, ThereAndBack) {
  const auto zipped = run(call("ZipMap", floats({2, 2}, {1, 2, 3, 4}), {{"classlabels_int64s", Ints{7, 3}}}));
  ASSERT_TRUE(zipped) << zipped.error().text();
  const Sequence* s = (*zipped)[0].sequence();
  ASSERT_TRUE(s && s->items.size() == 2);
  const Call cast{.op = "CastMap", .inputs = {s->items[1]}, .domain = "ai.onnx.ml"};
  EXPECT_EQ(run_floats(cast), (Floats{4, 3}));
  const Call sparse{.op = "CastMap",
                    .inputs = {s->items[1]},
                    .attributes = {{"map_form", std::string("SPARSE")}, {"max_map", int64_t{4}}},
                    .domain = "ai.onnx.ml"};
  EXPECT_EQ(code_of(sparse), "PH2104");
  const Call vectorize{.op = "DictVectorizer",
                       .inputs = {s->items[0]},
                       .attributes = {{"int64_vocabulary", Ints{1, 3}}},
                       .domain = "ai.onnx.ml"};
  EXPECT_EQ(run_floats(vectorize), (Floats{0, 2}));
}

TEST(Linear, ClassifierPicksTheLargestScore) {
  const Attributes a{
      {"coefficients", Floats{1, 0, 0, 1}}, {"intercepts", Floats{0, 0.5f}}, {"classlabels_strings", Words{"a", "b"}}};
  const auto r = run(call("LinearClassifier", floats({2, 2}, {2, 1, 1, 1}), a, 2));
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ((*r)[0].tensor()->as<std::string>()[0], "a");
  EXPECT_EQ((*r)[0].tensor()->as<std::string>()[1], "b");
  EXPECT_EQ(code_of(call("LinearRegressor", floats({1, 3}, {1, 2, 3}), {{"coefficients", Floats{1, 1}}})), "PH2102");
}

TEST(SupportVectors, RegressorAndClassifier) {
  const Attributes rbf{{"coefficients", Floats{2, -1}},     {"support_vectors", Floats{0, 0, 1, 0}},
                       {"n_supports", int64_t{2}},          {"rho", Floats{0.5f}},
                       {"kernel_type", std::string("RBF")}, {"kernel_params", Floats{1, 0, 3}}};
  EXPECT_NEAR(run_floats(call("SVMRegressor", floats({1, 2}, {0, 0}), rbf))[0], 2 - std::exp(-1.0) + 0.5, 1e-6);
  Attributes svc{{"coefficients", Floats{1, -1}},
                 {"support_vectors", Floats{1, -1}},
                 {"vectors_per_class", Ints{1, 1}},
                 {"rho", Floats{0}},
                 {"classlabels_ints", Ints{5, 6}}};
  EXPECT_EQ(run_floats(call("SVMClassifier", floats({2, 1}, {2, -2}), svc, 2)), (Floats{5, 6}));
  svc["vectors_per_class"] = Ints{INT64_MAX, INT64_MAX};
  EXPECT_EQ(code_of(call("SVMClassifier", floats({2, 1}, {2, -2}), svc, 2)), "PH2101");
}

// One tree: x0 <= 1 ? leaf 1 : (x1 > 0 ? leaf 3 : leaf 4)
Attributes tree(const std::string& votes) {
  return {{"nodes_treeids", Ints{0, 0, 0, 0, 0}},
          {"nodes_nodeids", Ints{0, 1, 2, 3, 4}},
          {"nodes_featureids", Ints{0, 0, 1, 0, 0}},
          {"nodes_modes", Words{"BRANCH_LEQ", "LEAF", "BRANCH_GT", "LEAF", "LEAF"}},
          {"nodes_values", Floats{1, 0, 0, 0, 0}},
          {"nodes_truenodeids", Ints{1, 0, 3, 0, 0}},
          {"nodes_falsenodeids", Ints{2, 0, 4, 0, 0}},
          {votes + "_treeids", Ints{0, 0, 0}},
          {votes + "_nodeids", Ints{1, 3, 4}},
          {votes + "_ids", Ints{0, 0, 0}},
          {votes + "_weights", Floats{10, 20, 30}}};
}

TEST(Trees, RegressorWalks) {
  EXPECT_EQ(run_floats(call("TreeEnsembleRegressor", floats({3, 2}, {0, 0, 2, 1, 2, NAN}), tree("target"))),
            (Floats{10, 20, 30}));
}

TEST(Trees, DamagedEnsemblesAreErrors) {
  const Tensor x = floats({1, 2}, {0, 0});
  const auto with = [&](const std::string& key, Attribute v) {
    Attributes a = tree("target");
    a[key] = std::move(v);
    return code_of(call("TreeEnsembleRegressor", x, a));
  };
  EXPECT_EQ(with("nodes_falsenodeids", Ints{0, 0, 4, 0, 0}), "PH2101");   // a cycle at the root
  EXPECT_EQ(with("nodes_falsenodeids", Ints{2, 0, 2, 0, 0}), "PH2101");   // a node that is its own child
  EXPECT_EQ(with("nodes_falsenodeids", Ints{77, 0, 4, 0, 0}), "PH2101");  // no such node
  EXPECT_EQ(with("nodes_featureids", Ints{9, 0, 1, 0, 0}), "PH2102");     // more features than the input has
  EXPECT_EQ(with("nodes_featureids", Ints{-1, 0, 1, 0, 0}), "PH2101");
  EXPECT_EQ(with("nodes_nodeids", Ints{0, 1, 1, 3, 4}), "PH2101");
  EXPECT_EQ(with("target_ids", Ints{0, 5, 0}), "PH2101");
  EXPECT_EQ(with("target_nodeids", Ints{0, 3, 4}), "PH2101");             // a vote at a branch
  EXPECT_EQ(with("nodes_values", Floats{1}), "PH2101");
  EXPECT_EQ(with("n_targets", int64_t{-1}), "PH2101");
}

// A chain of a hundred thousand branches: nothing recurses.
TEST(Trees, DeepTrees) {
  const int64_t depth = 100000;
  Attributes a{{"n_targets", int64_t{1}},
               {"tree_roots", Ints{0}},
               {"leaf_targetids", Ints{0}},
               {"leaf_weights", floats({1}, {3})}};
  Ints features(depth, 0), yes(depth), no(depth, 0), yes_leaf(depth, 0), no_leaf(depth, 1);
  for (int64_t i = 0; i < depth; ++i) yes[size_t(i)] = i + 1;
  yes.back() = 0;
  yes_leaf.back() = 1;
  a["nodes_featureids"] = features, a["nodes_truenodeids"] = yes, a["nodes_falsenodeids"] = no;
  a["nodes_trueleafs"] = yes_leaf, a["nodes_falseleafs"] = no_leaf;
  a["nodes_splits"] = Tensor(DType::f32, {depth}), a["nodes_modes"] = Tensor(DType::u8, {depth});
  EXPECT_EQ(run_floats(call("TreeEnsemble", floats({1, 1}, {0}), a)), (Floats{3}));
  yes.back() = 5, yes_leaf.back() = 0;
  a["nodes_truenodeids"] = yes, a["nodes_trueleafs"] = yes_leaf;
  EXPECT_EQ(code_of(call("TreeEnsemble", floats({1, 1}, {0}), a)), "PH2101");
}

TEST(Trees, ClassifierWithOneSidedVotes) {
  Attributes a = tree("class");
  a["class_weights"] = Floats{0.2f, 0.7f, 0.4f};
  a["classlabels_int64s"] = Ints{0, 1};
  const auto r = run(call("TreeEnsembleClassifier", floats({2, 2}, {0, 0, 2, 1}), a, 2));
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_TRUE(identical(*(*r)[0].tensor(), ints({2}, {0, 1})));
  EXPECT_NEAR((*r)[1].tensor()->as<float>()[0], 0.8, 1e-6);
}

}  // namespace
}  // namespace pharos
