#include <algorithm>

#include "ops/op.h"
#include "ops/op_errors.h"
#include "ops/unicode.h"

namespace pharos {
namespace {

using Pieces = std::vector<std::string_view>;

Pieces split_at_text(std::string_view text, std::string_view delimiter, size_t most) {
  Pieces out;
  size_t from = 0;
  while (out.size() < most) {
    const size_t at = text.find(delimiter, from);
    if (at == std::string_view::npos) break;
    out.push_back(text.substr(from, at - from));
    from = at + delimiter.size();
  }
  out.push_back(text.substr(from));
  return out;
}

// Runs of white space separate; at both ends they are dropped, except after the last split that is allowed.
Pieces split_at_space(std::string_view text, size_t most) {
  Pieces out;
  for (size_t at = 0; at < text.size();) {
    size_t next = at;
    if (is_white_space(next_code_point(text, next))) { at = next; continue; }
    if (out.size() == most) { out.push_back(text.substr(at)); break; }
    const size_t from = at;
    while (at < text.size()) {
      next = at;
      if (is_white_space(next_code_point(text, next))) break;
      at = next;
    }
    out.push_back(text.substr(from, at - from));
  }
  return out;
}

Result<size_t> most_splits(const Node& node) {
  if (!node.has_attr("maxsplit")) return SIZE_MAX;
  const int64_t n = node.attr_int("maxsplit");
  return n < 0 ? SIZE_MAX : size_t(n);
}

Result<void> infer(InferContext& c) {
  Type pieces = Type::tensor(DType::string), counts = Type::tensor(DType::i64);
  if (const auto& shape = c.input(0).shape) {
    pieces.shape = counts.shape = shape;
    pieces.shape->push_back(Dim());
  }
  c.set_output(0, std::move(pieces));
  c.set_output(1, std::move(counts));
  return {};
}

Result<void> evaluate(EvalContext& c) {
  const Tensor& x = c.input(0);
  const std::string delimiter = c.node().attr_string("delimiter");
  const size_t most = PHAROS_TRY(most_splits(c.node()));
  const auto split = [&](const std::string& s) {
    return delimiter.empty() ? split_at_space(s, most) : split_at_text(s, delimiter, most);
  };
  // Twice: first the widest, so that the pieces of all elements need not be held at once.
  size_t widest = 0;
  std::vector<int64_t> counts;
  for (const std::string& s : x.as<std::string>()) {
    counts.push_back(int64_t(split(s).size()));
    widest = std::max(widest, size_t(counts.back()));
  }
  Dims dims = x.dims();
  dims.push_back(int64_t(widest));
  Tensor out = PHAROS_TRY(c.output(0, DType::string, dims));
  auto y = out.as<std::string>();
  size_t at = 0;
  for (const std::string& s : x.as<std::string>()) {
    const Pieces pieces = split(s);
    for (size_t i = 0; i < widest; ++i) y[at++] = i < pieces.size() ? std::string(pieces[i]) : std::string();
  }
  if (!c.has_output(1)) return {};
  Tensor numbers = PHAROS_TRY(c.output(1, DType::i64, x.dims()));
  std::copy(counts.begin(), counts.end(), numbers.as<int64_t>().begin());
  return {};
}

}  // namespace

void define_string_split(OpSet& ops) {
  ops.add({
      .name = "StringSplit",
      .since = 20,
      .doc =
          "Cuts strings at a delimiter or at white space; a new last axis holds the pieces, padded with empty strings.",
      .inputs = {{"X", types::string}},
      .outputs = {{"Y", types::string}, {"Z", types::i64, Param::Kind::Optional}},
      .attributes = {{"delimiter", AttrType::String, false, "default: runs of white space"},
                     {"maxsplit", AttrType::Int, false, "default: no limit"}},
      .infer = infer,
      .evaluate = evaluate,
  });
}

}  // namespace pharos
