// Operators that Pharos does not have.

#include "catalog/lint.h"
#include "onnx/lint/rules.h"
#include "onnx/unknown/known_operators.h"

namespace pharos::lint {

void check_custom_operators(const ImportedModel& model, const OpSet& ops, Findings& out) {
  for (const UnknownOperator& u : model.unknown) {
    const KnownOperator about = about_operator(u.op, ops);
    const auto text = [](std::string_view s) { return std::string(s); };
    out.emplace_back(diag::lint_operator_custom, Arguments{{"op", u.op},
                                                           {"what", text(about.what.en)},
                                                           {"help", text(about.help.en)},
                                                           {"count", std::to_string(u.nodes.size())},
                                                           {"nodes", list_text(u.nodes, int64_t(u.nodes.size()), 20)},
                                                           {"what_zh", text(about.what.zh)},
                                                           {"help_zh", text(about.help.zh)}});
  }
}

}  // namespace pharos::lint
