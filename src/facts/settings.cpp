// trtexec's option dump and device information: "Key: value" lines below "=== ... ===" headers.

#include "facts/fact.h"

namespace pharos {
namespace {

class Settings final : public Collector {
 public:
  bool line(const LogEvent& e, LogModel& m) override {
    std::string_view text = e.text;
    if (++seen_ > 200) return false;
    if (text.empty() || text.find_first_not_of(' ') == text.npos || text.starts_with("===")) return true;
    const size_t colon = text.find(':');
    if (colon == text.npos || colon > 60 || text.starts_with("[") || is_severe(e.level)) return false;
    std::string_view key = text.substr(0, colon), value = text.substr(colon + 1);
    while (key.starts_with(' ')) key.remove_prefix(1);
    while (key.ends_with(' ')) key.remove_suffix(1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (m.settings.size() < max_facts) m.settings.emplace(key, value.substr(0, max_fact_text));
    if (key == "TensorRT version") { m.tensorrt = version_of(value); return false; }
    if (key == "Selected Device" || (key.starts_with("Device ") && m.device.empty())) {
      const size_t quote = value.find('"');
      m.device = quote == value.npos ? std::string(value) : std::string(value.substr(quote + 1, value.find('"', quote + 1) - quote - 1));
    }
    if (key == "Pharos version") m.pharos = std::string(value);
    if (key == "Compute Capability") m.compute_capability = std::string(value);
    if (key == "Device Global Memory") m.device_memory_mib = bytes_of(value) / (1024 * 1024);
    return true;
  }

 private:
  int seen_ = 0;
};

std::unique_ptr<Collector> start(const FactMatch&, LogModel& m) {
  m.started = true;
  if (m.tool.empty()) m.tool = "trtexec";
  return std::make_unique<Settings>();
}

}  // namespace

void define_settings(FactSet& facts) {
  facts.add({.name = "model-options", .literal = "=== Model Options ===", .collect = start});
  facts.add({.name = "build-options", .literal = "=== Build Options ===", .collect = start});
  facts.add({.name = "device-information", .literal = "=== Device Information ===", .collect = start});
  facts.add({.name = "tensorrt-version", .literal = "TensorRT version: ", .pattern = R"(TensorRT version: (\d[\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.tensorrt = version_of(f[0]); }});
  facts.add({.name = "cuda-driver", .literal = "CUDA Version: ", .pattern = R"(Driver Version: ([\d.]+).*CUDA Version: ([\d.]+))",
             .take = [](const FactMatch& f, LogModel& m) { m.driver = version_of(f[0]); m.cuda = version_of(f[1]); }});
}

}  // namespace pharos
