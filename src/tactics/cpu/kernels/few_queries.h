#pragma once
// Attention of a single query: products with the rows of K and V where they lie, as packing would cost more than it saves.

#include "tactics/tactic.h"

namespace pharos::cpu {

struct FewQueries {
  // scores[j] = scale * (q . row j of k) for j < keys; rows are `step` apart.
  void (*scores)(const float* q, const float* k, int64_t step, int64_t keys, int64_t size, float scale, float* scores);
  // y = the sum of weights[j] * row j of v.
  void (*weighted)(const float* weights, const float* v, int64_t step, int64_t keys, int64_t size, float* y);
};
const FewQueries& few_queries(Isa isa);

}  // namespace pharos::cpu
