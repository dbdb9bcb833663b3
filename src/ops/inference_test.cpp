// Symbolic shapes and contents of shape tensors through the operators that exporters build shape arithmetic from.

#include <gtest/gtest.h>

#include "ops/infer.h"

namespace pharos {
namespace {

// Builds a graph step by step and infers it; constants are i64.
struct Builder {
  Graph g;
  OpSet ops = builtin_ops();

  ValueId input(const char* name, const char* type) { return g.add_input(name, *Type::parse(type)); }
  ValueId ints(std::vector<int64_t> v) { return g.add_constant("c", Tensor::vector_i64(v)); }
  ValueId scalar(int64_t v) { return g.add_constant("c", Tensor::scalar_i64(v)); }
  ValueId add(const char* op, std::vector<ValueId> in, Attributes attributes = {}) {
    return g.add(op, std::move(in), std::move(attributes));
  }
  // The type of `v` after inference, or the error.
  std::string type(ValueId v) {
    g.set_outputs({v});
    const auto r = infer_types(g, ops);
    return r ? g.value(v).type.text() : std::string(r.error().code());
  }
};

TEST(Inference, ReshapeCancelsEqualDims) {
  Builder b;
  const ValueId x = b.input("x", "f32[N,S,768]");
  EXPECT_EQ(b.type(b.add("Reshape", {x, b.ints({0, 0, 12, -1})})), "f32[N,S,12,64]");
  EXPECT_EQ(b.type(b.add("Reshape", {x, b.ints({0, -1})})), "f32[N,768*S]");
  EXPECT_EQ(b.type(b.add("Reshape", {x, b.ints({-1, -1})})), "PH2105");
}

TEST(Inference, ShapeArithmeticStaysSymbolic) {
  Builder b;
  const ValueId x = b.input("x", "f32[N,S,768]");
  const ValueId shape = b.add("Shape", {x});
  const ValueId s = b.add("Gather", {shape, b.scalar(1)});
  const ValueId twice = b.add("Mul", {s, b.scalar(2)});
  const ValueId head = b.add("Slice", {shape, b.ints({0}), b.ints({1})});
  const ValueId target =
      b.add("Concat", {head, b.add("Unsqueeze", {twice, b.ints({0})}), b.ints({384})}, {{"axis", int64_t{0}}});
  EXPECT_EQ(b.type(b.add("Reshape", {x, target})), "f32[N,2*S,384]");
  // The usual detour of exporters: cast, divide, cast back.
  const ValueId half = b.add("Div", {b.add("Cast", {twice}, {{"to", int64_t{7}}}), b.scalar(2)});
  EXPECT_EQ(b.type(b.add("ConstantOfShape", {b.add("Unsqueeze", {half, b.ints({0})})})), "f32[S]");
}

TEST(Inference, ExpandWithRepairedShape) {
  Builder b;
  const ValueId x = b.input("x", "f32[N,1]"), like = b.input("like", "f32[N,S]");
  const ValueId shape = b.add("Shape", {like});
  const ValueId ones =
      b.add("ConstantOfShape", {b.ints({2})}, {{"value", Tensor::vector_i64(std::vector<int64_t>{1})}});
  const ValueId repaired = b.add("Where", {b.add("Equal", {shape, b.ints({-1})}), ones, shape});
  EXPECT_EQ(b.type(b.add("Expand", {x, repaired})), "f32[N,S]");
}

TEST(Inference, SliceAndRangeOverSymbols) {
  Builder b;
  const ValueId x = b.input("x", "f32[N,S]");
  EXPECT_EQ(b.type(b.add("Slice", {x, b.ints({0}), b.ints({INT64_MAX}), b.ints({1})})), "f32[N,S]");
  EXPECT_EQ(b.type(b.add("Slice", {x, b.ints({-1}), b.ints({INT64_MIN}), b.ints({1}), b.ints({-1})})), "f32[N,S]");
  const ValueId s = b.add("Gather", {b.add("Shape", {x}), b.scalar(1)});
  EXPECT_EQ(b.type(b.add("Range", {b.scalar(0), s, b.scalar(1)})), "i64[S]");
  const ValueId end = b.add("Unsqueeze", {s, b.ints({0})});
  EXPECT_EQ(b.type(b.add("Slice", {x, b.ints({0}), end, b.ints({1})})), "f32[N,S]");
}

TEST(Inference, DataDependentDimsKeepTheRank) {
  Builder b;
  const ValueId x = b.input("x", "f32[N,4]");
  EXPECT_EQ(b.type(b.add("NonZero", {x})), "i64[2,?]");
  EXPECT_EQ(b.type(b.add("Reshape", {x, b.input("shape", "i64[3]")})), "f32[?,?,?]");
  EXPECT_EQ(b.type(b.add("Tile", {x, b.input("repeats", "i64[2]")})), "f32[?,?]");
}

TEST(Inference, ContradictionsAreReported) {
  Builder b;
  const ValueId x = b.input("x", "f32[2,3]"), y = b.input("y", "f32[4,3]");
  EXPECT_EQ(b.type(b.add("Add", {x, y})), "PH2103");
  Builder mixed;
  EXPECT_EQ(mixed.type(mixed.add("Add", {mixed.input("x", "f32[2]"), mixed.input("d", "f64[2]")})), "PH2102");
  Builder product;
  EXPECT_EQ(product.type(product.add("MatMul", {product.input("a", "f32[N,3]"), product.input("b", "f32[4,2]")})),
            "PH2103");
}

TEST(Inference, EinsumLabels) {
  Builder b;
  const ValueId q = b.input("q", "f32[B,H,S,64]"), k = b.input("k", "f32[B,H,T,64]");
  EXPECT_EQ(b.type(b.add("Einsum", {q, k}, {{"equation", std::string("bhsd,bhtd->bhst")}})), "f32[B,H,S,T]");
  EXPECT_EQ(b.type(b.add("Einsum", {q, k}, {{"equation", std::string("...sd,...td->...st")}})), "f32[B,H,S,T]");
  EXPECT_EQ(b.type(b.add("Einsum", {q, k}, {{"equation", std::string("bhsd,bhtd->bhsz")}})), "PH2101");
}

}  // namespace
}  // namespace pharos
