#pragma once
// For tests: sample networks as files, and quick builds of them.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "pharos/builder.h"
#include "zoo/write_onnx.h"
#include "zoo/zoo.h"

namespace pharos {

// A model file that is removed with the object.
struct ModelFile {
  std::string path;
  ModelFile(const std::string& name, ZooOptions options) {
    const ZooSet zoo = builtin_zoo();
    const ZooNetwork* network = zoo.find(name);
    path = (std::filesystem::temp_directory_path() / (name + "_" + std::to_string(getpid()) + ".onnx")).string();
    EXPECT_TRUE(write_onnx(network->build(*complete(*network, options)), path));
  }
  ~ModelFile() { std::filesystem::remove(path); }
};

inline ZooOptions small(const std::string& name) {
  ZooOptions o;
  if (name == "bert_base") o.seq_len = 8;
  else if (name == "vit_b16") o.size = 0;
  else o.size = 64;
  return o;
}

inline BuildOptions quick() {
  BuildOptions o;
  o.threads = 1;
  o.timing_iterations = 1;
  return o;
}

}  // namespace pharos
