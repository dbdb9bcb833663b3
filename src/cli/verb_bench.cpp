#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "base/json.h"
#include "base/stats.h"
#include "base/text.h"
#include "base/threads.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/model/inputs.h"
#include "cli/model/measure.h"
#include "cli/model/model_options.h"
#include "cli/options.h"
#include "cli/text/format.h"

namespace pharos {
namespace {

struct BenchArguments {
  ModelOptions model;
  InputOptions inputs;
  MeasureOptions measure;
  double duration = 3, warm_up = 0.2;
  bool profile = false;
  int top = 0;
  std::string json;
};

struct BenchResult {
  Measurement times;
  Stats compute, enqueue;
  Profile profile;
  double load_ms = 0, context_ms = 0;  // of the engine; of its context: kernels and memory made ready
  int64_t memory = 0;
  int threads = 0;
  std::string shapes;  // "x:1x3x224x224,mask:1x128"
  double throughput() const { return double(times.queries.size()) / times.wall_ms * 1000; }
};

std::vector<const StepTimes*> by_time(const Profile& profile) {
  std::vector<const StepTimes*> steps;
  for (const StepTimes& s : profile.steps) if (!s.ms.empty()) steps.push_back(&s);
  std::stable_sort(steps.begin(), steps.end(),
                   [](const StepTimes* a, const StepTimes* b) { return a->total() > b->total(); });
  return steps;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& n : names) text += (text.empty() ? "" : " + ") + escape_control(n);
  return text;
}

std::string profile_table(const Profile& profile, int top) {
  Table table("rrrlll", {"avg ms", "median ms", "share", "layer", "tactic", "ONNX nodes"});
  const double total = profile.total();
  int shown = 0;
  for (const StepTimes* s : by_time(profile)) {
    if (top > 0 && shown++ == top) break;
    const Stats stats = stats_of(s->ms);
    table.row({fmt::format("{:.4f}", stats.mean), fmt::format("{:.4f}", stats.median),
               fmt::format("{:.1f} %", 100 * s->total() / total), escape_control(s->step->name), s->step->tactic,
               joined(s->step->origin)});
  }
  return table.text();
}

void stats_json(Json& j, std::string_view key, const Stats& s) {
  j.key(key).begin_object().member("min", s.min).member("mean", s.mean).member("median", s.median).member("p90", s.p90);
  j.member("p95", s.p95).member("p99", s.p99).member("max", s.max).end_object();
}

// Of the whole process, builds in memory included. getrusage would count what the parent held when it forked, so it is only
// the second choice.
int64_t peak_resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (int64_t kib = 0; word == "VmHWM:" && status >> kib) return kib * 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;
}

// In their order, so that a later comparison can see more than percentiles (`pharos baseline`). Of long runs every k-th.
void samples_json(Json& j, const std::vector<Query>& queries) {
  constexpr size_t most = 20'000;
  const size_t step = (queries.size() + most - 1) / most;
  j.key("compute_samples_ms").begin_array();
  for (size_t i = 0; i < queries.size(); i += step) j.value(queries[i].compute_ms);
  j.end_array();
}

std::string bench_json(const BenchArguments& a, const EngineInfo& info, const BenchResult& r) {
  Json j(2);
  j.begin_object()
      .member("model", a.model.path)
      .member("name", info.name)
      .member("device", info.device)
      .member("isa", info.isa);
  j.member("pharos_version", PHAROS_VERSION).member("shapes", r.shapes).member("threads", r.threads).member("iterations", r.times.queries.size());
  j.member("duration_ms", r.times.wall_ms).member("throughput_qps", r.throughput()).member("load_ms", r.load_ms);
  j.member("context_ms", r.context_ms);
  j.member("first_run_ms", r.times.first_ms).member("peak_rss_bytes", peak_resident_bytes());
  j.member("memory_bytes", r.memory).member("weights_bytes", info.weights_bytes);
  stats_json(j, "compute_ms", r.compute);
  stats_json(j, "enqueue_ms", r.enqueue);
  samples_json(j, r.times.queries);
  if (!r.profile.steps.empty()) {
    j.key("profile").begin_array();
    for (const StepTimes* s : by_time(r.profile)) {
      j.begin_object().member("layer", s->step->name).member("op", s->step->op).member("tactic", s->step->tactic);
      j.member("mean_ms", stats_of(s->ms).mean)
          .member("share", s->total() / r.profile.total())
          .key("nodes")
          .begin_array();
      for (const std::string& node : s->step->origin) j.value(node);
      j.end_array().end_object();
    }
    j.end_array();
  }
  j.end_object();
  return j.text() + "\n";
}

void print_result(Cli& cli, const BenchArguments& a, const BenchResult& r) {
  Table table("lrrrrrrr", {"ms", "min", "mean", "median", "p90", "p95", "p99", "max"});
  const auto row = [&](const char* name, const Stats& s) {
    std::vector<std::string> cells{name};
    for (const double v : {s.min, s.mean, s.median, s.p90, s.p95, s.p99, s.max})
      cells.push_back(fmt::format("{:.4f}", v));
    table.row(std::move(cells));
  };
  row("compute", r.compute);
  row("enqueue", r.enqueue);
  cli.print(fmt::format("{} runs in {}, {} thread(s), {} of memory besides weights\nthroughput {:.2f} per second\n{}",
                        r.times.queries.size(), duration_text(r.times.wall_ms), r.threads, bytes_text(r.memory),
                        r.throughput(), table.text()));
  if (a.profile) cli.print("\n" + profile_table(r.profile, a.top));
}

Result<BenchResult> run_bench(Cli& cli, const BenchArguments& a, const Engine& engine, double load_ms) {
  BenchResult r{.load_ms = load_ms};
  InputOptions inputs = a.inputs;
  inputs.shapes = a.model.shapes;
  const auto tensors = PHAROS_TRY(prepare_inputs(cli, engine.info(), inputs));
  for (const HostTensor& t : tensors) r.shapes += fmt::format("{}{}:{}", r.shapes.empty() ? "" : ",", t.name, fmt::join(t.dims, "x"));
  const auto start = std::chrono::steady_clock::now();
  const auto context = PHAROS_TRY(engine.create_context());
  r.context_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  PHAROS_TRY(bind_inputs(*context, tensors));
  r.times = PHAROS_TRY(measure(*context, a.measure));
  std::vector<double> compute, enqueue;
  for (const Query& q : r.times.queries) {
    compute.push_back(q.compute_ms);
    enqueue.push_back(q.enqueue_ms);
  }
  r.compute = stats_of(compute);
  r.enqueue = stats_of(enqueue);
  r.memory = context->memory_bytes();
  if (a.profile) {
    const int64_t runs = std::clamp<int64_t>(int64_t(r.times.queries.size()), 5, 100);
    r.profile = PHAROS_TRY(profile_steps(*context, engine.info(), runs));
  }
  return r;
}

int bench(Cli& cli, BenchArguments a) {
  a.measure.duration_ms = a.duration * 1000;
  a.measure.warm_up_ms = a.warm_up * 1000;
  const int wanted = a.model.threads > 0 ? a.model.threads : cli.environment().threads;
  auto opened = open_engine(cli, a.model);
  if (!opened) return cli.fail(opened.error());
  auto result = run_bench(cli, a, *opened->engine, opened->load_ms);
  if (!result) return cli.fail(result.error());
  result->threads = wanted > 0 ? wanted : available_cpus();
  print_result(cli, a, *result);
  if (result->compute.variation > 0.1) {
    cli.log().say({diag::times_unstable,
                   {{"cov", fmt::format("{:.1f}", 100 * result->compute.variation)},
                    {"count", std::to_string(result->times.queries.size())}}},
                  Stage::Run);
  }
  if (!a.json.empty()) {
    if (auto written = write_file(a.json, bench_json(a, opened->engine->info(), *result)); !written)
      return cli.fail(written.error());
  }
  return exit_fine;
}

}  // namespace

void define_verb_bench(VerbSet& verbs) {
  verbs.add({.name = "bench",
             .group = VerbGroup::Use,
             .one_line = {"measures how fast a model or an engine runs", "测量模型或引擎的运行速度"},
             .examples = "pharos bench resnet50.engine --profile --top 10\n"
                         "pharos bench bert.onnx --threads 2 --iterations 100 --duration 0 --json bert.json",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<BenchArguments>();
               o.positional("MODEL", a->model.path, "an ONNX file or an engine");
               o.integer("--iterations,-n", "N", a->measure.iterations, 1, 1'000'000'000,
                         "at least so many timed runs");
               o.number("--duration,-d", "SECONDS", a->duration, 0, 1e6,
                        "and at least so long; the later one ends the measurement");
               o.number("--warmup", "SECONDS", a->warm_up, 0, 1e6, "untimed runs before");
               o.flag("--profile,-p", a->profile,
                      "print a table of layers, slowest first, with the ONNX nodes they stem from");
               o.integer("--top", "N", a->top, 0, 1'000'000, "only the N slowest layers; 0: all");
               o.text("--json", "FILE", a->json, "write the figures as JSON");
               o.texts("--input,-i", "NAME=FILE", a->inputs.files, ".npy, .pb (TensorProto) or raw data for an input");
               o.integer("--seed", "N", a->inputs.seed, 0, INT64_MAX, "of the random values for inputs without a file");
               a->model.define(o);
               a->model.define_build(o);
               return [a](Cli& cli) { return bench(cli, *a); };
             }});
}

}  // namespace pharos
