#include "ops/einsum_equation.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "ops/op_errors.h"

namespace pharos {
namespace {

using Labels = std::vector<int>;

constexpr int ellipsis = -1, first_of_ellipsis = 256;

Report bad_equation(const Node& node, std::string_view expected) {
  return bad_attribute(node, "equation", "'" + node.attr_string("equation").substr(0, 80) + "'", std::string(expected));
}

Result<Labels> parse_term(const Node& node, std::string_view text) {
  Labels out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char ch = text[i];
    if (ch == ' ') continue;
    if (text.substr(i, 3) == "...") {
      if (std::find(out.begin(), out.end(), ellipsis) != out.end()) return bad_equation(node, "one '...' per term");
      out.push_back(ellipsis);
      i += 2;
    } else if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')) {
      out.push_back(ch);
    } else {
      return bad_equation(node, "letters and '...'");
    }
  }
  return out;
}

// Replaces the ellipsis by `count` labels.
Labels expanded(const Labels& term, size_t count) {
  Labels out;
  for (const int l : term) {
    if (l != ellipsis) { out.push_back(l); continue; }
    for (size_t i = count; i-- > 0;) out.push_back(first_of_ellipsis + int(i));
  }
  return out;
}

}  // namespace

Result<EinsumEquation> einsum_equation(const Node& node, std::span<const size_t> ranks) {
  const std::string text = node.attr_string("equation");
  const size_t arrow = text.find("->");
  const std::string_view left = std::string_view(text).substr(0, arrow);
  EinsumEquation e;
  size_t widest = 0;
  for (size_t begin = 0; begin <= left.size();) {
    const size_t end = std::min(left.find(',', begin), left.size());
    const Labels term = PHAROS_TRY(parse_term(node, left.substr(begin, end - begin)));
    if (e.inputs.size() == ranks.size()) return bad_equation(node, fmt::format("{} terms", ranks.size()));
    const size_t rank = ranks[e.inputs.size()];
    const bool open = std::find(term.begin(), term.end(), ellipsis) != term.end();
    if (open ? rank + 1 < term.size() : rank != term.size())
      return bad_equation(node, fmt::format("{} labels for input {}", rank, e.inputs.size()));
    const size_t hidden = open ? rank + 1 - term.size() : 0;
    widest = std::max(widest, hidden);
    e.inputs.push_back(expanded(term, hidden));
    begin = end + 1;
  }
  if (e.inputs.size() != ranks.size()) return bad_equation(node, fmt::format("{} terms", ranks.size()));
  std::map<int, int> uses;
  for (const Labels& term : e.inputs)
    for (const int l : term) ++uses[l];
  if (arrow == std::string::npos) {  // all labels that occur once, in order; the ellipsis first
    e.output = expanded({ellipsis}, widest);
    for (const auto& [label, count] : uses)
      if (count == 1 && label < first_of_ellipsis) e.output.push_back(label);
  } else {
    e.output = expanded(PHAROS_TRY(parse_term(node, std::string_view(text).substr(arrow + 2))), widest);
    for (const int l : e.output) {
      if (!uses.count(l)) return bad_equation(node, "output labels that an input has");
      if (std::count(e.output.begin(), e.output.end(), l) > 1) return bad_equation(node, "each output label once");
    }
  }
  return e;
}

}  // namespace pharos
