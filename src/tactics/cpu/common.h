#pragma once
// Small things that most CPU tactics need.

#include <algorithm>

#include "tactics/tactic.h"

namespace pharos::cpu {

inline constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline constexpr size_t align64(size_t n) { return (n + 63) & ~size_t{63}; }

inline int64_t count_of(std::span<const int64_t> dims, size_t first = 0, size_t last = SIZE_MAX) {
  int64_t n = 1;
  for (size_t i = first; i < std::min(last, dims.size()); ++i) n *= dims[i];
  return n;
}

// Every input that is there, and output 0, is an f32 tensor of known shape.
inline bool all_f32(const Problem& p) {
  if (p.outputs.empty() || !p.outputs[0].is_concrete() || p.outputs[0].dtype != DType::f32) return false;
  for (size_t i = 0; i < p.inputs.size(); ++i)
    if (p.has_input(i) && (!p.inputs[i].is_concrete() || p.inputs[i].dtype != DType::f32)) return false;
  return true;
}

inline bool is_constant(const Problem& p, size_t i) { return i < p.constants.size() && p.constants[i]; }
// Contents of an integer input; nothing where it is left out or not known.
inline std::optional<std::vector<int64_t>> constant_ints(const Problem& p, size_t i) {
  if (!is_constant(p, i)) return std::nullopt;
  return p.constants[i]->to_ints();
}

// Elements in memory (with padding lanes) of a value in its format.
inline int64_t stored(const Type& t) { return stored_elements(*t.dims(), t.format).value_or(0); }

inline const float* in_f32(const KernelArgs& a, size_t i) {
  return i < a.inputs.size() && a.inputs[i] ? static_cast<const float*>(a.inputs[i]->data()) : nullptr;
}
inline float* out_f32(const KernelArgs& a, size_t i = 0) {
  return i < a.outputs.size() && a.outputs[i] ? static_cast<float*>(a.outputs[i]->data()) : nullptr;
}

// The formats of a node whose inputs and outputs are all Plain.
inline Formats plain_formats(const Problem& p) {
  return {std::vector<Format>(p.inputs.size(), Format::Plain), std::vector<Format>(p.outputs.size(), Format::Plain)};
}

// A kernel that is a function object: `body(args, threads)` returns nothing.
template <class Body>
class FunctionKernel final : public Kernel {
 public:
  explicit FunctionKernel(Body body) : body_(std::move(body)) {}
  Result<void> run(const KernelArgs& args, const Threads& threads) const noexcept override {
    if constexpr (std::is_void_v<decltype(body_(args, threads))>) {
      body_(args, threads);
      return {};
    } else {
      return body_(args, threads);
    }
  }

 private:
  Body body_;
};
template <class Body>
std::unique_ptr<Kernel> make_kernel(Body body) { return std::make_unique<FunctionKernel<Body>>(std::move(body)); }

// A kernel that makes its outputs: `body(args, threads)` returns a Result<std::vector<Tensor>>.
template <class Body>
class ProducingKernel final : public Kernel {
 public:
  explicit ProducingKernel(Body body) : body_(std::move(body)) {}
  Result<void> run(const KernelArgs&, const Threads&) const noexcept override { return {}; }
  Result<std::vector<Tensor>> produce(const KernelArgs& args, const Threads& threads) const override { return body_(args, threads); }

 private:
  Body body_;
};
template <class Body>
std::unique_ptr<Kernel> make_producing_kernel(Body body) { return std::make_unique<ProducingKernel<Body>>(std::move(body)); }

// Splits a workspace into aligned pieces.
class Carver {
 public:
  explicit Carver(std::span<std::byte> memory) : next_(memory.data()) {}
  template <class T = float> T* take(size_t count) {
    T* p = reinterpret_cast<T*>(next_);
    next_ += align64(count * sizeof(T));
    return p;
  }
 private:
  std::byte* next_;
};

}  // namespace pharos::cpu
