#pragma once
// Test cases in the layout of the ONNX backend tests:
//   CASE/model.onnx, CASE/test_data_set_N/{input,output}_K.pb
//   CASE/data.json naming a model of the archive ("real"), whose input is i/n and whose expected output lies beside it

#include <string>
#include <vector>

#include "base/result.h"

namespace pharos {

struct DataSet {
  std::string folder;            // empty: inputs are made (i/n)
  std::string expected_output;   // file of output 0, where there is no folder
};

struct VerifyCase {
  std::string name;
  std::string model;
  std::vector<DataSet> data_sets;
  double rtol = 1e-3, atol = 1e-7;
  bool backend_test = true;      // named test_*: upstream's tolerances; otherwise those for whole models
};

// Every case at or below the folders, by name. A folder without any is an error.
Result<std::vector<VerifyCase>> find_cases(const std::vector<std::string>& folders);

}  // namespace pharos
