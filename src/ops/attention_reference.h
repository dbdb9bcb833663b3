#pragma once
// Scaled dot-product attention in plain loops, behind all operators that are some form of it.

#include <functional>

#include "ops/op.h"

namespace pharos {

// Where the rows of heads lie in memory: element d of row s of head h of batch b is data[b*batch + h*head + s*row + d].
struct HeadLayout {
  int64_t batch = 0, head = 0, row = 0;
  int64_t at(int64_t b, int64_t h, int64_t s) const { return b * batch + h * head + s * row; }
  static HeadLayout heads_first(int64_t heads, int64_t length, int64_t size) {  // [B, H, S, D]
    return {heads * length * size, length * size, size};
  }
  static HeadLayout packed(int64_t heads, int64_t length, int64_t size) {  // [B, S, H*D]
    return {heads * length * size, size, heads * size};
  }
};

struct AttentionShape {
  int64_t batch = 1, q_heads = 1, kv_heads = 1;  // kv_heads divides q_heads: query head h reads head h / (q_heads / kv_heads)
  int64_t q_length = 1, kv_length = 1, head_size = 1, v_head_size = 1;
  HeadLayout q, k, v;
};

struct AttentionHooks {
  // Changes a row of scaled scores before the softmax (masks: -infinity); `scores` holds kv_length.
  std::function<void(int64_t b, int64_t h, int64_t i, double* scores)> scores;
  // Sees the softmax; may change it.
  std::function<void(int64_t b, int64_t h, int64_t i, double* weights)> weights;
  // Takes the result, v_head_size elements.
  std::function<void(int64_t b, int64_t h, int64_t i, double* out)> result;
};

// Rows whose scores are all -infinity give zeros.
void attend(const AttentionShape& shape, const float* q, const float* k, const float* v, double scale, const AttentionHooks& hooks);
void attend(const AttentionShape& shape, const double* q, const double* k, const double* v, double scale, const AttentionHooks& hooks);

// softmax of a row in place; a row of -infinity becomes zeros.
void softmax_row(double* x, int64_t n);

// The mask of an attention: bool (true: keep) or numbers that are added, broadcast to [B, H, Sq, Skv].
class AttentionMask {
 public:
  AttentionMask() = default;
  // Fails where the mask cannot be broadcast. Copies the mask's elements.
  static Result<AttentionMask> make(const Node& node, size_t input, const Tensor& mask, const Dims& scores);
  explicit operator bool() const { return !values_.empty(); }
  void apply(int64_t b, int64_t h, int64_t i, double* scores) const;

 private:
  std::vector<float> values_;  // bool: 0 or -infinity
  std::vector<int64_t> strides_;
  int64_t length_ = 0;
};

}  // namespace pharos
