#include <fmt/format.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/model/dump_after.h"
#include "cli/model/model_options.h"
#include "cli/options.h"
#include "cli/text/format.h"
#include "base/json.h"

namespace pharos {
namespace {

struct InspectArguments { ModelOptions model; bool json = false, layers = false; };

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& p : parts) text += (text.empty() ? "" : between) + escape_control(p);
  return text;
}

void bindings_json(Json& j, std::string_view key, const std::vector<Binding>& bindings) {
  j.key(key).begin_array();
  for (const Binding& b : bindings) {
    j.begin_object().member("name", b.name).member("type", b.type).member("dtype", dtype_name(b.dtype));
    if (b.has_rank) {
      j.key("dims").begin_array();
      for (const int64_t d : b.dims) j.value(d);
      j.end_array();
    }
    j.end_object();
  }
  j.end_array();
}

void strings_json(Json& j, std::string_view key, const std::vector<std::string>& values) {
  j.key(key).begin_array();
  for (const std::string& v : values) j.value(v);
  j.end_array();
}

void profiles_json(Json& j, const EngineInfo& info) {
  j.key("profiles").begin_array();
  for (const ProfileInfo& p : info.profiles) {
    j.begin_object().member("activation_bytes", p.activation_bytes).key("inputs").begin_array();
    for (const auto& [name, b] : p.inputs) {
      j.begin_object()
          .member("name", name)
          .member("min", dims_text(b.min))
          .member("opt", dims_text(b.opt))
          .member("max", dims_text(b.max))
          .end_object();
    }
    j.end_array().end_object();
  }
  j.end_array();
}

std::string info_json(const EngineInfo& info) {
  Json j(2);
  j.begin_object()
      .member("kind", "engine")
      .member("name", info.name)
      .member("pharos", info.pharos_version)
      .member("isa", info.isa);
  j.member("device", info.device).member("producer", info.producer).member("weights_bytes", info.weights_bytes);
  bindings_json(j, "inputs", info.inputs);
  bindings_json(j, "outputs", info.outputs);
  profiles_json(j, info);
  j.key("layers").begin_array();
  for (const StepInfo& s : info.steps) {
    j.begin_object().member("name", s.name).member("op", s.op).member("tactic", s.tactic).member("config", s.config);
    j.member("precision", s.precision)
        .member("weights_bytes", s.weights_bytes)
        .member("workspace_bytes", s.workspace_bytes);
    j.member("output_bytes", s.output_bytes).member("tuned_ms", s.tuned_ms);
    strings_json(j, "nodes", s.origin);
    strings_json(j, "inputs", s.inputs);
    strings_json(j, "outputs", s.outputs);
    j.end_object();
  }
  j.end_array().key("plugins").begin_array();
  for (const PluginInfo& p : info.plugins) {
    j.begin_object().member("name", p.name).member("version", p.version);
    strings_json(j, "operators", p.operators);
    j.end_object();
  }
  j.end_array().key("options").begin_object();
  for (const auto& [name, value] : info.options) j.member(name, value);
  j.end_object().key("warnings").begin_array();
  for (const auto& [code, text] : info.warnings)
    j.begin_object().member("code", code).member("message", text).end_object();
  j.end_array().end_object();
  return j.text() + "\n";
}

std::string bindings_text(const char* title, const std::vector<Binding>& bindings) {
  Table table("ll", {title, "type"});
  for (const Binding& b : bindings) table.row({escape_control(b.name), escape_control(b.type)});
  return table.text() + "\n";
}

std::string layers_text(const EngineInfo& info) {
  Table table("rllllrrrl",
              {"", "layer", "op", "tactic", "precision", "weights", "workspace", "tuned ms", "ONNX nodes"});
  int n = 0;
  for (const StepInfo& s : info.steps) {
    table.row({std::to_string(n++), escape_control(s.name), s.op,
               s.config.empty() ? s.tactic : s.tactic + " " + s.config, s.precision, bytes_text(s.weights_bytes),
               bytes_text(s.workspace_bytes), s.tuned_ms > 0 ? fmt::format("{:.4f}", s.tuned_ms) : "-",
               joined(s.origin, " + ")});
  }
  return table.text();
}

std::string info_text(const EngineInfo& info, bool layers) {
  std::string text = fmt::format("engine '{}', built by Pharos {} for {} ({})\n{} layers, weights {}\n\n",
                                 escape_control(info.name), info.pharos_version, info.isa, escape_control(info.device),
                                 info.steps.size(), bytes_text(info.weights_bytes));
  text += bindings_text("input", info.inputs) + bindings_text("output", info.outputs);
  if (!info.profiles.empty()) {
    Table table("rllllr", {"profile", "input", "min", "opt", "max", "activations"});
    for (size_t i = 0; i < info.profiles.size(); ++i) {
      for (const auto& [name, b] : info.profiles[i].inputs) {
        table.row({std::to_string(i), escape_control(name), dims_text(b.min), dims_text(b.opt), dims_text(b.max),
                   bytes_text(info.profiles[i].activation_bytes)});
      }
    }
    if (!table.empty()) text += table.text() + "\n";
  }
  for (const PluginInfo& p : info.plugins)
    text += fmt::format("needs plugin {} {} for {}\n", escape_control(p.name), escape_control(p.version), joined(p.operators, ", "));
  for (const auto& [name, value] : info.options) text += fmt::format("option {} = {}\n", name, escape_control(value));
  for (const auto& [code, message] : info.warnings)
    text += fmt::format("warning [{}] {}\n", code, escape_control(message));
  if (layers) text += "\n" + layers_text(info);
  return text;
}

// A model, before anything is compiled.
Result<std::string> model_text(Cli& cli, const InspectArguments& a) {
  const Graph graph = PHAROS_TRY(read_graph(cli, a.model));
  std::map<std::string, int> ops;
  for (const NodeId id : graph.nodes())
    ++ops[graph[id].domain.empty() ? graph[id].op : graph[id].domain + "::" + graph[id].op];
  int64_t weights = 0;
  for (uint32_t i = 0; i < graph.value_slots(); ++i) {
    if (const Tensor* t = graph.constant(ValueId{i})) weights += int64_t(t->bytes());
  }
  const auto values = [&](const std::vector<ValueId>& ids) {
    std::vector<Binding> list;
    for (const ValueId v : ids)
      list.push_back({.name = graph.value(v).name,
                      .dtype = graph.value(v).type.dtype,
                      .type = graph.value(v).type.text(),
                      .has_rank = false});
    return list;
  };
  if (a.json) {
    Json j(2);
    j.begin_object()
        .member("kind", "model")
        .member("name", graph.name)
        .member("nodes", graph.node_count())
        .member("weights_bytes", weights);
    bindings_json(j, "inputs", values(graph.inputs()));
    bindings_json(j, "outputs", values(graph.outputs()));
    j.key("operators").begin_object();
    for (const auto& [op, count] : ops) j.member(op, count);
    j.end_object().end_object();
    return j.text() + "\n";
  }
  std::string text = fmt::format("model '{}', {} nodes, weights {}\n\n", escape_control(graph.name), graph.node_count(),
                                 bytes_text(weights));
  text += bindings_text("input", values(graph.inputs())) + bindings_text("output", values(graph.outputs()));
  Table table("lr", {"operator", "nodes"});
  for (const auto& [op, count] : ops) table.row({escape_control(op), std::to_string(count)});
  return text + table.text();
}

int inspect(Cli& cli, const InspectArguments& a) {
  if (is_engine_file(a.model.path)) {
    auto info = Engine::inspect(a.model.path);
    if (!info) return cli.fail(info.error());
    cli.print(a.json ? info_json(*info) : info_text(*info, a.layers));
    return exit_fine;
  }
  auto text = model_text(cli, a);
  if (!text) return cli.fail(text.error());
  cli.print(*text);
  return exit_fine;
}

}  // namespace

void define_verb_inspect(VerbSet& verbs) {
  verbs.add({.name = "inspect",
             .group = VerbGroup::Look,
             .one_line = {"shows what a model or an engine holds", "显示模型或引擎的内容"},
             .examples = "pharos inspect resnet50.onnx\npharos inspect resnet50.engine --layers\npharos inspect "
                         "resnet50.engine --json",
             .define = [](Options& o) -> Runner {
               auto a = std::make_shared<InspectArguments>();
               o.positional("MODEL", a->model.path, "an ONNX file or an engine");
               define_plugins(o, a->model.build.plugins);
               o.flag("--layers", a->layers, "of an engine: every layer with origin, tactic, precision and memory");
               o.flag("--json", a->json, "everything as JSON");
               define_limits(o, a->model.build.limits);
               return [a](Cli& cli) { return inspect(cli, *a); };
             },
             .data_on_stdout = true});
}

}  // namespace pharos
