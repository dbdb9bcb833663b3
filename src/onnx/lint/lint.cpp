#include "onnx/lint/lint.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalog/import.h"
#include "catalog/lint.h"
#include "onnx/lint/rules.h"

namespace pharos {
namespace lint {

constexpr int64_t recommended_opset = 13;

std::string list_text(const std::vector<std::string>& names, int64_t count, size_t most) {
  std::string out;
  const size_t shown = std::min(names.size(), most);
  for (size_t i = 0; i < shown; ++i) out += fmt::format("{}'{}'", i ? ", " : "", names[i]);
  if (count > int64_t(shown)) out += fmt::format(" and {} more", count - int64_t(shown));
  return out;
}

void check_opset(const ImportedModel& model, Findings& out) {
  for (const auto& [domain, version] : model.opsets)
    if (domain.empty() && version < recommended_opset)
      out.emplace_back(diag::lint_opset_old, Arguments{{"version", std::to_string(version)}, {"recommended", std::to_string(recommended_opset)}});
}

void check_dynamic_inputs(const Graph& graph, const LintOptions& options, Findings& out) {
  for (const ValueId id : graph.inputs()) {
    const Value& v = graph.value(id);
    if (!v.type.is_tensor() || v.type.is_concrete() || options.shapes.contains(v.name)) continue;
    std::string low, high;
    if (v.type.shape)
      for (const Dim& d : *v.type.shape) {
        const char* between = low.empty() ? "" : "x";
        low += between + std::to_string(d.maybe_number().value_or(1));
        high += between + std::to_string(d.maybe_number().value_or(8));
      }
    out.emplace_back(diag::lint_dynamic_input, Arguments{{"input", v.name}, {"type", v.type.text()}, {"low", low}, {"high", high}});
  }
}

void check_resize(const Graph& root, Findings& out) {
  for_each_graph(root, [&](const Graph& graph) {
    for (const NodeId id : graph.nodes()) {
      const Node& n = graph[id];
      if (!n.is("Resize")) continue;
      std::string settings;
      const auto add = [&](const std::string& text) { settings += (settings.empty() ? "" : ", ") + text; };
      const std::string mode = n.attr_string("mode", "nearest"), coordinates = n.attr_string("coordinate_transformation_mode", "half_pixel");
      if (mode == "cubic") add("mode cubic");
      if (coordinates == "tf_crop_and_resize" || coordinates == "half_pixel_symmetric") add("coordinates " + coordinates);
      if (mode == "nearest" && coordinates == "align_corners") add("nearest with align_corners");
      if (n.attr_int("antialias")) add("antialias");
      if (n.attr_int("exclude_outside")) add("exclude_outside");
      if (const std::string policy = n.attr_string("keep_aspect_ratio_policy", "stretch"); policy != "stretch") add("aspect ratio policy " + policy);
      const bool computed = (n.has_input(2) && !graph.constant(n.inputs[2])) || (n.has_input(3) && !graph.constant(n.inputs[3]));
      if (computed) add("scales or sizes computed at run time");
      if (!settings.empty()) out.emplace_back(diag::lint_resize, Arguments{{"node", n.name}, {"settings", settings}});
    }
  });
}

}  // namespace lint

Result<std::vector<Report>> lint_model(const std::string& path, const OpSet& ops, const LintOptions& options) {
  ImportOptions import;
  import.limits = options.limits;
  import.allow_unknown_operators = true;
  const ImportedModel model = PHAROS_TRY(import_model(path, ops, import));
  std::vector<Report> out = model.notes;
  if (!options.target.empty()) {
    PHAROS_TRY(lint::check_target(model, options.target, out));
  } else {
    lint::check_custom_operators(model, ops, out);
  }
  lint::check_opset(model, out);
  lint::check_dynamic_inputs(model.graph, options, out);
  lint::check_resize(model.graph, out);
  lint::check_weights(model.graph, out);
  lint::check_memory(model.graph, ops, options, out);
  std::stable_sort(out.begin(), out.end(), [](const Report& a, const Report& b) { return a.diagnostic().severity < b.diagnostic().severity; });
  return out;
}

}  // namespace pharos
