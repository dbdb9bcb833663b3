#pragma once
// Small models made in code, for tests and fuzzing.

#include <initializer_list>
#include <span>
#include <string>

#include "onnx/proto.h"

namespace pharos::test {

class ModelMaker {
 public:
  explicit ModelMaker(int64_t opset = 17) {
    model.set_ir_version(8);
    graph().set_name("g");
    if (opset > 0) import("", opset);
  }

  onnx::GraphProto& graph() { return *model.mutable_graph(); }
  void import(const std::string& domain, int64_t version) { set(*model.add_opset_import(), domain, version); }

  static void set(onnx::OperatorSetIdProto& i, const std::string& domain, int64_t version) {
    i.set_domain(domain);
    i.set_version(version);
  }
  static void tensor_type(onnx::ValueInfoProto& v, const std::string& name, int dtype, std::initializer_list<int64_t> dims) {
    v.set_name(name);
    auto* t = v.mutable_type()->mutable_tensor_type();
    t->set_elem_type(dtype);
    auto* shape = t->mutable_shape();
    for (const int64_t d : dims) {
      auto* dim = shape->add_dim();
      if (d != -2) dim->set_dim_value(d);  // -2: says nothing
    }
  }
  ModelMaker& input(const std::string& name, std::initializer_list<int64_t> dims, int dtype = onnx::TensorProto::FLOAT) {
    tensor_type(*graph().add_input(), name, dtype, dims);
    return *this;
  }
  ModelMaker& output(const std::string& name) {
    graph().add_output()->set_name(name);
    return *this;
  }
  static onnx::NodeProto& node(onnx::GraphProto& g, const std::string& op, std::initializer_list<std::string> inputs,
                               std::initializer_list<std::string> outputs, const std::string& name = "") {
    return fill(*g.add_node(), op, inputs, outputs, name);
  }
  static onnx::NodeProto& fill(onnx::NodeProto& n, const std::string& op, std::initializer_list<std::string> inputs,
                               std::initializer_list<std::string> outputs, const std::string& name = "") {
    n.set_op_type(op);
    n.set_name(name);
    for (const auto& i : inputs) n.add_input(i);
    for (const auto& o : outputs) n.add_output(o);
    return n;
  }
  onnx::NodeProto& node(const std::string& op, std::initializer_list<std::string> inputs, std::initializer_list<std::string> outputs,
                        const std::string& name = "") {
    return node(graph(), op, inputs, outputs, name);
  }
  onnx::TensorProto& floats(const std::string& name, std::initializer_list<int64_t> dims, std::initializer_list<float> values) {
    auto& t = *graph().add_initializer();
    t.set_name(name);
    t.set_data_type(onnx::TensorProto::FLOAT);
    for (const int64_t d : dims) t.add_dims(d);
    for (const float v : values) t.add_float_data(v);
    return t;
  }
  static onnx::AttributeProto& attribute(onnx::NodeProto& n, const std::string& name, onnx::AttributeProto::AttributeType type) {
    auto& a = *n.add_attribute();
    a.set_name(name);
    a.set_type(type);
    return a;
  }
  static void integer(onnx::NodeProto& n, const std::string& name, int64_t value) { attribute(n, name, onnx::AttributeProto::INT).set_i(value); }

  std::string bytes() const { return model.SerializeAsString(); }

  onnx::ModelProto model;
};

inline std::span<const std::byte> as_bytes(const std::string& s) { return std::as_bytes(std::span(s.data(), s.size())); }

}  // namespace pharos::test
