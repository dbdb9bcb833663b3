#include "plugins/check/cases.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "catalog/plugins.h"
#include "plugins/custom_op.h"
#include "tactics/check.h"

namespace pharos {
namespace {

std::string full_name(const PluginOperator& op) { return op.domain.empty() ? op.name : op.domain + "::" + op.name; }

// Ids of a node that stands alone.
void renumber(CheckCase& c, size_t outputs) {
  c.node.inputs.clear(), c.node.outputs.clear();
  for (size_t i = 0; i < c.inputs.size(); ++i)
    c.node.inputs.push_back(c.inputs[i].valid() ? ValueId{uint32_t(i)} : ValueId{});
  for (size_t o = 0; o < outputs; ++o) c.node.outputs.push_back(ValueId{uint32_t(1000 + o)});
}

bool has_type(uint64_t set, DType t) { return t != DType::undefined && (!set || (set >> unsigned(t) & 1)); }

std::vector<DType> types_of(uint64_t set) {
  std::vector<DType> out;
  for (int t = 1; t < dtype_count; ++t)
    if (has_type(set, DType(t))) out.push_back(DType(t));
  return out;
}

// Element `i` from a pattern that is legal for the type: small integers, numbers from -1 to 1, truth values.
void put(Tensor& t, int64_t i, uint64_t bits) {
  const auto n = size_t(i);
  const double real = double(int64_t(bits >> 16 & 0xffff) - 32768) / 32768;
  switch (t.dtype()) {
    case DType::f32: t.as<float>()[n] = float(real); break;
    case DType::f64: t.as<double>()[n] = real; break;
    case DType::f16: t.as<Float16>()[n] = Float16(float(real)); break;
    case DType::bf16: t.as<BFloat16>()[n] = BFloat16(float(real)); break;
    case DType::c64: t.as<float[2]>()[n][0] = float(real), t.as<float[2]>()[n][1] = float(-real); break;
    case DType::c128: t.as<double[2]>()[n][0] = real, t.as<double[2]>()[n][1] = -real; break;
    case DType::string: t.as<std::string>()[n] = fmt::format("text {}", bits % 5); break;
    default: {
      const uint64_t small = dtype_bits(t.dtype()) < 8 || t.dtype() == DType::boolean ? bits % 2 : bits % 4;
      std::memset(static_cast<std::byte*>(t.data()) + n * dtype_size(t.dtype()), 0, dtype_size(t.dtype()));
      std::memcpy(static_cast<std::byte*>(t.data()) + n * dtype_size(t.dtype()), &small, 1);
    }
  }
}

Tensor filled(DType dtype, const Dims& dims, uint64_t seed) {
  Tensor t(dtype, dims);
  uint64_t x = seed * 0x9e3779b97f4a7c15u + 1;
  for (int64_t i = 0; t.valid() && i < t.count(); ++i) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    put(t, i, x);
  }
  return t;
}

// Other extents, the same elements over again: whatever range they had to keep is kept.
Tensor resized(const Tensor& t, const Dims& dims) {
  Tensor out = t.count() == 0 ? filled(t.dtype(), dims, 7) : Tensor(t.dtype(), dims);
  if (t.count() == 0 || !out.valid()) return out;
  for (int64_t i = 0; i < out.count(); ++i) {
    const auto from = size_t(i % t.count()), to = size_t(i);
    if (t.dtype() == DType::string) out.as<std::string>()[to] = t.as<std::string>()[from];
    else
      std::memcpy(static_cast<std::byte*>(out.data()) + to * dtype_size(t.dtype()),
                  static_cast<const std::byte*>(t.data()) + from * dtype_size(t.dtype()), dtype_size(t.dtype()));
  }
  return out;
}

Attribute guessed(PharosAttributeKind kind) {
  switch (kind) {
    case PHAROS_INT: return int64_t{1};
    case PHAROS_FLOAT: return 1.0f;
    case PHAROS_TEXT: return std::string("a");
    case PHAROS_INTS: return std::vector<int64_t>{1};
    case PHAROS_FLOATS: return std::vector<float>{1.0f};
    case PHAROS_TEXTS: return std::vector<std::string>{"a"};
    case PHAROS_TENSORS: return std::vector<Tensor>{Tensor::scalar_f32(1)};
    case PHAROS_TYPE_ATTRIBUTE: return Type::tensor(DType::f32);
    default: return Tensor::scalar_f32(1);
  }
}

CheckCase variant(const CheckCase& c, std::string what) {
  CheckCase v = c;
  v.variant = std::move(what);
  v.must_run = false;
  return v;
}

// Every extent of that size, in all inputs: what belonged together still does.
void vary_sizes(const CheckCase& c, std::vector<CheckCase>& out) {
  std::set<int64_t> extents;
  for (const Tensor& t : c.inputs)
    if (t.valid()) extents.insert(t.dims().begin(), t.dims().end());
  for (const int64_t old : extents)
    for (const int64_t now : {int64_t{0}, int64_t{1}, int64_t{3}, old + 1, int64_t{17}, int64_t{67}}) {
      if (now == old) continue;
      CheckCase v = variant(c, fmt::format("extent {} becomes {}", old, now));
      int64_t elements = 0;
      for (Tensor& t : v.inputs) {
        if (!t.valid()) continue;
        Dims dims = t.dims();
        std::replace(dims.begin(), dims.end(), old, now);
        t = resized(t, dims);
        elements += t.count();
      }
      if (elements < 1 << 22) out.push_back(std::move(v));
    }
}

void vary_types(const CheckCase& c, std::vector<CheckCase>& out) {
  if (c.inputs.empty() || !c.inputs[0].valid()) return;
  const DType old = c.inputs[0].dtype();
  for (const DType t : types_of(c.op->inputs[0].types)) {
    if (t == old) continue;
    CheckCase v = variant(c, fmt::format("type {} becomes {}", dtype_name(old), dtype_name(t)));
    for (size_t i = 0; i < v.inputs.size(); ++i) {
      const uint64_t allowed = c.op->inputs[std::min(i, c.op->inputs.size() - 1)].types;
      if (v.inputs[i].valid() && v.inputs[i].dtype() == old && has_type(allowed, t))
        v.inputs[i] = filled(t, v.inputs[i].dims(), i + 1);
    }
    out.push_back(std::move(v));
  }
}

// Inputs that do not fit: one alone gets another size or rank, or is left out.
void vary_inputs(const CheckCase& c, std::vector<CheckCase>& out) {
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    const Tensor& t = c.inputs[i];
    if (!t.valid()) continue;
    const auto alone = [&](Dims dims, std::string what) {
      CheckCase v = variant(c, fmt::format("input {} {}", i, what));
      v.inputs[i] = resized(t, dims);
      out.push_back(std::move(v));
    };
    for (size_t axis = 0; axis < t.dims().size(); ++axis) {
      Dims dims = t.dims();
      ++dims[axis];
      alone(dims, fmt::format("is larger by 1 in dimension {}", axis));
      dims[axis] = 0;
      alone(dims, fmt::format("is empty in dimension {}", axis));
    }
    Dims more = t.dims();
    more.insert(more.begin(), 2);
    alone(more, "has one dimension more");
    if (!t.dims().empty()) alone(Dims(t.dims().begin() + 1, t.dims().end()), "has one dimension less");
    if (!t.dims().empty()) alone({}, "is a scalar");
    if (i < c.op->inputs.size() && c.op->inputs[i].kind == PHAROS_OPTIONAL) {
      CheckCase v = variant(c, fmt::format("input {} is left out", i));
      v.inputs[i] = Tensor();
      renumber(v, v.node.outputs.size());
      out.push_back(std::move(v));
    }
  }
}

template <class T>
void spread(Tensor& t, std::initializer_list<T> values) {
  for (int64_t i = 0; i < t.count(); ++i)
    if (i % 3 == 0) t.as<T>()[size_t(i)] = values.begin()[size_t(i / 3) % values.size()];
}

// Values at the ends of their types, here and there.
void vary_values(const CheckCase& c, std::vector<CheckCase>& out) {
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    if (!c.inputs[i].valid() || c.inputs[i].count() == 0) continue;
    CheckCase v = variant(c, fmt::format("input {} has extreme values", i));
    Tensor& t = v.inputs[i] = c.inputs[i].clone();
    switch (t.dtype()) {
      case DType::f32: spread<float>(t, {NAN, INFINITY, -INFINITY, -0.0f, 3e38f, 1e-45f}); break;
      case DType::f64: spread<double>(t, {NAN, INFINITY, -INFINITY, -0.0, 1e308, 5e-324}); break;
      case DType::i64: spread<int64_t>(t, {INT64_MIN, INT64_MAX, -1, 0}); break;
      case DType::i32: spread<int32_t>(t, {INT32_MIN, INT32_MAX, -1, 0}); break;
      case DType::f16: spread<Float16>(t, {Float16(NAN), Float16(INFINITY), Float16(-INFINITY)}); break;
      case DType::bf16: spread<BFloat16>(t, {BFloat16(NAN), BFloat16(INFINITY), BFloat16(-INFINITY)}); break;
      case DType::string:
        spread<std::string>(t, {"", std::string(1000, 'x'), std::string("a\0b", 3), "\xff\xfe"});
        break;
      default: continue;
    }
    out.push_back(std::move(v));
  }
}

void vary_attributes(const CheckCase& c, std::vector<CheckCase>& out) {
  const auto with = [&](const std::string& key, Attribute a, std::string what) {
    CheckCase v = variant(c, fmt::format("attribute '{}' is {}", key, what));
    v.node.attributes[key] = std::move(a);
    out.push_back(std::move(v));
  };
  for (const PharosAttribute& a : c.op->attributes) {
    const std::string key = a.name;
    if (c.node.has_attr(key)) {
      CheckCase v = variant(c, fmt::format("attribute '{}' is left out", key));
      v.node.attributes.erase(key);
      out.push_back(std::move(v));
    }
    switch (a.kind) {
      case PHAROS_INT:
        for (const int64_t n : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{1}, int64_t{1} << 40, INT64_MAX})
          with(key, n, fmt::format("{}", n));
        break;
      case PHAROS_FLOAT:
        for (const float f : {NAN, INFINITY, -1.0f, 0.0f}) with(key, f, fmt::format("{}", f));
        break;
      case PHAROS_TEXT:
        with(key, std::string(), "empty"), with(key, std::string(5000, 'x'), "5000 characters long");
        break;
      case PHAROS_INTS:
        with(key, std::vector<int64_t>{}, "empty"),
            with(key, std::vector<int64_t>{INT64_MIN, -1, 0, INT64_MAX}, "full of extreme numbers");
        with(key, std::vector<int64_t>(100, 1), "100 numbers long");
        break;
      case PHAROS_FLOATS:
        with(key, std::vector<float>{}, "empty"), with(key, std::vector<float>(100, NAN), "100 times NaN");
        break;
      case PHAROS_TEXTS: with(key, std::vector<std::string>{}, "empty"); break;
      case PHAROS_TENSOR:
        with(key, Tensor(DType::f32, {0}), "an empty tensor"),
            with(key, Tensor(DType::i64, {2, 2}), "a tensor of another type");
        break;
      case PHAROS_TENSORS: with(key, std::vector<Tensor>{}, "empty"); break;
      default: break;
    }
  }
}

}  // namespace

std::string CheckCase::name() const { return variant.empty() ? text : fmt::format("{}, {}", text, variant); }

Result<CheckCase> parse_case(const Plugin& plugin, const std::string& line, uint64_t seed) {
  OpSet ops;  // names and counts only: no function of the plugin
  for (const PluginOperator& op : plugin.operators) {
    OpDef def;
    def.name = op.name;
    def.domain = op.domain;
    def.inputs = {{.name = "inputs", .kind = Param::Kind::Variadic, .least = 0}};
    def.outputs = {{.name = "outputs", .kind = Param::Kind::Variadic, .least = 0}};
    def.free_attributes = true;
    ops.add(std::move(def));
  }
  auto parsed = parse_problem(line, ops, seed);
  if (!parsed)
    return Report(diag::plugin_case_invalid, {{"case", line},
                                              {"details", parsed.error().argument("details").empty()
                                                              ? parsed.error().message()
                                                              : std::string(parsed.error().argument("details"))}});
  CheckCase c;
  c.text = line;
  c.must_run = true;
  c.node = parsed->graph[parsed->node];
  for (const PluginOperator& op : plugin.operators)
    if (op.name == c.node.op && op.domain == c.node.domain) c.op = &op;
  c.node.name = "case";
  for (const Datum& d : parsed->inputs) c.inputs.push_back(d.tensor() ? *d.tensor() : Tensor());
  renumber(c, line.find("->") == line.npos ? std::max<size_t>(c.op->outputs.size(), 1) : c.node.outputs.size());
  return c;
}

std::vector<CheckCase> guess_cases(const PluginOperator& op, uint64_t seed) {
  static const std::pair<Dims, Dims> shapes[] = {{{4, 3}, {4, 3}}, {{4, 3}, {4}}, {{4, 3}, {3}},
                                                 {{4, 3}, {}},     {{5}, {5}},    {{2, 3, 4, 5}, {3}}};
  std::vector<CheckCase> out;
  const std::vector<DType> types = op.inputs.empty() ? std::vector<DType>{DType::f32} : types_of(op.inputs[0].types);
  for (const DType type : types)
    for (const auto& [first, others] : shapes) {
      CheckCase c;
      c.op = &op;
      c.node.domain = op.domain;
      c.node.op = op.name;
      c.node.name = "case";
      c.text = full_name(op);
      for (size_t i = 0; i < op.inputs.size(); ++i) {
        const uint64_t allowed = op.inputs[i].types;
        const DType t = has_type(allowed, type) ? type : types_of(allowed).front();
        if (op.inputs[i].kind == PHAROS_OPTIONAL) {
          c.inputs.emplace_back(), c.text += " -";
          continue;
        }
        c.inputs.push_back(filled(t, i == 0 ? first : others, seed + i));
        c.text += fmt::format(" {}", Type::tensor(t, i == 0 ? first : others).text());
      }
      while (!c.inputs.empty() && !c.inputs.back().valid()) c.inputs.pop_back(), c.text.resize(c.text.size() - 2);
      for (const PharosAttribute& a : op.attributes)
        if (a.required) c.node.attributes[a.name] = guessed(a.kind);
      if (!c.node.attributes.empty()) c.text += fmt::format(" | {} guessed", c.node.attributes.size());
      renumber(c, op.outputs.size());
      out.push_back(std::move(c));
      if (op.inputs.empty()) return out;
    }
  return out;
}

std::vector<CheckCase> variants_of(const CheckCase& c) {
  std::vector<CheckCase> out;
  vary_sizes(c, out);
  vary_types(c, out);
  vary_inputs(c, out);
  vary_values(c, out);
  vary_attributes(c, out);
  if (c.node.outputs.size() > 1)
    for (size_t o = 0; o < c.node.outputs.size(); ++o) {
      CheckCase v = variant(c, fmt::format("nobody reads output {}", o));
      v.node.outputs[o] = {};
      out.push_back(std::move(v));
    }
  return out;
}

}  // namespace pharos
