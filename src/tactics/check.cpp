#include "tactics/check.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "ops/interpret.h"

namespace pharos {
namespace {

constexpr size_t guard_bytes = 64;
constexpr int guard_value = 0x5a;

int64_t stored(const Dims& dims, Format f) { return stored_elements(dims, f).value_or(0); }

// Index in memory of every element of a blocked tensor, in row-major order of the dims.
template <class F>
void for_each_blocked(const Dims& dims, int block, F&& f) {
  int64_t pixels = 1;
  for (size_t d = 2; d < dims.size(); ++d) pixels *= dims[d];
  const int64_t planes = (dims[1] + block - 1) / block;
  int64_t i = 0;
  for (int64_t n = 0; n < dims[0]; ++n)
    for (int64_t c = 0; c < dims[1]; ++c)
      for (int64_t p = 0; p < pixels; ++p) f(i++, ((n * planes + c / block) * pixels + p) * block + c % block);
}

// Memory of a tensor between guards; plain ones lie at an address that is aligned to the element only.
class Buffer {
 public:
  Buffer(DType dtype, const Dims& dims, Format f, bool unaligned) : dtype_(dtype), dims_(dims) {
    bytes_ = size_t(stored(dims, f)) * dtype_size(dtype);
    const size_t shift = unaligned ? dtype_size(dtype) : 0;
    memory_.resize(bytes_ + 2 * guard_bytes + 64 + shift, std::byte(guard_value));
    const auto at = (reinterpret_cast<uintptr_t>(memory_.data()) + guard_bytes + 63) & ~uintptr_t{63};
    data_ = reinterpret_cast<std::byte*>(at + shift);
  }
  Tensor view() { return Tensor(dtype_, dims_, data_); }
  void set(const Tensor& t) { if (bytes_) std::memcpy(data_, t.data(), bytes_); }
  void spoil() { std::memset(data_, 0xff, bytes_); }
  std::byte* data() { return data_; }
  bool guards_hold() const {
    for (size_t i = 0; i < guard_bytes; ++i)
      if (data_[bytes_ + i] != std::byte(guard_value) || *(data_ - 1 - ptrdiff_t(i)) != std::byte(guard_value)) return false;
    return true;
  }

 private:
  DType dtype_;
  Dims dims_;
  size_t bytes_ = 0;
  std::vector<std::byte> memory_;
  std::byte* data_ = nullptr;
};

std::string compare(const Tensor& got, const Tensor& want, double tolerance) {
  if (got.dtype() != want.dtype() || got.dims() != want.dims())
    return fmt::format("is {}, expected {}", dims_text(got.dims()), dims_text(want.dims()));
  if (!is_float(want.dtype())) return want.bytes() == 0 || std::memcmp(got.data(), want.data(), want.bytes()) == 0 ? "" : "differs";
  double scale = 0;
  for (int64_t i = 0; i < want.count(); ++i)
    if (std::isfinite(want.double_at(i))) scale = std::max(scale, std::abs(want.double_at(i)));
  for (int64_t i = 0; i < want.count(); ++i) {
    const double a = got.double_at(i), b = want.double_at(i);
    if (std::isnan(b) ? std::isnan(a) : a == b || std::abs(a - b) <= tolerance * (scale + std::abs(b))) continue;
    return fmt::format("element {} is {}, expected {} (scale {})", i, a, b, scale);
  }
  return "";
}

// Of finite values, by the largest one expected.
double relative_difference(const Tensor& got, const Tensor& want) {
  if (!is_float(want.dtype()) || got.dims() != want.dims()) return 0;
  double scale = 0, worst = 0;
  for (int64_t i = 0; i < want.count(); ++i) {
    const double a = got.double_at(i), b = want.double_at(i);
    if (!std::isfinite(a) || !std::isfinite(b)) continue;
    scale = std::max(scale, std::abs(b));
    worst = std::max(worst, std::abs(a - b));
  }
  return scale > 0 ? worst / scale : 0;
}

std::string formats_text(const Formats& f) {
  std::string s;
  for (const Format i : f.inputs) s += std::string(format_name(i)) + " ";
  s += "->";
  for (const Format o : f.outputs) s += " " + std::string(format_name(o));
  return s;
}

class Checker {
 public:
  Checker(const ProblemCase& c, const Device& device, std::vector<Datum> expected, CheckResult& result)
      : case_(c), device_(device), expected_(std::move(expected)), result_(result) {}

  void tactic(const TacticDef& def) {
    Problem p = problem_of(case_);
    if (const Support s = def.supports(p, device_); !s) {
      result_.refusals.push_back(fmt::format("{}: {}", def.name, s.reason));
      return;
    }
    ++result_.tactics;
    if (def.sizes_outputs) return produced(def, p);
    std::vector<Formats> formats;
    if (def.formats) formats = def.formats(p, device_);
    else formats.push_back({std::vector<Format>(p.inputs.size()), std::vector<Format>(p.outputs.size())});
    if (formats.empty()) fail(def, "", "accepts no layout");
    for (const Formats& f : formats) {
      for (size_t i = 0; i < p.inputs.size(); ++i) p.inputs[i].format = f.inputs[i];
      for (size_t o = 0; o < p.outputs.size(); ++o) p.outputs[o].format = f.outputs[o];
      for (const Config& config : def.configs ? def.configs(p, device_) : std::vector<Config>{""}) prepared(def, p, f, config);
    }
  }

 private:
  void fail(const TacticDef& def, const std::string& where, const std::string& what) {
    result_.failures.push_back(fmt::format("{} [{}]: {}", def.name, where, what));
  }

  void produced(const TacticDef& def, const Problem& p) {
    auto kernel = def.prepare(p, "", {}, device_);
    if (!kernel) return fail(def, "", kernel.error().text());
    std::vector<const Tensor*> inputs;
    for (const Datum& d : case_.inputs) inputs.push_back(d.tensor());
    for (int threads = 1; threads <= device_.threads; ++threads) {
      ++result_.runs;
      const auto made = (*kernel)->produce({.inputs = inputs, .outputs = {}, .workspace = {}}, Threads(threads));
      if (!made) return fail(def, "", made.error().text());
      for (size_t o = 0; o < expected_.size(); ++o) {
        const std::string difference = o < made->size() ? compare((*made)[o], *expected_[o].tensor(), 0) : "is missing";
        if (!difference.empty()) fail(def, "", fmt::format("output {} {}", o, difference));
      }
    }
  }

  void prepared(const TacticDef& def, const Problem& p, const Formats& f, const Config& config) {
    const std::string where = formats_text(f) + (config.empty() ? "" : " " + config);
    PackedWeights packed;
    if (def.pack) {
      auto made = def.pack(p, config, device_);
      // A library may decline only now (PH4001); the tuner then leaves the candidate out. The caller judges how often.
      if (!made && made.error().code() == "PH4001") {
        result_.declines.push_back(fmt::format("{} [{}]: {}", def.name, where, made.error().text()));
        return;
      }
      if (!made) return fail(def, where, made.error().text());
      packed = std::move(*made);
    }
    auto kernel = def.prepare(p, config, packed, device_);
    if (!kernel) return fail(def, where, kernel.error().text());
    const size_t workspace = def.workspace ? def.workspace(p, config, device_) : 0;
    for (int threads = 1; threads <= device_.threads; ++threads)
      for (const bool unaligned : {false, true}) run(def, p, **kernel, workspace, threads, unaligned, fmt::format("{} t{}{}", where, threads, unaligned ? " unaligned" : ""));
  }

  void run(const TacticDef& def, const Problem& p, const Kernel& kernel, size_t workspace, int threads, bool unaligned,
           const std::string& where) {
    ++result_.runs;
    const std::vector<size_t> taken = def.packed_inputs ? def.packed_inputs(p) : std::vector<size_t>{};
    std::vector<Buffer> in, out;
    std::vector<Tensor> views;
    in.reserve(p.inputs.size()), out.reserve(p.outputs.size()), views.reserve(p.inputs.size() + p.outputs.size());
    std::vector<const Tensor*> inputs;
    std::vector<Tensor*> outputs;
    for (size_t i = 0; i < p.inputs.size(); ++i) {
      const Tensor* t = case_.inputs[i].tensor();
      if (!t || std::find(taken.begin(), taken.end(), i) != taken.end()) {
        inputs.push_back(nullptr);
        continue;
      }
      const Format f = p.inputs[i].format;
      in.emplace_back(t->dtype(), t->dims(), f, unaligned);
      in.back().set(f == Format::Plain ? *t : to_format(*t, f));
      inputs.push_back(&views.emplace_back(in.back().view()));
    }
    for (const Type& t : p.outputs) {
      out.emplace_back(t.dtype, *t.dims(), t.format, unaligned);
      out.back().spoil();
      outputs.push_back(&views.emplace_back(out.back().view()));
    }
    Buffer scratch(DType::u8, {int64_t(workspace)}, Format::Plain, false);
    const auto done = kernel.run({.inputs = inputs, .outputs = outputs, .workspace = {scratch.data(), workspace}}, Threads(threads));
    if (!done) return fail(def, where, done.error().text());
    if (!scratch.guards_hold()) fail(def, where, "writes beside its workspace");
    for (Buffer& b : in)
      if (!b.guards_hold()) fail(def, where, "writes beside an input");
    for (size_t o = 0; o < out.size(); ++o) {
      if (!out[o].guards_hold()) fail(def, where, fmt::format("writes beside output {}", o));
      output(def, p, o, out[o], where);
    }
  }

  void output(const TacticDef& def, const Problem& p, size_t o, Buffer& buffer, const std::string& where) {
    const Type& t = p.outputs[o];
    const Dims dims = *t.dims();
    Tensor got = buffer.view();
    if (t.format != Format::Plain) {
      const Tensor memory(t.dtype, {stored(dims, t.format)}, buffer.data());
      got = to_plain(memory, dims, t.format);
      const Tensor again = to_format(got, t.format);
      if (again.bytes() && std::memcmp(again.data(), buffer.data(), again.bytes()) != 0) fail(def, where, "padding lanes are not zero");
    }
    const double tolerance = def.numerics == Numerics::Exact ? 0 : def.numerics >= Numerics::Loose ? 1e-4 : case_.tolerance;
    const std::string difference = compare(got, *expected_[o].tensor(), tolerance);
    if (!difference.empty()) fail(def, where, fmt::format("output {} {}", o, difference));
    double& worst = result_.worst[std::string(def.name)];
    worst = std::max(worst, relative_difference(got, *expected_[o].tensor()));
  }

  const ProblemCase& case_;
  const Device& device_;
  std::vector<Datum> expected_;
  CheckResult& result_;
};

}  // namespace

Tensor to_format(const Tensor& plain, Format f) {
  if (f == Format::Plain) return plain;
  Tensor t(DType::f32, {stored(plain.dims(), f)});
  for_each_blocked(plain.dims(), format_block(f), [&](int64_t from, int64_t to) { t.as<float>()[size_t(to)] = plain.as<float>()[size_t(from)]; });
  return t;
}

Tensor to_plain(const Tensor& stored, const Dims& dims, Format f) {
  Tensor t(stored.dtype(), dims);
  for_each_blocked(dims, format_block(f), [&](int64_t to, int64_t from) { t.as<float>()[size_t(to)] = stored.as<float>()[size_t(from)]; });
  return t;
}

CheckResult check_tactics(const ProblemCase& c, const OpSet& ops, const TacticSet& tactics, const Device& device) {
  CheckResult result;
  const Node& node = c.graph.node(c.node);
  auto expected = evaluate_node(*ops.find(node), ops, node, c.inputs);
  if (!expected) {
    result.failures.push_back("reference: " + expected.error().text());
    return result;
  }
  Checker checker(c, device, std::move(*expected), result);
  for (const TacticDef* def : tactics.candidates(node)) checker.tactic(*def);
  return result;
}

}  // namespace pharos
