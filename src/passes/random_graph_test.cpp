// Random small graphs through the whole pipeline: after each pass the reference interpreter must compute what it
// computed before. Operators are chosen so that results stay small and finite.

#include <gtest/gtest.h>

#include "ops/infer.h"
#include "passes/pipeline.h"

namespace pharos {
namespace {

class Generator {
 public:
  Generator(uint64_t seed, const OpSet& ops) : state_(seed * 0x9e3779b97f4a7c15u + 1), ops_(ops) {}

  Graph make() {
    const bool dynamic = pick(2);
    const bool image = pick(2);
    Shape shape{dynamic ? Dim::symbol("N") : Dim(2), Dim(2), Dim(3)};
    if (image) shape.push_back(Dim(4));
    for (int i = 0; i < 2; ++i)
      values_.push_back(g_.add_input("x" + std::to_string(i), Type::tensor(DType::f32, shape)));
    const int nodes = 4 + pick(14);
    for (int i = 0; i < nodes; ++i) step();
    std::vector<ValueId> outputs;
    for (const ValueId v : values_)
      if (!g_.value(v).is_input && (g_.value(v).uses.empty() || pick(8) == 0)) outputs.push_back(v);
    g_.set_outputs(outputs);
    return std::move(g_);
  }

 private:
  int pick(int n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return int((state_ >> 33) % uint64_t(n));
  }
  ValueId any() { return values_[values_.size() - 1 - size_t(pick(int(std::min<size_t>(values_.size(), 5))))]; }
  const Shape& shape(ValueId v) { return *g_.value(v).type.shape; }
  Tensor random(Dims dims, float scale = 1) {
    Tensor t(DType::f32, std::move(dims));
    for (float& x : t.as<float>()) x = scale * (float(pick(2001)) / 1000 - 1);
    return t;
  }
  ValueId ints(std::vector<int64_t> v) { return g_.add_constant("c", Tensor::vector_i64(v)); }

  // Keeps the node if its types can be inferred.
  void add(const std::string& op, std::vector<ValueId> inputs, Attributes attributes = {}, size_t outputs = 1) {
    Node n;
    n.op = op;
    n.inputs = std::move(inputs);
    n.attributes = std::move(attributes);
    std::vector<ValueId> made;
    for (size_t i = 0; i < outputs; ++i) made.push_back(g_.add_value(g_.unique_name("v")));
    n.outputs = made;
    const NodeId id = g_.add_node(std::move(n));
    bool known = bool(infer_types(g_, ops_));
    for (const ValueId v : made)
      known = known && g_.value(v).type.is_tensor() && g_.value(v).type.has_rank() && g_.value(v).type.rank() > 0;
    if (known) values_.insert(values_.end(), made.begin(), made.end());
    else g_.erase(id);
  }

  void step() {
    const ValueId x = any();
    const Shape s = shape(x);
    const int rank = int(s.size());
    const auto channels = rank > 1 ? s[1].maybe_number() : std::nullopt;
    const auto last = s.back().maybe_number();
    switch (pick(17)) {
      case 0: case 1: {
        static const char* unary[] = {"Relu", "Sigmoid",   "Tanh",     "Neg",      "Abs",
                                      "Erf",  "HardSwish", "Identity", "Softplus", "Mish"};
        return add(unary[pick(10)], {x});
      }
      case 2:
        return add("Clip", {x, g_.add_constant("low", Tensor::scalar_f32(float(pick(2)) - 1)),
                            g_.add_constant("high", Tensor::scalar_f32(float(1 + pick(6))))});
      case 3: case 4: {
        static const char* binary[] = {"Add", "Mul", "Sub", "Max", "Min"};
        return add(binary[pick(5)], {x, any()});
      }
      case 5: case 6: {
        static const char* binary[] = {"Add", "Mul", "Sub", "Div"};
        Dims dims;
        if (last && pick(2)) dims = {*last};
        if (channels && pick(3) == 0) dims = Dims(size_t(rank) - 1, 1), dims[0] = *channels;
        Tensor t = random(dims);
        for (float& v : t.as<float>()) v = v < 0 ? v - 0.5f : v + 0.5f;
        const ValueId c = g_.add_constant("k", t);
        const char* op = binary[pick(4)];
        return pick(3) == 0 && std::string(op) != "Div" ? add(op, {c, x}) : add(op, {x, c});
      }
      case 7: {
        std::vector<int64_t> perm;
        for (int i = 0; i < rank; ++i) perm.push_back(i);
        for (int i = rank - 1; i > 0; --i) std::swap(perm[size_t(i)], perm[size_t(pick(i + 1))]);
        return add("Transpose", {x}, {{"perm", perm}});
      }
      case 8: {
        if (rank < 3) return add("Unsqueeze", {x, ints({pick(rank + 1)})});
        std::vector<int64_t> to{0, -1};
        if (pick(2) && last) to = {-1, *last};
        return add("Reshape", {x, ints(to)});
      }
      case 9: return last ? add("MatMul", {x, g_.add_constant("w", random({*last, 1 + pick(4)}, 0.5f))}) : void();
      case 10: {
        if (rank != 4 || !channels) return;
        const int64_t k = pick(2) ? 1 : 3;
        return add("Conv", {x, g_.add_constant("w", random({2, *channels, k, k}, 0.4f))},
                   {{"pads", std::vector<int64_t>(4, k / 2)}});
      }
      case 11: {
        if (rank < 3 || !channels) return;
        Tensor var = random({*channels});
        for (float& v : var.as<float>()) v = 1 + v * v;
        return add("BatchNormalization",
                   {x, g_.add_constant("s", random({*channels})), g_.add_constant("b", random({*channels})),
                    g_.add_constant("m", random({*channels})), g_.add_constant("v", var)});
      }
      case 12: return add("Softmax", {x}, {{"axis", int64_t(pick(rank))}});
      case 13: return add("ReduceMean", {x, ints({pick(rank)})}, {{"keepdims", int64_t(pick(2))}});
      case 14: return add("Concat", {x, any()}, {{"axis", int64_t(pick(rank))}});
      case 15: return add("Slice", {x, ints({0}), ints({pick(2) ? INT64_MAX : 2}), ints({pick(rank)})});
      default:
        return last ? add("LayerNormalization", {x, g_.add_constant("s", random({*last}))}, {{"epsilon", 0.5f}})
                    : void();  // does not magnify rounding
    }
  }

  uint64_t state_;
  const OpSet& ops_;
  Graph g_;
  std::vector<ValueId> values_;
};

TEST(RandomGraphs, KeepTheirResults) {
  const OpSet ops = builtin_ops();
  const int count = std::getenv("PHAROS_RANDOM_GRAPHS") ? std::atoi(std::getenv("PHAROS_RANDOM_GRAPHS")) : 150;
  int rewrites = 0, compared = 0;
  for (int seed = 0; seed < count; ++seed) {
    Graph g = Generator(uint64_t(seed), ops).make();
    const std::string before = print(g, {.inline_limit = 64});
    auto report = run_pipeline(g, ops, {.level = seed % 2 ? 3 : 5, .differential = true});
    // A graph may prove wrong only once more is known of its shapes: then it is no fault of a pass.
    if (!report && report.error().code() == "PH2103") continue;
    EXPECT_TRUE(report) << "seed " << seed << ": " << report.error().text() << "\n" << before;
    if (!report) continue;
    compared += report->compared;
    for (const PassTiming& t : report->passes) rewrites += t.rewrites;
  }
  // Graphs in which nothing happens would prove nothing.
  EXPECT_GT(rewrites, 3 * count);
  EXPECT_GT(compared, count * 9 / 10);
}

}  // namespace
}  // namespace pharos
