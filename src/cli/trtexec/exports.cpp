// The JSON files that trtexec writes, and its layer information.

#include <fmt/format.h>

#include "base/json.h"
#include "base/stats.h"
#include "base/text.h"
#include "cli/model/outputs.h"
#include "cli/options.h"
#include "cli/trtexec/report.h"

namespace pharos::trtexec {
namespace {

// "name:f32[1,64,112,112]@c16" of a step, taken apart.
struct Endpoint { std::string name, dims, datatype; };
Endpoint endpoint(const std::string& text) {
  const size_t bracket = text.rfind('['), colon = text.rfind(':', bracket), close = text.rfind(']');
  if (bracket == text.npos || colon == text.npos || close == text.npos || close < bracket) return {text, "", ""};
  const std::string format = close + 2 < text.size() ? text.substr(close + 2) : "plain";
  return {text.substr(0, colon), text.substr(bracket + 1, close - bracket - 1),
          text.substr(colon + 1, bracket - colon - 1) + " " + format};
}

void endpoints_json(Json& j, std::string_view key, const std::vector<std::string>& list) {
  j.key(key).begin_array();
  for (const std::string& text : list) {
    const Endpoint e = endpoint(text);
    j.begin_object().member("Name", e.name).key("Dimensions").begin_array();
    for (std::string_view rest = e.dims; !rest.empty();) {
      const size_t comma = rest.find(',');
      int64_t n = 0;
      if (parse_integer(rest.substr(0, comma), n)) j.value(n);
      else j.value(rest.substr(0, comma));  // a symbol
      rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
    }
    j.end_array().member("Format/Datatype", e.datatype).end_object();
  }
  j.end_array();
}

std::string endpoints_text(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) {
    const Endpoint e = endpoint(item);
    text += fmt::format("{}{{ Name: {}, Dimensions: [{}], Format/Datatype: {} }}", text.empty() ? "" : ", ",
                        escape_control(e.name), e.dims, e.datatype);
  }
  return "[" + text + "]";
}

}  // namespace

std::string layer_information(const EngineInfo& info, bool detailed) {
  std::string text = "Layer Information:\nLayers:\n";
  for (const StepInfo& s : info.steps) {
    if (!detailed) {
      text += escape_control(s.name) + "\n";
      continue;
    }
    text += fmt::format("Name: {}, LayerType: {}, Inputs: {}, Outputs: {}, TacticName: {}, Config: {}\n",
                        escape_control(s.name), s.op, endpoints_text(s.inputs), endpoints_text(s.outputs), s.tactic,
                        s.config);
  }
  text += "\nBindings:\n";
  for (const Binding& b : info.inputs) text += escape_control(b.name) + "\n";
  for (const Binding& b : info.outputs) text += escape_control(b.name) + "\n";
  return text;
}

std::string layers_json(const EngineInfo& info, bool detailed) {
  Json j(1);
  j.begin_object().key("Layers").begin_array();
  for (const StepInfo& s : info.steps) {
    if (!detailed) {
      j.value(s.name);
      continue;
    }
    j.begin_object().member("Name", s.name).member("LayerType", s.op);
    endpoints_json(j, "Inputs", s.inputs);
    endpoints_json(j, "Outputs", s.outputs);
    std::string origin;
    for (const std::string& node : s.origin) origin += (origin.empty() ? "[ONNX Layer: " : ", ") + node;
    j.member("TacticName", s.tactic)
        .member("Config", s.config)
        .member("StreamId", 0)
        .member("Metadata", origin.empty() ? "" : origin + "]")
        .end_object();
  }
  j.end_array().key("Bindings").begin_array();
  for (const Binding& b : info.inputs) j.value(b.name);
  for (const Binding& b : info.outputs) j.value(b.name);
  j.end_array().end_object();
  return j.text() + "\n";
}

std::string times_json(const Measurement& m) {
  Json j(1);
  j.begin_array();
  for (const Query& q : m.queries) {
    const double start = q.start_ms + q.enqueue_ms, end = start + q.compute_ms;
    j.begin_object()
        .member("startEnqMs", q.start_ms)
        .member("endEnqMs", start)
        .member("startH2dMs", start)
        .member("endH2dMs", start);
    j.member("startComputeMs", start).member("endComputeMs", end).member("startD2hMs", end).member("endD2hMs", end);
    j.member("h2dMs", 0)
        .member("computeMs", q.compute_ms)
        .member("d2hMs", 0)
        .member("latencyMs", q.compute_ms)
        .end_object();
  }
  j.end_array();
  return j.text() + "\n";
}

std::string profile_json(const Profile& profile) {
  Json j(1);
  const double total = profile.total();
  j.begin_array().begin_object().member("count", profile.iterations).end_object();
  for (const StepTimes& s : profile.steps) {
    if (s.ms.empty()) continue;
    const Stats stats = stats_of(s.ms);
    j.begin_object().member("name", s.step->name).member("timeMs", s.total()).member("averageMs", stats.mean);
    j.member("medianMs", stats.median).member("percentage", total > 0 ? 100 * s.total() / total : 0.0).end_object();
  }
  j.end_array();
  return j.text() + "\n";
}

std::string outputs_json(const std::vector<HostTensor>& outputs) {
  Json j(1);
  j.begin_array();
  for (const HostTensor& t : outputs) {
    j.begin_object().member("name", t.name).member("dimensions", dims_text(t.dims)).key("values").begin_array();
    for (size_t i = 0, n = elements_of(t); i < n; ++i) {
      if (t.dtype == DType::string) j.value(t.strings[i]);
      else j.value(element_of(t, i));
    }
    j.end_array().end_object();
  }
  j.end_array();
  return j.text() + "\n";
}

}  // namespace pharos::trtexec
