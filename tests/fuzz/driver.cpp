// Runs a libFuzzer target without libFuzzer: replays a corpus, then mutates it for some seconds. A crash is found by
// its input, which is written to the current folder before it is run.
//   fuzz_x [FOLDER] [--seconds N] [--seed N]

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz.h"

namespace {

namespace fs = std::filesystem;
using Input = std::vector<uint8_t>;

const Input* current = nullptr;
std::string crash_path;

void save_and_die(int signal) {
  if (FILE* f = current ? std::fopen(crash_path.c_str(), "wb") : nullptr) {
    std::fwrite(current->data(), 1, current->size(), f);
    std::fclose(f);
    std::fprintf(stderr, "\ncrash (signal %d); the input is in %s\n", signal, crash_path.c_str());
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Input& input) {
  current = &input;
  // A copy of the exact size, so that reading behind it is seen by the address sanitizer.
  const std::vector<uint8_t> exact(input);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  current = nullptr;
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  Input mutated(const std::vector<Input>& corpus) {
    Input in = corpus[below(corpus.size())];
    for (size_t n = 1 + below(6); n > 0; --n) change(in, corpus[below(corpus.size())]);
    if (in.size() > 1 << 20) in.resize(1 << 20);
    return in;
  }

 private:
  size_t below(size_t n) { return n ? random_() % n : 0; }

  void change(Input& in, const Input& other) {
    const size_t at = below(in.size() + 1);
    const size_t length = std::min(in.size() - at, 1 + below(16));
    switch (below(8)) {
      case 0: if (at < in.size()) in[at] ^= uint8_t(1u << below(8)); break;
      case 1: if (at < in.size()) in[at] = uint8_t(random_()); break;
      case 2: in.erase(in.begin() + long(at), in.begin() + long(at + length)); break;
      case 3: in.insert(in.begin() + long(at), 1 + below(8), uint8_t(random_())); break;
      case 4: number(in, at); break;
      case 5: {  // a piece of another input
        const size_t from = below(other.size()), n = std::min(other.size() - from, 1 + below(64));
        const Input piece(other.begin() + long(from), other.begin() + long(from + n));
        in.insert(in.begin() + long(at), piece.begin(), piece.end());
        break;
      }
      case 6: in.resize(at); break;
      default: {  // a piece of itself, repeated
        const Input piece(in.begin() + long(at), in.begin() + long(at + length));
        for (size_t n = below(8); n > 0; --n) in.insert(in.begin() + long(at), piece.begin(), piece.end());
      }
    }
  }

  // Values at which sizes and counts go wrong.
  void number(Input& in, size_t at) {
    static constexpr uint64_t values[] = {0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
                                          0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff};
    const uint64_t v = values[below(std::size(values))];
    const size_t n = size_t(1) << below(4);
    for (size_t i = 0; i < n && at + i < in.size(); ++i) in[at + i] = uint8_t(v >> (8 * i));
  }

  std::mt19937_64 random_;
};

std::vector<Input> read_corpus(const std::string& folder) {
  std::vector<Input> out;
  if (folder.empty() || !fs::is_directory(folder)) return out;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& f : files) {
    std::ifstream in(f, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

}  // namespace

int main(int count, char** arguments) {
  double seconds = 3;
  uint64_t seed = std::random_device{}();
  std::string folder;
  for (int i = 1; i < count; ++i) {
    const std::string a = arguments[i];
    if (a == "--seconds" && i + 1 < count) seconds = std::atof(arguments[++i]);
    else if (a == "--seed" && i + 1 < count) seed = std::strtoull(arguments[++i], nullptr, 10);
    else folder = a;
  }
  crash_path = "crash-" + std::to_string(getpid()) + ".bin";
  for (const int s : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL}) std::signal(s, save_and_die);
  std::vector<Input> corpus = fuzz_seeds();
  for (Input& in : read_corpus(folder)) corpus.push_back(std::move(in));
  if (corpus.empty()) corpus.emplace_back();
  std::printf("seed %llu, %zu inputs, %.0f s\n", static_cast<unsigned long long>(seed), corpus.size(), seconds);
  std::fflush(stdout);
  for (const Input& in : corpus) run(in);
  Mutator mutator(seed);
  uint64_t runs = corpus.size();
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  for (; std::chrono::steady_clock::now() < end; ++runs) run(mutator.mutated(corpus));
  std::printf("figure: %s, seed %llu: %llu inputs without a crash\n", fs::path(arguments[0]).filename().c_str(), static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(runs));
}
