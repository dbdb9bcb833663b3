#pragma once
// A chain of elementwise instructions over registers: the body of pharos::Pointwise, and what a single elementwise operator
// is turned into. Registers 0 .. inputs-1 are the inputs; each instruction appends one; the last one is the result.

#include "tactics/cpu/kernels/elementwise.h"

namespace pharos::cpu {

struct Instruction {
  enum class Kind : uint8_t { Unary, Binary, Constant } kind;
  Unary unary = Unary::Identity;
  Binary binary = Binary::Add;
  float a = 0, b = 0;   // parameters of a unary function; `a` is the value of a constant
  int x = 0, y = 0;     // operand registers
};

struct Program {
  int inputs = 0;
  std::vector<size_t> sources;  // node input of each input register
  std::vector<Instruction> code;
};

// Of pharos::Pointwise or an elementwise ONNX operator; nothing where it is none that can be computed this way.
std::optional<Program> program_of(const Problem& p);
// The (domain, operator) pairs for which program_of may succeed.
std::vector<std::pair<std::string_view, std::string_view>> program_ops();

}  // namespace pharos::cpu
