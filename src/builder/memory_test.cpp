// The memory that a build predicts, against the pages that a run has touched: all six sample networks.

#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>

#include "builder/zoo_model_test.h"
#include "runtime/context_impl.h"

namespace pharos {
namespace {

int64_t resident_bytes(const Arena& arena) {
  constexpr size_t page = 4096;
  std::vector<unsigned char> present((arena.size() + page - 1) / page);
  if (mincore(arena.data(), arena.size(), present.data()) != 0) return -1;
  int64_t pages = 0;
  for (const unsigned char p : present) pages += p & 1;
  return pages * int64_t(page);
}

int64_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return int64_t(info.uordblks + info.hblkhd);
}

class MemoryOf : public testing::TestWithParam<const char*> {};

TEST_P(MemoryOf, ARunIsAsPredicted) {
  const std::string name = GetParam();
  ZooOptions size;  // vision models at a third of their size, text at half the length: the plan is the same kind
  if (name == "bert_base") size.seq_len = 64;
  else if (name != "vit_b16") size.size = 96;
  const ModelFile model(name, size);
  BuildOptions options = quick();
  options.threads = 2;
  options.optimization_level = 1;
  auto built = build(model.path, options);
  ASSERT_TRUE(built) << built.error().text();
  auto engine = Engine::load(built->bytes, {.threads = 2});
  ASSERT_TRUE(engine) << engine.error().text();
  auto context = (*engine)->create_context();
  ASSERT_TRUE(context);
  std::vector<std::vector<std::byte>> buffers;
  for (const Binding& b : (*engine)->info().inputs) {
    buffers.emplace_back(size_t(*element_count(b.dims)) * dtype_size(b.dtype));
    ASSERT_TRUE((*context)->set_input(b.name, {buffers.back().data(), b.dtype, b.dims, buffers.back().size()}));
  }
  ASSERT_TRUE((*context)->run());
  // The heap counts what a thread keeps for its next allocation as used, which can be a few bytes after any one run; a run
  // that keeps something does so each time.
  int64_t grown = INT64_MAX;
  for (int i = 0; i < 5; ++i) {
    const int64_t before = heap_bytes();
    ASSERT_TRUE((*context)->run());
    grown = std::min(grown, heap_bytes() - before);
  }
  const double used = double(resident_bytes((*context)->impl().arena)), predicted = double(built->summary.activation_bytes);
  EXPECT_GE(predicted, 0.95 * used);
  EXPECT_LE(predicted, 1.05 * used) << "memory that no run touches";
  EXPECT_LE(grown, 0) << "a run keeps nothing";
}

INSTANTIATE_TEST_SUITE_P(Zoo, MemoryOf, testing::Values("resnet50", "mobilenet_v2", "yolov8n", "unet", "vit_b16", "bert_base"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace pharos
