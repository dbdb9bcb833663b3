#include "graph/type.h"

#include <array>

#include "base/checked.h"

namespace pharos {
namespace {

constexpr std::array<std::string_view, 4> formats{"plain", "c8", "c16", "nhwc"};
constexpr int max_nesting = 32;

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

// Cuts at commas outside brackets and quotes.
std::vector<std::string_view> split_list(std::string_view s) {
  std::vector<std::string_view> out;
  size_t from = 0;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (quoted) {
      if (c == '\\') ++i;
      else if (c == '\'') quoted = false;
    } else if (c == '\'') quoted = true;
    else if (c == '(' || c == '[') ++depth;
    else if (c == ')' || c == ']') --depth;
    else if (c == ',' && depth == 0) { out.push_back(trimmed(s.substr(from, i - from))); from = i + 1; }
  }
  out.push_back(trimmed(s.substr(from)));
  return out;
}

std::optional<std::string_view> inside(std::string_view s, std::string_view open, char close) {
  if (s.size() < open.size() + 1 || !s.starts_with(open) || s.back() != close) return std::nullopt;
  return s.substr(open.size(), s.size() - open.size() - 1);
}

std::optional<Type> parse_tensor(std::string_view text) {
  Format format = Format::Plain;
  // A format follows the last bracket; an '@' before it belongs to a symbol's name.
  if (const size_t at = text.rfind("]@"); at != std::string_view::npos) {
    const auto f = format_from_name(text.substr(at + 2));
    if (!f) return std::nullopt;
    format = *f;
    text = text.substr(0, at + 1);
  }
  const size_t open = text.find('[');
  if (open == std::string_view::npos || text.back() != ']') return std::nullopt;
  const auto dtype = dtype_from_name(text.substr(0, open));
  if (!dtype) return std::nullopt;
  Type t = Type::tensor(*dtype);
  t.format = format;
  const std::string_view dims = text.substr(open + 1, text.size() - open - 2);
  if (dims == "...") return t;
  t.shape.emplace();
  if (trimmed(dims).empty()) return t;
  for (const std::string_view part : split_list(dims)) {
    auto d = Dim::parse(part);
    if (!d || (d->is_number() && d->number() < 0)) return std::nullopt;
    t.shape->push_back(std::move(*d));
  }
  return t;
}

std::optional<Type> parse_at(std::string_view text, int depth) {
  text = trimmed(text);
  if (depth > max_nesting) return std::nullopt;
  if (text == "?") return Type{};
  if (const auto item = inside(text, "seq(", ')')) {
    auto element = parse_at(*item, depth + 1);
    return element ? std::optional(Type::sequence(std::move(*element))) : std::nullopt;
  }
  if (const auto item = inside(text, "optional(", ')')) {
    auto element = parse_at(*item, depth + 1);
    return element ? std::optional(Type::optional(std::move(*element))) : std::nullopt;
  }
  if (const auto items = inside(text, "map(", ')')) {
    const size_t comma = items->find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const auto key = dtype_from_name(trimmed(items->substr(0, comma)));
    auto value = parse_at(items->substr(comma + 1), depth + 1);
    return key && value ? std::optional(Type::map(*key, std::move(*value))) : std::nullopt;
  }
  return parse_tensor(text);
}

Type container(Type::Kind kind, Type element) {
  Type t;
  t.kind = kind;
  t.element = std::make_shared<const Type>(std::move(element));
  return t;
}

bool same_dim(const Dim& a, const Dim& b) { return (a.is_unknown() && b.is_unknown()) || a == b; }

std::optional<Dim> merge_dim(const Dim& a, const Dim& b) {
  if (a.is_unknown()) return b;
  if (b.is_unknown() || a == b) return a;
  if (a.is_number() && b.is_number()) return std::nullopt;
  return b.is_number() ? b : a;
}

}  // namespace

std::string_view format_name(Format f) { return formats[size_t(f) < formats.size() ? size_t(f) : 0]; }

std::optional<Format> format_from_name(std::string_view name) {
  for (size_t i = 0; i < formats.size(); ++i)
    if (formats[i] == name) return Format(i);
  return std::nullopt;
}

std::optional<int64_t> stored_elements(std::span<const int64_t> dims, Format f) {
  const int64_t block = format_block(f);
  if (block == 1 || dims.size() < 2) return element_count(dims);
  const auto channels = checked_add(dims[1], block - 1);
  if (!channels || dims[1] < 0) return std::nullopt;
  Dims padded(dims.begin(), dims.end());
  padded[1] = *channels / block * block;
  return element_count(padded);
}

Type Type::sequence(Type element) { return container(Kind::Sequence, std::move(element)); }
Type Type::optional(Type element) { return container(Kind::Optional, std::move(element)); }
Type Type::map(DType key, Type value) {
  Type t = container(Kind::Map, std::move(value));
  t.dtype = key;
  return t;
}

std::optional<int64_t> Type::stored_bytes() const {
  const auto d = dims();
  if (!is_tensor() || !d || dtype_size(dtype) == 0) return std::nullopt;
  const auto n = stored_elements(*d, format);
  return n ? checked_mul<int64_t>(*n, int64_t(dtype_size(dtype))) : std::nullopt;
}

std::string Type::text() const {
  const auto item = [this] { return element ? element->text() : std::string("?"); };
  switch (kind) {
    case Kind::Unknown: return "?";
    case Kind::Sequence: return "seq(" + item() + ")";
    case Kind::Optional: return "optional(" + item() + ")";
    case Kind::Map: return "map(" + std::string(dtype_name(dtype)) + ", " + item() + ")";
    case Kind::Tensor: break;
  }
  std::string out(dtype_name(dtype));
  out += '[' + (shape ? shape_text(*shape) : "...") + ']';
  if (format != Format::Plain) out += '@' + std::string(format_name(format));
  return out;
}

std::optional<Type> Type::parse(std::string_view text) { return parse_at(text, 0); }

bool operator==(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.dtype != b.dtype || a.format != b.format) return false;
  if (a.shape.has_value() != b.shape.has_value() || bool(a.element) != bool(b.element)) return false;
  if (a.shape) {
    if (a.shape->size() != b.shape->size()) return false;
    for (size_t i = 0; i < a.shape->size(); ++i)
      if (!same_dim((*a.shape)[i], (*b.shape)[i])) return false;
  }
  return !a.element || a.element == b.element || *a.element == *b.element;
}

std::optional<Type> merge(const Type& a, const Type& b) {
  if (a.kind == Type::Kind::Unknown) return b;
  if (b.kind == Type::Kind::Unknown) return a;
  if (a.kind != b.kind) return std::nullopt;
  if (a.dtype != b.dtype && a.dtype != DType::undefined && b.dtype != DType::undefined) return std::nullopt;
  Type out = a;
  if (out.dtype == DType::undefined) out.dtype = b.dtype;
  if (out.format == Format::Plain) out.format = b.format;
  if (!out.shape) out.shape = b.shape;
  if (a.shape && b.shape) {
    if (a.shape->size() != b.shape->size()) return std::nullopt;
    for (size_t i = 0; i < a.shape->size(); ++i) {
      auto d = merge_dim((*a.shape)[i], (*b.shape)[i]);
      if (!d) return std::nullopt;
      (*out.shape)[i] = std::move(*d);
    }
  }
  if (!out.element) out.element = b.element;
  if (a.element && b.element) {
    auto element = merge(*a.element, *b.element);
    if (!element) return std::nullopt;
    out.element = std::make_shared<const Type>(std::move(*element));
  }
  return out;
}

}  // namespace pharos
