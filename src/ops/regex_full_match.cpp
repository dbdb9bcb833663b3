#include <re2/re2.h>

#include "ops/op.h"
#include "ops/op_errors.h"

namespace pharos {
namespace {

// RE2 takes time linear in the text and its memory is bounded, whatever the pattern.
Result<std::unique_ptr<re2::RE2>> pattern_of(const Node& node) {
  const std::string pattern = node.attr_string("pattern");
  if (!node.has_attr("pattern")) return bad_attribute(node, "pattern", "missing", "a regular expression");
  auto regex = std::make_unique<re2::RE2>(pattern, re2::RE2::Quiet);
  if (!regex->ok())
    return bad_attribute(node, "pattern", "'" + pattern + "'", "a regular expression in RE2 syntax: " + regex->error());
  return regex;
}

Result<void> infer(InferContext& c) {
  PHAROS_TRY(pattern_of(c.node()));
  Type out = c.input(0);
  out.kind = Type::Kind::Tensor;
  out.dtype = DType::boolean;
  c.set_output(0, std::move(out));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const auto regex = PHAROS_TRY(pattern_of(c.node()));
  const Tensor& x = c.input(0);
  Tensor out = PHAROS_TRY(c.output(0, DType::boolean, x.dims()));
  const auto text = x.as<std::string>();
  const auto y = out.as<bool>();
  for (size_t i = 0; i < text.size(); ++i) y[i] = re2::RE2::FullMatch(text[i], *regex);
  return {};
}

}  // namespace

void define_regex_full_match(OpSet& ops) {
  ops.add({
      .name = "RegexFullMatch",
      .since = 20,
      .doc = "Whether each string matches a regular expression (RE2 syntax: no look-around, no back references) as a "
             "whole.",
      .inputs = {{"X", types::string}},
      .outputs = {{"Y", types::boolean}},
      .attributes = {{"pattern", AttrType::String, true}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
