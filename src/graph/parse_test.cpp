#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "graph/graph.h"

namespace pharos {
namespace {

constexpr PrintOptions everything{.inline_limit = -1};

std::string round_trip(const std::string& text, const PrintOptions& options = everything) {
  const auto g = parse_graph(text);
  return g ? print(*g, options) : g.error().text();
}

TEST(GraphText, ReadsItsOwnExample) {
  const std::string text = R"(graph resnet_stem (x: f32[N,3,224,224], cond: bool[]) where N in 1..8, 'odd name' in 0.. {
  w = const f32[64,3,7,7] packed
  b = const f32[2] {0.5, -1.0}
  y = Conv(x, w, _) pads=[3, 3, 3, 3] strides=[2, 2] : f32[N,64,112,112]  # from: conv1, "b n,1"
  z = pharos::Reorder@to_blocks(y) to="c16" : f32[N,64,112,112]@c16
  c = If(cond; z) else_branch=graph else (z_in: f32[N,64,112,112]) {
    m = Neg(z_in)
    return m
  } then_branch=graph then (z_in: f32[N,64,112,112]) {
    return z_in
  }
  s, _, t = Split(c) : ?, ?, f32[...]
  () = Sink(s)
  "onnx::Add 1" = Add(t, "b") empty=ints[] f=floats[] mixed=[1.0, -2.5, inf] s=strings[] strs=["a\n", "\"q\""] t=i64[2] {1, -2} ts=tensors[] type=type(seq(f32[...]))
  return "onnx::Add 1", c
}
)";
  // Quotes are dropped where a name needs none.
  std::string canonical = text;
  canonical.replace(canonical.find("\"b\""), 3, "b");
  EXPECT_EQ(round_trip(text), canonical);
}

TEST(GraphText, ErrorsNameLineAndColumn) {
  const auto message = [](std::string_view text) {
    const auto g = parse_graph(text);
    return g ? std::string("no error") : g.error().message();
  };
  EXPECT_EQ(message("graph g () {\n  y = Relu(x)\n  return y\n}"),
            "line 2, column 12: 'x' is not defined before it is used");
  EXPECT_EQ(message("graph g (x: f32[2], x: f32[2]) {\n return x\n}"), "line 1, column 21: 'x' is defined twice");
  EXPECT_NE(message("graph g (x: f99[2]) {\n return x\n}").find("expected a type"), std::string::npos);
  EXPECT_NE(message("graph g () {\n c = const f32[1000000000000] {1.0}\n return c\n}").find("announced"),
            std::string::npos);
  EXPECT_NE(message("graph g () {\n c = const u4[1] {16}\n return c\n}").find("expected an element"),
            std::string::npos);
  EXPECT_NE(message("graph g () {\n a = F()\n b = G@a()\n return a\n}").find("two nodes"), std::string::npos);
  EXPECT_NE(message("").find("expected 'graph'"), std::string::npos);
  EXPECT_NE(message("graph g () {\n return\n} more").find("text after"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "graph g () {\n a = F() b=";
  EXPECT_NE(message(deep).find("nested"), std::string::npos);
}

class RandomGraphs : public ::testing::Test {
 protected:
  std::mt19937 random_{7};
  int pick(int n) { return int(random_() % unsigned(n)); }

  std::string name() {
    const char* names[] = {"x",  "conv_1", "/layer/0", "onnx::Add", "with space", "quote\"",
                           "新", "_",      "const",    "a\nb",      "-1",         "1.5"};
    return names[pick(12)];
  }
  Tensor tensor() {
    const DType t = DType(1 + pick(dtype_count - 1));
    Dims dims;
    for (int i = pick(3); i > 0; --i) dims.push_back(pick(4));
    Tensor out(t, dims);
    if (t == DType::string) {
      for (std::string& s : out.as<std::string>()) s = name();
      return out;
    }
    const int bits = dtype_bits(t);
    for (size_t i = 0; i < out.bytes(); ++i)
      static_cast<uint8_t*>(out.data())[i] = t == DType::boolean ? uint8_t(pick(2)) : uint8_t(random_());
    if (bits < 8)  // one element per byte: value in the low bits, signed ones extended
      for (uint8_t& b : std::span(static_cast<uint8_t*>(out.data()), out.bytes())) {
        b = uint8_t(b & ((1 << bits) - 1));
        if (is_signed_integer(t) && b >> (bits - 1)) b = uint8_t(b - (1 << bits));
      }
    return out;
  }
  Type type() {
    const char* types[] = {
        "?",       "f32[N,3]", "i64[...]", "seq(f32[?,2*N + 1])", "optional(map(string, f32[]))", "f32[1,20,N]@c8",
        "string[]"};
    return *Type::parse(types[pick(7)]);
  }
  Attribute attribute(int depth) {
    switch (pick(depth > 0 ? 10 : 9)) {
      case 0: return int64_t(random_()) * (pick(2) ? 1 : -1);
      case 1: return std::bit_cast<float>(uint32_t(random_()));
      case 2: return name();
      case 3: return std::vector<int64_t>(size_t(pick(4)), pick(100) - 50);
      case 4: return std::vector<float>(size_t(pick(4)), float(pick(100)) / 7);
      case 5: return std::vector<std::string>(size_t(pick(3)), name());
      case 6: return tensor();
      case 7: return std::vector<Tensor>(size_t(pick(3)), tensor());
      case 8: return type();
      default: return SharedGraph(std::make_shared<Graph>(graph(depth - 1)));
    }
  }
  Graph graph(int depth) {
    Graph g;
    g.name = name();
    if (pick(2)) g.symbols["N"] = {1, pick(2) ? INT64_MAX : 64};
    std::vector<ValueId> values;
    for (int i = pick(4); i >= 0; --i) values.push_back(g.add_input(name(), type()));
    for (int i = pick(3); i > 0; --i) values.push_back(g.add_constant(name(), tensor()));
    for (int i = pick(6); i > 0; --i) {
      Node n;
      n.op = pick(2) ? "Relu" : name();
      if (pick(3) == 0) n.domain = "com.example";
      if (pick(2)) n.name = name();
      for (int k = pick(4); k > 0; --k)
        n.inputs.push_back(pick(4) ? values[size_t(pick(int(values.size())))] : ValueId{});
      for (int k = pick(3); k > 0; --k) n.outputs.push_back(pick(4) ? g.add_value(name(), type()) : ValueId{});
      for (int k = pick(4); k > 0; --k) n.attributes[name()] = attribute(depth);
      for (int k = pick(3); k > 0; --k) n.origin.push_back(name());
      for (const ValueId v : n.outputs) if (v) values.push_back(v);
      g.add_node(std::move(n));
    }
    std::vector<ValueId> outputs;
    for (int i = pick(3); i > 0; --i) outputs.push_back(values[size_t(pick(int(values.size())))]);
    g.set_outputs(std::move(outputs));
    return g;
  }
};

TEST_F(RandomGraphs, RoundTrip) {
  for (int i = 0; i < 3000; ++i) {
    const Graph g = graph(2);
    ASSERT_TRUE(verify(g)) << verify(g).error().text() << print(g, everything);
    const std::string text = print(g, everything);
    const auto again = parse_graph(text);
    ASSERT_TRUE(again) << again.error().text() << "\n" << text;
    ASSERT_EQ(print(*again, everything), text);
    ASSERT_TRUE(verify(*again)) << verify(*again).error().text() << text;
    Graph copy = g;
    copy.compact();
    ASSERT_TRUE(verify(copy)) << verify(copy).error().text() << text;
  }
}

TEST_F(RandomGraphs, DamagedTextNeverCrashes) {
  for (int i = 0; i < 3000; ++i) {
    std::string text = print(graph(2), everything);
    for (int k = pick(4); k >= 0; --k) {
      const size_t at = random_() % text.size();
      if (pick(2)) text[at] = char(random_());
      else text.erase(at, size_t(pick(9)));
      if (text.empty()) break;
    }
    if (const auto g = parse_graph(text)) (void)print(*g);
  }
}

}  // namespace
}  // namespace pharos
