#include <array>
#include <cstring>

#include "tactics/cpu/broadcast.h"
#include "tactics/cpu/kernels/rows.h"
#include "tactics/cpu/program.h"

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t tile_floats = 1024, whole_tile = 16384;
constexpr size_t max_registers = 64;

// How an input is read, tile by tile, in the memory order of the output.
struct Source {
  enum class Kind : uint8_t { Direct, Scalar, Broadcast, Channel, Run } kind = Kind::Direct;
  size_t input = 0;
  BroadcastPlan plan;                     // Broadcast
  int64_t channels = 0, image_stride = 0; // Channel: lanes in memory per image; 0: the same for all images
  int64_t run = 1, period = 1;            // Run: outputs in a row that read the same element; elements before they repeat
};

constexpr int64_t shortest_run = 64;  // below it a run is worth no call of its own

// One element for whole runs of the output, as a number per channel is of an image.
std::optional<Source> as_run(const Dims& in, const Dims& out) {
  Dims full(out.size() - std::min(in.size(), out.size()), 1);
  full.insert(full.end(), in.begin(), in.end());
  size_t first = 0, last = full.size();
  while (last > 0 && full[last - 1] == 1) --last;
  while (first < last && full[first] == 1) ++first;
  if (!std::equal(full.begin() + int64_t(first), full.begin() + int64_t(last), out.begin() + int64_t(first))) return std::nullopt;
  Source s{.kind = Source::Kind::Run, .run = count_of(out, last), .period = count_of(out, first, last)};
  return s.run >= shortest_run && first < last ? std::optional(s) : std::nullopt;
}

// [N,C,1,1] or [C,1,1] against [N,C,H,W].
bool is_per_channel(const Dims& in, const Dims& out) {
  if (out.size() < 3 || in.size() > out.size()) return false;
  Dims full(out.size() - in.size(), 1);
  full.insert(full.end(), in.begin(), in.end());
  if (full[1] != out[1] || (full[0] != 1 && full[0] != out[0])) return false;
  return std::all_of(full.begin() + 2, full.end(), [](int64_t d) { return d == 1; });
}

// Whether the problem can be computed in a blocked layout.
bool can_block(const Problem& p, const Program& program) {
  const Dims out = p.out(0);
  if (out.size() < 3) return false;
  bool any_full = false;
  for (const size_t i : program.sources) {
    const Dims in = p.in(i);
    if (in == out) any_full = true;
    else if (count_of(in) != 1 && !is_per_channel(in, out)) return false;
  }
  return any_full;
}

class Pointwise {
 public:
  Pointwise(const Problem& p, Program program, Isa isa) : program_(std::move(program)), kernels_(&elementwise_kernels(isa)), rows_(&row_kernels(isa)) {
    const Dims out = p.out(0);
    const Format format = p.outputs[0].format;
    total_ = stored(p.outputs[0]);
    block_ = format_block(format);
    if (block_ > 1) {
      channels_ = out[1], channel_run_ = count_of(out, 2) * block_, blocks_ = ceil_div(out[1], block_);
      spare_ = blocks_ * block_ - channels_;
    }
    for (const size_t i : program_.sources) sources_.push_back(source(p, i, out));
    choose_runs(p, out);
    join_affine();
    place_registers();
  }

  size_t workspace(int threads) const { return align64(size_t(slots_) * tile_floats * 4) * size_t(threads); }

  void run(const KernelArgs& args, const Threads& threads) const {
    const int64_t tile = slots_ ? tile_floats : whole_tile, tiles = ceil_div(total_, tile);
    const int64_t weight = std::max<int64_t>(1, 16384 / tile);
    const int64_t parts = std::min<int64_t>(threads.count(), std::max<int64_t>(1, tiles / weight)), per_part = ceil_div(tiles, parts);
    threads.for_each(parts, [&](int64_t first, int64_t last) {
      for (int64_t part = first; part < last; ++part) {
        auto* memory = reinterpret_cast<float*>(args.workspace.data() + size_t(part) * align64(size_t(slots_) * tile_floats * 4));
        range(args, part * per_part * tile, std::min(total_, (part + 1) * per_part * tile), tile, memory);
      }
    });
  }

 private:
  Source source(const Problem& p, size_t i, const Dims& out) const {
    Source s{.input = i};
    const Dims in = p.in(i);
    if (in == out) return s;
    if (count_of(in) == 1) s.kind = Source::Kind::Scalar;
    else if (block_ > 1) {
      s.kind = Source::Kind::Channel;
      const bool blocked = p.inputs[i].format != Format::Plain;
      s.channels = blocked ? blocks_ * block_ : channels_;
      s.image_stride = in.size() == out.size() && in[0] != 1 ? s.channels : 0;
    } else {
      s.plan = broadcast_plan(in, out);
      s.kind = s.plan.is_identity() ? Source::Kind::Direct : Source::Kind::Broadcast;
    }
    return s;
  }

  // Where a number per run is only ever an operand beside a vector, it is none itself: no tile of copies.
  void choose_runs(const Problem& p, const Dims& out) {
    std::vector<std::optional<Source>> runs(sources_.size());
    for (size_t r = 0; r < sources_.size(); ++r)
      if (sources_[r].kind == Source::Kind::Broadcast) runs[r] = as_run(p.in(sources_[r].input), out);
    const auto is_run = [&](int r) { return size_t(r) < runs.size() && runs[size_t(r)]; };
    for (const Instruction& c : program_.code) {
      if (c.kind == Instruction::Kind::Constant) continue;
      const bool fits = c.kind == Instruction::Kind::Binary && kernels_->scalar_second[size_t(c.binary)] && !(is_run(c.x) && is_run(c.y));
      if (!fits && is_run(c.x)) runs[size_t(c.x)].reset();
      if (!fits && c.kind == Instruction::Kind::Binary && is_run(c.y)) runs[size_t(c.y)].reset();
    }
    for (size_t r = 0; r < sources_.size(); ++r) {
      if (!runs[r]) continue;
      runs[r]->input = sources_[r].input;
      sources_[r] = *runs[r];
      shortest_ = std::min(shortest_, runs[r]->run);
    }
  }
  // x * s + t with a number each for s and t (a batch norm) is one pass.
  void join_affine() {
    const size_t inputs = sources_.size();
    affine_.assign(program_.code.size(), false);
    for (size_t i = 0; i + 1 < program_.code.size(); ++i) {
      const Instruction &mul = program_.code[i], &add = program_.code[i + 1];
      const int product = int(inputs + i);
      const auto is = [](const Instruction& c, Binary op) { return c.kind == Instruction::Kind::Binary && c.binary == op; };
      if (!is(mul, Binary::Mul) || !is(add, Binary::Add) || affine_[i] || is_run(mul.x) == is_run(mul.y) || is_run(add.x) == is_run(add.y)) continue;
      if ((add.x != product && add.y != product) || reads_of(product) != 1) continue;
      affine_[i + 1] = true;
    }
  }
  int64_t reads_of(int r) const {
    int64_t n = 0;
    for (const Instruction& c : program_.code) {
      if (c.kind != Instruction::Kind::Constant) n += c.x == r;
      if (c.kind == Instruction::Kind::Binary) n += c.y == r;
    }
    return n;
  }
  bool is_run(int r) const { return size_t(r) < sources_.size() && sources_[size_t(r)].kind == Source::Kind::Run; }

  // Gives every register that is not read or written in place a tile of memory, reusing those no longer needed.
  void place_registers() {
    const size_t inputs = sources_.size(), count = inputs + program_.code.size();
    slot_.assign(count, -1);
    std::vector<size_t> last_use(count, 0);
    for (size_t i = 0; i < program_.code.size(); ++i) {
      const Instruction& c = program_.code[i];
      if (c.kind == Instruction::Kind::Constant) continue;
      last_use[size_t(c.x)] = inputs + i;
      if (c.kind == Instruction::Kind::Binary) last_use[size_t(c.y)] = inputs + i;
    }
    std::vector<int> free;
    const auto is_fixed = [&](size_t r) {  // filled once per thread
      return r < inputs ? sources_[r].kind == Source::Kind::Scalar : program_.code[r - inputs].kind == Instruction::Kind::Constant;
    };
    for (size_t r = 0; r < inputs; ++r)
      if (sources_[r].kind != Source::Kind::Direct && sources_[r].kind != Source::Kind::Run) slot_[r] = slots_++;
    for (size_t r = inputs; r < count; ++r)
      if (is_fixed(r)) slot_[r] = slots_++;
    for (size_t r = inputs; r < count; ++r) {
      if (r + 1 < count && !is_fixed(r)) {
        if (free.empty()) slot_[r] = slots_++;
        else slot_[r] = free.back(), free.pop_back();
      }
      for (size_t q = 0; q <= r; ++q)
        if (last_use[q] == r && slot_[q] >= 0 && !is_fixed(q) && q >= inputs) free.push_back(slot_[q]);
    }
  }

  void range(const KernelArgs& args, int64_t first, int64_t last, int64_t tile, float* memory) const {
    const size_t inputs = sources_.size(), count = inputs + program_.code.size();
    std::array<const float*, max_registers> reg{};
    std::array<const float*, max_registers> data{};
    float* const out = out_f32(args);
    for (size_t r = 0; r < count; ++r) {
      if (slot_[r] >= 0) reg[r] = memory + slot_[r] * tile_floats;
      if (r < inputs) data[r] = in_f32(args, sources_[r].input);
      if (r < inputs && sources_[r].kind == Source::Kind::Scalar) std::fill_n(memory + slot_[r] * tile_floats, tile_floats, data[r][0]);
      if (r >= inputs && program_.code[r - inputs].kind == Instruction::Kind::Constant)
        std::fill_n(memory + slot_[r] * tile_floats, tile_floats, program_.code[r - inputs].a);
    }
    for (int64_t at = first, n = 0; at < last; at += n) {
      n = std::min(tile, last - at);
      for (size_t r = 0; r < inputs && shortest_ < INT64_MAX; ++r)
        if (is_run(int(r))) n = std::min(n, sources_[r].run - at % sources_[r].run);
      for (size_t r = 0; r < inputs; ++r) {
        const Source& s = sources_[r];
        if (s.kind == Source::Kind::Direct) reg[r] = data[r] + at;
        else if (s.kind == Source::Kind::Run) reg[r] = data[r] + at / s.run % s.period;
        else if (s.kind == Source::Kind::Broadcast) expand(s.plan, data[r], at, n, memory + slot_[r] * tile_floats);
        else if (s.kind == Source::Kind::Channel) expand_channels(s, data[r], at, n, memory + slot_[r] * tile_floats);
      }
      for (size_t i = 0; i < program_.code.size(); ++i) {
        if (i + 1 < affine_.size() && affine_[i + 1]) continue;  // with the next one
        const Instruction& c = program_.code[i];
        float* to = inputs + i + 1 == count ? out + at : memory + slot_[inputs + i] * tile_floats;
        if (affine_[i]) affine(i, reg, to, n);
        else if (c.kind == Instruction::Kind::Unary) (*kernels_)[c.unary](reg[size_t(c.x)], to, n, c.a, c.b);
        else if (c.kind == Instruction::Kind::Binary && is_run(c.y)) kernels_->scalar_second[size_t(c.binary)](reg[size_t(c.x)], *reg[size_t(c.y)], to, n);
        else if (c.kind == Instruction::Kind::Binary && is_run(c.x)) kernels_->scalar_first[size_t(c.binary)](reg[size_t(c.y)], *reg[size_t(c.x)], to, n);
        else if (c.kind == Instruction::Kind::Binary) (*kernels_)[c.binary](reg[size_t(c.x)], reg[size_t(c.y)], to, n);
        else if (inputs + i + 1 == count) std::fill_n(to, n, c.a);
      }
      if (spare_) clear_spare(out, at, n);
    }
  }

  void affine(size_t i, const std::array<const float*, max_registers>& reg, float* to, int64_t n) const {
    const Instruction &mul = program_.code[i - 1], &add = program_.code[i];
    const auto [x, scale] = is_run(mul.y) ? std::pair(mul.x, mul.y) : std::pair(mul.y, mul.x);
    rows_->affine(reg[size_t(x)], to, n, *reg[size_t(scale)], *reg[size_t(is_run(add.y) ? add.y : add.x)]);
  }

  void expand_channels(const Source& s, const float* data, int64_t at, int64_t n, float* out) const {
    while (n > 0) {
      const int64_t plane = at / channel_run_, image = plane / blocks_, lane0 = plane % blocks_ * block_;
      const int64_t run = std::min(n, channel_run_ - at % channel_run_);
      std::array<float, 16> lane{};
      for (int64_t l = 0; l < block_ && lane0 + l < s.channels; ++l) lane[size_t(l)] = data[image * s.image_stride + lane0 + l];
      for (int64_t i = 0; i < run; i += block_) std::memcpy(out + i, lane.data(), size_t(block_) * 4);
      out += run, at += run, n -= run;
    }
  }

  // Padding lanes of the last channel block hold zeros, whatever the program makes of them.
  void clear_spare(float* out, int64_t at, int64_t n) const {
    for (int64_t i = at / block_ * block_; i < at + n; i += block_)
      if (i / channel_run_ % blocks_ == blocks_ - 1) std::fill_n(out + i + block_ - spare_, spare_, 0.0f);
  }

  Program program_;
  const ElementwiseKernels* kernels_;
  const RowKernels* rows_;
  std::vector<bool> affine_;  // by instruction: it computes the one before it, too
  std::vector<Source> sources_;
  std::vector<int> slot_;  // by register; -1: in place
  int slots_ = 0;
  int64_t shortest_ = INT64_MAX;  // run
  int64_t total_ = 0, block_ = 1, channels_ = 0, channel_run_ = 1, blocks_ = 1, spare_ = 0;
};

Support supports(const Problem& p, const Device&) {
  const auto program = program_of(p);
  if (!program) return unsupported("not a chain of elementwise functions");
  if (p.outputs.empty() || !p.outputs[0].is_concrete() || p.outputs[0].dtype != DType::f32) return unsupported("not in f32");
  for (const size_t i : program->sources)
    if (!p.has_input(i) || !p.inputs[i].is_concrete() || p.inputs[i].dtype != DType::f32) return unsupported("not in f32");
  if (program->code.empty() || program->sources.size() + program->code.size() > max_registers)
    return unsupported("empty or longer than the register file");
  return supported();
}

std::vector<Formats> formats(const Problem& p, const Device& device) {
  std::vector<Formats> list{plain_formats(p)};
  const auto program = program_of(p);
  if (!can_block(p, *program)) return list;
  Formats blocked = plain_formats(p);
  const Dims out = p.out(0);
  bool variable_channels = false;
  blocked.outputs[0] = device.blocked();
  for (const size_t i : program->sources) {
    if (p.in(i) == out) blocked.inputs[i] = device.blocked();
    else if (!is_constant(p, i) && count_of(p.in(i)) != 1 && p.in(i).size() == out.size()) variable_channels = true;
  }
  list.insert(list.begin(), blocked);
  if (!variable_channels) return list;
  for (const size_t i : program->sources)
    if (!is_constant(p, i) && count_of(p.in(i)) != 1 && p.in(i).size() == out.size()) blocked.inputs[i] = device.blocked();
  list.insert(list.begin(), blocked);
  return list;
}

size_t workspace(const Problem& p, const Config&, const Device& device) {
  return Pointwise(p, *program_of(p), device.isa).workspace(device.threads);
}

int in_place(const Problem& p) {
  const auto program = program_of(p);
  for (const size_t i : program->sources)
    if (!is_constant(p, i) && p.in(i) == p.out(0)) return int(i);
  return -1;
}

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([pointwise = Pointwise(p, *program_of(p), device.isa)](const KernelArgs& a, const Threads& threads) {
    pointwise.run(a, threads);
  });
}

}  // namespace

void define_pointwise_simd(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.pointwise.simd",
      .doc = "Elementwise functions and chains of them, tile by tile in the first-level cache, with broadcasting.",
      .ops = program_ops(),
      .supports = supports,
      .formats = formats,
      .workspace = workspace,
      .in_place = in_place,
      .prepare = prepare,
  });
}

}  // namespace pharos
