#pragma once
#include <string>
#include <vector>

#include "cli/model/inputs.h"

namespace pharos {

// Copies of the outputs of the last run. Sequences and maps come as tensors of undefined type.
Result<std::vector<HostTensor>> collect_outputs(ExecutionContext& context, const EngineInfo& info);

std::vector<std::string> output_row(const HostTensor& tensor);  // name, type, shape, min, max, mean, first
// Element `i` as a number; complex numbers by their real part.
double element_of(const HostTensor& tensor, size_t i);
size_t elements_of(const HostTensor& tensor);

struct Comparison { bool equal = false; std::string details; };
// |a - b| <= atol + rtol * largest |b|; NaN equals NaN.
Comparison compare_tensors(const HostTensor& actual, const HostTensor& expected, double rtol, double atol);

}  // namespace pharos
