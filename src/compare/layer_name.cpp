#include "compare/layer_name.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pharos {
namespace {

constexpr size_t max_nodes = 256;  // of one layer; a region may name thousands

bool cut_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::string_view trimmed(std::string_view t) {
  while (!t.empty() && t.front() == ' ') t.remove_prefix(1);
  while (!t.empty() && t.back() == ' ') t.remove_suffix(1);
  return t;
}

size_t digits_at_end(std::string_view t) {
  size_t n = 0;
  while (n < t.size() && std::isdigit(uint8_t(t[t.size() - 1 - n]))) ++n;
  return n;
}

// " [profile 1]": the same layer under another optimisation profile.
void cut_profile(std::string_view& t) {
  std::string_view rest = t;
  if (!cut_suffix(rest, "]")) return;
  rest.remove_suffix(digits_at_end(rest));
  if (cut_suffix(rest, " [profile ")) t = rest;
}

// "_myl0_12": number of the compiled region and of the kernel in it.
bool cut_compiled(std::string_view& t) {
  std::string_view rest = t;
  for (int i = 0; i < 2; ++i) {
    const size_t n = digits_at_end(rest);
    if (n == 0) return false;
    rest.remove_suffix(n);
    if (i == 0 && !cut_suffix(rest, "_")) return false;
  }
  if (!cut_suffix(rest, "_myl")) return false;
  t = rest;
  return true;
}

// The layer that a reformat serves, or nothing where the name is no reformat's.
bool reformat_target(std::string_view name, std::string_view& target) {
  constexpr std::string_view copy = "Reformatting CopyNode for ";
  if (const size_t at = name.find(copy); at != name.npos) {
    target = name.substr(at + copy.size());
    const size_t to = target.find(" to ");
    if (to != target.npos) target = target.substr(to + 4);
    return true;
  }
  for (const std::string_view word : {" input reformatter ", " output reformatter "}) {
    if (const size_t at = name.rfind(word); at != name.npos) {
      target = name.substr(0, at);
      return true;
    }
  }
  return false;
}

// Marks become separators: what is left between them are nodes.
std::vector<std::string_view> split_nodes(std::string_view t) {
  constexpr std::array<std::string_view, 7> marks{" + ", " || ", "{ForeignNode[", "]}", "...", "PWN(", ", "};
  std::vector<std::string_view> out;
  size_t begin = 0;
  const auto add = [&](size_t end) {
    std::string_view node = trimmed(t.substr(begin, end - begin));
    while (node.ends_with(")") && std::count(node.begin(), node.end(), '(') < std::count(node.begin(), node.end(), ')'))
      node = trimmed(node.substr(0, node.size() - 1));
    if (!node.empty() && out.size() < max_nodes) out.push_back(node);
  };
  for (size_t i = 0; i < t.size();) {
    const auto mark =
        std::find_if(marks.begin(), marks.end(), [&](std::string_view m) { return t.substr(i).starts_with(m); });
    if (mark == marks.end()) {
      ++i;
      continue;
    }
    add(i);
    i += mark->size();
    begin = i;
  }
  add(t.size());
  return out;
}

bool unnamed(std::string_view node) { return node.starts_with("(Unnamed Layer*"); }

}  // namespace

std::string operator_of_node(std::string_view node) {
  if (unnamed(node)) {
    const size_t open = node.rfind('['), close = node.rfind(']');
    if (open != node.npos && close != node.npos && close > open) node = node.substr(open + 1, close - open - 1);
  }
  cut_compiled(node);
  if (const size_t slash = node.rfind('/'); slash != node.npos) node = node.substr(slash + 1);
  while (const size_t n = digits_at_end(node)) {
    std::string_view rest = node.substr(0, node.size() - n);
    if (rest.empty() || (!cut_suffix(rest, "_") && !cut_suffix(rest, "."))) break;
    node = rest;
  }
  std::string out(node);
  for (char& c : out) c = char(std::tolower(uint8_t(c)));
  return out;
}

LayerName parse_layer_name(std::string_view name) {
  LayerName out;
  name = trimmed(name);
  cut_profile(name);
  std::string_view body = name;
  if (reformat_target(name, body)) out.kind = LayerKind::Reformat;
  const std::vector<std::string_view> nodes = split_nodes(body);
  for (std::string_view node : nodes) {
    const std::string op = operator_of_node(node);
    out.operators += (out.operators.empty() ? "" : "+") + op;
    // Constants that the builder folded in carry a number that means nothing elsewhere.
    if (unnamed(node) && nodes.size() > 1) continue;
    const bool compiled = cut_compiled(node);
    out.weak |= unnamed(node) || (compiled && node.starts_with("__my"));
    out.nodes.emplace_back(node);
  }
  if (out.kind == LayerKind::Reformat) out.operators = "reformat";
  std::sort(out.nodes.begin(), out.nodes.end());
  out.nodes.erase(std::unique(out.nodes.begin(), out.nodes.end()), out.nodes.end());
  return out;
}

}  // namespace pharos
