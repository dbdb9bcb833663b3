// The text form of graphs: whatever can be read prints, and its print reads back to the same.

#include <cstdlib>
#include <string_view>

#include "engine/sample_plan.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pharos;
  const auto graph = parse_graph({reinterpret_cast<const char*>(data), size});
  if (!graph) return 0;
  if (!verify(*graph)) std::abort();
  const PrintOptions everything{.inline_limit = -1};
  const std::string text = print(*graph, everything);
  const auto again = parse_graph(text);
  if (!again || print(*again, everything) != text) std::abort();
  return 0;
}

std::vector<std::vector<uint8_t>> fuzz_seeds() {
  const std::string text = pharos::print(pharos::sample_plan().graph, {.inline_limit = -1});
  return {{text.begin(), text.end()}};
}
