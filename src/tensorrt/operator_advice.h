#pragma once
// What to do about an operator that TensorRT does not take: the opset in which its useful form exists, how to write it with
// others, the plugin that does it.

#include <span>
#include <string_view>

#include "pharos/diagnostics.h"

namespace pharos::tensorrt {

struct OperatorAdvice {
  std::string_view op;
  int opset = 0;                  // export with at least this one; 0: it does not matter
  std::string_view plugin = {};   // of NVIDIA's plugin library; empty: none
  Text rewrite;
  std::string_view onnx = {};     // the operator of ONNX that this name stands for, where it is none itself
};

std::span<const OperatorAdvice> operator_advice();  // by operator
const OperatorAdvice* advice_for(std::string_view op);

}  // namespace pharos::tensorrt
