// One engine, many threads, one context each. Weights are shared; each context has its own arena.
#include <pharos/builder.h>
#include <pharos/engine.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

// Runs `runs` times on zeros; false where anything failed.
bool work(const pharos::Engine& engine, int runs) {
  auto context = engine.create_context();
  if (!context) return false;
  std::vector<std::vector<std::byte>> buffers;
  for (const pharos::Binding& input : engine.info().inputs) {
    buffers.emplace_back(size_t(*pharos::element_count(input.dims)) * pharos::dtype_size(input.dtype));
    if (!(*context)->set_input(input.name, {buffers.back().data(), input.dtype, input.dims, buffers.back().size()})) return false;
  }
  for (int i = 0; i < runs; ++i)
    if (!(*context)->run()) return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: many_threads MODEL.onnx [THREADS]\n");
    return 2;
  }
  const int count = argc > 2 ? std::atoi(argv[2]) : 4;
  pharos::BuildOptions options;
  options.threads = 1;  // each context computes on its caller's thread only
  auto built = pharos::build(argv[1], options);
  if (!built) {
    std::fprintf(stderr, "%s\n", built.error().text().c_str());
    return 4;
  }
  pharos::LoadOptions load;
  load.threads = 1;
  auto engine = pharos::Engine::load(built->bytes, load);
  if (!engine) {
    std::fprintf(stderr, "%s\n", engine.error().text().c_str());
    return 4;
  }
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&] { failures += !work(**engine, 10); });
  for (std::thread& t : threads) t.join();
  std::printf("%d threads, %d failed\n", count, failures.load());
  return failures == 0 ? 0 : 1;
}
