#include "zoo/net.h"

namespace pharos {

int64_t NetTensor::count() const {
  int64_t n = 1;
  for (const int64_t d : dims) n *= d;
  return n;
}

std::string Net::input(std::string name, DType dtype, std::vector<NetDim> dims) {
  inputs.push_back({name, dtype, std::move(dims)});
  return name;
}

// The value gets its public name in the node that makes it.
void Net::output(std::string value, std::string name, DType dtype, std::vector<NetDim> dims) {
  for (NetNode& n : nodes) {
    for (std::string& o : n.outputs) if (o == value) o = name;
    for (std::string& i : n.inputs) if (i == value) i = name;
  }
  outputs.push_back({std::move(name), dtype, std::move(dims)});
}

std::string Net::weight(std::string name, Dims dims, Fill fill, DType dtype) {
  weights.push_back({name, dtype, std::move(dims), std::move(fill)});
  return name;
}

std::string Net::constant(std::string_view scope, NetTensor value) {
  return node(scope, "Constant", {}, {{"value", std::move(value)}});
}

std::string Net::scalar(std::string_view scope, float value) {
  return constant(scope, {"", DType::f32, {}, Fill::of(std::vector<float>{value})});
}

std::string Net::scalar_i64(std::string_view scope, int64_t value) {
  return constant(scope, {"", DType::i64, {}, Fill::of(std::vector<int64_t>{value})});
}

std::string Net::shape(std::string_view scope, std::vector<int64_t> values) {
  const int64_t n = int64_t(values.size());
  return constant(scope, {"", DType::i64, {n}, Fill::of(std::move(values))});
}

std::vector<std::string> Net::nodes_out(std::string_view scope, std::string op, std::vector<std::string> in,
                                        size_t outputs_wanted, Attrs attributes) {
  NetNode n{.op = op, .inputs = std::move(in), .attributes = std::move(attributes)};
  n.name = scope.empty() ? "/" + op : "/" + std::string(scope) + "/" + op;
  if (const int times = names_[n.name]++; times > 0) n.name += "_" + std::to_string(times);
  for (size_t i = 0; i < outputs_wanted; ++i) n.outputs.push_back(n.name + "_output_" + std::to_string(i));
  nodes.push_back(std::move(n));
  return nodes.back().outputs;
}

std::string Net::node(std::string_view scope, std::string op, std::vector<std::string> in, Attrs attributes) {
  return nodes_out(scope, std::move(op), std::move(in), 1, std::move(attributes))[0];
}

int64_t Net::parameters() const {
  int64_t n = 0;
  for (const NetTensor& w : weights) n += w.dtype == DType::f32 ? w.count() : 0;
  return n;
}

size_t Net::count(std::string_view op) const {
  size_t n = 0;
  for (const NetNode& node : nodes) n += node.op == op;
  return n;
}

}  // namespace pharos
