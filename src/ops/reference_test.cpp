// Reference evaluations: values of hostile inputs, wrapping integers, and forms of older opsets.

#include <cmath>

#include <gtest/gtest.h>

#include "ops/infer.h"
#include "ops/interpret.h"

namespace pharos {
namespace {

struct Builder {
  Graph g;
  OpSet ops = builtin_ops();

  ValueId ints(std::vector<int64_t> v) { return g.add_constant("c", Tensor::vector_i64(v)); }
  ValueId floats(Dims dims, std::vector<float> v) {
    return g.add_constant("c", Tensor::from<float>(DType::f32, std::move(dims), std::span<const float>(v)));
  }
  template <class T> ValueId values(DType t, std::vector<T> v) {
    return g.add_constant("c", Tensor::from<T>(t, {int64_t(v.size())}, std::span<const T>(v)));
  }
  // A node as an older opset has it, rewritten to the newest form.
  ValueId old(const char* op, std::vector<ValueId> in, Attributes attributes, int opset) {
    const ValueId out = g.add(op, std::move(in), std::move(attributes));
    const OpDef* def = ops.find("", op);
    const Older* form = nullptr;
    for (const Older& o : def->older)
      if (o.since <= opset && (!form || o.since > form->since)) form = &o;
    EXPECT_TRUE(form);
    if (form && form->rewrite) { EXPECT_TRUE(form->rewrite(g, g.producer(out), opset)); }
    return out;
  }
  Result<Tensor> run(ValueId v, InterpretOptions options = {}) {
    g.set_outputs({v});
    auto r = interpret(g, ops, {}, options);
    if (!r) return std::move(r).error();
    return *(*r)[0].tensor();
  }
  // What running the producer of `v` reports; the node is removed, so that the next check starts without it.
  std::string code(ValueId v, InterpretOptions options = {}) {
    const auto r = run(v, options);
    g.set_outputs({});
    g.erase(g.producer(v));
    return r ? "no error" : std::string(r.error().code());
  }
};

std::vector<double> doubles(const Result<Tensor>& t) {
  std::vector<double> out;
  if (!t) return out;
  for (int64_t i = 0; i < t->count(); ++i) out.push_back(t->double_at(i));
  return out;
}
using List = std::vector<double>;

TEST(Reference, IntegersWrapAndNeverTrap) {
  Builder b;
  const ValueId low = b.values<int8_t>(DType::i8, {-128, 100}), minus = b.values<int8_t>(DType::i8, {-1, 100});
  EXPECT_EQ(doubles(b.run(b.g.add("Div", {low, minus}))), (List{-128, 1}));
  EXPECT_EQ(doubles(b.run(b.g.add("Add", {low, minus}))), (List{127, -56}));
  const ValueId least = b.ints({INT64_MIN}), zero = b.ints({0}), one = b.ints({-1});
  EXPECT_EQ(b.code(b.g.add("Div", {least, one})), "no error");
  EXPECT_EQ(doubles(b.run(b.g.add("Div", {least, zero}))), (List{0}));
  EXPECT_EQ(doubles(b.run(b.g.add("Mod", {least, one}))), (List{0}));
  EXPECT_EQ(b.code(b.g.add("Abs", {least})), "no error");
}

TEST(Reference, HostileSizesAreReports) {
  InterpretOptions small;
  small.limits.max_tensor_bytes = 1 << 20;
  Builder b;
  const ValueId x = b.floats({2}, {1, 2});
  EXPECT_EQ(b.code(b.g.add("Tile", {x, b.ints({INT64_MAX})}), small), "PH2107");
  EXPECT_EQ(b.code(b.g.add("Tile", {x, b.ints({-1})}), small), "PH2105");
  EXPECT_EQ(b.code(b.g.add("Expand", {x, b.ints({1 << 30, 2})}), small), "PH2107");
  EXPECT_EQ(b.code(b.g.add("ConstantOfShape", {b.ints({1 << 20, 1 << 20, 1 << 30})}), small), "PH2107");
  EXPECT_EQ(b.code(b.g.add("ConstantOfShape", {b.ints({-1})}), small), "PH2105");
  EXPECT_EQ(b.code(b.g.add("Pad", {x, b.ints({INT64_MIN, INT64_MAX})}), small), "PH2107");
  EXPECT_EQ(b.code(b.g.add("Pad", {x, b.ints({-2, -1})}), small), "PH2105");
  EXPECT_EQ(b.code(b.g.add("Range", {b.ints({0}), b.ints({INT64_MAX}), b.ints({1})}), small), "PH2107");
  EXPECT_EQ(b.code(b.g.add("Range", {b.ints({0}), b.ints({5}), b.ints({0})}), small), "PH2105");
  EXPECT_EQ(b.code(b.g.add("Reshape", {x, b.ints({1LL << 40, 1LL << 40})}), small), "PH2103");
  EXPECT_EQ(b.code(b.g.add("Unsqueeze", {x, b.ints({5})}), small), "PH2101");
  EXPECT_EQ(b.code(b.g.add("Gather", {x, b.ints({2})}), small), "PH2104");
  EXPECT_EQ(b.code(b.g.add("TopK", {x, b.ints({3})}), small), "PH2105");
  EXPECT_EQ(b.code(b.g.add("Split", {x, b.ints({INT64_MAX, INT64_MAX})}), small), "PH2105");
}

TEST(Reference, SliceClamps) {
  Builder b;
  const ValueId x = b.ints({0, 1, 2, 3, 4});
  const auto slice = [&](int64_t start, int64_t end, int64_t step) {
    return doubles(b.run(b.g.add("Slice", {x, b.ints({start}), b.ints({end}), b.ints({0}), b.ints({step})})));
  };
  EXPECT_EQ(slice(1, 4, 1), (List{1, 2, 3}));
  EXPECT_EQ(slice(-1, INT64_MIN, -2), (List{4, 2, 0}));
  EXPECT_EQ(slice(INT64_MAX, INT64_MIN, INT64_MIN), (List{4}));
  EXPECT_EQ(slice(INT64_MIN, INT64_MAX, INT64_MAX), (List{0}));
  EXPECT_EQ(slice(3, 1, 1), (List{}));
}

TEST(Reference, OlderForms) {
  Builder b;
  const ValueId x = b.floats({2, 2, 1}, {1, 2, 3, 4}), channel = b.floats({2}, {10, 20});
  EXPECT_EQ(doubles(b.run(b.old("Add", {x, channel}, {{"broadcast", int64_t{1}}, {"axis", int64_t{1}}}, 6))),
            (List{11, 22, 13, 24}));
  EXPECT_EQ(doubles(b.run(b.old("Clip", {x}, {{"min", 2.0f}, {"max", 3.0f}}, 6))), (List{2, 2, 3, 3}));
  EXPECT_EQ(doubles(b.run(b.old("ReduceSum", {x}, {{"axes", std::vector<int64_t>{0}}, {"keepdims", int64_t{0}}}, 11))),
            (List{4, 6}));
  // Rows of the matrix [2, 2] after flattening around axis 1.
  const auto rows = doubles(b.run(b.old("Softmax", {b.floats({2, 2, 1}, {0, 0, 5, 5})}, {{"axis", int64_t{1}}}, 11)));
  EXPECT_EQ(rows, (List{0.5, 0.5, 0.5, 0.5}));
  const ValueId starts =
      b.old("Slice", {x}, {{"starts", std::vector<int64_t>{1}}, {"ends", std::vector<int64_t>{9}}}, 1);
  EXPECT_EQ(doubles(b.run(starts)), (List{3, 4}));
  EXPECT_EQ(doubles(b.run(b.old("PRelu", {b.floats({1, 2, 1}, {-1, -1}), channel}, {}, 6))), (List{-10, -20}));
}

TEST(Reference, OldSoftmaxAfterGemmNeedsNoReshape) {
  Builder b;
  const ValueId x = b.floats({1, 2}, {1, 2}), w = b.floats({2, 2}, {1, 0, 0, 1});
  const ValueId y = b.old("Softmax", {b.g.add("Relu", {b.g.add("Gemm", {x, w})})}, {{"axis", int64_t{1}}}, 9);
  EXPECT_EQ(b.g.node_count(), 3u);
  // The bounds of an old Clip become constants of the right type, although inference has not run.
  const ValueId clipped = b.old("Clip", {y}, {{"max", 0.5f}}, 6);
  EXPECT_TRUE(b.g.constant(b.g[b.g.producer(clipped)].inputs[2]));
}

TEST(Reference, CastRules) {
  Builder b;
  const ValueId x = b.floats({4}, {-1.5f, 300.0f, NAN, 1e10f});
  EXPECT_EQ(doubles(b.run(b.g.add("Cast", {x}, {{"to", int64_t(DType::i64)}}))), (List{-1, 300, 0, 1e10}));
  EXPECT_EQ(doubles(b.run(b.g.add("Cast", {b.ints({200, -1})}, {{"to", int64_t(DType::i8)}}))), (List{-56, -1}));
  EXPECT_EQ(doubles(b.run(b.g.add("Cast", {b.values<std::string>(DType::string, {" 12 ", "-INF", "1e3"})},
                                  {{"to", int64_t(DType::f32)}}))),
            (List{12, -INFINITY, 1000}));
  EXPECT_EQ(b.code(b.g.add("Cast", {b.values<std::string>(DType::string, {"twelve"})}, {{"to", int64_t(DType::f32)}})),
            "PH2105");
}

}  // namespace
}  // namespace pharos
