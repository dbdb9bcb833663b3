#include "plugins/check/kit.h"

#include <fmt/format.h>
#include <malloc.h>

#include <cmath>

#include "catalog/graph.h"
#include "catalog/plugins.h"
#include "plugins/check/trial.h"

namespace pharos {
namespace {

constexpr std::string_view names[] = {"refusal",       "inference", "unknown types", "symbols", "run",
                                      "every element", "bounds",    "alignment",     "threads", "concurrent",
                                      "in place",      "reference", "leaks"};

// Differences that another order of sums makes.
double tolerance(DType t) {
  return t == DType::f64 || t == DType::c128 ? 1e-10 : t == DType::f16 ? 1e-2 : t == DType::bf16 ? 5e-2 : 1e-4;
}

std::string compare(const Tensor& a, const Tensor& b, bool exact) {
  if (a.valid() != b.valid()) return "is there only once";
  if (!a.valid()) return "";
  if (a.dtype() != b.dtype() || a.dims() != b.dims())
    return fmt::format("is {} {} and {} {}", dtype_name(a.dtype()), dims_text(a.dims()), dtype_name(b.dtype()),
                       dims_text(b.dims()));
  if (identical(a, b)) return "";
  if (exact || !is_float(a.dtype())) return "differs";
  double scale = 0;
  for (int64_t i = 0; i < b.count(); ++i)
    if (const double v = std::abs(b.double_at(i)); std::isfinite(v)) scale = std::max(scale, v);
  for (int64_t i = 0; i < a.count(); ++i) {
    const double x = a.double_at(i), y = b.double_at(i);
    if (x == y || (std::isnan(x) && std::isnan(y)) || std::abs(x - y) <= tolerance(a.dtype()) * (scale + 1e-30))
      continue;
    return fmt::format("element {} is {} and {}", i, x, y);
  }
  return "";
}

std::string compare(const std::vector<Tensor>& a, const std::vector<Tensor>& b, bool exact) {
  for (size_t o = 0; o < a.size() && o < b.size(); ++o)
    if (const std::string d = compare(a[o], b[o], exact); !d.empty()) return fmt::format("output {} {}", o, d);
  return "";
}

bool same(const Inferred& a, const Inferred& b) {
  for (size_t o = 0; o < a.types.size(); ++o)
    if (a.types[o].text() != b.types[o].text()) return false;
  return a.types.size() == b.types.size();
}

class Kit {
 public:
  Kit(const Plugin& plugin, const CheckCase& c)
      : plugin_(plugin), c_(c), random_(c.op->table.flags & PHAROS_NOT_DETERMINISTIC) {}

  CaseVerdict run() {
    const bool fine = inference() && unknown_types() && symbols() && plain_run() && every_element() && alignment() &&
                      threads() && concurrent() && in_place() && reference() && leaks();
    if (!fine && verdict_.kind == CaseVerdict::Kind::Passed) verdict_.kind = CaseVerdict::Kind::Failed;
    return std::move(verdict_);
  }

 private:
  bool pass(std::string_view check) {
    verdict_.passed.emplace_back(check);
    return true;
  }
  bool fail(std::string_view check, std::string details) {
    verdict_.kind = CaseVerdict::Kind::Failed;
    verdict_.failed = check;
    verdict_.details = std::move(details);
    return false;
  }
  // An error is a refusal as long as it is the operator's own, or the host's about sizes and types.
  bool refused(std::string_view check, const Report& r) {
    if (&r.diagnostic() == &diag::plugin_broke_rules) return fail(check, r.message());
    if (c_.must_run) return fail("refusal", r.message());
    verdict_.passed.emplace_back("refusal");
    verdict_.kind = CaseVerdict::Kind::Refused;
    verdict_.details = r.message();
    return false;
  }

  bool inference() {
    auto first = infer_case(plugin_, c_, input_types(c_), true);
    if (!first) return refused("inference", first.error());
    const auto again = infer_case(plugin_, c_, input_types(c_), true);
    if (!again || !same(*first, *again))
      return fail("inference", "the same node gives another result at the second call");
    inferred_ = std::move(*first);
    return pass("inference");
  }

  // What the importer may know: less. Refusing that is a fault too, as models with such nodes could never be read.
  bool unknown_types() {
    std::vector<Type> types = input_types(c_);
    for (int known = 0; known < 2; ++known) {
      for (Type& t : types)
        if (t.is_tensor()) t = known ? Type::tensor(t.dtype) : Type{};
      if (known) types = input_types(c_);
      if (known)
        for (Type& t : types)
          if (t.is_tensor()) t.shape.reset();
      const auto r = infer_case(plugin_, c_, types, false);
      const std::string_view what = known ? "shapes that are not known" : "types that are not known";
      if (!r) return fail("unknown types", fmt::format("it fails for {}: {}", what, r.error().message()));
      for (size_t o = 0; o < r->types.size(); ++o)
        if (inferred_.types[o].is_tensor() && r->types[o].is_tensor() && !merge(r->types[o], inferred_.types[o]))
          return fail("unknown types", fmt::format("for {}, output {} is {}; with all known {}", what, o,
                                                   r->types[o].text(), inferred_.types[o].text()));
    }
    return pass("unknown types");
  }

  // Each extent a symbol: the result has to be the concrete one when the symbols get their values.
  bool symbols() {
    std::vector<Type> types = input_types(c_);
    std::map<std::string, Dim, std::less<>> values;
    std::map<int64_t, std::string> by_extent;
    for (Type& t : types) {
      if (!t.is_tensor()) continue;
      for (Dim& d : *t.shape) {
        const int64_t n = d.number();
        std::string& name = by_extent[n];
        if (name.empty()) name = fmt::format("N{}", by_extent.size());
        values[name] = Dim(n);
        d = Dim::symbol(name);
      }
    }
    const auto r = infer_case(plugin_, c_, types, true);
    if (!r) return fail("symbols", fmt::format("it fails for symbolic shapes: {}", r.error().message()));
    for (size_t o = 0; o < r->types.size(); ++o) {
      Type t = r->types[o];
      if (!t.is_tensor() || !t.shape) continue;
      for (Dim& d : *t.shape) d = d.substitute(values);
      if (!merge(t, inferred_.types[o]))
        return fail("symbols", fmt::format("output {} is {}, which gives {}; with numbers it is {}", o,
                                           r->types[o].text(), t.text(), inferred_.types[o].text()));
    }
    return pass("symbols");
  }

  // Runs under one set of conditions and compares with the first run.
  bool like_first(std::string_view check, const TrialOptions& o, bool exact) {
    auto r = run_trial(plugin_, c_, o);
    if (!r) return fail(check, r.error().message());
    if (!r->fault.empty()) return fail("bounds", r->fault);
    if (random_) return pass(check);
    const std::string d = compare(r->outputs, first_, exact);
    return d.empty() ? pass(check) : fail(check, d);
  }

  bool plain_run() {
    auto r = run_trial(plugin_, c_, {});
    if (!r) return refused("run", r.error());
    if (!r->fault.empty()) return fail("bounds", r->fault);
    first_ = std::move(r->outputs);
    return pass("run");
  }

  bool every_element() {
    if (random_) return true;
    for (const uint8_t rubbish : {0x00, 0xff}) {
      auto r = run_trial(plugin_, c_, {.rubbish = rubbish});
      if (!r) return fail("every element", r.error().message());
      if (!r->fault.empty()) return fail("bounds", r->fault);
      if (const std::string d = compare(r->outputs, first_, true); !d.empty())
        return fail(
            "every element",
            d + " with other contents of outputs and workspace before the run: not every element is written, or "
                "the workspace is read before it is written, or the result is not deterministic");
    }
    return pass("every element") && pass("bounds");
  }

  bool alignment() { return like_first("alignment", {.unaligned = true}, true); }

  bool threads() {
    for (int n = 2; n <= 5; ++n)
      if (!like_first("threads", {.threads = n, .rubbish = 0x11}, false)) return false;
    verdict_.passed.resize(verdict_.passed.size() - 3);
    return true;
  }

  bool concurrent() {
    const auto r = run_together(plugin_, c_, 4, [&](const std::vector<Tensor>& outputs) {
      return random_ ? std::string() : compare(outputs, first_, true);
    });
    if (!r) return fail("concurrent", r.error().message());
    return r->empty() ? pass("concurrent") : fail("concurrent", *r + " when several threads run it at once with one state");
  }

  bool in_place() { return !c_.op->table.in_place || like_first("in place", {.in_place = true}, true); }

  bool reference() {
    if (!c_.op->table.reference || random_) return true;
    auto r = run_trial(plugin_, c_, {.reference = true});
    if (!r) return fail("reference", r.error().message());
    if (!r->fault.empty()) return fail("bounds", r->fault);
    const std::string d = compare(first_, r->outputs, false);
    return d.empty() ? pass("reference") : fail("reference", d + " by run and by reference");
  }

  // Memory that each run leaves behind shows after many of them.
  bool leaks() {
    const auto in_use = [] {
      const auto m = mallinfo2();
      return m.uordblks + m.hblkhd;
    };
    const auto rounds = [&](int n) {
      for (int i = 0; i < n; ++i)
        if (!run_trial(plugin_, c_, {})) return false;
      return true;
    };
    if (!rounds(4)) return fail("leaks", "it fails when it is run again");
    const size_t before = in_use();
    if (!rounds(64)) return fail("leaks", "it fails when it is run again");
    const size_t after = in_use();
    // One allocation per round or more; less is somebody's cache.
    if (after > before + 64 * 16) return fail("leaks", fmt::format("64 runs left {} bytes behind", after - before));
    return pass("leaks");
  }

  const Plugin& plugin_;
  const CheckCase& c_;
  const bool random_;
  CaseVerdict verdict_;
  Inferred inferred_;
  std::vector<Tensor> first_;
};

}  // namespace

std::span<const std::string_view> check_names() { return names; }
CaseVerdict check_case(const Plugin& plugin, const CheckCase& c) { return Kit(plugin, c).run(); }

}  // namespace pharos
