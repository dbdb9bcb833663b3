#pragma once
// A small plan with every kind of part: for the tests and the fuzz target of the engine file.

#include "engine/plan.h"

namespace pharos {

inline Plan sample_plan() {
  constexpr std::string_view text = R"(graph net (x: f32[N,3,8,8], cond: bool[], s: seq(f32[?])) where N in 1..8 {
  w = const f32[4,3,3,3] packed
  b = const f32[4] {0.5, -1.0, inf, nan}
  flags = const bool[2] {true, false}
  q = const i4[3] {-8, 7, 0}
  words = const string[2] {"a", "b\x00c"}
  y = pharos::Conv(x, w, b) activation="relu" pads=[1, 1, 1, 1] scales=[0.5, 1.0] : f32[N,4,8,8]@c16  # from: conv1, bn1
  z = pharos::Reorder(y) to="plain" : f32[N,4,8,8]
  c = If(cond; z, b) else_branch=graph else (z_in: f32[N,4,8,8], k: f32[4]) {
    own = const f32[1] {2.0}
    m = Mul(z_in, own)
    return m
  } then_branch=graph then (z_in: f32[N,4,8,8], k: f32[4]) {
    return z_in
  } : f32[N,4,8,8]
  t, _ = Everything(c, _, q, words, flags) names=["p", "q"] none=ints[] tensor=i64[2] {1, 2} tensors=[f32[1] {1.0}, u8[0] {}] type=type(seq(f32[...])) : f32[...], ?
  return t, z
}
)";
  Plan plan;
  plan.name = "net";
  plan.producer = "pytorch 2.4";
  plan.device = {Isa::Portable, "a processor", 16};
  plan.graph = std::move(*parse_graph(text));
  plan.graph.compact();
  for (const NodeId id : plan.graph.nodes()) {
    Choice c;
    c.tactic = plan.graph[id].op == "Conv" ? "cpu.conv.direct" : "reference";
    if (id.index == 0) {
      c.config = "mb=6 nb=64";
      c.formats = {{Format::Plain, Format::Plain}, {Format::Blocked16c}};
      c.packed.parts = {Tensor::vector_i64(std::vector<int64_t>{1, 2, 3}), Tensor(DType::f32, {16, 27})};
      c.workspace = 4096;
      c.tuned_ms = 0.125;
    }
    plan.choices.push_back(std::move(c));
  }
  plan.profiles.push_back({{{"x", {{1, 3, 8, 8}, {4, 3, 8, 8}, {8, 3, 8, 8}}}}, 123456});
  plan.activation_bytes = 123456;
  plan.plugins = {{"rows", "1.2.0", {"com.example::KeepRows", "com.example::TopRows"}}};
  plan.options = {{"optimization_level", "3"}};
  plan.warnings = {{"PH4001", "something slow"}};
  return plan;
}

}  // namespace pharos
