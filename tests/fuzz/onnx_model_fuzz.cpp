// Any bytes as an ONNX model: import, infer, and run what can be run, within tight limits. An input that starts with 'F'
// is a recipe for changing fields of a good model, which reaches deeper than changed bytes do.

#include <google/protobuf/message.h>

#include <algorithm>
#include <string>

#include "fuzz.h"
#include "onnx/import.h"
#include "onnx/test_model.h"
#include "ops/interpret.h"

namespace {

using namespace pharos;
using test::ModelMaker;
namespace pb = google::protobuf;

// Numbers from the input; zeros when it is used up.
class Recipe {
 public:
  Recipe(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ >= size_; }
  uint8_t byte() { return empty() ? 0 : data_[at_++]; }
  size_t below(size_t n) { return n == 0 ? 0 : (byte() | size_t(byte()) << 8) % n; }
  int64_t number() {
    static constexpr int64_t values[] = {0, 1, -1, 2, 3, 7, 127, -128, 65536, INT32_MAX, INT32_MIN, int64_t{1} << 40, INT64_MAX, INT64_MIN};
    const size_t i = byte();
    return i < std::size(values) ? values[i] : int64_t(i) - 64;
  }

 private:
  const uint8_t* data_;
  size_t size_, at_ = 0;
};

void set_scalar(pb::Message& m, const pb::FieldDescriptor& f, Recipe& r) {
  const pb::Reflection& ref = *m.GetReflection();
  const int64_t v = r.number();
  switch (f.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32: return f.is_repeated() ? ref.AddInt32(&m, &f, int32_t(v)) : ref.SetInt32(&m, &f, int32_t(v));
    case pb::FieldDescriptor::CPPTYPE_INT64: return f.is_repeated() ? ref.AddInt64(&m, &f, v) : ref.SetInt64(&m, &f, v);
    case pb::FieldDescriptor::CPPTYPE_UINT64: return f.is_repeated() ? ref.AddUInt64(&m, &f, uint64_t(v)) : ref.SetUInt64(&m, &f, uint64_t(v));
    case pb::FieldDescriptor::CPPTYPE_FLOAT: return f.is_repeated() ? ref.AddFloat(&m, &f, float(v)) : ref.SetFloat(&m, &f, float(v));
    case pb::FieldDescriptor::CPPTYPE_DOUBLE: return f.is_repeated() ? ref.AddDouble(&m, &f, double(v)) : ref.SetDouble(&m, &f, double(v));
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      static constexpr const char* names[] = {"", "x", "y", "w", "a", "t", "cond", "Relu", "Conv", "Reshape", "If", "Loop", "Gather", "Softmax", "axis", "local"};
      const std::string s = names[r.below(std::size(names))];
      return f.is_repeated() ? ref.AddString(&m, &f, s) : ref.SetString(&m, &f, s);
    }
    case pb::FieldDescriptor::CPPTYPE_ENUM: if (!f.is_repeated()) ref.SetEnumValue(&m, &f, int(r.below(16))); return;
    default: return;
  }
}

// Walks down to some message and changes one of its fields.
void change(pb::Message& root, Recipe& r) {
  pb::Message* m = &root;
  for (int depth = 0; depth < 12; ++depth) {
    const pb::Reflection& ref = *m->GetReflection();
    const pb::Descriptor& d = *m->GetDescriptor();
    const pb::FieldDescriptor& f = *d.field(int(r.below(size_t(d.field_count()))));
    const int n = f.is_repeated() ? ref.FieldSize(*m, &f) : 0;
    if (f.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      if (r.byte() % 4 == 0) ref.ClearField(m, &f);
      else set_scalar(*m, f, r);
      return;
    }
    if (f.is_repeated()) {
      const uint8_t how = r.byte() % 16;
      if (n > 0 && how == 0) return ref.RemoveLast(m, &f);
      if (n > 1 && how == 1) return ref.SwapElements(m, &f, int(r.below(size_t(n))), int(r.below(size_t(n))));
      if (n > 0 && how == 2) {
        pb::Message* copy = ref.AddMessage(m, &f);
        return copy->CopyFrom(ref.GetRepeatedMessage(*m, &f, int(r.below(size_t(n)))));
      }
      m = n > 0 && how < 15 ? ref.MutableRepeatedMessage(m, &f, int(r.below(size_t(n)))) : ref.AddMessage(m, &f);
    } else {
      m = ref.MutableMessage(m, &f);
    }
  }
}

ModelMaker sample(size_t which) {
  ModelMaker m(which % 2 ? 9 : 17);
  m.input("x", {1, 2, 4, 4}).output("y");
  m.floats("w", {2, 2, 1, 1}, {1, 2, 3, 4});
  m.floats("b", {2}, {1, 2});
  switch (which % 4) {
    case 0:
      m.node("Conv", {"x", "w", "b"}, {"a"});
      m.node("Relu", {"a"}, {"y"});
      break;
    case 1: {
      m.node("Shape", {"x"}, {"s"});
      m.node("Gather", {"s", "i"}, {"g"});
      auto& i = *m.graph().add_initializer();
      i.set_name("i");
      i.set_data_type(onnx::TensorProto::INT64);
      i.add_dims(4);
      for (const int64_t v : {0, 1, 3, 2}) i.add_int64_data(v);
      m.node("Reshape", {"x", "g"}, {"r"});
      ModelMaker::integer(m.node("Softmax", {"r"}, {"y"}), "axis", 1);
      break;
    }
    case 2: {
      m.node("ReduceMax", {"x"}, {"t"});
      m.node("Cast", {"t"}, {"c"});
      ModelMaker::integer(*m.graph().mutable_node(1), "to", onnx::TensorProto::BOOL);
      m.node("Squeeze", {"c"}, {"cond"});
      auto& n = m.node("If", {"cond"}, {"y"});
      for (const char* branch : {"then_branch", "else_branch"}) {
        auto& g = *ModelMaker::attribute(n, branch, onnx::AttributeProto::GRAPH).mutable_g();
        ModelMaker::node(g, "Neg", {"x"}, {"t"});
        g.add_output()->set_name("t");
      }
      break;
    }
    default: {
      m.import("local", 1);
      auto& f = *m.model.add_functions();
      f.set_domain("local");
      f.set_name("f");
      f.add_input("a");
      f.add_output("b");
      ModelMaker::set(*f.add_opset_import(), "", 9);
      ModelMaker::fill(*f.add_node(), "Sigmoid", {"a"}, {"t"});
      ModelMaker::fill(*f.add_node(), "Mul", {"a", "t"}, {"b"});
      m.node("f", {"x"}, {"a"}).set_domain("local");
      m.node("MaxPool", {"a"}, {"y"});
      auto& kernel = ModelMaker::attribute(*m.graph().mutable_node(1), "kernel_shape", onnx::AttributeProto::INTS);
      kernel.add_ints(2);
      kernel.add_ints(2);
    }
  }
  return m;
}

Limits tight() {
  Limits l;
  l.max_tensor_bytes = 16384;
  l.max_total_bytes = l.max_model_bytes = 1 << 20;
  l.max_nodes = 1000;
  l.max_loop_trips = 50;
  l.max_rank = 8;
  l.max_depth = 8;
  return l;
}

void import_and_run(std::span<const std::byte> bytes) {
  static const OpSet ops = builtin_ops();
  ImportOptions options;
  options.limits = tight();
  const auto model = import_model(bytes, "", ops, options);
  if (!model) {
    (void)model.error().text(Language::Chinese);
    return;
  }
  std::vector<Datum> inputs;
  for (const ValueId v : model->graph.inputs()) {
    const Type& t = model->graph.value(v).type;
    Dims dims;
    if (t.shape)
      for (const Dim& d : *t.shape) dims.push_back(d.maybe_number().value_or(2));
    const auto count = element_count(dims);
    if (!t.is_tensor() || !count || *count > 4096) return;
    inputs.emplace_back(Tensor(t.dtype, dims));
  }
  InterpretOptions run;
  run.limits = options.limits;
  if (auto r = interpret(model->graph, ops, std::move(inputs), run); !r) (void)r.error().text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0 && data[0] == 'F') {
    Recipe recipe(data + 1, size - 1);
    ModelMaker m = sample(recipe.byte());
    while (!recipe.empty()) change(m.model, recipe);
    const std::string bytes = m.bytes();
    import_and_run(test::as_bytes(bytes));
  } else {
    import_and_run(std::as_bytes(std::span(data, size)));
  }
  return 0;
}

std::vector<std::vector<uint8_t>> fuzz_seeds() {
  std::vector<std::vector<uint8_t>> out;
  for (size_t i = 0; i < 8; ++i) {
    const std::string bytes = sample(i).bytes();
    out.emplace_back(bytes.begin(), bytes.end());
    std::vector<uint8_t> recipe{'F', uint8_t(i)};
    for (size_t k = 0; k < 40; ++k) recipe.push_back(uint8_t((k * 97 + i * 31) ^ (k >> 2)));
    out.push_back(recipe);
  }
  return out;
}
