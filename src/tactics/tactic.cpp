#include "tactics/tactic.h"

#include <fmt/format.h>

namespace pharos {
namespace {

struct AttributeText {
  std::string operator()(int64_t v) const { return fmt::format("{}", v); }
  std::string operator()(float v) const { return fmt::format("{}f", v); }
  std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", v); }
  template <class T> std::string operator()(const std::vector<T>& v) const {
    std::string text = "[";
    for (const T& item : v) text += (*this)(item) + ",";
    return text + "]";
  }
  std::string operator()(const Tensor& v) const { return fmt::format("#{:016x}", content_hash(v)); }
  std::string operator()(const SharedGraph&) const { return "graph"; }  // nodes with subgraphs are not timed
  std::string operator()(const Type& v) const { return v.text(); }
};

}  // namespace

std::string problem_key(const Problem& p) {
  const Node& n = *p.node;
  std::string key = n.domain.empty() ? n.op : n.domain + "::" + n.op;
  for (const auto& [name, value] : n.attributes) key += fmt::format(" {}={}", name, std::visit(AttributeText{}, value));
  key += " (";
  for (size_t i = 0; i < p.inputs.size(); ++i) {
    const bool constant = i < p.constants.size() && p.constants[i];
    key += fmt::format("{}{}{}", i ? ", " : "", constant ? "const " : "", p.has_input(i) ? p.inputs[i].text() : "-");
  }
  key += ") -> (";
  for (size_t i = 0; i < p.outputs.size(); ++i)
    key += fmt::format("{}{}", i ? ", " : "", p.outputs[i].kind == Type::Kind::Unknown ? "-" : p.outputs[i].text());
  return key + ")";
}

void TacticSet::add(TacticDef def) {
  std::string name(def.name);
  defs_.insert_or_assign(std::move(name), std::move(def));
}

const TacticDef* TacticSet::find(std::string_view name) const {
  const auto it = defs_.find(name);
  return it == defs_.end() ? nullptr : &it->second;
}

std::vector<const TacticDef*> TacticSet::candidates(const Node& node) const {
  std::vector<const TacticDef*> found;
  for (const auto& [name, def] : defs_) {
    bool fits = def.ops.empty();
    for (const auto& [domain, op] : def.ops) fits = fits || node.is(op, domain);
    if (fits) found.push_back(&def);
  }
  return found;
}

std::vector<const TacticDef*> TacticSet::all() const {
  std::vector<const TacticDef*> list;
  for (const auto& [name, def] : defs_) list.push_back(&def);
  return list;
}

}  // namespace pharos
