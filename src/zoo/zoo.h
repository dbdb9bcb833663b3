#pragma once
// Sample networks with seeded weights, written as ONNX: demo, benchmarks and tests need no download. One file per
// network.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/net.h"

namespace pharos {

struct ZooOptions {
  int64_t batch = 1;
  int64_t size = 0;       // height and width of images; 0: the network's own
  int64_t seq_len = 0;    // tokens; 0: the network's own
  bool dynamic_batch = false;
  uint64_t seed = 0;
};

struct ZooNetwork {
  std::string_view name;
  Text doc;
  int64_t size = 0, size_step = 1;  // default image size and what it must be a multiple of; 0: takes no images
  int64_t seq_len = 0;              // default; 0: takes no tokens
  int64_t max_seq_len = 0;
  Net (*build)(const ZooOptions&) = nullptr;  // options are complete and checked
};

class ZooSet {
 public:
  void add(ZooNetwork network) { networks_.emplace(network.name, network); }
  const ZooNetwork* find(std::string_view name) const;
  std::vector<const ZooNetwork*> all() const;  // by name

 private:
  std::map<std::string_view, ZooNetwork> networks_;
};

ZooSet builtin_zoo();  // generated

// Fills in the network's defaults and checks the rest against its bounds.
Result<ZooOptions> complete(const ZooNetwork& network, ZooOptions options);

}  // namespace pharos
