#pragma once
// The parameters of RNN, GRU and LSTM, read once.

#include "ops/op.h"

namespace pharos {

enum class RnnKind : uint8_t { Rnn, Gru, Lstm };
enum class RnnActivation : uint8_t {
  Relu, Tanh, Sigmoid, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus
};

struct RnnFunction {
  RnnActivation kind = RnnActivation::Tanh;
  double alpha = 0, beta = 0;
  double operator()(double x) const;
};

struct RnnParams {
  RnnKind kind = RnnKind::Rnn;
  int gates = 1;                      // 1, 3 or 4: rows of W and R are gates * hidden
  int64_t length = 1, batch = 1, input = 1, hidden = 1;
  int directions = 1;
  bool first_reverse = false;         // of direction 0; direction 1 is always reverse
  bool batch_first = false;           // attribute `layout`
  bool linear_before_reset = false, input_forget = false;
  double clip = 0;                    // 0: none
  std::vector<RnnFunction> functions; // per direction: 1 (RNN), 2 (GRU) or 3 (LSTM)
  bool reverse(int direction) const { return direction == 1 || first_reverse; }
  int functions_each() const { return kind == RnnKind::Lstm ? 3 : kind == RnnKind::Gru ? 2 : 1; }
};

// Kind and attributes only; sizes are left at 1 but for `hidden`, 0 where no attribute names it.
Result<RnnParams> rnn_attributes(const Node& node);
// With the sizes of X, W and R, which are checked against each other.
Result<RnnParams> rnn_params(const Node& node, std::span<const int64_t> x, std::span<const int64_t> w, std::span<const int64_t> r);

}  // namespace pharos
