#include "cli/model/shapes.h"

#include "base/text.h"
#include "catalog/command_line.h"
#include "cli/options.h"

namespace pharos {

std::optional<Dims> parse_dims(std::string_view text) {
  Dims dims;
  if (text == "scalar") return dims;
  while (true) {
    const size_t x = text.find('x');
    int64_t n = 0;
    if (!parse_integer(text.substr(0, x), n) || n < 0 || dims.size() >= 64) return std::nullopt;
    dims.push_back(n);
    if (x == text.npos) return dims;
    text.remove_prefix(x + 1);
  }
}

std::optional<NamedShapes> parse_shapes(std::string_view text) {
  NamedShapes shapes;
  while (true) {
    size_t end = std::string_view::npos;
    std::string name;
    if (text.starts_with('\'')) {  // 'a:0':1x3
      const size_t quote = text.find('\'', 1);
      if (quote == text.npos || quote + 1 >= text.size() || text[quote + 1] != ':') return std::nullopt;
      name = text.substr(1, quote - 1);
      text.remove_prefix(quote + 2);
      end = text.find(',');
    } else {
      end = text.find(',');
      const size_t colon = text.substr(0, end).rfind(':');
      if (colon == text.npos || colon == 0) return std::nullopt;
      name = text.substr(0, colon);
      text.remove_prefix(colon + 1);
      end = text.find(',');
    }
    const auto dims = parse_dims(text.substr(0, end));
    if (!dims) return std::nullopt;
    shapes.emplace_back(std::move(name), *dims);
    if (end == text.npos) return shapes;
    text.remove_prefix(end + 1);
  }
}

void ProfileOptions::next_profile() { profiles_.emplace_back(); }

void ProfileOptions::add(Which which, const NamedShapes& shapes) {
  if (profiles_.empty()) profiles_.emplace_back();
  for (const auto& [name, dims] : shapes) {
    Range& r = profiles_.back()[name];
    (which == Which::Min ? r.min : which == Which::Opt ? r.opt : r.max) = dims;
  }
}

bool ProfileOptions::has(std::string_view input) const {
  for (const auto& p : profiles_) {
    if (p.find(input) != p.end()) return true;
  }
  return false;
}

Result<std::vector<OptimizationProfile>> ProfileOptions::finish() const {
  std::vector<OptimizationProfile> out;
  for (size_t i = 0; i < profiles_.size(); ++i) {
    OptimizationProfile profile;
    for (const auto& [name, r] : profiles_[i]) {
      const std::optional<Dims>& opt = r.opt ? r.opt : r.max ? r.max : r.min;
      const DimBounds bounds{r.min.value_or(*opt), *opt, r.max.value_or(*opt)};
      const auto invalid = [&](std::string details) {
        return Report(
            diag::profile_invalid,
            {{"profile", std::to_string(i)}, {"input", escape_control(name)}, {"details", std::move(details)}});
      };
      if (bounds.min.size() != bounds.opt.size() || bounds.max.size() != bounds.opt.size()) {
        return invalid("min " + dims_text(bounds.min) + ", opt " + dims_text(bounds.opt) + " and max " +
                       dims_text(bounds.max) + " have different ranks");
      }
      for (size_t d = 0; d < bounds.opt.size(); ++d) {
        if (bounds.min[d] > bounds.opt[d] || bounds.opt[d] > bounds.max[d]) {
          return invalid("dimension " + std::to_string(d) + " is " + std::to_string(bounds.min[d]) +
                         " <= " + std::to_string(bounds.opt[d]) + " <= " + std::to_string(bounds.max[d]) +
                         ", which does not hold");
        }
      }
      profile.inputs.emplace_back(name, bounds);
    }
    out.push_back(std::move(profile));
  }
  return out;
}

}  // namespace pharos
