#include "zoo/zoo.h"

#include <fmt/format.h>

#include "catalog/command_line.h"

namespace pharos {
namespace {

Report bad(std::string option, int64_t actual, std::string expected) {
  return {diag::option_value_invalid,
          {{"option", std::move(option)}, {"actual", std::to_string(actual)}, {"expected", std::move(expected)}}};
}

}  // namespace

const ZooNetwork* ZooSet::find(std::string_view name) const {
  const auto it = networks_.find(name);
  return it == networks_.end() ? nullptr : &it->second;
}

std::vector<const ZooNetwork*> ZooSet::all() const {
  std::vector<const ZooNetwork*> list;
  for (const auto& [name, network] : networks_) list.push_back(&network);
  return list;
}

Result<ZooOptions> complete(const ZooNetwork& network, ZooOptions o) {
  constexpr int64_t max_batch = 4096, max_size = 8192;
  if (o.batch < 1 || o.batch > max_batch) return bad("--batch", o.batch, fmt::format("1 to {}", max_batch));
  if (network.size == 0 && o.size != 0)
    return bad("--size", o.size, fmt::format("nothing: {} takes no images", network.name));
  if (network.seq_len == 0 && o.seq_len != 0)
    return bad("--seq-len", o.seq_len, fmt::format("nothing: {} takes no tokens", network.name));
  if (o.size == 0) o.size = network.size;
  if (o.seq_len == 0) o.seq_len = network.seq_len;
  if (network.size && (o.size < network.size_step || o.size > max_size || o.size % network.size_step)) {
    return bad("--size", o.size, fmt::format("a multiple of {} up to {}", network.size_step, max_size));
  }
  if (network.seq_len && (o.seq_len < 1 || o.seq_len > network.max_seq_len)) {
    return bad("--seq-len", o.seq_len, fmt::format("1 to {}", network.max_seq_len));
  }
  return o;
}

}  // namespace pharos
