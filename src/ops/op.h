#pragma once
// The definition of an operator: everything the project knows about it except its fast tactics. One file per operator
// (families of look-alikes share a file with a table); `define_<file>(OpSet&)` adds the definitions of a file, and the
// build writes the list of calls from the folder listing.

#include <functional>
#include <initializer_list>
#include <map>
#include <string_view>

#include "pharos/limits.h"
#include "graph/datum.h"
#include "graph/graph.h"

namespace pharos {

// Set of element types that a parameter accepts.
class TypeSet {
 public:
  constexpr TypeSet() = default;
  constexpr TypeSet(std::initializer_list<DType> types) { for (const DType t : types) bits_ |= bit(t); }
  constexpr bool has(DType t) const { return bits_ & bit(t); }
  constexpr TypeSet operator|(TypeSet o) const { TypeSet r; r.bits_ = bits_ | o.bits_; return r; }
  std::string text() const;  // "f16, f32, f64"
 private:
  static constexpr uint64_t bit(DType t) { return uint64_t{1} << unsigned(t); }
  uint64_t bits_ = 0;
};

namespace types {
inline constexpr TypeSet f32{DType::f32}, boolean{DType::boolean}, i64{DType::i64}, i32{DType::i32}, string{DType::string};
inline constexpr TypeSet floats{DType::f16, DType::f32, DType::f64, DType::bf16};
inline constexpr TypeSet floats8{DType::f8e4m3fn, DType::f8e4m3fnuz, DType::f8e5m2, DType::f8e5m2fnuz};
inline constexpr TypeSet ints{DType::i8, DType::i16, DType::i32, DType::i64, DType::u8, DType::u16, DType::u32, DType::u64};
inline constexpr TypeSet indices{DType::i32, DType::i64};
inline constexpr TypeSet small{DType::i4, DType::u4, DType::i2, DType::u2, DType::f4e2m1, DType::f8e8m0};
inline constexpr TypeSet numeric = floats | ints;
inline constexpr TypeSet complex{DType::c64, DType::c128};
// Every tensor element type, for operators that only move elements.
inline constexpr TypeSet any = numeric | boolean | string | complex | floats8 | small;
}  // namespace types

struct Param {
  enum class Kind : uint8_t { Single, Optional, Variadic };
  std::string_view name;
  TypeSet types = types::any;  // of tensors; ignored for `container` parameters
  Kind kind = Kind::Single;
  bool container = false;      // also takes (or only takes) sequences, optionals or maps: checked by `infer`
  uint8_t least = 1;           // Variadic: how many at least
};

enum class AttrType : uint8_t { Int, Float, String, Ints, Floats, Strings, Tensor, Graph, Tensors, Type };
struct AttrDef {
  std::string_view name;
  AttrType type;
  bool required = false;
  std::string_view doc = "";  // default and meaning, for the rendered page
};

class InferContext;
class EvalContext;

// An operator that a plugin brings (plugins/): what its definition does besides the tables that every definition has.
class CustomOp {
 public:
  virtual ~CustomOp() = default;
  virtual const std::string& plugin() const = 0;   // name of the plugin
  virtual const std::string& version() const = 0;  // "1.2.0"
  virtual const std::string& tactic() const = 0;   // name of its tactic: "plugin.<plugin>.<operator>"
  virtual Result<void> infer(InferContext& c) const = 0;
  virtual Result<void> evaluate(EvalContext& c) const = 0;
};

// What inference sees of one node. Types of inputs may be partly unknown; contents of small integer inputs may be known
// exactly (`constant`) or as dimensions (`shape_value`). Errors name the node by themselves: see op_errors.h.
class InferContext {
 public:
  virtual ~InferContext() = default;
  virtual const Node& node() const = 0;
  virtual const Type& input(size_t i) const = 0;          // Kind::Unknown for a missing input
  virtual const Tensor* constant(size_t i) const = 0;     // contents of input i, where known
  virtual std::optional<Shape> shape_value(size_t i) const = 0;  // contents of a 0-D/1-D integer input as dims, where known
  virtual void set_output(size_t i, Type type) = 0;
  virtual void set_shape_value(size_t i, Shape value) = 0;       // contents of output i as dims (Shape, Concat of shapes, …)
  // Infers a subgraph given the types of its inputs (formal and captured); returns the types of its outputs.
  virtual Result<std::vector<Type>> infer_subgraph(const Graph& graph, std::span<const Type> inputs) = 0;
  virtual int depth() const { return 0; }  // of the graph that holds the node: 0 for the outermost
  virtual const Limits& limits() const = 0;

  const CustomOp* custom = nullptr;  // of the node's operator, where a plugin brought it

  bool has_input(size_t i) const { return node().has_input(i); }
  bool has_output(size_t i) const { return node().has_output(i); }
};

// What evaluation sees of one node: everything is concrete.
class EvalContext {
 public:
  virtual ~EvalContext() = default;
  virtual const Node& node() const = 0;
  virtual const Datum& input_datum(size_t i) const = 0;
  // Memory for output i (zeroed or not: write every element); fails where a limit or the memory is exceeded. May be the
  // final place of a planned buffer: call it once, with the final shape.
  virtual Result<Tensor> output(size_t i, DType dtype, const Dims& dims) = 0;
  virtual void set_output(size_t i, Datum value) = 0;  // containers, or a tensor that shares its input's storage
  // Runs a subgraph once; `inputs` are its formal inputs and captures.
  virtual Result<std::vector<Datum>> run_subgraph(const Graph& graph, std::vector<Datum> inputs) = 0;
  virtual const Limits& limits() const = 0;
  virtual uint64_t seed() = 0;  // for random operators without a seed attribute: differs per call, fixed per run seed
  virtual int threads() const { return 1; }        // that the evaluation may use
  virtual bool is_oracle() const { return true; }  // false: a step of an engine, wanted as fast as it can be

  const CustomOp* custom = nullptr;  // of the node's operator, where a plugin brought it

  bool has_input(size_t i) const { return node().has_input(i); }
  bool has_output(size_t i) const { return node().has_output(i); }
  const Tensor& input(size_t i) const { return *input_datum(i).tensor(); }  // checked before: it is a tensor
};

using InferFn = Result<void> (*)(InferContext&);
using EvalFn = Result<void> (*)(EvalContext&);
// Rewrites a node of an older opset to the newest form (it may add nodes and constants, or become another operator).
// `opset` is the version that the model imports. On return the graph holds only newest forms where the node stood.
using RewriteFn = Result<void> (*)(Graph& graph, NodeId node, int opset);

struct Older { int since; RewriteFn rewrite; };  // a rewrite of nullptr: same meaning as the newest form

struct OpDef {
  std::string_view name;
  std::string_view domain = "";
  int since = 1;  // opset of the newest form
  std::string_view doc;
  std::vector<Param> inputs, outputs;
  std::vector<AttrDef> attributes;
  InferFn infer = nullptr;
  EvalFn evaluate = nullptr;
  // Earlier forms, any order. A model's opset `v >= since` needs none; otherwise the entry with the largest
  // `since <= v` applies; where there is none the operator did not exist in that opset.
  std::vector<Older> older;
  bool rewritten = false;     // has no form of its own: every version is rewritten to other operators by `older`
  bool random = false;        // not folded, not merged with an equal node
  bool free_attributes = false;  // internal operators: attributes are not checked against the list
  std::shared_ptr<const CustomOp> custom;  // of a plugin's operator; keeps the plugin loaded
};

class OpSet {
 public:
  void add(OpDef def);
  const OpDef* find(std::string_view domain, std::string_view name) const;
  const OpDef* find(const Node& n) const { return find(n.domain, n.op); }
  std::vector<const OpDef*> all() const;  // by domain and name
 private:
  std::map<std::pair<std::string, std::string>, OpDef, std::less<>> defs_;
};

OpSet builtin_ops();  // every definition of the folder; generated

// Checks counts, types and attributes of a node against its definition.
Result<void> check_node(const OpDef& def, const Node& node, std::span<const Type> input_types);

}  // namespace pharos
