// trtexec's command line over our engine, so that scripts and log readers go on working.

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/cli.h"
#include "cli/model/dump_after.h"
#include "cli/model/inputs.h"
#include "cli/model/model_options.h"
#include "cli/model/outputs.h"
#include "cli/model/progress.h"
#include "cli/options.h"
#include "cli/trtexec/report.h"

namespace pharos {
namespace {

using namespace trtexec;
using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
double mebibytes(int64_t bytes) { return double(bytes) / (1 << 20); }

struct Session {
  Cli& cli;
  Printer out;
  CommandLine args;
  RunSettings settings;
  ModelOptions model;
  BuildOptions build;
  InputOptions inputs;
  std::shared_ptr<Engine> engine;
  std::vector<HostTensor> tensors;  // the context reads the inputs from here
};

Result<std::vector<double>> percentiles_of(const std::string& text) {
  std::vector<double> list;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t comma = rest.find(',');
    double p = 0;
    if (!parse_number(rest.substr(0, comma), p) || p < 0 || p > 100)
      return usage_error("Percentile " + escape_control(rest.substr(0, comma)) + " is not in [0,100]");
    list.push_back(p);
    rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
  }
  return list;
}

Result<int64_t> workspace_of(const CommandLine& a) {
  constexpr int64_t mib = 1 << 20;
  if (a.has("workspace")) return PHAROS_TRY(a.integer("workspace", 0, 0, 1 << 30)) * mib;
  int64_t bytes = -1;
  const std::string spec = a.value("memPoolSize");
  for (std::string_view rest = spec; !rest.empty();) {
    const size_t comma = rest.find(','), colon = rest.substr(0, comma).find(':');
    const std::string_view pool = rest.substr(0, std::min(colon, comma));
    static constexpr std::string_view pools[] = {"workspace", "dlaSRAM", "dlaLocalDRAM", "dlaGlobalDRAM",
                                                 "tacticSharedMem"};
    if (std::find(std::begin(pools), std::end(pools), pool) == std::end(pools))
      return usage_error("Unknown memory pool: " + escape_control(pool));
    const std::string_view size = colon == rest.npos
                                      ? std::string_view()
                                      : rest.substr(colon + 1, comma == rest.npos ? comma : comma - colon - 1);
    int64_t value = 0;
    if (!parse_bytes(size, value)) return usage_error("Invalid pool size: " + escape_control(size));
    const char unit = size.back();
    if (pool == "workspace") bytes = unit >= '0' && unit <= '9' ? value * mib : value;  // MiB where no unit is given
    rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
  }
  return bytes;
}

Result<void> read_shapes(Session& s) {
  using enum ProfileOptions::Which;
  int64_t profiles = 0;
  for (const auto& [name, value] : s.args.in_order()) {
    if (name == "profile") {
      if (value != std::to_string(profiles))
        return usage_error("Profile indices must be contiguous: got " + escape_control(value) + ", expected " +
                           std::to_string(profiles));
      if (profiles++ > 0 || !s.model.profiles.empty()) s.model.profiles.next_profile();
    }
    const bool min = name == "minShapes", opt = name == "optShapes", max = name == "maxShapes";
    if (!min && !opt && !max && name != "shapes") continue;
    const auto shapes = parse_shapes(value);
    if (!shapes) return usage_error(fmt::format("Invalid shape spec for --{}: {}", name, escape_control(value)));
    if (name == "shapes") s.model.shapes = *shapes;
    else s.model.profiles.add(min ? Min : opt ? Opt : Max, *shapes);
  }
  return {};
}

Result<void> read_settings(Session& s) {
  const CommandLine& a = s.args;
  if (a.has("onnx") == a.has("loadEngine"))
    return usage_error(a.has("onnx") ? "--onnx and --loadEngine exclude each other"
                                     : "Model missing or format not recognized: give --onnx=FILE or --loadEngine=FILE");
  if (a.has("loadEngine") && a.has("saveEngine"))
    return usage_error("Incompatible load and save engine options selected");
  s.settings.measure.iterations = PHAROS_TRY(a.integer("iterations", 10, 1, INT64_MAX));
  const double duration = PHAROS_TRY(a.number("duration", 3, -1, 1e9));
  s.settings.measure.duration_ms = duration < 0 ? INFINITY : duration * 1000;
  s.settings.measure.warm_up_ms = PHAROS_TRY(a.number("warmUp", 200, 0, 1e9));
  s.settings.average = PHAROS_TRY(a.integer("avgRuns", 10, 1, 1'000'000));
  if (a.has("percentile")) s.settings.percentiles = PHAROS_TRY(percentiles_of(a.value("percentile")));
  s.model.path = a.value("onnx", a.value("loadEngine"));
  const int64_t level = PHAROS_TRY(a.integer("builderOptimizationLevel", -1, -1, 5));
  if (level >= 0) s.model.build.optimization_level = int(level);
  if (a.has("avgTiming")) s.model.build.timing_iterations = int(PHAROS_TRY(a.integer("avgTiming", 8, 1, 1000)));
  s.model.build.workspace_bytes = PHAROS_TRY(workspace_of(a));
  s.model.build.timing_cache_path = a.value("timingCacheFile");
  s.model.build.require_cached_times = a.has("errorOnTimingCacheMiss");
  if (const std::string mode = a.value("profilingVerbosity", "layer_names_only");
      mode != "layer_names_only" && mode != "detailed" && mode != "none" && mode != "default") {
    return usage_error("Unknown profilingVerbosity: " + escape_control(mode));
  }
  PHAROS_TRY(read_shapes(s));
  for (const auto& [name, value] : a.in_order()) {
    if (name == "plugins" || name == "staticPlugins" || name == "dynamicPlugins") s.model.build.plugins.push_back(value);
    if (name != "loadInputs") continue;
    // 'name':file,… becomes NAME=FILE.
    for (std::string_view rest = value; !rest.empty();) {
      const size_t comma = rest.find(','), colon = rest.substr(0, comma).rfind(':');
      if (colon == rest.npos) return usage_error("Invalid --loadInputs: " + escape_control(value));
      std::string_view input = rest.substr(0, colon);
      if (input.size() > 1 && input.front() == '\'' && input.back() == '\'') input = input.substr(1, input.size() - 2);
      s.inputs.files.push_back(std::string(input) + "=" +
                               std::string(rest.substr(colon + 1, comma == rest.npos ? comma : comma - colon - 1)));
      rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  return {};
}

// Unknown dims of inputs without shapes become 1, as in trtexec.
Result<void> complete_shapes(Session& s, const Graph& graph) {
  bool dynamic = false;
  NamedShapes overridden;
  for (const ValueId id : graph.inputs()) {
    const Value& v = graph.value(id);
    if (!v.type.has_rank() || v.type.dims()) continue;
    dynamic = true;
    const bool given = s.model.profiles.has(v.name) || std::any_of(s.model.shapes.begin(), s.model.shapes.end(),
                                                                   [&](const auto& p) { return p.first == v.name; });
    if (given) continue;
    Dims dims;
    for (const Dim& d : *v.type.shape) dims.push_back(d.maybe_number().value_or(1));
    s.cli.log().say({diag::trtexec_shape_overridden, {{"input", escape_control(v.name)}, {"shape", dims_text(dims)}}},
                    Stage::Parse);
    overridden.emplace_back(v.name, std::move(dims));
  }
  if (!dynamic && (!s.model.profiles.empty() || !s.model.shapes.empty())) {
    return usage_error(
        "Static model does not take explicit shapes since the shape of inference tensors will be determined by the "
        "model itself");
  }
  if (s.model.profiles.empty() && !s.model.shapes.empty())
    s.model.profiles.add(ProfileOptions::Which::Opt, s.model.shapes);
  if (!overridden.empty()) s.model.profiles.add(ProfileOptions::Which::Opt, overridden);
  return {};
}

Result<void> build_engine(Session& s) {
  s.out.info("Loading standard plugins");
  s.out.info("Start parsing network model.");
  const auto parse = Clock::now();
  {
    const Graph graph = PHAROS_TRY(read_graph(s.cli, s.model));
    PHAROS_TRY(complete_shapes(s, graph));
  }
  s.out.info(fmt::format("Finished parsing network model. Parse time: {:g}", seconds_since(parse)));
  s.build = PHAROS_TRY(s.model.finish(s.cli));
  for (size_t i = 0; i < s.build.profiles.size(); ++i) {
    for (const auto& [name, b] : s.build.profiles[i].inputs) {
      s.out.info(fmt::format("Set shape of input tensor {} for optimization profile {} to: MIN={} OPT={} MAX={}", name,
                             i, dims_text(b.min), dims_text(b.opt), dims_text(b.max)));
    }
  }
  const auto start = Clock::now();
  ProgressDisplay progress(s.cli);
  s.build.progress = &progress;
  BuiltEngine built = PHAROS_TRY(build(s.model.path, s.build));
  s.out.info(fmt::format("Engine built in {:g} sec.", seconds_since(start)));
  s.out.info(fmt::format("Created engine with size: {:g} MiB", mebibytes(int64_t(built.bytes.size()))));
  if (s.args.has("saveEngine")) PHAROS_TRY(save_engine(built, s.args.value("saveEngine")));
  s.cli.at(Stage::Load);
  const auto load = Clock::now();
  s.engine = PHAROS_TRY(Engine::load(built.bytes, {.logger = &s.cli.log(), .threads = s.build.threads, .plugins = s.model.build.plugins}));
  s.out.info(fmt::format("Engine deserialized in {:g} sec.", seconds_since(load)));
  return {};
}

Result<void> load_engine(Session& s) {
  s.cli.at(Stage::Load);
  const auto start = Clock::now();
  s.engine = PHAROS_TRY(Engine::load(s.model.path, {.logger = &s.cli.log(), .threads = s.cli.threads(0), .plugins = s.model.build.plugins}));
  s.out.info(fmt::format("Engine loaded in {:g} sec.", seconds_since(start)));
  s.out.info(fmt::format("Engine deserialized in {:g} sec.", seconds_since(start)));
  return {};
}

Result<void> time_deserialize(Session& s) {
  const std::string path = s.args.has("saveEngine") ? s.args.value("saveEngine") : s.args.value("loadEngine");
  if (path.empty()) return usage_error("--timeDeserialize needs --loadEngine or --saveEngine");
  constexpr int rounds = 20;
  double total = 0, first = 0;
  s.out.info("Begin deserialization engine timing...");
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    const auto engine = PHAROS_TRY(Engine::load(path, {.threads = s.cli.threads(0), .plugins = s.model.build.plugins}));
    total += seconds_since(start) * 1000;
    if (i == 0) {
      first = total;
      s.out.info(fmt::format("First deserialization time = {:g} milliseconds", first));
    }
  }
  s.out.info(fmt::format(
      "Total deserialization time = {:g} milliseconds in {} iterations, average time = {:g}, first time = {:g}", total,
      rounds, total / rounds, first));
  return {};
}

Result<void> print_layers(Session& s) {
  const bool detailed = s.args.value("profilingVerbosity") == "detailed";
  if (s.args.has("dumpLayerInfo"))
    s.cli.terminal().out_line(fmt::format("[{}] [I] {}", trtexec_time(std::chrono::system_clock::now()),
                                          layer_information(s.engine->info(), detailed)));
  if (s.args.has("exportLayerInfo"))
    PHAROS_TRY(write_file(s.args.value("exportLayerInfo"), layers_json(s.engine->info(), detailed)));
  if (!s.args.has("dumpOptimizationProfile")) return {};
  s.out.info("Optimization Profile Information:");
  for (size_t i = 0; i < s.engine->info().profiles.size(); ++i) {
    for (const auto& [name, b] : s.engine->info().profiles[i].inputs) {
      s.out.info(fmt::format("Model input {} (profile {}): min={}, opt={}, max={}", name, i, dims_text(b.min),
                             dims_text(b.opt), dims_text(b.max)));
    }
  }
  return {};
}

Result<void> prepare_context(Session& s, ExecutionContext& context) {
  s.inputs.shapes = s.model.shapes;
  s.inputs.announce = false;
  s.tensors = PHAROS_TRY(prepare_inputs(s.cli, s.engine->info(), s.inputs));
  for (const HostTensor& t : s.tensors) {
    const bool loaded = std::any_of(s.inputs.files.begin(), s.inputs.files.end(),
                                    [&](const std::string& f) { return f.starts_with(t.name + "="); });
    s.out.info(loaded ? "Using values loaded for input " + t.name : "Using random values for input " + t.name);
    s.out.info(fmt::format("Input binding for {} with dimensions {} is created.", t.name, dims_text(t.dims)));
  }
  PHAROS_TRY(bind_inputs(context, s.tensors));
  PHAROS_TRY(context.run());
  for (const HostTensor& t : PHAROS_TRY(collect_outputs(context, s.engine->info()))) {
    s.out.info(fmt::format("Output binding for {} with dimensions {} is created.", t.name, dims_text(t.dims)));
  }
  s.out.info(
      fmt::format("Created execution context with device memory size: {:g} MiB", mebibytes(context.memory_bytes())));
  return {};
}

void dump_outputs(Session& s, const std::vector<HostTensor>& outputs) {
  s.out.info("Output Tensors:");
  for (const HostTensor& t : outputs) {
    s.out.info(fmt::format("{}: ({})", t.name, dims_text(t.dims)));
    std::string values;
    for (size_t i = 0, n = elements_of(t); i < n; ++i)
      values += (i ? " " : "") +
                (t.dtype == DType::string ? escape_control(t.strings[i]) : fmt::format("{:g}", element_of(t, i)));
    s.out.info(values);
  }
}

Result<void> run_inference(Session& s) {
  s.cli.at(Stage::Run);
  const auto context = PHAROS_TRY(s.engine->create_context());
  PHAROS_TRY(prepare_context(s, *context));
  s.out.info("Starting inference");
  const Measurement m = PHAROS_TRY(measure(*context, s.settings.measure));
  print_trace(s.out, m, s.settings.average);
  print_summary(s.out, m, s.settings.percentiles);
  if (s.args.has("exportTimes")) PHAROS_TRY(write_file(s.args.value("exportTimes"), times_json(m)));
  if (s.args.has("dumpOutput") || s.args.has("exportOutput")) {
    const auto outputs = PHAROS_TRY(collect_outputs(*context, s.engine->info()));
    if (s.args.has("dumpOutput")) dump_outputs(s, outputs);
    if (s.args.has("exportOutput")) PHAROS_TRY(write_file(s.args.value("exportOutput"), outputs_json(outputs)));
  }
  if (!s.args.has("dumpProfile") && !s.args.has("exportProfile")) return {};
  const Profile profile =
      PHAROS_TRY(profile_steps(*context, s.engine->info(), std::clamp<int64_t>(int64_t(m.queries.size()), 1, 200)));
  if (s.args.has("dumpProfile")) print_profile(s.out, profile);
  if (s.args.has("exportProfile")) PHAROS_TRY(write_file(s.args.value("exportProfile"), profile_json(profile)));
  return {};
}

int failed(Session& s, const Report& report, std::initializer_list<const char*> chain) {
  const int code = s.cli.fail(report);
  for (const char* line : chain) s.out.error(line);
  s.cli.terminal().out_line(banner("FAILED", s.cli.words()));
  return code;
}

int run_session(Session& s) {
  if (auto read = read_settings(s); !read) {
    s.cli.print(help_text());
    return failed(s, read.error(), {});
  }
  s.out.lines(option_dump(s.args, s.settings, s.args.has("verbose")));
  for (const Report& remark : s.args.remarks()) s.cli.log().say(remark);
  s.out.lines(device_information());
  if (s.args.has("getPlanVersionOnly")) {
    auto info = Engine::inspect(s.model.path);
    if (!info) return failed(s, info.error(), {"Engine deserialization failed", "Got invalid engine!"});
    s.out.info("Plan was created with Pharos version " + info->pharos_version);
    return exit_fine;
  }
  if (s.args.has("onnx")) {
    if (auto built = build_engine(s); !built)
      return failed(s, built.error(), {"Failed to create engine from model or file.", "Engine set up failed"});
  } else if (auto loaded = load_engine(s); !loaded) {
    return failed(s, loaded.error(),
                  {"Engine deserialization failed", "Got invalid engine!", "Inference set up failed"});
  }
  if (auto printed = print_layers(s); !printed) return failed(s, printed.error(), {});
  if (s.args.has("timeDeserialize")) {
    if (auto timed = time_deserialize(s); !timed) return failed(s, timed.error(), {});
    return exit_fine;
  }
  if (s.args.has("skipInference") || s.args.has("buildOnly")) {
    s.out.info("Skipped inference phase since --skipInference is added.");
    return exit_fine;
  }
  if (auto run = run_inference(s); !run) return failed(s, run.error(), {"Error occurred during inference"});
  return exit_fine;
}

// The options of every command are taken as everywhere, with '=' or a blank; all other words are trtexec's.
std::vector<std::string> take_common(const Options& grammar, std::span<const std::string> words, std::vector<std::string>& common) {
  std::vector<std::string> others;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string name = words[i].substr(0, words[i].find('='));
    if (grammar.takes_value(name)) {
      common.push_back(words[i]);
      if (name == words[i] && i + 1 < words.size()) common.push_back(words[++i]);
    } else if (name == "--quiet" || name == "-q" || name == "-v") {
      common.push_back(words[i]);
    } else {
      others.push_back(words[i]);
    }
  }
  return others;
}

int trtexec_main(Cli& cli, std::span<const std::string> words) {
  Options grammar{"trtexec"};
  CommonOptions common;
  common.define(grammar);
  const bool help = words.empty() || words[0] == "-h" || std::find(words.begin(), words.end(), "--help") != words.end();
  if (help) {
    cli.print(help_text() + grammar.help());
    return words.empty() ? exit_usage : exit_fine;
  }
  std::vector<std::string> common_words;
  const std::vector<std::string> own_words = take_common(grammar, words, common_words);
  const auto parsed = grammar.parse(common_words);
  if (std::find(own_words.begin(), own_words.end(), "--verbose") != own_words.end()) common.verbose = true;
  if (auto configured = cli.configure(common); !configured) return cli.fail(configured.error());
  if (!parsed) return cli.fail(Result<void>(parsed).error());
  cli.terminal().out_line(banner("RUNNING", cli.words()));
  Session s{.cli = cli, .out = Printer(cli)};
  auto args = CommandLine::parse(own_words);
  if (!args) {
    cli.print(help_text());
    return failed(s, args.error(), {});
  }
  s.args = std::move(*args);
  const int code = run_session(s);
  if (code == exit_fine) cli.terminal().out_line(banner("PASSED", cli.words()));
  return code;
}

}  // namespace

void define_verb_trtexec(VerbSet& verbs) {
  verbs.add({.name = "trtexec",
             .group = VerbGroup::Use,
             .one_line = {"takes trtexec's options and prints what it prints", "兼容 trtexec 的选项与输出格式"},
             .examples = "pharos trtexec --onnx=model.onnx --saveEngine=model.engine --dumpProfile",
             .run_raw = trtexec_main});
}

}  // namespace pharos
