#pragma once
// For the unit tests of operators: evaluates or infers one node with a few words.

#include <gtest/gtest.h>

#include "ops/infer.h"
#include "ops/interpret.h"

namespace pharos::test {

inline const OpSet& ops() {
  static const OpSet set = builtin_ops();
  return set;
}

inline Tensor floats(Dims dims, std::vector<float> v) { return Tensor::from<float>(DType::f32, std::move(dims), v); }
inline Tensor ints(Dims dims, std::vector<int64_t> v) { return Tensor::from<int64_t>(DType::i64, std::move(dims), v); }
inline Tensor strings(Dims dims, std::vector<std::string> v) {
  return Tensor::from<std::string>(DType::string, std::move(dims), v);
}
inline Tensor bools(Dims dims, std::vector<char> v) {
  Tensor t(DType::boolean, std::move(dims));
  for (size_t i = 0; i < v.size(); ++i) t.as<bool>()[i] = v[i];
  return t;
}

struct Call {
  std::string op;
  std::vector<Datum> inputs;  // a missing datum: left out
  Attributes attributes = {};
  size_t outputs = 1;
  std::string domain = "";
  uint32_t captures = 0;
  Limits limits = {};
};

// Builds a graph of the one node, infers its types, runs it, and checks that the results are what inference promised.
inline Result<std::vector<Datum>> run(const Call& call, uint64_t seed = 1) {
  Graph g;
  Node node{.domain = call.domain, .op = call.op, .attributes = call.attributes, .captures = call.captures};
  std::vector<Datum> given;
  for (const Datum& d : call.inputs) {
    node.inputs.push_back(d.missing() ? ValueId{} : g.add_input("in" + std::to_string(node.inputs.size()), type_of(d)));
    if (!d.missing()) given.push_back(d);
  }
  std::vector<ValueId> outputs;
  for (size_t i = 0; i < call.outputs; ++i) outputs.push_back(g.add_value("out" + std::to_string(i)));
  node.outputs = outputs;
  g.add_node(std::move(node));
  g.set_outputs(outputs);
  InferOptions infer;
  infer.limits = call.limits;
  if (auto r = infer_types(g, ops(), infer); !r) return std::move(r).error();
  InterpretOptions options{.limits = call.limits, .seed = seed};
  auto results = interpret(g, ops(), given, options);
  if (!results) return results;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Type promised = g.value(outputs[i]).type, actual = type_of((*results)[i]);
    EXPECT_TRUE(promised.kind == Type::Kind::Unknown || merge(promised, actual))
        << call.op << ": promised " << promised.text() << ", got " << actual.text();
  }
  return results;
}

// The first output as floats; empty with a test failure where the call fails.
inline std::vector<float> run_floats(const Call& call, uint64_t seed = 1) {
  auto r = run(call, seed);
  if (!r) { ADD_FAILURE() << r.error().text(); return {}; }
  const Tensor* t = (*r)[0].tensor();
  std::vector<float> out;
  for (int64_t i = 0; t && i < t->count(); ++i) out.push_back(float(t->double_at(i)));
  return out;
}

inline std::string code_of(const Call& call) {
  auto r = run(call);
  return r ? "" : std::string(r.error().code());
}

}  // namespace pharos::test
