// Any bytes as a JSON file beside a log: recognised, read, attached to a run.

#include <string>

#include "exports/export.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)pharos::recognise_export(text);
  const auto file = pharos::parse_export(text, "x.json");
  if (!file) return 0;
  pharos::LogModel model;
  pharos::attach(*file, model);
  return 0;
}

std::vector<std::vector<uint8_t>> fuzz_seeds() {
  std::vector<std::vector<uint8_t>> out;
  for (const std::string_view s : {
           R"([{"startInMs":0.1,"endInMs":1.2,"startComputeMs":0.2,"endComputeMs":1.1,"startOutMs":1.1,"endOutMs":1.2,"startEnqMs":0,"endEnqMs":0.1,"inMs":0.1,"computeMs":0.9,"outMs":0.1,"latencyMs":1.1,"enqMs":0.1}])",
           R"([{"count":162},{"name":"conv1 + relu","timeMs":16.7,"averageMs":0.1,"medianMs":0.1,"percentage":97.7}])",
           R"({"Layers":["conv1","Reformatting CopyNode for Input Tensor 0"],"Bindings":["x","y"]})",
           R"({"Layers":[{"Name":"conv1","LayerType":"CaskConvolution","Inputs":[{"Name":"x","Location":"Device","Dimensions":[1,3,224,224],"Format/Datatype":"Half"}],"Outputs":[],"TacticName":"sm80"}],"Bindings":[]})",
           R"({"model":"a.onnx","name":"a","device":"cpu","isa":"x86-64-v4","pharos_version":"0.1.0","threads":2,"iterations":10,"duration_ms":1e3,"throughput_qps":100.5,"load_ms":1,"compute_ms":{"min":1,"mean":2,"median":2,"p90":3,"p95":3,"p99":4,"max":5},"profile":[{"layer":"a","op":"Conv","tactic":"t","mean_ms":1,"share":0.5,"nodes":["n"]}]})"}) {
    out.emplace_back(s.begin(), s.end());
  }
  return out;
}
