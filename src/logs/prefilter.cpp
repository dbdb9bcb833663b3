#include "logs/prefilter.h"

#include <algorithm>
#include <cassert>

namespace pharos {
namespace {

// Text of the kind that fills verbose logs. A window whose last gram occurs here would be compared too often.
constexpr std::string_view background =
    "[09/19/2024-22:15:35] [V] [TRT] *************** Autotuning format combination: Float(3211264,50176,224,1), "
    "Half(1605632:2,12544,112,1) -> Float(802816,12544,112,1) *************** --------------- Timing Runner: conv1 + "
    "relu1 (CaskConvolution[0x80000009]) Tactic Name: sm80_xmma_fprop_implicit_gemm_indexed_tf32f32_nhwc_tilesize "
    "Tactic: 0x00000000000003e8 Time: 0.0083 profiling completed in 0.24 seconds. Fastest Tactic: Layer(Reformat): "
    "Registering layer: /model.7/conv/Conv for ONNX node: Registering tensor: for ONNX tensor: Searching for input: "
    "Parsing node: inputs: [x -> (1, 3, 224, 224)[FLOAT]], outputs: constant weights output input engine network layer "
    "[I] [W] [E] WARNING: ERROR: INFO: TensorRT Removing Fusing with from into After fusion layers seconds memory ";

constexpr char folded(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

}  // namespace

Prefilter::Prefilter(std::vector<std::string> literals) : literals_(std::move(literals)) {
  window_ = max_window;
  for (const std::string& l : literals_) {
    assert(l.size() >= min_length);
    window_ = std::min(window_, l.size());
  }
  shift_.fill(uint8_t(window_ - 3));
  for (uint32_t i = 0; i < literals_.size(); ++i) {
    const std::string_view literal = literals_[i];
    const size_t first = best_window(literal);
    for (size_t k = 0; k + 4 <= window_; ++k) {
      const uint32_t s = slot(gram(literal.data() + first + k));
      shift_[s] = std::min(shift_[s], uint8_t(window_ - 4 - k));
    }
    const size_t last = first + window_ - 4;
    const uint32_t s = slot(gram(literal.data() + last));
    if (bucket_[s] == 0) {
      buckets_.emplace_back();
      bucket_[s] = uint16_t(buckets_.size());
    }
    buckets_[bucket_[s] - 1u].push_back({i, uint32_t(last)});
  }
}

// The window that ends in the gram that is rarest in common text; the first of equals.
size_t Prefilter::best_window(std::string_view literal) const {
  size_t best = 0, fewest = SIZE_MAX;
  for (size_t first = 0; first + window_ <= literal.size(); ++first) {
    const uint32_t wanted = slot(gram(literal.data() + first + window_ - 4));
    size_t count = 0;
    for (size_t i = 0; i + 4 <= background.size(); ++i) count += slot(gram(background.data() + i)) == wanted;
    if (count < fewest) { fewest = count; best = first; }
  }
  return best;
}

bool Prefilter::matches(std::string_view text, size_t start, uint32_t literal) const {
  const std::string& l = literals_[literal];
  if (text.size() - start < l.size()) return false;
  for (size_t i = 0; i < l.size(); ++i) {
    if (folded(text[start + i]) != folded(l[i])) return false;
  }
  return true;
}

void Prefilter::scan(std::string_view text, std::vector<Hit>& hits) const {
  if (literals_.empty() || text.size() < window_) return;
  const char* const base = text.data();
  const size_t end = text.size() - 4;  // the last place where a gram can stand
  for (size_t at = window_ - 4; at <= end;) {
    const uint32_t s = slot(gram(base + at));
    const uint8_t shift = shift_[s];
    if (shift != 0) { at += shift; continue; }
    for (const Candidate c : buckets_[bucket_[s] - 1u]) {
      if (at >= c.offset && matches(text, at - c.offset, c.literal)) hits.push_back({at - c.offset, c.literal});
    }
    ++at;
  }
}

}  // namespace pharos
