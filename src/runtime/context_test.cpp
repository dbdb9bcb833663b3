#include "runtime/context_impl.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <map>
#include <new>
#include <numeric>
#include <thread>

// GCC takes the pair of malloc and free behind the replaced operators for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

// Counts what the program allocates while `counting` is set; see RunsWithoutAllocating.
namespace {
std::atomic<bool> counting{false};
std::atomic<int> allocations{0};
void* counted(size_t bytes, size_t alignment) {
  if (counting) ++allocations;
  void* p = alignment > sizeof(void*) * 2 ? std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment) : std::malloc(bytes ? bytes : 1);
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace
void* operator new(size_t bytes) { return counted(bytes, 0); }
void* operator new(size_t bytes, std::align_val_t a) { return counted(bytes, size_t(a)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }

namespace pharos {
namespace {

// An engine whose nodes take the first tactic that supports them in plain layout, or the reference.
std::shared_ptr<Engine> engine_of(std::string_view text, bool use_tactics = true, std::vector<PlanProfile> profiles = {}) {
  auto graph = parse_graph(text);
  EXPECT_TRUE(graph) << (graph ? "" : graph.error().text());
  Plan plan;
  plan.graph = std::move(*graph);
  const OpSet ops = builtin_ops();
  EXPECT_TRUE(infer_types(plan.graph, ops));
  plan.graph.compact();
  plan.profiles = std::move(profiles);
  const TacticSet tactics = builtin_tactics();
  const Device device = this_cpu(1);
  plan.choices.resize(plan.graph.node_slots());
  std::vector<Type> types;
  for (uint32_t v = 0; v < plan.graph.value_slots(); ++v) types.push_back(plan.graph.value(ValueId{v}).type);
  for (const NodeId id : plan.graph.nodes()) {
    Choice& c = plan.choices[id.index];
    c.tactic = "reference";
    if (!use_tactics) continue;
    const Problem p = make_problem(plan.graph, plan.graph[id], types);
    for (const TacticDef* t : tactics.candidates(plan.graph[id])) {
      if (t->pack || (t->supports && !t->supports(p, device))) continue;
      c.tactic = t->name;
      if (t->configs) c.config = t->configs(p, device).at(0);
      break;
    }
  }
  LoadOptions options;
  options.threads = 1;
  auto engine = Engine::Impl::make(std::move(plan), options);
  EXPECT_TRUE(engine) << (engine ? "" : engine.error().text());
  return *engine;
}

constexpr std::string_view chain = R"(graph chain (x: f32[2,3]) {
  s = const i64[1] {6}
  a = Relu(x)
  b = Add(a, a)
  c = Reshape(b, s)
  d = Sigmoid(c)
  return d, b
}
)";

constexpr std::string_view dynamic_chain = R"(graph dynamic (x: f32[N,4]) {
  a = Relu(x)
  b = Add(a, x)
  return b
}
)";

TensorView view(std::vector<float>& values, const Dims& dims) { return {values.data(), DType::f32, dims, values.size() * sizeof(float)}; }

TEST(Context, RunsAndSharesNothingBetweenContexts) {
  const auto engine = engine_of(chain);
  auto one = std::move(*engine->create_context()), two = std::move(*engine->create_context());
  std::vector<float> x{-1, 2, -3, 4, -5, 6}, y{1, 1, 1, 1, 1, 1};
  const Dims dims{2, 3};
  ASSERT_TRUE(one->set_input("x", view(x, dims)));
  ASSERT_TRUE(two->set_input("x", view(y, dims)));
  ASSERT_TRUE(one->run());
  ASSERT_TRUE(two->run());
  const auto b1 = one->output("b"), b2 = two->output("b");
  ASSERT_TRUE(b1 && b2);
  EXPECT_EQ(static_cast<const float*>(b1->data)[1], 4.0f);
  EXPECT_EQ(static_cast<const float*>(b1->data)[0], 0.0f);
  EXPECT_EQ(static_cast<const float*>(b2->data)[5], 2.0f);
}

TEST(Context, WritesIntoTheCallersBuffers) {
  const auto engine = engine_of(chain);
  auto context = std::move(*engine->create_context());
  std::vector<float> x{1, 2, 3, 4, 5, 6}, d(6), b(6);
  const Dims in{2, 3}, flat{6};
  ASSERT_TRUE(context->set_input("x", view(x, in)));
  ASSERT_TRUE(context->set_output("d", view(d, flat)));
  ASSERT_TRUE(context->set_output("b", view(b, in)));
  ASSERT_TRUE(context->run());
  EXPECT_EQ(b, (std::vector<float>{2, 4, 6, 8, 10, 12}));
  EXPECT_NEAR(d[0], 1 / (1 + std::exp(-2.0f)), 1e-5);
}

TEST(Context, RunsWithoutAllocating) {
  const auto engine = engine_of(chain);
  for (const StepInfo& s : engine->info().steps) ASSERT_NE(s.tactic, "reference") << s.name;
  auto context = std::move(*engine->create_context());
  std::vector<float> x{1, 2, 3, 4, 5, 6}, d(6);
  const Dims in{2, 3}, flat{6};
  ASSERT_TRUE(context->set_input("x", view(x, in)));
  ASSERT_TRUE(context->set_output("d", view(d, flat)));
  ASSERT_TRUE(context->run());
  RunTimes times;
  allocations = 0;
  counting = true;
  bool ok = true;
  for (int i = 0; i < 10; ++i) ok = context->set_input("x", view(x, in)) && context->set_output("d", view(d, flat)) && context->run(&times) && ok;
  counting = false;
  EXPECT_TRUE(ok);
  EXPECT_EQ(allocations, 0);
}

TEST(Context, FollowsTheShapeOfEachRunWithinTheProfile) {
  const auto engine = engine_of(dynamic_chain, true, {{{{"x", {{1, 4}, {2, 4}, {8, 4}}}}, 0}});
  auto context = std::move(*engine->create_context());
  for (const int64_t n : {1, 8, 3, 8}) {
    std::vector<float> x(size_t(n * 4));
    std::iota(x.begin(), x.end(), 1.0f);
    const Dims dims{n, 4};
    ASSERT_TRUE(context->set_input("x", view(x, dims)));
    EXPECT_EQ(*context->output_shape("b"), dims);
    ASSERT_TRUE(context->run());
    const auto b = context->output("b");
    ASSERT_TRUE(b);
    EXPECT_EQ(static_cast<const float*>(b->data)[n * 4 - 1], 2.0f * float(n * 4));
  }
  std::vector<float> x(36);
  const Dims outside{9, 4};
  ASSERT_TRUE(context->set_input("x", view(x, outside)));
  const auto refused = context->run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "PH6003");
  EXPECT_EQ(refused.error().argument("expected"), "1x4 to 8x4");
}

TEST(Context, DimsOfOneNameAreOfOneSize) {
  const auto engine = engine_of(R"(
graph both (x: f32[N,4], w: f32[N,4]) {
  y = Add(x, w)
  return y
})");
  auto context = std::move(*engine->create_context());
  std::vector<float> a(8), b(12);
  const Dims two{2, 4}, three{3, 4};
  ASSERT_TRUE(context->set_input("x", view(a, two)));
  ASSERT_TRUE(context->set_input("w", view(b, three)));
  const auto refused = context->run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), "PH6012");
  EXPECT_EQ(refused.error().argument("symbol"), "N");
  EXPECT_EQ(refused.error().argument("other"), "x");
  ASSERT_TRUE(context->set_input("x", view(b, three)));
  EXPECT_TRUE(context->run());
}

TEST(Context, NamesWhatIsWrongWithAnInput) {
  const auto engine = engine_of(chain);
  auto context = std::move(*engine->create_context());
  std::vector<float> x(6);
  const Dims dims{2, 3}, wrong{3, 2}, negative{-1, 3};
  EXPECT_EQ(context->run().error().code(), "PH6002");
  EXPECT_EQ(context->set_input("y", view(x, dims)).error().code(), "PH6001");
  EXPECT_EQ(context->set_input("x", view(x, wrong)).error().code(), "PH6004");
  EXPECT_EQ(context->set_input("x", view(x, negative)).error().code(), "PH6004");
  EXPECT_EQ(context->set_input("x", {x.data(), DType::i32, dims, 24}).error().code(), "PH6004");
  EXPECT_EQ(context->set_input("x", {x.data(), DType::f32, dims, 20}).error().code(), "PH6005");
  EXPECT_EQ(context->set_input("x", {nullptr, DType::f32, dims, 24}).error().code(), "PH6005");
  EXPECT_EQ(context->output("d").error().code(), "PH6010");
}

TEST(Context, ManyThreadsShareAnEngine) {
  const auto engine = engine_of(dynamic_chain, true, {{{{"x", {{1, 4}, {2, 4}, {64, 4}}}}, 0}});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&, t] {
      auto context = std::move(*engine->create_context());
      for (int64_t n = 1 + t; n <= 40; n += 3) {
        std::vector<float> x(size_t(n * 4), float(t + 1));
        const Dims dims{n, 4};
        if (!context->set_input("x", view(x, dims)) || !context->run()) { ++wrong; continue; }
        const auto b = context->output("b");
        for (int64_t i = 0; i < n * 4; ++i) wrong += static_cast<const float*>(b->data)[i] != 2.0f * float(t + 1);
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Context, ProfilerSeesEveryStepInOrder) {
  class Steps final : public Profiler {
   public:
    void step(const StepInfo& s, double) noexcept override { names.push_back(s.op); }
    std::vector<std::string> names;
  } profiler;
  const auto engine = engine_of(chain);
  auto context = std::move(*engine->create_context());
  std::vector<float> x(6);
  const Dims dims{2, 3};
  ASSERT_TRUE(context->set_input("x", view(x, dims)));
  context->set_profiler(&profiler);
  ASSERT_TRUE(context->run());
  EXPECT_EQ(profiler.names, (std::vector<std::string>{"Relu", "Add", "Sigmoid"}));
}

// Behind a size that depends on data, kernels are found while the engine runs.
TEST(Context, FindsKernelsForShapesThatOnlyARunShows) {
  class Tactics final : public Profiler {
   public:
    void step(const StepInfo& s, double) noexcept override { of[s.op] = s.tactic; }
    std::map<std::string, std::string> of;
  } profiler;
  const auto engine = engine_of(R"(graph late (x: f32[6]) {
  n = NonZero(x)
  c = Cast(n) to=1
  d = Relu(c)
  return d
}
)");
  auto context = std::move(*engine->create_context());
  const Dims dims{6};
  std::vector<float> x{0, 1, 0, 1, 1, 0};
  ASSERT_TRUE(context->set_input("x", view(x, dims)));
  context->set_profiler(&profiler);
  ASSERT_TRUE(context->run());
  EXPECT_EQ(profiler.of["NonZero"], "cpu.non_zero.scan");
  EXPECT_EQ(profiler.of["Cast"], "cpu.elementwise.typed");
  EXPECT_EQ(profiler.of["Relu"], "cpu.pointwise.simd");
  const auto d = context->output("d");
  ASSERT_TRUE(d);
  ASSERT_EQ(d->dims[1], 3);
  EXPECT_EQ(static_cast<const float*>(d->data)[2], 4);
}

TEST(Context, RunsStepsWhoseSizeDependsOnData) {
  const auto engine = engine_of(R"(graph dds (x: f32[6]) {
  n = NonZero(x)
  c = Cast(n) to=1
  d = Relu(c)
  return d
}
)");
  auto context = std::move(*engine->create_context());
  const Dims dims{6};
  for (std::vector<float> x : {std::vector<float>{0, 1, 0, 1, 1, 0}, {0, 0, 0, 0, 0, 0}, {1, 1, 1, 1, 1, 1}}) {
    ASSERT_TRUE(context->set_input("x", view(x, dims)));
    ASSERT_TRUE(context->run());
    const auto d = context->output("d");
    ASSERT_TRUE(d);
    EXPECT_EQ(d->dims[1], std::count(x.begin(), x.end(), 1.0f));
  }
}

// How many steps an engine runs.
size_t steps_of(Engine& engine, std::vector<float>& x, const Dims& dims) {
  class Count final : public Profiler {
   public:
    void step(const StepInfo&, double) noexcept override { ++steps; }
    size_t steps = 0;
  } count;
  auto context = std::move(*engine.create_context());
  context->set_profiler(&count);
  EXPECT_TRUE(context->set_input("x", view(x, dims)));
  EXPECT_TRUE(context->run());
  return count.steps;
}

TEST(Context, PartsShareTheMemoryOfTheWhole) {
  const auto engine = engine_of(R"(graph parts (x: f32[1,64]) {
  s = const i64[2] {32,32}
  from = const i64[1] {16}
  to = const i64[1] {48}
  axis = const i64[1] {1}
  a, b = Split(x, s) axis=1
  c = Slice(x, from, to, axis)
  d = Relu(a)
  e = Sigmoid(b)
  f = Tanh(c)
  g = Concat(d, e) axis=1
  h = Concat(g, f) axis=1
  return h
}
)");
  std::vector<float> x(64, 1);
  EXPECT_EQ(steps_of(*engine, x, {1, 64}), 3u);  // the functions alone
}

// Random graphs of parts and wholes: by kernels with shared memory, and by reference operators without.
TEST(Context, PartsAndWholesInAnyOrderGiveTheSame) {
  uint32_t state = 5;
  const auto random = [&](size_t below) { return (state = state * 1664525 + 1013904223, size_t(state >> 9) % below); };
  for (int trial = 0; trial < 150; ++trial) {
    std::string text = "graph parts (x: f32[1,64]) {\n  axis = const i64[1] {1}\n";
    struct Part { std::string name; size_t width; };
    std::vector<Part> values{{"x", 64}};
    for (int n = 0; n < 14; ++n) {
      const Part a = values[random(values.size())], b = values[random(values.size())];
      const std::string y = "v" + std::to_string(n);
      const size_t cut = 16 * (1 + random(3));
      switch (random(7)) {
        case 0: text += fmt::format("  {} = Relu({})\n", y, a.name), values.push_back({y, a.width}); break;
        case 1: text += fmt::format("  {} = Sigmoid({})\n", y, a.name), values.push_back({y, a.width}); break;
        case 2: text += fmt::format("  {} = Add({}, {})\n", y, a.name, a.name), values.push_back({y, a.width}); break;
        case 3:
          if (a.width + b.width > 512) continue;
          text += fmt::format("  {} = Concat({}, {}) axis=1\n", y, a.name, b.name), values.push_back({y, a.width + b.width});
          break;
        case 4:
          if (a.width <= cut) continue;
          text += fmt::format("  s{0} = const i64[2] {{{1},{2}}}\n  {0}, {0}b = Split({3}, s{0}) axis=1\n", y, cut, a.width - cut, a.name);
          values.push_back({y, cut}), values.push_back({y + "b", a.width - cut});
          break;
        case 5:
          if (a.width <= cut) continue;
          text += fmt::format("  s{0} = const i64[1] {{{1}}}\n  e{0} = const i64[1] {{{2}}}\n  {0} = Slice({3}, s{0}, e{0}, axis)\n", y,
                              random(2) ? 0 : 8, cut, a.name);
          values.push_back({y, 0});
          values.back().width = text.find(fmt::format("s{0} = const i64[1] {{8}}", y)) == std::string::npos ? cut : cut - 8;
          break;
        default:
          text += fmt::format("  s{0} = const i64[2] {{1,{1}}}\n  {0} = Reshape({2}, s{0})\n", y, a.width, a.name), values.push_back({y, a.width});
      }
    }
    std::vector<Part> outputs;
    for (const Part& v : values)
      if (v.name != "x" && (random(5) == 0 || v.name == values.back().name)) outputs.push_back(v);
    if (outputs.empty()) continue;
    text += "  return ";
    for (const Part& o : outputs) text += (o.name == outputs[0].name ? "" : ", ") + o.name;
    text += "\n}\n";
    const auto fast = engine_of(text), plain = engine_of(text, false);
    auto one = std::move(*fast->create_context()), two = std::move(*plain->create_context());
    std::vector<float> x(64), mine(outputs[0].width);
    const Dims dims{1, 64}, mine_dims{1, int64_t(outputs[0].width)};
    for (int run = 0; run < 2; ++run) {
      for (float& v : x) v = float(random(1000)) / 250 - 2;
      ASSERT_TRUE(one->set_input("x", view(x, dims)) && two->set_input("x", view(x, dims)));
      if (trial % 2) {
        ASSERT_TRUE(one->set_output(outputs[0].name, view(mine, mine_dims)));
      }
      ASSERT_TRUE(one->run() && two->run()) << text;
      for (const Part& o : outputs) {
        const auto got = one->output(o.name), want = two->output(o.name);
        ASSERT_TRUE(got && want);
        for (size_t i = 0; i < o.width; ++i)
          ASSERT_NEAR(static_cast<const float*>(got->data)[i], static_cast<const float*>(want->data)[i], 1e-5) << text << o.name << " " << i;
      }
      for (size_t i = 0; trial % 2 && i < mine.size(); ++i)
        ASSERT_NEAR(mine[i], static_cast<const float*>(two->output(outputs[0].name)->data)[i], 1e-5) << text;
    }
  }
}

}  // namespace
}  // namespace pharos
