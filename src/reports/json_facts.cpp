#include "reports/json_facts.h"

namespace pharos {
namespace {

// An empty text or an absent number is null: "not told" is not "".
void text_or_null(Json& j, std::string_view name, std::string_view text) {
  j.key(name);
  if (text.empty()) j.null();
  else j.value(text);
}

void positive_or_null(Json& j, std::string_view name, double v) {
  value_or_null(j, name, v > 0 ? std::optional<double>(v) : std::nullopt);
}

template <class Map>
void map_object(Json& j, std::string_view name, const Map& map) {
  j.key(name).begin_object();
  for (const auto& [key, value] : map) j.member(key, value);
  j.end_object();
}

template <class List, class Each>
void array(Json& j, std::string_view name, const List& list, Each each) {
  j.key(name).begin_array();
  for (const auto& element : list) {
    j.begin_object();
    each(element);
    j.end_object();
  }
  j.end_array();
}

void write_statistic(Json& j, std::string_view name, const std::optional<Statistic>& s) {
  j.key(name);
  if (!s) {
    j.null();
    return;
  }
  j.begin_object()
      .member("line", s->line)
      .member("min", s->min)
      .member("mean", s->mean)
      .member("median", s->median)
      .member("max", s->max);
  array(j, "percentiles", s->percentiles, [&](const auto& p) { j.member("percent", p.first).member("ms", p.second); });
  j.end_object();
}

void write_who(Json& j, const LogModel& m) {
  text_or_null(j, "tool", m.tool);
  j.key("command");
  if (m.command.empty()) j.null();
  else {
    j.begin_object().member("text", m.command).member("line", m.command_line_number);
    map_object(j, "options", m.options);
    j.end_object();
  }
  j.key("versions").begin_object();
  text_or_null(j, "tensorrt", m.tensorrt.text());
  text_or_null(j, "cuda", m.cuda.text());
  text_or_null(j, "cudnn", m.cudnn.text());
  text_or_null(j, "driver", m.driver.text());
  text_or_null(j, "onnxruntime", m.onnxruntime.text());
  text_or_null(j, "pharos", m.pharos);
  j.end_object().key("device").begin_object();
  text_or_null(j, "name", m.device);
  text_or_null(j, "compute_capability", m.compute_capability);
  positive_or_null(j, "memory_mib", m.device_memory_mib);
  j.end_object();
  map_object(j, "settings", m.settings);
}

void write_stages(Json& j, const LogModel& m) {
  array(j, "stages", m.stages, [&](const StageSpan& s) {
    j.member("stage", s.stage == Stage::None ? "" : stage_name(s.stage))
        .member("phase", phase_name(s.stage))
        .member("first_line", s.first_line)
        .member("last_line", s.last_line);
    value_or_null(j, "seconds", stage_seconds(s));
  });
}

void write_memory(Json& j, const LogModel& m) {
  j.key("memory").begin_object();
  positive_or_null(j, "peak_gpu_mib", m.peak_gpu_mib);
  positive_or_null(j, "peak_cpu_mib", m.peak_cpu_mib);
  array(j, "timeline", m.memory, [&](const MemoryPoint& p) {
    j.member("line", p.line).member("at", p.phase).member("cpu_mib", p.cpu_mib).member("gpu_mib", p.gpu_mib);
    j.member("cpu_delta_mib", p.cpu_delta_mib).member("gpu_delta_mib", p.gpu_delta_mib);
  });
  map_object(j, "totals_bytes", m.memory_totals);
  j.key("skipped_tactics");
  if (m.skipped.count == 0) j.null();
  else {
    j.begin_object().member("count", m.skipped.count).member("first_line", m.skipped.first_line);
    positive_or_null(j, "largest_request_bytes", m.skipped.largest_request);
    positive_or_null(j, "smallest_available_bytes", m.skipped.smallest_available);
    j.member("example", m.skipped.example).end_object();
  }
  j.end_object();
}

void write_model(Json& j, const LogModel& m) {
  j.key("model").begin_object();
  text_or_null(j, "file", m.onnx.file);
  text_or_null(j, "ir_version", m.onnx.ir_version);
  text_or_null(j, "opset", m.onnx.opset);
  text_or_null(j, "producer", m.onnx.producer);
  text_or_null(j, "producer_version", m.onnx.producer_version);
  array(j, "tensors", m.tensors, [&](const TensorFact& t) {
    j.member("name", t.name)
        .member("dims", t.dims)
        .member("type", t.type)
        .member("dynamic", t.dynamic)
        .member("line", t.line);
  });
  array(j, "profiles", m.profiles, [&](const ProfileShape& p) {
    j.member("profile", p.profile)
        .member("tensor", p.tensor)
        .member("min", p.min)
        .member("opt", p.opt)
        .member("max", p.max)
        .member("line", p.line);
  });
  array(j, "failing_nodes", m.failing_nodes, [&](const FailingNode& n) {
    j.member("index", n.index)
        .member("op", n.op)
        .member("name", n.name)
        .member("output", n.output)
        .member("line", n.line);
  });
  map_object(j, "layer_counts", m.layer_counts);
  j.member("fusions", m.fusions);
  map_object(j, "dropped_weights", m.dropped_weights);
  j.end_object();
}

void write_engine(Json& j, const LogModel& m) {
  j.key("engine_layers");
  if (m.engine_layers.empty()) {
    j.null();
    return;
  }
  j.begin_object();
  text_or_null(j, "file", m.engine_layers_file);
  array(j, "layers", m.engine_layers, [&](const EngineLayer& l) {
    j.member("name", l.name);
    text_or_null(j, "type", l.type);
    text_or_null(j, "precision", l.precision);
    text_or_null(j, "tactic", l.tactic);
    text_or_null(j, "origin", l.origin);
    j.member("line", l.line);
  });
  j.end_object();
}

void write_speed(Json& j, const LogModel& m) {
  j.key("performance");
  if (!m.performance) j.null();
  else {
    const Performance& p = *m.performance;
    j.begin_object();
    text_or_null(j, "file", m.performance_file);
    j.member("line", p.line);
    positive_or_null(j, "throughput_qps", p.throughput);
    write_statistic(j, "latency_ms", p.latency);
    write_statistic(j, "end_to_end_ms", p.end_to_end);
    write_statistic(j, "enqueue_ms", p.enqueue);
    write_statistic(j, "h2d_ms", p.h2d);
    write_statistic(j, "compute_ms", p.compute);
    write_statistic(j, "d2h_ms", p.d2h);
    value_or_null(j, "walltime_seconds", p.walltime_s);
    value_or_null(j, "compute_seconds", p.compute_total_s);
    value_or_null(j, "compute_cov_percent", p.cov_percent);
    j.end_object();
  }
  j.key("queries");
  if (!m.times) j.null();
  else {
    j.begin_object();
    text_or_null(j, "file", m.times_file);
    j.member("count", m.times->size())
        .member("warm_up_included", m.times->warm_up_included)
        .member("wall_ms", m.times->wall_ms)
        .end_object();
  }
  array(j, "trace", m.trace, [&](const TracePoint& t) {
    j.member("line", t.line).member("compute_ms", t.gpu).member("latency_ms", t.host);
    positive_or_null(j, "enqueue_ms", t.enqueue);
  });
  j.key("layer_profile");
  if (m.layers.empty()) {
    j.null();
    return;
  }
  j.begin_object();
  text_or_null(j, "file", m.layers_file);
  j.member("line", m.profile_line).member("iterations", m.profile_iterations);
  array(j, "layers", m.layers, [&](const LayerTime& l) {
    j.member("name", l.name)
        .member("total_ms", l.total_ms)
        .member("average_ms", l.average_ms)
        .member("median_ms", l.median_ms);
    j.member("percent", l.percent).member("line", l.line);
  });
  j.end_object();
}

}  // namespace

void write_run_head(Json& j, const Diagnosis& log, const RunDiagnosis& run) {
  const LogModel& m = run.log;
  const Finding* top = top_finding(run);
  j.member("file", log.files.front()).member("first_line", m.first_line).member("last_line", m.last_line);
  j.member("verdict", category_name(top ? top->category : Category::Clean));
  text_or_null(j, "phase", phase_name(m));
  value_or_null(j, "passed", m.passed);
  j.member("complete", m.started && m.passed.has_value());
  j.member("errors", m.errors).member("warnings", m.warnings);
  value_or_null(j, "build_seconds", m.build_seconds);
  value_or_null(j, "load_seconds", m.load_seconds);
  value_or_null(j, "engine_mib", m.engine_mib);
  write_who(j, m);
}

void write_run(Json& j, const Diagnosis& log, const RunDiagnosis& run) {
  const LogModel& m = run.log;
  j.begin_object();
  write_run_head(j, log, run);
  write_stages(j, m);
  write_memory(j, m);
  write_model(j, m);
  write_speed(j, m);
  write_engine(j, m);
  map_object(j, "dialects", m.dialects);
  j.end_object();
}

}  // namespace pharos
