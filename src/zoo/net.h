#pragma once
// A network under construction: nodes in order, weights as recipes (contents are made only while the file is written).
// Names follow those that PyTorch's exporter gives.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pharos/types.h"

namespace pharos {

// How the elements of a weight come about.
struct Fill {
  enum class Kind : uint8_t { Constant, Normal, Uniform, Range, Ints, Floats } kind = Kind::Constant;
  double a = 0, b = 0;  // Constant: value; Normal: standard deviation; Uniform: low, high; Range: first, step
  std::vector<int64_t> ints;
  std::vector<float> floats;

  static Fill constant(double value) { return {Kind::Constant, value, 0, {}, {}}; }
  static Fill normal(double deviation) { return {Kind::Normal, deviation, 0, {}, {}}; }
  static Fill uniform(double low, double high) { return {Kind::Uniform, low, high, {}, {}}; }
  static Fill range(double first, double step) { return {Kind::Range, first, step, {}, {}}; }
  static Fill of(std::vector<int64_t> values) { return {Kind::Ints, 0, 0, std::move(values), {}}; }
  static Fill of(std::vector<float> values) { return {Kind::Floats, 0, 0, {}, std::move(values)}; }
};

struct NetTensor {
  std::string name;
  DType dtype = DType::f32;  // f32 or i64
  Dims dims;
  Fill fill;
  int64_t count() const;
};

// A dimension of an input or output: a number, or a name.
using NetDim = std::variant<int64_t, std::string>;
struct NetValue { std::string name; DType dtype; std::vector<NetDim> dims; };

using NetAttr = std::variant<int64_t, float, std::string, std::vector<int64_t>, NetTensor>;
struct NetNode {
  std::string op, name;
  std::vector<std::string> inputs, outputs;
  std::vector<std::pair<std::string, NetAttr>> attributes;
};

class Net {
 public:
  Net(std::string name, uint64_t seed) : name(std::move(name)), seed(seed) {}

  std::string input(std::string name, DType dtype, std::vector<NetDim> dims);
  void output(std::string value, std::string name, DType dtype, std::vector<NetDim> dims);
  std::string weight(std::string name, Dims dims, Fill fill, DType dtype = DType::f32);
  // A Constant node, as the exporter makes for small things.
  std::string scalar(std::string_view scope, float value);
  std::string shape(std::string_view scope, std::vector<int64_t> values);
  std::string scalar_i64(std::string_view scope, int64_t value);

  using Attrs = std::vector<std::pair<std::string, NetAttr>>;
  std::string node(std::string_view scope, std::string op, std::vector<std::string> inputs, Attrs attributes = {});
  std::vector<std::string> nodes_out(std::string_view scope, std::string op, std::vector<std::string> inputs,
                                     size_t outputs, Attrs attributes = {});

  int64_t parameters() const;  // elements of all floating-point weights
  size_t count(std::string_view op) const;

  std::string name;
  uint64_t seed;
  std::vector<NetValue> inputs, outputs;
  std::vector<NetTensor> weights;
  std::vector<NetNode> nodes;

 private:
  std::string constant(std::string_view scope, NetTensor value);
  std::map<std::string, int> names_;  // how often each node name was used
};

}  // namespace pharos
