// pharos::Reorder: a change of memory layout. The value of its result is its input: the reference evaluation keeps every
// tensor in the plain layout, so there it moves nothing; the layouts are real in the tactics only.

#include "ops/shape_rules.h"

namespace pharos {
namespace {

Result<Format> target(const Node& n) {
  const std::string to = n.attr_string("to");
  const auto format = format_from_name(to);
  if (!format) return bad_attribute(n, "to", "'" + to + "'", "the name of a format: 'plain', 'c8', 'c16' or 'nhwc'");
  return *format;
}

Result<void> infer(InferContext& c) {
  Type t = c.input(0);
  t.format = PHAROS_TRY(target(c.node()));
  if (t.has_rank() && t.rank() < 2 && t.format != Format::Plain)
    return bad_input(c.node(), 0, "of rank " + std::to_string(t.rank()), "rank 2 or more");
  c.set_output(0, std::move(t));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  PHAROS_TRY(target(c.node()));
  c.set_output(0, c.input(0));
  return {};
}

}  // namespace

void define_reorder(OpSet& ops) {
  ops.add({.name = "Reorder",
           .domain = "pharos",
           .doc = "The same tensor in another memory layout.",
           .inputs = {{"X", types::any}},
           .outputs = {{"Y", types::any}},
           .attributes = {{"to", AttrType::String, true, "name of the format"}},
           .infer = infer,
           .evaluate = evaluate});
}

}  // namespace pharos
