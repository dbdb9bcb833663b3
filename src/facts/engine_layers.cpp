// The layers of the finished engine, as the verbose log prints them: type, tactic and types of the tensors.

#include "facts/fact.h"

namespace pharos {
namespace {

// "x[Float(1,3,224,224)], y[Half(2,128,150)]"
std::vector<EngineTensor> tensors(std::string_view t) {
  std::vector<EngineTensor> out;
  while (!t.empty() && out.size() < 64) {
    const size_t open = t.find('['), bracket = t.find('(', open), close = t.find(")]", bracket);
    if (open == t.npos || bracket == t.npos || close == t.npos) break;
    out.push_back({std::string(t.substr(0, open)), std::string(t.substr(bracket + 1, close - bracket - 1)),
                   std::string(t.substr(open + 1, bracket - open - 1))});
    t = t.substr(std::min(t.size(), close + 4));  // ")], "
  }
  return out;
}

// "Layer(CaskConvolution): conv1 + relu1, Tactic: 0xc2a5, x[Float(1,3,224,224)] -> r[Half(1,64,112,112)]". Up to
// TensorRT 7 each line has a prefix and the tactic is decimal.
bool read_layer(std::string_view t, int64_t line, LogModel& m) {
  if (!t.starts_with("Layer(")) return false;
  const size_t close = t.find("): ");
  const size_t tactic = t.find(", Tactic: ");
  if (close == t.npos || tactic == t.npos || tactic < close) return false;
  EngineLayer l{.name = std::string(t.substr(close + 3, tactic - close - 3)),
                .type = std::string(t.substr(6, close - 6)),
                .line = line};
  std::string_view rest = t.substr(tactic + 10);
  const size_t comma = rest.find(", ");
  l.tactic = std::string(rest.substr(0, comma));
  rest = comma == rest.npos ? std::string_view() : rest.substr(comma + 2);
  const size_t arrow = rest.rfind(" -> ");
  if (arrow != rest.npos) {
    l.inputs = tensors(rest.substr(0, arrow));
    l.outputs = tensors(rest.substr(arrow + 4));
  }
  l.precision = narrowest_precision(l.inputs);
  if (l.precision.empty()) l.precision = narrowest_precision(l.outputs);
  keep(m.engine_layers, std::move(l));
  return true;
}

class EngineLayers final : public Collector {
 public:
  bool line(const LogEvent& e, LogModel& m) override {
    return ++seen_ <= 100'000 && read_layer(e.text, e.lines.front().number, m);
  }

 private:
  int64_t seen_ = 0;
};

}  // namespace

void define_engine_layers(FactSet& facts) {
  facts.add({.name = "engine-layers",
             .literal = "Engine Layer Information:",
             .collect = [](const FactMatch&, LogModel& m) -> std::unique_ptr<Collector> {
               m.engine_layers.clear();
               return std::make_unique<EngineLayers>();
             }});
}

}  // namespace pharos
