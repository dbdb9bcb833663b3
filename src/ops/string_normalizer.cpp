#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "ops/op.h"
#include "ops/op_errors.h"
#include "ops/unicode.h"

namespace pharos {
namespace {

enum class Case { None, Lower, Upper };

Result<Case> case_action(const Node& node) {
  const std::string action = node.attr_string("case_change_action", "NONE");
  if (action == "NONE") return Case::None;
  if (action == "LOWER") return Case::Lower;
  if (action == "UPPER") return Case::Upper;
  return bad_attribute(node, "case_change_action", "'" + action + "'", "NONE, LOWER or UPPER");
}

Result<void> check_shape(const Node& node, const Type& t) {
  if (!t.shape || t.rank() == 1) return {};
  const Dim first = t.rank() == 2 ? (*t.shape)[0] : Dim(0);
  if (t.rank() == 2 && (!first.is_number() || first.number() == 1)) return {};
  return bad_input(node, 0, "of shape " + shape_text(*t.shape), "shape C or 1xC");
}

Result<void> infer(InferContext& c) {
  PHAROS_TRY(case_action(c.node()));
  PHAROS_TRY(check_shape(c.node(), c.input(0)));
  Type out = Type::tensor(DType::string);
  if (c.input(0).shape) out.shape = c.input(0).rank() == 1 ? Shape{Dim()} : Shape{Dim(1), Dim()};
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Node& node = c.node();
  const Tensor& x = c.input(0);
  PHAROS_TRY(check_shape(node, Type::tensor(DType::string, x.dims())));
  const Case action = PHAROS_TRY(case_action(node));
  const bool exact = node.attr_int("is_case_sensitive") != 0;
  std::unordered_set<std::string> stop;
  if (const auto* words = node.attr<std::vector<std::string>>("stopwords"))
    for (const std::string& w : *words) stop.insert(exact ? w : lower_case(w));
  std::vector<std::string> kept;
  for (const std::string& s : x.as<std::string>()) {
    if (!stop.empty() && stop.contains(exact ? s : lower_case(s))) continue;
    kept.push_back(action == Case::Lower ? lower_case(s) : action == Case::Upper ? upper_case(s) : s);
  }
  if (kept.empty()) kept.emplace_back();
  const int64_t n = int64_t(kept.size());
  Tensor out = PHAROS_TRY(c.output(0, DType::string, x.rank() == 2 ? Dims{1, n} : Dims{n}));
  std::move(kept.begin(), kept.end(), out.as<std::string>().begin());
  return {};
}

}  // namespace

void define_string_normalizer(OpSet& ops) {
  ops.add({
      .name = "StringNormalizer",
      .since = 10,
      .doc = "Drops stop words and changes the case of the rest. Case follows Unicode in every locale; `locale` is "
             "accepted "
             "and has no effect.",
      .inputs = {{"X", types::string}},
      .outputs = {{"Y", types::string}},
      .attributes = {{"case_change_action", AttrType::String, false, "NONE (default), LOWER or UPPER"},
                     {"is_case_sensitive", AttrType::Int, false, "of the comparison with stop words; default 0"},
                     {"locale", AttrType::String, false, "no effect"},
                     {"stopwords", AttrType::Strings, false, "default none"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
