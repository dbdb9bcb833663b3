#include "ops/cast.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "ops/dispatch.h"
#include "ops/shape_rules.h"

namespace pharos {
namespace {

// --- strings

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return (x | 32) == (y | 32); });
}

std::string_view trimmed(std::string_view s) {
  const auto space = [](char ch) { return ch == ' ' || (ch >= '\t' && ch <= '\r'); };
  while (!s.empty() && space(s.front())) s.remove_prefix(1);
  while (!s.empty() && space(s.back())) s.remove_suffix(1);
  return s;
}

std::optional<double> parse_number(std::string_view text) {
  std::string_view s = trimmed(text);
  const bool negative = !s.empty() && s.front() == '-';
  if (!s.empty() && (s.front() == '-' || s.front() == '+')) s.remove_prefix(1);
  if (equal_ignoring_case(s, "inf") || equal_ignoring_case(s, "infinity")) return negative ? -INFINITY : INFINITY;
  if (equal_ignoring_case(s, "nan")) return NAN;
  if (s.empty() || s.front() == '-' || s.front() == '+') return std::nullopt;
  double v = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  if (end != s.data() + s.size() || (error != std::errc() && error != std::errc::result_out_of_range))
    return std::nullopt;
  if (error == std::errc::result_out_of_range) v = std::strtod(std::string(s).c_str(), nullptr);
  return negative ? -v : v;
}

// Integers that a double cannot hold exactly are read as integers.
std::optional<int64_t> parse_integer(std::string_view text, bool is_unsigned) {
  std::string_view s = trimmed(text);
  if (!s.empty() && s.front() == '+') s.remove_prefix(1);
  const char* const end = s.data() + s.size();
  int64_t v = 0;
  if (const auto r = std::from_chars(s.data(), end, v); r.ptr == end && r.ec == std::errc()) return v;
  uint64_t u = 0;
  if (const auto r = std::from_chars(s.data(), end, u); is_unsigned && r.ptr == end && r.ec == std::errc())
    return int64_t(u);
  return std::nullopt;
}

Result<void> from_strings(const Node& node, const Tensor& from, Tensor& to) {
  const auto strings = from.as<std::string>();
  const bool integer = is_integer(to.dtype());
  for (size_t i = 0; i < strings.size(); ++i) {
    if (integer) {
      if (const auto v = parse_integer(strings[i], to.dtype() == DType::u64)) {
        store(to, int64_t(i), 1, &*v);
        continue;
      }
    }
    const auto v = parse_number(strings[i]);
    if (!v) return bad_value(node, 0, "'" + strings[i].substr(0, 40) + "'", "a number");
    store(to, int64_t(i), 1, &*v);
  }
  return {};
}

// Shortest text that reads back to the same value; whole numbers keep ".0".
template <class T>
std::string float_text(T v) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
  std::string s = fmt::format("{}", v);
  if (s.find_first_of(".e") == std::string::npos) s += ".0";
  return s;
}

std::string element_text(const Tensor& t, int64_t i) {
  switch (t.dtype()) {
    case DType::boolean: return load_as<uint64_t>(t, i) ? "True" : "False";
    case DType::f64: return float_text(load_as<double>(t, i));
    case DType::f16: {
      // Fewest digits that still name this half.
      const Float16 h = t.as<Float16>()[size_t(i)];
      for (int digits = 1; digits < 6; ++digits) {
        const std::string s = fmt::format("{:.{}g}", float(h), digits);
        if (const auto v = parse_number(s); v && Float16(float(*v)).bits == h.bits) return float_text(float(*v));
      }
      return float_text(float(h));
    }
    default: break;
  }
  if (is_float(t.dtype())) return float_text(load_as<float>(t, i));
  return wide_of(t.dtype()) == Wide::Signed ? fmt::format("{}", load_as<int64_t>(t, i))
                                            : fmt::format("{}", load_as<uint64_t>(t, i));
}

// --- small floats

// The power of two of f8e8m0 with the wanted rounding. Zero and negative values, which it cannot express, become the
// smallest power.
uint8_t to_e8m0(double v, const CastOptions& o) {
  constexpr uint8_t nan = 0xff, most = 0xfe;
  if (std::isnan(v)) return nan;
  v = std::abs(v);
  if (std::isinf(v)) return o.saturate ? most : nan;
  if (v == 0) return o.saturate ? 0 : nan;
  int exponent;
  const double fraction = std::frexp(v, &exponent);  // 0.5 … 1
  int power = exponent - 1;
  if (fraction > 0.5) {
    if (o.e8m0 == CastOptions::Rounding::Up) ++power;
    else if (o.e8m0 == CastOptions::Rounding::Nearest && fraction >= 0.75) ++power;
  }
  if (power > 127) return o.saturate ? most : nan;
  if (power < -127) return o.saturate ? 0 : nan;
  return uint8_t(power + 127);
}

std::optional<Float8Kind> float8_kind(DType t) {
  switch (t) {
    case DType::f8e4m3fn: return Float8Kind::E4M3FN;
    case DType::f8e4m3fnuz: return Float8Kind::E4M3FNUZ;
    case DType::f8e5m2: return Float8Kind::E5M2;
    case DType::f8e5m2fnuz: return Float8Kind::E5M2FNUZ;
    default: return std::nullopt;
  }
}

template <class F>
void for_each_double(const Tensor& from, F&& f) {
  std::array<double, size_t(wide_chunk)> buffer;
  for (int64_t first = 0; first < from.count(); first += wide_chunk) {
    const int64_t n = std::min(wide_chunk, from.count() - first);
    load(from, first, n, buffer.data());
    for (int64_t i = 0; i < n; ++i) f(first + i, buffer[size_t(i)]);
  }
}

template <class W>
void copy_wide(const Tensor& from, Tensor& to) {
  std::array<W, size_t(wide_chunk)> buffer;
  for (int64_t first = 0; first < from.count(); first += wide_chunk) {
    const int64_t n = std::min(wide_chunk, from.count() - first);
    load(from, first, n, buffer.data());
    store(to, first, n, buffer.data());
  }
}

// --- the operators

Result<DType> target_of(const Node& node) {
  const int64_t to = node.attr_int("to", 0);
  if (to <= 0 || to >= dtype_count || DType(to) == DType::c64 || DType(to) == DType::c128)
    return bad_attribute(node, "to", std::to_string(to), "an element type that is not complex");
  return DType(to);
}

void infer_to(InferContext& c, DType to) {
  c.set_output(0, tensor_type(to, c.input(0).shape));
  if (to == DType::i64 || to == DType::i32)
    if (auto value = c.shape_value(0)) c.set_shape_value(0, std::move(*value));
}

Result<void> infer_cast(InferContext& c) {
  PHAROS_TRY(cast_options(c.node()));
  infer_to(c, PHAROS_TRY(target_of(c.node())));
  return {};
}

Result<void> infer_cast_like(InferContext& c) {
  PHAROS_TRY(cast_options(c.node()));
  infer_to(c, c.input(1).dtype);
  return {};
}

Result<void> cast_to(EvalContext& c, DType to) {
  const Tensor& x = c.input(0);
  const CastOptions options = PHAROS_TRY(cast_options(c.node()));
  if (x.dtype() == to) {
    c.set_output(0, x);
    return {};
  }
  Tensor y = PHAROS_TRY(c.output(0, to, x.dims()));
  return cast_elements(c.node(), x, y, options);
}

Result<void> evaluate_cast(EvalContext& c) { return cast_to(c, PHAROS_TRY(target_of(c.node()))); }
Result<void> evaluate_cast_like(EvalContext& c) { return cast_to(c, c.input(1).dtype()); }

// Before opset 6 the target was a name such as "FLOAT16".
Result<void> named_target(Graph& graph, NodeId id, int) {
  static constexpr std::string_view names[] = {"UNDEFINED", "FLOAT",  "UINT8", "INT8",    "UINT16", "INT16",  "INT32",
                                               "INT64",     "STRING", "BOOL",  "FLOAT16", "DOUBLE", "UINT32", "UINT64"};
  Node& node = graph.node(id);
  const std::string* to = node.attr<std::string>("to");
  if (!to) return {};
  for (size_t i = 1; i < std::size(names); ++i)
    if (*to == names[i]) {
      node.attributes.insert_or_assign("to", int64_t(i));
      return {};
    }
  return bad_attribute(node, "to", "'" + *to + "'", "the name of an element type");
}

}  // namespace

Result<CastOptions> cast_options(const Node& node) {
  CastOptions o;
  o.saturate = node.attr_int("saturate", 1) != 0;
  const std::string mode = node.attr_string("round_mode", "up");
  if (mode == "down") o.e8m0 = CastOptions::Rounding::Down;
  else if (mode == "nearest") o.e8m0 = CastOptions::Rounding::Nearest;
  else if (mode != "up") return bad_attribute(node, "round_mode", "'" + mode + "'", "'up', 'down' or 'nearest'");
  return o;
}

Result<void> cast_elements(const Node& node, const Tensor& from, Tensor& to, const CastOptions& options) {
  if (from.dtype() == to.dtype()) {
    copy_run(to, 0, from, 0, from.count());
  } else if (from.dtype() == DType::string) {
    return from_strings(node, from, to);
  } else if (to.dtype() == DType::string) {
    const auto strings = to.as<std::string>();
    for (int64_t i = 0; i < from.count(); ++i) strings[size_t(i)] = element_text(from, i);
  } else if (to.dtype() == DType::f8e8m0) {
    const auto bits = to.as<uint8_t>();
    for_each_double(from, [&](int64_t i, double v) { bits[size_t(i)] = to_e8m0(v, options); });
  } else if (const auto kind = float8_kind(to.dtype()); kind && !options.saturate) {
    const auto bits = to.as<uint8_t>();
    for_each_double(from, [&](int64_t i, double v) { bits[size_t(i)] = float_to_f8(float(v), *kind, false); });
  } else if (is_float(from.dtype()) || is_float(to.dtype())) {
    if (from.dtype() == DType::i64) copy_wide<int64_t>(from, to);
    else if (from.dtype() == DType::u64) copy_wide<uint64_t>(from, to);
    else copy_wide<double>(from, to);
  } else {
    with_wide(from.dtype(), [&](auto tag) { copy_wide<typename decltype(tag)::type>(from, to); });
  }
  return {};
}

void define_cast(OpSet& ops) {
  const TypeSet t = types::numeric | types::boolean | types::string | types::floats8 | types::small;
  const std::vector<AttrDef> rounding = {
      {"saturate", AttrType::Int, false, "f8 targets: clip what is out of range (1)"},
      {"round_mode", AttrType::String, false, "f8e8m0 target: 'up' (default), 'down' or 'nearest'"}};
  OpDef cast{.name = "Cast",
             .since = 28,
             .doc = "Converts every element to another type.",
             .inputs = {{"input", t}},
             .outputs = {{"output", t}},
             .attributes = rounding,
             .infer = infer_cast,
             .evaluate = evaluate_cast,
             .older = {{1, named_target}, {6, nullptr}}};
  cast.attributes.push_back({"to", AttrType::Int, true, "the number of the element type in TensorProto"});
  ops.add(std::move(cast));
  ops.add({.name = "CastLike",
           .since = 25,
           .doc = "Converts every element to the type of a second input.",
           .inputs = {{"input", t}, {"target_type", t}},
           .outputs = {{"output", t}},
           .attributes = rounding,
           .infer = infer_cast_like,
           .evaluate = evaluate_cast_like,
           .older = {{15, nullptr}}});
}

}  // namespace pharos
