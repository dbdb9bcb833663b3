// The layers of the finished engine, as the verbose log prints them: type, tactic and types of the tensors.

#include "facts/fact.h"

namespace pharos {
namespace {

// "Layer(CaskConvolution): conv1 + relu1, Tactic: 0xc2a5, x[Float(1,3,224,224)] -> r[Half(1,64,112,112)]". Up to TensorRT 7 each
// line has a prefix and the tactic is decimal.
bool read_layer(std::string_view t, int64_t line, LogModel& m) {
  if (!t.starts_with("Layer(")) return false;
  const size_t close = t.find("): ");
  const size_t tactic = t.find(", Tactic: ");
  if (close == t.npos || tactic == t.npos || tactic < close) return false;
  EngineLayer l{.name = std::string(t.substr(close + 3, tactic - close - 3)), .type = std::string(t.substr(6, close - 6)), .line = line};
  const std::string_view rest = t.substr(tactic + 10);
  l.tactic = std::string(rest.substr(0, rest.find(',')));
  if (const size_t arrow = rest.rfind(" -> "); arrow != rest.npos) {
    const size_t bracket = rest.find('[', arrow);
    const size_t end = bracket == rest.npos ? rest.npos : rest.find_first_of("(:]", bracket);
    if (end != rest.npos) l.precision = std::string(rest.substr(bracket + 1, end - bracket - 1));
  }
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
  facts.add({.name = "engine-layers", .literal = "Engine Layer Information:", .collect = [](const FactMatch&, LogModel& m) -> std::unique_ptr<Collector> {
               m.engine_layers.clear();
               return std::make_unique<EngineLayers>();
             }});
}

}  // namespace pharos
