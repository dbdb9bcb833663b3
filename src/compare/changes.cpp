#include "compare/changes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace pharos {
namespace {

constexpr std::array<std::string_view, 12> topic_names{"options",  "versions", "model",     "inputs",
                                                       "layers",   "tactics",  "precision", "fallbacks",
                                                       "findings", "memory",   "engine",    "performance"};
constexpr std::array<Text, 12> topic_titles{{{"Options", "选项"},
                                             {"Versions and device", "版本与设备"},
                                             {"Model", "模型"},
                                             {"Inputs and profiles", "输入与配置"},
                                             {"Layers", "层"},
                                             {"Tactics", "策略（tactic）"},
                                             {"Precision", "精度"},
                                             {"Fallbacks", "回退"},
                                             {"Findings", "发现"},
                                             {"Memory", "内存"},
                                             {"Engine and build", "引擎与构建"},
                                             {"Performance", "性能"}}};

// Options and settings that say which inputs the engine is built for or run with.
bool about_inputs(std::string_view name) {
  constexpr std::array<std::string_view, 10> words{
      "--shapes",   "--minShapes",      "--optShapes", "--maxShapes",       "--batch",
      "--maxBatch", "--inputIOFormats", "Input",       "Output(s)s format", "Batch"};
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view w) { return w.starts_with("--") ? name == w : name.starts_with(w); });
}

// What the engine allows is no matter; what it ran with is.
bool is_run_shape(std::string_view name) {
  return name == "--shapes" || name == "--batch" || name == "Batch" || name.starts_with("Input inference shape");
}

class Collecting {
 public:
  Collecting(const Side& a, const Side& b, const LayerMatching& m) : a_(a), b_(b), matching_(m) {}

  std::vector<SideChange> collect() {
    commands();
    versions();
    model();
    inputs();
    layers();
    fallbacks();
    findings();
    memory();
    engine();
    performance();
    return std::move(out_);
  }

 private:
  void text(Topic topic, std::string name, Text label, const std::string& before, const std::string& after,
            bool shape = false) {
    if (before != after)
      out_.push_back(
          {.topic = topic, .name = std::move(name), .label = label, .before = before, .after = after, .shape = shape});
  }
  void both(Topic topic, Text label, const std::string& before, const std::string& after) {
    if (!before.empty() && !after.empty()) text(topic, "", label, before, after);
  }

  // Figures that differ by less than `least` of the larger are the same.
  void figure(Topic topic, Text label, std::optional<double> before, std::optional<double> after, std::string_view unit,
              double least, int digits = 1) {
    if (!before || !after || !std::isfinite(*before) || !std::isfinite(*after)) return;
    if (std::fabs(*after - *before) <= least * std::max(std::fabs(*before), std::fabs(*after))) return;
    const auto shown = [&](double v) { return fmt::format("{:.{}f}{}{}", v, digits, unit.empty() ? "" : " ", unit); };
    out_.push_back({.topic = topic,
                    .label = label,
                    .before = shown(*before),
                    .after = shown(*after),
                    .before_value = before,
                    .after_value = after,
                    .unit = unit});
  }
  static std::optional<double> positive(double v) { return v > 0 ? std::optional(v) : std::nullopt; }

  void maps(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after,
            std::string_view flag) {
    const auto shown = [&](const std::string& value) { return value.empty() ? std::string(flag) : value; };
    std::set<std::string> names;
    for (const auto& [name, value] : before) names.insert(name);
    for (const auto& [name, value] : after) names.insert(name);
    for (const std::string& name : names) {
      const auto x = before.find(name), y = after.find(name);
      const Topic topic = about_inputs(name) ? Topic::Inputs : Topic::Options;
      text(topic, name, {}, x == before.end() ? "" : shown(x->second), y == after.end() ? "" : shown(y->second),
           is_run_shape(name));
    }
  }

  void commands() {
    if (!a_.log.command.empty() && !b_.log.command.empty()) maps(a_.log.options, b_.log.options, "on");
    // The option dump of another version has other keys: only keys of both are compared.
    std::map<std::string, std::string> x, y;
    for (const auto& [key, value] : a_.log.settings) {
      const auto other = b_.log.settings.find(key);
      constexpr std::array<std::string_view, 9> told_elsewhere{"Model",
                                                               "TensorRT version",
                                                               "Selected Device",
                                                               "Compute Capability",
                                                               "Device Global Memory",
                                                               "Save engine",
                                                               "Load engine",
                                                               "Export timing to JSON file",
                                                               "Export profile to JSON file"};
      if (other == b_.log.settings.end() ||
          std::find(told_elsewhere.begin(), told_elsewhere.end(), key) != told_elsewhere.end())
        continue;
      x[key] = value;
      y[key] = other->second;
    }
    maps(x, y, "none");
  }

  void versions() {
    const LogModel &x = a_.log, &y = b_.log;
    both(Topic::Versions, {"TensorRT", "TensorRT"}, x.tensorrt.text(), y.tensorrt.text());
    both(Topic::Versions, {"CUDA", "CUDA"}, x.cuda.text(), y.cuda.text());
    both(Topic::Versions, {"cuDNN", "cuDNN"}, x.cudnn.text(), y.cudnn.text());
    both(Topic::Versions, {"driver", "驱动"}, x.driver.text(), y.driver.text());
    both(Topic::Versions, {"ONNX Runtime", "ONNX Runtime"}, x.onnxruntime.text(), y.onnxruntime.text());
    both(Topic::Versions, {"tool", "工具"}, x.tool, y.tool);
    both(Topic::Versions, {"device", "设备"}, x.device, y.device);
    both(Topic::Versions, {"compute capability", "计算能力"}, x.compute_capability, y.compute_capability);
    figure(Topic::Versions, {"device memory", "设备内存"}, positive(x.device_memory_mib), positive(y.device_memory_mib),
           "MiB", 0, 0);
  }

  void model() {
    const OnnxHeader &x = a_.log.onnx, &y = b_.log.onnx;
    both(Topic::Model, {"file", "文件"}, x.file, y.file);
    both(Topic::Model, {"opset", "opset"}, x.opset, y.opset);
    both(Topic::Model, {"ONNX IR version", "ONNX IR 版本"}, x.ir_version, y.ir_version);
    both(Topic::Model, {"exported by", "导出工具"},
         x.producer + (x.producer_version.empty() ? "" : " ") + x.producer_version,
         y.producer + (y.producer_version.empty() ? "" : " ") + y.producer_version);
    for (const auto& [pass, count] : a_.log.layer_counts) {
      const auto other = b_.log.layer_counts.find(pass);
      if (other != b_.log.layer_counts.end()) text(Topic::Model, "layers: " + pass, {}, count, other->second);
    }
  }

  void inputs() {
    std::map<std::string, std::string> x, y;
    for (const auto& [side, into] : {std::pair(&a_, &x), std::pair(&b_, &y)}) {
      for (const TensorFact& t : side->log.tensors) (*into)[t.name] = t.type + " " + t.dims;
      for (const ProfileShape& p : side->log.profiles)
        (*into)[fmt::format("{} (profile {})", p.tensor, p.profile)] = fmt::format("{} / {} / {}", p.min, p.opt, p.max);
    }
    if (x.empty() || y.empty()) return;
    std::set<std::string> names;
    for (const auto& [name, dims] : x) names.insert(name);
    for (const auto& [name, dims] : y) names.insert(name);
    for (const std::string& name : names) {
      const bool tensor = name.find(" (profile ") == std::string::npos;
      text(Topic::Inputs, name, {}, x.contains(name) ? x[name] : "", y.contains(name) ? y[name] : "", tensor);
    }
  }

  static std::string joined(const Side& side, const std::vector<size_t>& layers) {
    std::string out;
    for (size_t i = 0; i < layers.size(); ++i) {
      if (i == 4) return out + fmt::format(" | ... ({})", layers.size());
      out += (i ? " | " : "") + side.layers[layers[i]].name;
    }
    return out;
  }
  static std::optional<double> time_of(const Side& side, const std::vector<size_t>& layers) {
    double sum = 0;
    bool any = false;
    for (const size_t i : layers) {
      any |= side.layers[i].ms.has_value();
      sum += side.layers[i].ms.value_or(0);
    }
    return any ? std::optional(sum) : std::nullopt;
  }

  void layers() {
    if (a_.layers.empty() || b_.layers.empty()) return;
    figure(Topic::Layers, {"layers", "层数"}, double(a_.layers.size()), double(b_.layers.size()), "", 0, 0);
    for (const LayerGroup& g : matching_.groups) {
      SideChange c{.topic = Topic::Layers,
                   .before = joined(a_, g.a),
                   .after = joined(b_, g.b),
                   .before_ms = time_of(a_, g.a),
                   .after_ms = time_of(b_, g.b)};
      if (g.a.size() != 1 || g.b.size() != 1) {
        c.label = g.a.empty()               ? Text{"new", "新增"}
                  : g.b.empty()             ? Text{"gone", "消失"}
                  : g.a.size() < g.b.size() ? Text{"fusion lost", "融合丢失"}
                  : g.a.size() > g.b.size() ? Text{"fused", "新融合"}
                                            : Text{"fused otherwise", "融合方式不同"};
        out_.push_back(std::move(c));
        continue;
      }
      const SideLayer &x = a_.layers[g.a[0]], &y = b_.layers[g.b[0]];
      if (g.renamed) {
        c.label = {"renamed", "改名"};
        out_.push_back(c);
      }
      if (x.fallback == y.fallback) detail(Topic::Tactics, y.name, x.tactic, y.tactic, c);
      detail(Topic::Precision, y.name, x.precision, y.precision, c);
    }
  }
  void detail(Topic topic, const std::string& layer, const std::string& before, const std::string& after,
              const SideChange& of) {
    if (before.empty() || after.empty() || before == after) return;
    out_.push_back({.topic = topic,
                    .name = layer,
                    .before = before,
                    .after = after,
                    .before_ms = of.before_ms,
                    .after_ms = of.after_ms});
  }

  static std::string place(const SideFallback& f) {
    return f.file.empty() ? f.where : fmt::format("{} ({}:{})", f.where, f.file, f.line);
  }
  void fallbacks() {
    const auto missing = [](const Side& side, const SideFallback& f) {
      return std::none_of(side.fallbacks.begin(), side.fallbacks.end(),
                          [&](const SideFallback& o) { return o.op == f.op && o.where == f.where; });
    };
    for (const SideFallback& f : a_.fallbacks)
      if (missing(b_, f)) text(Topic::Fallbacks, f.op.empty() ? "?" : f.op, {}, place(f), "");
    for (const SideFallback& f : b_.fallbacks)
      if (missing(a_, f)) text(Topic::Fallbacks, f.op.empty() ? "?" : f.op, {}, "", place(f));
  }

  // Messages hold figures that change from run to run; what a finding is about does not.
  static std::string key_of(const Finding& f) {
    std::string key(f.report.code());
    for (const std::string_view argument : {"ops", "op", "layer", "node", "tensor", "plugin", "text"})
      key += "\x1f" + std::string(f.report.argument(argument));
    return key;
  }
  static bool worth_telling(const Finding& f) { return f.severity <= Severity::Warning || f.role == Role::Cause; }
  void finding(const Finding& f, bool gone) {
    if (!worth_telling(f)) return;
    SideChange c{.topic = Topic::Findings, .name = fmt::format("{} {}", severity_name(f.severity), f.report.code())};
    (gone ? c.before : c.after) = f.message(Language::English);
    (gone ? c.before_zh : c.after_zh) = f.message(Language::Chinese);
    out_.push_back(std::move(c));
  }
  void findings() {
    if (a_.log.dialects.empty() || b_.log.dialects.empty()) return;  // an export tells no messages
    std::set<std::string> x, y;
    for (const Finding& f : a_.findings) x.insert(key_of(f));
    for (const Finding& f : b_.findings) y.insert(key_of(f));
    for (const Finding& f : a_.findings)
      if (!y.contains(key_of(f))) finding(f, true);
    for (const Finding& f : b_.findings)
      if (!x.contains(key_of(f))) finding(f, false);
    if (a_.log.errors != b_.log.errors)
      text(Topic::Findings, "", {"errors", "错误数"}, std::to_string(a_.log.errors), std::to_string(b_.log.errors));
    if (a_.log.warnings != b_.log.warnings)
      text(Topic::Findings, "", {"warnings", "警告数"}, std::to_string(a_.log.warnings),
           std::to_string(b_.log.warnings));
  }

  void memory() {
    constexpr double mib = 1024.0 * 1024.0;
    figure(Topic::Memory, {"peak on the device", "设备峰值"}, positive(a_.log.peak_gpu_mib),
           positive(b_.log.peak_gpu_mib), "MiB", 0.01, 0);
    figure(Topic::Memory, {"peak on the host", "主机峰值"}, positive(a_.log.peak_cpu_mib),
           positive(b_.log.peak_cpu_mib), "MiB", 0.01, 0);
    for (const auto& [name, bytes] : a_.log.memory_totals) {
      const auto other = b_.log.memory_totals.find(name);
      if (other == b_.log.memory_totals.end()) continue;
      const size_t before = out_.size();
      figure(Topic::Memory, {}, bytes / mib, other->second / mib, "MiB", 0.01, 2);
      if (out_.size() > before) out_.back().name = name;
    }
    figure(Topic::Memory, {"tactics left out for lack of memory", "因内存不足而排除的策略"},
           double(a_.log.skipped.count), double(b_.log.skipped.count), "", 0, 0);
  }

  void engine() {
    figure(Topic::Engine, {"engine size", "引擎大小"}, a_.log.engine_mib, b_.log.engine_mib, "MiB", 0.005, 2);
    figure(Topic::Engine, {"build time", "构建时间"}, a_.log.build_seconds, b_.log.build_seconds, "s", 0.05, 1);
    figure(Topic::Engine, {"load time", "加载时间"}, a_.log.load_seconds, b_.log.load_seconds, "s", 0.2, 3);
  }

  void statistic(Text label, std::optional<Statistic> Performance::*field, double least) {
    const auto& x = (*a_.log.performance).*field;
    const auto& y = (*b_.log.performance).*field;
    if (x && y)
      figure(Topic::Performance, label, x->median > 0 ? x->median : x->mean, y->median > 0 ? y->median : y->mean, "ms",
             least, 3);
  }
  void performance() {
    if (!a_.log.performance || !b_.log.performance) return;
    const Performance &x = *a_.log.performance, &y = *b_.log.performance;
    figure(Topic::Performance, {"throughput", "吞吐"}, positive(x.throughput), positive(y.throughput), "qps", 0.005, 2);
    statistic({"latency", "延迟"}, &Performance::latency, 0.005);
    if (x.latency && y.latency) {
      for (const auto& [p, value] : x.latency->percentiles) {
        for (const auto& [q, other] : y.latency->percentiles) {
          if (p == q && p == 99) figure(Topic::Performance, {"latency p99", "延迟 p99"}, value, other, "ms", 0.005, 3);
        }
      }
    }
    statistic({"GPU compute", "GPU 计算"}, &Performance::compute, 0.005);
    statistic({"enqueue", "enqueue"}, &Performance::enqueue, 0.02);
    statistic({"H2D", "H2D"}, &Performance::h2d, 0.02);
    statistic({"D2H", "D2H"}, &Performance::d2h, 0.02);
    figure(Topic::Performance, {"variation of the compute time", "计算时间波动"}, x.cov_percent, y.cov_percent, "%",
           0.1, 1);
  }

  const Side& a_;
  const Side& b_;
  const LayerMatching& matching_;
  std::vector<SideChange> out_;
};

}  // namespace

std::string_view topic_name(Topic t) { return topic_names[size_t(t)]; }
Text topic_title(Topic t) { return topic_titles[size_t(t)]; }

std::vector<SideChange> changes_of(const Side& a, const Side& b, const LayerMatching& matching) {
  return Collecting(a, b, matching).collect();
}

bool shapes_changed(const std::vector<SideChange>& changes) {
  return std::any_of(changes.begin(), changes.end(),
                     [](const SideChange& c) { return c.shape && !c.before.empty() && !c.after.empty(); });
}

}  // namespace pharos
