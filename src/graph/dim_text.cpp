// Printing and parsing of dims: "2*N + 1", "floor((H - 1)/2) + 1", "min(N, 8)", 'a name with spaces'.

#include <charconv>

#include "graph/dim_expr.h"

namespace pharos {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || uint8_t(c) >= 0x80; }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool plain_name(std::string_view s) {
  if (s.empty() || !letter(s[0]) || s == "floor" || s == "min" || s == "max") return false;
  for (const char c : s)
    if (!letter(c) && !digit(c) && c != '.') return false;
  return true;
}

std::string in_quotes(std::string_view s) {
  std::string out = "'";
  for (const char c : s) {
    if (c == '\'' || c == '\\') { out += '\\'; out += c; }
    else if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else out += c;
  }
  return out + "'";
}

bool is_sum(const Dim& d) { return d.text().find(' ') != std::string::npos; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Dim> whole() {
    auto d = sum(0);
    skip();
    return d && at_ == text_.size() ? d : std::nullopt;
  }

 private:
  static constexpr int max_depth = 128, max_operations = 4096;

  void skip() { while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_; }
  bool accept(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<Dim> sum(int depth) {
    if (depth > max_depth) return std::nullopt;
    std::optional<Dim> left = accept('-') ? negated(term(depth)) : term(depth);
    while (left) {
      const bool plus = accept('+');
      if (!plus && !accept('-')) break;
      if (++operations_ > max_operations) return std::nullopt;
      auto right = term(depth);
      if (!right) return std::nullopt;
      left = plus ? *left + *right : *left - *right;
    }
    return left;
  }

  static std::optional<Dim> negated(std::optional<Dim> d) { return d ? std::optional(Dim(0) - *d) : std::nullopt; }

  std::optional<Dim> term(int depth) {
    auto left = factor(depth);
    while (left && accept('*')) {
      if (++operations_ > max_operations) return std::nullopt;
      auto right = factor(depth);
      if (!right) return std::nullopt;
      left = *left * *right;
    }
    return left;
  }

  std::optional<Dim> factor(int depth) {
    skip();
    if (at_ >= text_.size()) return std::nullopt;
    if (digit(text_[at_])) return number();
    if (text_[at_] == '\'') return quoted_symbol();
    if (accept('(')) {
      auto d = sum(depth + 1);
      return d && accept(')') ? d : std::nullopt;
    }
    const size_t from = at_;
    while (at_ < text_.size() && (letter(text_[at_]) || digit(text_[at_]) || text_[at_] == '.')) ++at_;
    const std::string_view name = text_.substr(from, at_ - from);
    if (name == "floor" || name == "min" || name == "max") return call(name, depth);
    return plain_name(name) ? std::optional(Dim::symbol(std::string(name))) : std::nullopt;
  }

  std::optional<Dim> call(std::string_view name, int depth) {
    if (!accept('(')) return std::nullopt;
    auto a = sum(depth + 1);
    if (!a || !accept(name == "floor" ? '/' : ',')) return std::nullopt;
    auto b = name == "floor" ? factor(depth + 1) : sum(depth + 1);
    if (!b || !accept(')')) return std::nullopt;
    return name == "floor" ? floor_div(*a, *b) : name == "min" ? min(*a, *b) : max(*a, *b);
  }

  std::optional<Dim> number() {
    int64_t n = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), n);
    if (error != std::errc()) return std::nullopt;
    at_ = size_t(end - text_.data());
    return Dim(n);
  }

  std::optional<Dim> quoted_symbol() {
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '\'') { ++at_; return Dim::symbol(std::move(name)); }
      if (c == '\\') {
        if (++at_ >= text_.size()) return std::nullopt;
        c = text_[at_] == 'n' ? '\n' : text_[at_] == 'r' ? '\r' : text_[at_] == 't' ? '\t' : text_[at_];
      }
      name += c;
    }
    return std::nullopt;
  }

  std::string_view text_;
  size_t at_ = 0;
  int operations_ = 0;
};

}  // namespace

std::string atom_text(const Atom& atom) {
  if (atom.kind == Atom::Kind::Symbol) return plain_name(atom.name) ? atom.name : in_quotes(atom.name);
  if (atom.kind != Atom::Kind::Div)
    return (atom.kind == Atom::Kind::Min ? "min(" : "max(") + atom.a.text() + ", " + atom.b.text() + ")";
  const std::string a = atom.a.text(), b = atom.b.text();
  const bool simple = atom.b.is_number() || atom.b.symbol_name();
  return "floor(" + (is_sum(atom.a) ? "(" + a + ")" : a) + "/" + (simple ? b : "(" + b + ")") + ")";
}

std::string Dim::text() const {
  if (!known_) return "?";
  if (!expr_) return std::to_string(constant_);
  std::string out;
  const auto append = [&](bool negative, const std::string& magnitude) {
    if (out.empty()) out = (negative ? "-" : "") + magnitude;
    else out += (negative ? " - " : " + ") + magnitude;
  };
  const auto magnitude_text = [](int64_t n) { return std::to_string(n < 0 ? 0 - uint64_t(n) : uint64_t(n)); };
  for (const Term& t : expr_->terms) {
    std::string product = t.coefficient == 1 || t.coefficient == -1 ? "" : magnitude_text(t.coefficient);
    for (const auto& atom : t.atoms) product += (product.empty() ? "" : "*") + atom->text;
    append(t.coefficient < 0, product);
  }
  if (expr_->constant != 0) append(expr_->constant < 0, magnitude_text(expr_->constant));
  return out;
}

std::optional<Dim> Dim::parse(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text == "?") return Dim();
  return Parser(text).whole();
}

}  // namespace pharos
