#include "plugins/call.h"

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/plugins.h"

namespace pharos {
namespace {

constexpr size_t most_text = 2000;  // of one message
constexpr size_t most_dims = 100'000;

}  // namespace

void Call::say(std::string_view text) { said_ = escape_control(text.substr(0, most_text)); }

PharosStatus Call::breach(std::string details) {
  if (breach_.empty()) breach_ = escape_control(details);
  return PHAROS_FAILED;
}

std::string Call::misplaced(std::string_view what) const { return fmt::format("{} was asked for in {}", what, phase_); }

Report Call::report(const Diagnostic& diagnostic, const Plugin& plugin, std::string details) const {
  return Report(diagnostic, {{"op", node_.domain.empty() ? node_.op : node_.domain + "::" + node_.op},
                             {"node", node_.name},
                             {"plugin", plugin.name},
                             {"version", plugin.version_text()},
                             {"phase", std::string(phase_)},
                             {"details", std::move(details)}});
}

Result<void> Call::outcome(PharosStatus status, const Plugin& plugin) const {
  if (broken()) return report(diag::plugin_broke_rules, plugin, breach_);
  if (status == PHAROS_OK) return {};
  if (!said_.empty()) return report(diag::plugin_failed, plugin, said_);
  return report(diag::plugin_broke_rules, plugin,
                fmt::format("it returned {} without saying why (pharos_fail)", status));
}

PharosDim Call::dim_handle(const Dim& dim) {
  if (dim.is_number()) return dim.number() >= 0 ? dim.number() : PHAROS_DIM_UNKNOWN;
  if (dim.is_unknown()) return PHAROS_DIM_UNKNOWN;
  if (dims_.size() >= most_dims) {
    breach("it asks for more than 100000 dimensions in one call");
    return PHAROS_DIM_UNKNOWN;
  }
  dims_.push_back(dim);
  return -1 - PharosDim(dims_.size());
}

std::optional<Dim> Call::dim_of(PharosDim handle) {
  if (handle >= 0) return Dim(handle);
  if (handle == PHAROS_DIM_UNKNOWN) return Dim();
  const uint64_t index = uint64_t(-(handle + 2));
  if (index < dims_.size()) return dims_[index];
  breach(fmt::format("{} is no dimension of this call", handle));
  return std::nullopt;
}

PharosDim Call::value(size_t i, size_t index) {
  const Tensor* t = contents(i);
  if (!t || (t->dtype() != DType::i64 && t->dtype() != DType::i32) || int64_t(index) >= t->count())
    return PHAROS_DIM_UNKNOWN;
  return dim_handle(Dim(t->int_at(int64_t(index))));
}

void show(const Tensor& t, PharosTensor& out) {
  out.dtype = PharosDType(t.dtype());
  out.rank = t.rank();
  out.dims = t.dims().data();
  out.count = t.count();
  out.owner = const_cast<void*>(t.data());
  out.data = t.dtype() == DType::string ? nullptr : const_cast<void*>(t.data());
}

}  // namespace pharos
