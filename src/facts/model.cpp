// The ONNX model and the network made of it.

#include "facts/fact.h"

namespace pharos {
namespace {

constexpr size_t most_of_network = 1024;  // inputs, profiles, failing nodes

template <std::string OnnxHeader::*field>
void header(const FactMatch& f, LogModel& m) {
  m.onnx.*field = std::string(f[0]);
  if (m.onnx.line == 0) m.onnx.line = f.event.lines.front().number;
}

void tensor(const FactMatch& f, LogModel& m) {
  keep(m.tensors, TensorFact{std::string(f[0]), std::string(f[2]), std::string(f[1]), f[2].find("-1") != std::string_view::npos, f.event.lines.front().number}, most_of_network);
}

}  // namespace

void define_model(FactSet& facts) {
  facts.add({.name = "onnx-file", .literal = "Input filename:", .pattern = R"(Input filename:\s+(.*\S))", .take = header<&OnnxHeader::file>});
  facts.add({.name = "onnx-ir", .literal = "ONNX IR version:", .pattern = R"(ONNX IR version:\s+([\d.]+))", .take = header<&OnnxHeader::ir_version>});
  facts.add({.name = "onnx-opset", .literal = "Opset version:", .pattern = R"(Opset version:\s+(\d+))", .take = header<&OnnxHeader::opset>});
  facts.add({.name = "onnx-producer", .literal = "Producer name:", .pattern = R"(Producer name:\s+(.*\S))", .take = header<&OnnxHeader::producer>});
  facts.add({.name = "onnx-producer-version", .literal = "Producer version:", .pattern = R"(Producer version:\s+(.*\S))", .take = header<&OnnxHeader::producer_version>});
  facts.add({.name = "failing-node", .literal = "While parsing node number", .pattern = R"x(While parsing node number (\d+) \[([^\s\]]+)(?: -> "([^"]*)")?)x",
             .take = [](const FactMatch& f, LogModel& m) {
               keep(m.failing_nodes, FailingNode{std::string(f[0]), std::string(f[1]), "", std::string(f[2]), f.event.lines.front().number}, most_of_network);
             }});
  facts.add({.name = "failing-node-named", .literal = " and operator: ", .pattern = R"(In node (-?\d+) with name: (.*?) and operator: (\S+))",
             .take = [](const FactMatch& f, LogModel& m) {
               keep(m.failing_nodes, FailingNode{std::string(f[0]), std::string(f[2]), std::string(f[1]), "", f.event.lines.front().number}, most_of_network);
             }});
  facts.add({.name = "network-input", .literal = "Adding network input", .pattern = R"(Adding network input: (\S+) with dtype: (\S+), dimensions: (\([^)]*\)))", .take = tensor});
  facts.add({.name = "profile-shape", .literal = "for optimization profile ", .pattern = R"(Set shape of input tensor (\S+) for optimization profile (\d+) to: MIN=(\S+) OPT=(\S+) MAX=(\S+))",
             .take = [](const FactMatch& f, LogModel& m) {
               keep(m.profiles, ProfileShape{int(number_of(f[1])), std::string(f[0]), std::string(f[2]), std::string(f[3]), std::string(f[4]), f.event.lines.front().number}, most_of_network);
             }});
  for (const std::string_view pass : {"Original: ", "After Myelin optimization", "After scale fusion", "After vertical fusions", "After final dead-layer removal",
                                      "After tensor merging", "After concat removal", "After reformat layers"}) {
    facts.add({.name = "layer-count", .literal = pass, .pattern = R"(^\s*(Original|After [\w\- ]+): (\d+) layers)",
               .take = [](const FactMatch& f, LogModel& m) { if (m.layer_counts.size() < 64) m.layer_counts[std::string(f[0])] = std::string(f[1]); }});
  }
}

}  // namespace pharos
