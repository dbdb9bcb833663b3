#pragma once
// Shapes on the command line: "name:1x3x224x224", several separated by commas, "scalar" for no dims.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "pharos/builder.h"

namespace pharos {

using NamedShapes = std::vector<std::pair<std::string, Dims>>;

// Nothing where the text is not of that form. A name may hold colons (the last one separates) and may be quoted with '.
std::optional<NamedShapes> parse_shapes(std::string_view text);
std::optional<Dims> parse_dims(std::string_view text);  // "1x3x224x224", "scalar"

// Collects --min-shapes, --opt-shapes and --max-shapes in the order they are typed.
class ProfileOptions {
 public:
  enum class Which { Min, Opt, Max };
  void next_profile();
  void add(Which which, const NamedShapes& shapes);
  bool empty() const { return profiles_.empty(); }
  size_t size() const { return profiles_.size(); }
  bool has(std::string_view input) const;
  // Missing parts are taken from those given; checks ranks and order.
  Result<std::vector<OptimizationProfile>> finish() const;

 private:
  struct Range { std::optional<Dims> min, opt, max; };
  std::vector<std::map<std::string, Range, std::less<>>> profiles_;
};

}  // namespace pharos
