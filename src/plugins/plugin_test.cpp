#include "plugins/plugin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "ops/infer.h"
#include "ops/interpret.h"

namespace {
std::atomic<int> allocations{0};
std::atomic<bool> counting{false};
void* counted(size_t bytes) {
  if (counting) ++allocations;
  if (void* p = std::malloc(bytes ? bytes : 1)) return p;
  throw std::bad_alloc();
}
}  // namespace
void* operator new(size_t bytes) { return counted(bytes); }
// Not inlined: GCC would see free() meet memory of a "new" that it did not look into, and warn.
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace pharos {
namespace {

std::string text(PharosText t) { return t.data ? std::string(t.data, t.size) : "-"; }

// --- an operator that tells what it sees: one line of text for each attribute

PharosStatus tell_infer(PharosContext* c) {
  const PharosDim one = 1;
  return pharos_set_output(c, 0, PHAROS_STRING, 1, &one);
}

PharosStatus tell_run(PharosContext* c, void*) {
  PharosTensor out, t;
  if (pharos_output(c, 0, &out) != PHAROS_OK) return PHAROS_FAILED;
  std::string s = text(pharos_node_name(c)) + ":";
  s += " i=" + std::to_string(pharos_attribute_int(c, "i", -1)) +
       " f=" + std::to_string(int(pharos_attribute_float(c, "f", -1)));
  s += " s=" + text(pharos_attribute_text(c, "s", 0)) + " none=" + text(pharos_attribute_text(c, "none", 0));
  for (size_t k = 0; k < pharos_attribute_count(c, "ints"); ++k)
    s += " " + std::to_string(pharos_attribute_ints(c, "ints")[k]);
  for (size_t k = 0; k < pharos_attribute_count(c, "floats"); ++k)
    s += " " + std::to_string(int(pharos_attribute_floats(c, "floats")[k]));
  for (size_t k = 0; k < pharos_attribute_count(c, "texts"); ++k) s += " " + text(pharos_attribute_text(c, "texts", k));
  if (pharos_attribute_tensor(c, "t", 0, &t) == PHAROS_OK)
    s += " t" + std::to_string(t.rank) + std::to_string(static_cast<float*>(t.data)[1] == 2);
  if (pharos_attribute_tensor(c, "ts", 1, &t) == PHAROS_OK) s += " ts" + std::to_string(t.count);
  s += " type=" + text(pharos_attribute_text(c, "type", 0));
  // What is not there answers politely.
  s += pharos_attribute_ints(c, "f") || pharos_attribute_floats(c, "i") || pharos_attribute_kind(c, "x") ||
               pharos_attribute_text(c, "s", 9).data
           ? " wrong"
           : "";
  return pharos_set_string(c, &out, 0, PharosText{s.data(), s.size()});
}

// --- an operator with optional and variadic inputs and two outputs; the sizes of one follow from data

PharosStatus pick_infer(PharosContext* c) {
  PharosDim sum = 0;
  for (size_t i = 1; i < pharos_input_count(c); ++i)
    sum = pharos_dim(c, PHAROS_DIM_ADD, sum, pharos_input_dim(c, i, 0));
  if (pharos_set_output(c, 0, PHAROS_I64, 1, &sum) != PHAROS_OK) return PHAROS_FAILED;
  PharosDim up_to = pharos_dim_up_to(c, sum);
  return pharos_set_output(c, 1, PHAROS_I64, 1, &up_to);
}

PharosStatus pick_run(PharosContext* c, void*) {
  PharosTensor out, x, limit;
  if (pharos_input(c, 0, &limit) != PHAROS_OK || pharos_output(c, 0, &out) != PHAROS_OK) return PHAROS_FAILED;
  const int64_t least = limit.dtype == PHAROS_UNDEFINED ? 0 : *static_cast<int64_t*>(limit.data);
  int64_t n = 0;
  for (size_t i = 1; i < pharos_input_count(c); ++i) {
    if (pharos_input(c, i, &x) != PHAROS_OK) return PHAROS_FAILED;
    for (int64_t k = 0; k < x.count; ++k) static_cast<int64_t*>(out.data)[n++] = static_cast<int64_t*>(x.data)[k];
  }
  const int64_t* all = static_cast<int64_t*>(out.data);
  const int64_t kept = std::count_if(all, all + n, [&](int64_t v) { return v >= least; });
  PharosTensor chosen;
  if (pharos_make_output(c, 1, 1, &kept, &chosen) != PHAROS_OK) return PHAROS_FAILED;
  if (chosen.dtype != PHAROS_UNDEFINED)
    std::copy_if(all, all + n, static_cast<int64_t*>(chosen.data), [&](int64_t v) { return v >= least; });
  return PHAROS_OK;
}

// --- an operator with state, workspace and threads, that may work in place; it can throw

int states = 0;
PharosStatus scale_prepare(PharosContext* c, void** state) {
  *state = new float(pharos_attribute_float(c, "by", 2));
  ++states;
  return PHAROS_OK;
}
void scale_release(void* state) { delete static_cast<float*>(state), --states; }
int64_t scale_workspace(PharosContext* c) { return 4 * pharos_input_dim(c, 0, -1); }

PharosStatus scale_run(PharosContext* c, void* state) {
  if (pharos_attribute_int(c, "throw", 0) == 1) throw std::runtime_error("not today");
  PharosTensor x, y;
  if (pharos_input(c, 0, &x) != PHAROS_OK || pharos_output(c, 0, &y) != PHAROS_OK) return PHAROS_FAILED;
  size_t bytes = 0;
  if (reinterpret_cast<uintptr_t>(pharos_workspace(c, &bytes)) % 64 != 0 || bytes != size_t(4 * x.dims[x.rank - 1]))
    return pharos_fail(c, "workspace");
  struct Job {
    const float* x;
    float* y;
    float by;
    bool fail;
  } job{static_cast<float*>(x.data), static_cast<float*>(y.data), *static_cast<float*>(state),
        pharos_attribute_int(c, "throw", 0) == 2};
  return pharos_parallel_for(
      c, x.count, 1,
      [](void* user, int64_t first, int64_t last) {
        const Job& j = *static_cast<Job*>(user);
        if (j.fail) throw 1;
        for (int64_t i = first; i < last; ++i) j.y[i] = j.x[i] * j.by;
      },
      &job);
}

PharosStatus like_infer(PharosContext* c) { return pharos_set_output_like(c, 0, 0); }

const PharosParam any_x[] = {{"x", PHAROS_ANY_TYPE, PHAROS_REQUIRED, 0}};
const PharosParam f32_x[] = {{"x", PHAROS_TYPE(PHAROS_F32), PHAROS_REQUIRED, 0}};
const PharosParam text_out[] = {{"y", PHAROS_TYPE(PHAROS_STRING), PHAROS_REQUIRED, 0}};
const PharosParam i64s[] = {{"least", PHAROS_TYPE(PHAROS_I64), PHAROS_OPTIONAL, 0},
                            {"x", PHAROS_TYPE(PHAROS_I64), PHAROS_VARIADIC, 1}};
const PharosParam two[] = {{"all", PHAROS_TYPE(PHAROS_I64), PHAROS_REQUIRED, 0},
                           {"kept", PHAROS_TYPE(PHAROS_I64), PHAROS_OPTIONAL, 0}};
const PharosAttribute typed[] = {{"i", PHAROS_INT, 0, nullptr}};

PharosOperator op_of(const char* name) {
  PharosOperator op{};
  op.struct_size = sizeof op;
  op.name = name;
  op.domain = "test";
  op.inputs = f32_x, op.input_count = 1;
  op.outputs = f32_x, op.output_count = 1;
  op.infer = like_infer;
  op.run = scale_run;
  return op;
}

PharosOperator tell_op() {
  PharosOperator op = op_of("Tell");
  op.input_count = 0;
  op.outputs = text_out;
  op.attributes = typed, op.attribute_count = 1;
  op.infer = tell_infer, op.run = tell_run;
  return op;
}
PharosOperator pick_op() {
  PharosOperator op = op_of("Pick");
  op.inputs = i64s, op.input_count = 2;
  op.outputs = two, op.output_count = 2;
  op.infer = pick_infer, op.run = pick_run;
  return op;
}
PharosOperator scale_op() {
  PharosOperator op = op_of("Scale");
  op.workspace = scale_workspace, op.prepare = scale_prepare, op.release = scale_release;
  op.in_place = 1;
  return op;
}

const PharosOperator tell = tell_op(), pick = pick_op(), scale = scale_op();
const PharosOperator* const good_ops[] = {&tell, &pick, &scale};
PharosPlugin good{sizeof(PharosPlugin), PHAROS_PLUGIN_ABI(1, 0), "good", {1, 2, 3}, "for tests", good_ops, 3};
const PharosPlugin* good_entry(const PharosHost*) { return &good; }

struct Sets {
  OpSet ops = builtin_ops();
  TacticSet tactics = builtin_tactics();
};
Sets good_sets() {
  Sets s;
  const std::vector<PluginPtr> plugins{*read_plugin(good_entry, "good.so")};
  EXPECT_TRUE(add_plugins(plugins, s.ops, &s.tactics));
  return s;
}

Result<std::vector<Datum>> run_text(const Sets& s, std::string_view graph, std::vector<Datum> inputs) {
  Graph g = std::move(*parse_graph(graph));
  PHAROS_TRY(infer_types(g, s.ops));
  return interpret(g, s.ops, std::move(inputs));
}

Tensor i64(std::vector<int64_t> v) { return Tensor::vector_i64(v); }

TEST(Plugin, EveryKindOfAttribute) {
  const Sets s = good_sets();
  const auto out = run_text(s, R"(graph g () {
  y = test::Tell() f=3.0 floats=[5.0, 6.0] i=7 ints=[1, 2] s="a" t=f32[1,2] {1.0, 2.0} texts=["p", "q"] ts=[f32[1] {1.0}, u8[3] {1, 2, 3}] type=type(f32[N,3])
  return y
})",
                            {});
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ((*out)[0].tensor()->as<std::string>()[0], "y: i=7 f=3 s=a none=- 1 2 5 6 p q t21 ts3 type=f32[N,3]");
  const auto wrong = run_text(s, "graph g () {\n  y = test::Tell() i=\"text\"\n  return y\n}", {});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), "PH2101");
}

TEST(Plugin, OptionalVariadicAndDataDependent) {
  const Sets s = good_sets();
  constexpr std::string_view graph = R"(graph g (least: i64[1], a: i64[N], b: i64[M]) {
  all, kept = test::Pick(least, a, b)
  n = Shape(all)
  return all, kept, n
})";
  Graph g = *parse_graph(graph);
  ASSERT_TRUE(infer_types(g, s.ops));
  EXPECT_EQ(g.value(g.find_value("all")).type.text(), "i64[M + N]");
  EXPECT_EQ(g.value(g.find_value("kept")).type.text(), "i64[?]");
  const auto out = run_text(s, graph, {i64({3}), i64({1, 5}), i64({2, 3, 4})});
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ((*out)[1].tensor()->to_ints(), (std::vector<int64_t>{5, 3, 4}));
  EXPECT_EQ((*out)[2].tensor()->to_ints(), std::vector<int64_t>{5});
  const auto no_limit =
      run_text(s, "graph g (a: i64[N]) {\n  all, _ = test::Pick(_, a)\n  return all\n}", {i64({1, 5})});
  ASSERT_TRUE(no_limit) << no_limit.error().text();
}

// The kernel itself: no allocation, state released, in place, exceptions held back.
struct Prepared {
  Graph g;
  NodeId node;
  std::unique_ptr<Kernel> kernel;
  const TacticDef* tactic = nullptr;
  Problem problem;
};
Prepared prepare(const Sets& s, std::string_view attributes) {
  Prepared p;
  p.g = *parse_graph("graph g (x: f32[3,5]) {\n  y = test::Scale(x)" + std::string(attributes) + "\n  return y\n}");
  EXPECT_TRUE(infer_types(p.g, s.ops));
  p.node = p.g.nodes()[0];
  const Type type = Type::tensor(DType::f32, Dims{3, 5});
  p.problem = {&p.g[p.node], {type}, {type}, {nullptr}};
  const auto found = s.tactics.candidates(p.g[p.node]);
  EXPECT_EQ(found.size(), 1u);
  p.tactic = found.at(0);
  auto kernel = p.tactic->prepare(p.problem, "", {}, Device{});
  EXPECT_TRUE(kernel);
  p.kernel = std::move(*kernel);
  return p;
}

Result<void> run_kernel(const Prepared& p, Tensor& x, Tensor& y, int threads, bool count) {
  alignas(64) std::byte scratch[64];
  const Tensor* inputs[] = {&x};
  Tensor* outputs[] = {&y};
  const KernelArgs args{inputs, outputs, {scratch, p.tactic->workspace(p.problem, "", {})}, nullptr, 0};
  allocations = 0;
  counting = count;
  auto r = p.kernel->run(args, Threads(threads));
  counting = false;
  return r;
}

TEST(Plugin, KernelRunsWithoutAllocation) {
  const Sets s = good_sets();
  {
    const Prepared p = prepare(s, " by=3.0");
    EXPECT_EQ(p.tactic->name, "plugin.good.Scale");
    EXPECT_EQ(p.tactic->in_place(p.problem), 0);
    EXPECT_EQ(states, 1);
    Tensor x(DType::f32, {3, 5}), y(DType::f32, {3, 5});
    for (int i = 0; i < 15; ++i) x.as<float>()[size_t(i)] = float(i);
    ASSERT_TRUE(run_kernel(p, x, y, 2, false));
    ASSERT_TRUE(run_kernel(p, x, y, 2, true));
    EXPECT_EQ(allocations, 0);
    EXPECT_EQ(y.as<float>()[14], 42);
    ASSERT_TRUE(run_kernel(p, x, x, 1, true));
    EXPECT_EQ(x.as<float>()[14], 42);
  }
  EXPECT_EQ(states, 0);
}

TEST(Plugin, ExceptionsBecomeErrors) {
  const Sets s = good_sets();
  for (const char* attributes : {" throw=1", " throw=2"}) {
    const Prepared p = prepare(s, attributes);
    Tensor x(DType::f32, {3, 5}), y(DType::f32, {3, 5});
    const auto r = run_kernel(p, x, y, 2, false);
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().code(), "PH2309");
    EXPECT_NE(r.error().message().find("test::Scale 'y' (plugin good 1.2.3, run)"), std::string::npos)
        << r.error().message();
  }
}

// --- tables that are wrong

PharosPlugin given;
const PharosPlugin* given_entry(const PharosHost* host) {
  return host->struct_size == sizeof(PharosHost) ? &given : nullptr;
}
std::string problem_of(PharosPlugin plugin) {
  given = plugin;
  const auto r = read_plugin(given_entry, "given.so");
  return r ? "" : std::string(r.error().code()) + " " + std::string(r.error().argument("details"));
}
std::string problem_of(const PharosOperator& op) {
  const PharosOperator* const ops[] = {&op};
  PharosPlugin p = good;
  p.operators = ops, p.operator_count = 1;
  return problem_of(p);
}

TEST(Plugin, TablesAreChecked) {
  EXPECT_EQ(problem_of(good), "");
  const auto changed = [](auto&& change) {
    PharosPlugin p = good;
    change(p);
    return problem_of(p);
  };
  EXPECT_EQ(changed([](auto& p) { p.struct_size = 0; }).substr(0, 6), "PH2304");
  EXPECT_EQ(changed([](auto& p) { p.struct_size = SIZE_MAX; }).substr(0, 6), "PH2304");
  EXPECT_EQ(changed([](auto& p) { p.abi = 0; }).substr(0, 6), "PH2303");
  EXPECT_EQ(changed([](auto& p) { p.abi = PHAROS_PLUGIN_ABI(1, 1); }).substr(0, 6), "PH2303");
  EXPECT_EQ(changed([](auto& p) { p.name = nullptr; }), "PH2304 the plugin's name is NULL");
  EXPECT_EQ(changed([](auto& p) { p.name = ""; }).substr(0, 6), "PH2304");
  EXPECT_EQ(changed([](auto& p) { p.name = "a\x1b[2J"; }).find('\x1b'), std::string::npos);
  EXPECT_EQ(changed([](auto& p) { p.operators = nullptr; }), "PH2304 operators is NULL");
  EXPECT_EQ(changed([](auto& p) { p.operator_count = SIZE_MAX; }).substr(0, 6), "PH2304");
  const auto op = [](auto&& change) {
    PharosOperator o = scale;
    change(o);
    return problem_of(o);
  };
  EXPECT_EQ(op([](auto&) {}), "");
  EXPECT_EQ(op([](auto& o) { o.infer = nullptr; }), "PH2304 operator 'Scale': infer is NULL");
  EXPECT_EQ(op([](auto& o) { o.release = nullptr; }),
            "PH2304 operator 'Scale': there is only one of prepare and release");
  EXPECT_EQ(op([](auto& o) { o.in_place = 2; }), "PH2304 operator 'Scale': in_place is 2; there are 1 inputs");
  EXPECT_EQ(op([](auto& o) { o.inputs = nullptr; }), "PH2304 operator 'Scale': inputs is NULL");
  EXPECT_EQ(op([](auto& o) { o.input_count = 1000000; }),
            "PH2304 operator 'Scale': more than 256 inputs, outputs and attributes");
  EXPECT_EQ(op([](auto& o) { o.flags = 64; }), "PH2304 operator 'Scale': flags 0x40 are not known");
  EXPECT_EQ(op([](auto& o) { o.domain = "pharos"; }),
            "PH2304 operator 'Scale': domain 'pharos' is that of fused operators");
  EXPECT_EQ(op([](auto& o) { o.output_count = 0; }), "PH2304 operator 'Scale': it has no outputs");
}

// A structure of a newer minor version is longer; what is known of it counts.
TEST(Plugin, LongerStructuresAreTaken) {
  struct Newer {
    PharosOperator op;
    void* more[4];
  } newer{scale, {}};
  newer.op.struct_size = sizeof newer;
  EXPECT_EQ(problem_of(newer.op), "");
}

TEST(Plugin, OperatorsAreNotReplaced) {
  const PharosOperator relu = [] {
    PharosOperator o = scale;
    o.name = "Relu", o.domain = "ai.onnx";
    return o;
  }();
  const PharosOperator* const ops[] = {&relu};
  given = good;
  given.operators = ops, given.operator_count = 1;
  const std::vector<PluginPtr> bad{*read_plugin(given_entry, "bad.so")};
  OpSet set = builtin_ops();
  auto r = add_plugins(bad, set);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), "PH2306");
  const std::vector<PluginPtr> twice{*read_plugin(good_entry, "a.so"), *read_plugin(good_entry, "b.so")};
  r = add_plugins(twice, set);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), "PH2307");
}

TEST(Plugin, Versions) {
  EXPECT_TRUE(version_fits("1.2.0", "1.2.0") && version_fits("1.2.0", "1.2.5") && version_fits("1.2.5", "1.10.0") &&
              version_fits("0.3.1", "0.3.2"));
  EXPECT_FALSE(version_fits("1.2.0", "2.0.0") || version_fits("1.2.5", "1.2.4") || version_fits("0.3.1", "0.4.0") ||
               version_fits("1.2.0", "x"));
}

}  // namespace
}  // namespace pharos
