#include "ops/render.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pharos {
namespace {

constexpr std::string_view attribute_types[] = {"int",     "float",  "string", "ints",    "floats",
                                                "strings", "tensor", "graph",  "tensors", "type"};

// Sets that have a name are written by it.
std::string types_text(const Param& p) {
  struct Named { TypeSet set; std::string_view name; };
  const Named named[] = {
      {types::any, "any"}, {types::numeric, "numeric"}, {types::floats, "floats"}, {types::ints, "integers"}};
  std::string text;
  for (const Named& n : named)
    if (text.empty() && n.set.text() == p.types.text()) text = n.name;
  if (text.empty()) text = p.types.text();
  return p.container ? (text == "any" ? "any, or a container" : text + ", or a container") : text;
}

std::string params_text(const std::vector<Param>& params) {
  std::string out;
  for (const Param& p : params) {
    const std::string_view mark = p.kind == Param::Kind::Optional ? "?" : p.kind == Param::Kind::Variadic ? "…" : "";
    out += fmt::format("{}{}{}: {}", out.empty() ? "" : "; ", p.name, mark, types_text(p));
  }
  return out.empty() ? "–" : out;
}

std::string opsets_text(const OpDef& def) {
  std::vector<int> since{def.since};
  for (const Older& o : def.older) since.push_back(o.since);
  std::sort(since.begin(), since.end());
  std::string out;
  for (const int s : since) out += fmt::format("{}{}", out.empty() ? "" : ", ", s);
  return out;
}

void render_operator(std::string& out, const OpDef& def, const std::vector<std::string>& tactics) {
  out += fmt::format("\n### {}\n\n{}\n\n", def.name, def.doc);
  out += fmt::format("- Opsets: {}\n- Inputs: {}\n- Outputs: {}\n", opsets_text(def), params_text(def.inputs),
                     params_text(def.outputs));
  if (!def.evaluate) out += "- Computed by: other operators, to which every version is rewritten at import\n";
  else out += fmt::format("- Computed by: {}{}the reference\n", fmt::join(tactics, ", "), tactics.empty() ? "" : "; otherwise ");
  if (def.random) out += "- Note: random, never folded at build time; seeded by the attribute or by the run\n";
  if (std::any_of(def.attributes.begin(), def.attributes.end(), [](const AttrDef& a) { return a.type == AttrType::Graph; }))
    out += "- Note: bodies run node by node, with the same tactics as the graph around them\n";
  if (def.attributes.empty()) return;
  out += "- Attributes:\n";
  std::vector<AttrDef> attributes = def.attributes;
  std::sort(attributes.begin(), attributes.end(), [](const AttrDef& a, const AttrDef& b) { return a.name < b.name; });
  for (const AttrDef& a : attributes)
    out += fmt::format("  - `{}` ({}{}){}{}\n", a.name, attribute_types[size_t(a.type)], a.required ? ", required" : "",
                       a.doc.empty() ? "" : ": ", a.doc);
}

}  // namespace

std::string render_operators_markdown(const OpSet& ops, const std::function<std::vector<std::string>(const OpDef&)>& tactics_of) {
  const std::vector<const OpDef*> all = ops.all();
  std::string out =
      "# Operators\n\n"
      "Rendered from the definitions in `src/ops` by `make docs`; not to be edited. Models of every opset listed are "
      "read: older\n"
      "forms become the newest one when a model is imported, and the numbers say in which opsets a form begins. A `?` "
      "marks an\n"
      "optional parameter, `…` one that takes any number of values.\n\n"
      "- floats: f16, bf16, f32, f64; integers: 8 to 64 bits, signed and unsigned; numeric: both\n"
      "- any: every element type, also bool, string, complex and those of 8, 4 and 2 bits\n"
      "- container: sequences, optionals and maps\n"
      "- computed by: the tactics of [tactics.md](tactics.md) that support some shapes and types of it; every other case by its "
      "reference\n";
  std::string_view domain = "?";
  for (const OpDef* def : all) {
    if (def->domain != domain) {
      domain = def->domain;
      const auto count = std::count_if(all.begin(), all.end(), [&](const OpDef* d) { return d->domain == domain; });
      out += fmt::format("\n## {} ({} operators)\n", domain.empty() ? "ai.onnx" : domain, count);
      if (domain == "pharos") out += "\nForms that the optimiser makes; models do not contain them.\n";
    }
    render_operator(out, *def, tactics_of(*def));
  }
  return out;
}

}  // namespace pharos
