// trtexec --exportLayerInfo: what the engine inspector tells. Layers are names, or objects where the engine was built with
// --profilingVerbosity=detailed.

#include <algorithm>
#include <array>

#include "exports/readers.h"

namespace pharos {
namespace {

using Token = JsonReader::Token;
constexpr size_t max_tensors = 64;  // of one layer that are kept

// [1, 64, 112, 112], or one number, or a text.
Result<std::string> dims(JsonReader& r) {
  const Token first = PHAROS_TRY(r.next());
  if (first == Token::String) return r.text();
  std::string out;
  const auto add = [&](std::string_view word) {
    if (out.size() < 512) out += (out.empty() ? "" : "x") + std::string(word);
  };
  if (first != Token::BeginArray) { PHAROS_TRY(r.skip(first)); return out; }
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) return out;
    if (t == Token::Number && r.number() > -1e15 && r.number() < 1e15) add(std::to_string(int64_t(r.number())));
    else if (t == Token::String) add(r.text());  // a symbol
    else PHAROS_TRY(r.skip(t));
  }
}

Result<EngineTensor> tensor(JsonReader& r) {
  EngineTensor out;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) return out;
    const std::string key = r.text();
    if (key == "Name") out.name = PHAROS_TRY(text_value(r, key));
    else if (key == "Format/Datatype" || key == "Datatype" || key == "Format") {
      const std::string format = PHAROS_TRY(text_value(r, key));
      out.format += (out.format.empty() ? "" : " ") + format;
    } else if (key == "Dimensions") out.dims = PHAROS_TRY(dims(r));
    else PHAROS_TRY(r.skip(PHAROS_TRY(r.next())));
  }
}

Result<std::vector<EngineTensor>> tensors(JsonReader& r) {
  std::vector<EngineTensor> out;
  const Token first = PHAROS_TRY(r.next());
  if (first != Token::BeginArray) { PHAROS_TRY(r.skip(first)); return out; }
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) return out;
    if (t == Token::BeginObject) {
      EngineTensor one = PHAROS_TRY(tensor(r));
      if (out.size() < max_tensors) out.push_back(std::move(one));
    } else if (t == Token::String) {
      if (out.size() < max_tensors) out.push_back({.name = r.text()});
    } else {
      PHAROS_TRY(r.skip(t));
    }
  }
}

// {"Type": "Int8", "Count": 9408}
Result<std::string> weights_type(JsonReader& r) {
  std::string type;
  const Token first = PHAROS_TRY(r.next());
  if (first != Token::BeginObject) { PHAROS_TRY(r.skip(first)); return type; }
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) return type;
    const std::string key = r.text();
    const Token v = PHAROS_TRY(r.next());
    if (key == "Type" && v == Token::String) type = r.text();
    PHAROS_TRY(r.skip(v));
  }
}

// "[ONNX Layer: Conv_0]\x1e[ONNX Layer: Relu_1]" -> "Conv_0, Relu_1"
std::string origin_of(std::string_view metadata) {
  constexpr std::string_view mark = "[ONNX Layer: ";
  std::string out;
  for (size_t at = metadata.find(mark); at != metadata.npos; at = metadata.find(mark, at + 1)) {
    const size_t begin = at + mark.size(), end = metadata.find(']', begin);
    if (end == metadata.npos) break;
    out += (out.empty() ? "" : ", ") + std::string(metadata.substr(begin, end - begin));
  }
  return out;
}

// What the layer says of itself, else the type of its weights, its inputs, its outputs; its name where the engine's compiler
// writes it there ("__myl_...").
std::string precision_of(const EngineLayer& l, const std::string& told, const std::string& weights) {
  if (!told.empty()) return precision_in(told).empty() ? told : precision_in(told);
  if (const std::string p = precision_in(weights); !p.empty() && narrowest_precision(l.inputs).empty()) return p;
  if (const std::string p = narrowest_precision(l.inputs); !p.empty()) return p;
  return narrowest_precision(l.outputs);
}

int64_t size_of(const EngineLayer& l) {
  size_t n = l.name.size() + l.type.size() + l.tactic.size() + l.origin.size();
  for (const auto* list : {&l.inputs, &l.outputs}) {
    for (const EngineTensor& t : *list) n += t.name.size() + t.dims.size() + t.format.size() + sizeof t;
  }
  return int64_t(n + sizeof l);
}

Result<EngineLayer> layer(JsonReader& r) {
  EngineLayer l{.line = r.line()};
  std::string told, weights;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) break;
    const std::string key = r.text();
    if (key == "Name") l.name = PHAROS_TRY(text_value(r, key));
    else if (key == "LayerType") l.type = PHAROS_TRY(text_value(r, key));
    else if (key == "Inputs") l.inputs = PHAROS_TRY(tensors(r));
    else if (key == "Outputs") l.outputs = PHAROS_TRY(tensors(r));
    else if (key == "Weights") weights = PHAROS_TRY(weights_type(r));
    else {
      const Token v = PHAROS_TRY(r.next());
      if (v == Token::String && key == "TacticName") l.tactic = r.text();
      else if (v == Token::String && key == "Precision") told = r.text();
      else if (v == Token::String && key == "Metadata") l.origin = origin_of(r.text());
      else PHAROS_TRY(r.skip(v));
    }
  }
  l.precision = precision_of(l, told, weights);
  return l;
}

Result<void> layer_list(JsonReader& r, LayerInformation& out) {
  PHAROS_TRY(expect(r, Token::BeginArray, "a list of layers"));
  int64_t kept = 0;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndArray) return {};
    if (out.layers.size() == max_layers) return beyond(r, "layers", std::to_string(max_layers));
    if (t == Token::String) {
      out.layers.push_back({.name = r.text(), .line = r.line()});
    } else if (t == Token::BeginObject) {
      EngineLayer one = PHAROS_TRY(layer(r));
      out.detailed = true;
      out.layers.push_back(std::move(one));
    } else {
      return r.fault("another value", "a name or an object for each layer");
    }
    kept += size_of(out.layers.back());
    if (kept > max_kept_bytes) return beyond(r, "names and formats of layers", "64 MiB");
  }
}

}  // namespace

Result<LayerInformation> read_layers(JsonReader& r) {
  PHAROS_TRY(expect(r, Token::BeginObject, "an object with Layers"));
  LayerInformation out;
  for (;;) {
    const Token t = PHAROS_TRY(r.next());
    if (t == Token::EndObject) break;
    if (r.text() == "Layers") {
      PHAROS_TRY(layer_list(r, out));
      continue;
    }
    const bool bindings = r.text() == "Bindings";
    const Token v = PHAROS_TRY(r.next());
    if (!bindings || v != Token::BeginArray) { PHAROS_TRY(r.skip(v)); continue; }
    for (;;) {
      const Token b = PHAROS_TRY(r.next());
      if (b == Token::EndArray) break;
      if (b == Token::String && out.bindings.size() < max_facts) out.bindings.push_back(r.text());
      PHAROS_TRY(r.skip(b));
    }
  }
  PHAROS_TRY(expect(r, Token::End, "nothing more"));
  return out;
}

}  // namespace pharos
