// Times every tactic on problems: GFLOP/s and the share of the processor's own FMA rate.
//   bench_tactics [-t THREADS] [-i ISA] [-c] [-s SECONDS] [-k TACTIC] FILE|PROBLEM...
// A problem is a line as in tests/problems/ (see src/tactics/check.h); a file holds one per line. -c: cold weights, as in a
// model: copies of the packed weights larger than the caches take turns. -k: only tactics whose name contains TACTIC.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>

#include "ops/conv_params.h"
#include "tactics/check.h"

namespace pharos {
namespace {

struct Settings {
  int threads = 1;
  std::optional<Isa> isa;
  bool cold = false;
  double seconds = 0.2;
  std::string tactic;
};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double flops_of(const ProblemCase& c, const Problem& p) {
  const Node& n = *p.node;
  double out = 1;
  for (const int64_t d : p.out(0)) out *= double(d);
  if (n.op == "Conv") {
    if (const auto q = conv_params(n, p.in(0), p.in(1))) {
      double taps = double(q->in_per_group());
      for (const int64_t k : q->kernel) taps *= double(k);
      return 2 * out * taps;
    }
  }
  if (n.op == "MatMul" || n.op == "Gemm") {
    const Dims a = p.in(0);
    return 2 * out * double(n.attr_int("transA") && a.size() > 1 ? a[a.size() - 2] : a.back());
  }
  if (n.op == "Attention") {
    const Dims q = p.in(0), k = p.in(1);
    return 4 * out * double(k[k.size() - 2]) * double(q[0] > 0);
  }
  return c.inputs.empty() ? 0 : out;
}

// Everything a kernel needs, owned.
struct Setup {
  std::vector<Tensor> in, out;
  std::vector<const Tensor*> inputs;
  std::vector<Tensor*> outputs;
  std::vector<PackedWeights> copies;
  std::vector<std::unique_ptr<Kernel>> kernels;  // by copy
  Tensor workspace;
};

void prepare(const TacticDef& def, const Problem& p, const ProblemCase& c, const Config& config, const Device& device, bool cold, Setup& s) {
  PackedWeights packed;
  if (def.pack) {
    auto made = def.pack(p, config, device);
    if (!made) return;
    packed = std::move(*made);
  }
  size_t bytes = 1;
  for (const Tensor& t : packed.parts) bytes += t.bytes();
  const size_t copies = cold && def.pack ? std::clamp<size_t>((size_t{600} << 20) / bytes, 1, 1000) : 1;
  for (size_t i = 0; i < copies; ++i) {
    PackedWeights copy = packed;
    if (i > 0)
      for (Tensor& t : copy.parts) t = t.clone();
    auto kernel = def.prepare(p, config, copy, device);
    if (!kernel) return;
    s.copies.push_back(std::move(copy));
    s.kernels.push_back(std::move(*kernel));
  }
  const auto taken = def.packed_inputs ? def.packed_inputs(p) : std::vector<size_t>{};
  s.in.reserve(p.inputs.size()), s.out.reserve(p.outputs.size());
  for (size_t i = 0; i < p.inputs.size(); ++i) {
    const Tensor* t = c.inputs[i].tensor();
    const bool passed = t && std::find(taken.begin(), taken.end(), i) == taken.end();
    s.inputs.push_back(passed ? &s.in.emplace_back(to_format(*t, p.inputs[i].format)) : nullptr);
  }
  for (const Type& t : p.outputs)
    s.outputs.push_back(&s.out.emplace_back(t.dtype, Dims{stored_elements(*t.dims(), t.format).value_or(0)}));
  s.workspace = Tensor(DType::u8, {int64_t(def.workspace ? def.workspace(p, config, device) : 0)});
}

double time_of(const Setup& s, const Settings& settings) {
  std::vector<double> times;
  const Threads threads(settings.threads);
  const size_t n = s.kernels.size();
  const double start = now();
  for (size_t i = 0; times.size() < 5 || now() - start < settings.seconds; ++i) {
    KernelArgs args{.inputs = s.inputs, .outputs = s.outputs,
                    .workspace = {static_cast<std::byte*>(const_cast<void*>(s.workspace.data())), s.workspace.bytes()}};
    if (const PackedWeights& next = s.copies[(i + 1) % n]; n > 1 && !next.parts.empty())
      args.next_weights = next.parts[0].data(), args.next_weights_bytes = next.parts[0].bytes();
    const double t = now();
    if (!s.kernels[i % n]->run(args, threads)) return -1;
    times.push_back(now() - t);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void bench(const std::string& line, const OpSet& ops, const TacticSet& tactics, const Device& device, const Settings& settings) {
  const auto c = parse_problem(line, ops, 1);
  if (!c) return fmt::print("{}\n  {}\n", line, c.error().text());
  fmt::print("{}\n", line);
  for (const TacticDef* def : tactics.candidates(c->graph.node(c->node))) {
    Problem p = problem_of(*c);
    if (def->name.find(settings.tactic) == def->name.npos || !def->supports(p, device)) continue;
    std::vector<Formats> formats{{std::vector<Format>(p.inputs.size()), std::vector<Format>(p.outputs.size())}};
    if (def->formats) formats = def->formats(p, device);
    for (size_t i = 0; i < p.inputs.size(); ++i) p.inputs[i].format = formats[0].inputs[i];
    for (size_t o = 0; o < p.outputs.size(); ++o) p.outputs[o].format = formats[0].outputs[o];
    for (const Config& config : def->configs ? def->configs(p, device) : std::vector<Config>{""}) {
      Setup s;
      prepare(*def, p, *c, config, device, settings.cold, s);
      if (s.kernels.empty()) continue;
      const double t0 = now();
      const auto again = def->prepare(p, config, s.copies[0], device);
      const double preparing = now() - t0, t = time_of(s, settings), flops = flops_of(*c, p);
      fmt::print("  {:28} {:12} {:9.1f} us {:8.1f} GF/s  prepare {:6.1f} us  workspace {:6.1f} KiB\n", def->name, config, t * 1e6,
                 flops / t / 1e9, preparing * 1e6, double(s.workspace.bytes()) / 1024);
    }
  }
}

}  // namespace
}  // namespace pharos

int main(int argc, char** argv) {
  using namespace pharos;
  Settings s;
  std::vector<std::string> lines;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (a == "-c") s.cold = true;
    else if (a == "-t") s.threads = std::atoi(value.c_str()), ++i;
    else if (a == "-i") s.isa = isa_from_name(value), ++i;
    else if (a == "-s") s.seconds = std::atof(value.c_str()), ++i;
    else if (a == "-k") s.tactic = value, ++i;
    else if (std::ifstream file(a); file) {
      for (std::string line; std::getline(file, line);)
        if (!line.empty() && line[0] != '#') lines.push_back(line);
    } else {
      lines.push_back(a);
    }
  }
  const OpSet ops = builtin_ops();
  const TacticSet tactics = builtin_tactics();
  const Device device = this_cpu(s.threads, s.isa);
  fmt::print("{} ({}), {} thread(s), weights {}\n", device.name, isa_name(device.isa), s.threads, s.cold ? "cold" : "warm");
  for (const std::string& line : lines) bench(line, ops, tactics, device, s);
}
