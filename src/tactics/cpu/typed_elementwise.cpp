// Elementwise operators on other types than f32: comparisons, logic, integer and f64 arithmetic, Where, Cast.

#include <array>

#include "tactics/cpu/broadcast.h"
#include "tactics/cpu/kernels/typed.h"

namespace pharos {
namespace {

using namespace cpu;

constexpr int64_t tile = 1024;  // elements; an operand's tile is at most 8 KiB
constexpr size_t most_operands = 3;

struct BinaryOp { std::string_view name; TypedBinary op; };
constexpr BinaryOp binary_ops[] = {
    {"Add", TypedBinary::Add}, {"Sub", TypedBinary::Sub}, {"Mul", TypedBinary::Mul}, {"Div", TypedBinary::Div},
    {"Min", TypedBinary::Min}, {"Max", TypedBinary::Max}, {"BitwiseAnd", TypedBinary::BitAnd}, {"BitwiseOr", TypedBinary::BitOr},
    {"BitwiseXor", TypedBinary::BitXor}, {"Equal", TypedBinary::Equal}, {"Greater", TypedBinary::Greater},
    {"GreaterOrEqual", TypedBinary::GreaterOrEqual}, {"Less", TypedBinary::Less}, {"LessOrEqual", TypedBinary::LessOrEqual},
    {"And", TypedBinary::And}, {"Or", TypedBinary::Or}, {"Xor", TypedBinary::Xor}, {"Sum", TypedBinary::Add}};
struct UnaryOp { std::string_view name; TypedUnary op; };
constexpr UnaryOp unary_ops[] = {{"Neg", TypedUnary::Neg}, {"Abs", TypedUnary::Abs}, {"Sign", TypedUnary::Sign},
                                 {"BitwiseNot", TypedUnary::BitNot}, {"Not", TypedUnary::Not}, {"IsNaN", TypedUnary::IsNaN}};

std::optional<TypedBinary> binary_of(const Node& n, DType type) {
  if (n.op == "BitShift") return n.attr_string("direction") == "LEFT" ? TypedBinary::ShiftLeft : TypedBinary::ShiftRight;
  if (n.op == "Mod") return n.attr_int("fmod") ? TypedBinary::Remainder : is_float(type) ? std::nullopt : std::optional(TypedBinary::Mod);
  for (const BinaryOp& b : binary_ops)
    if (b.name == n.op) return b.op;
  return std::nullopt;
}

std::optional<TypedUnary> unary_of(const Node& n) {
  if (n.op == "IsInf") {
    const bool low = n.attr_int("detect_negative", 1), high = n.attr_int("detect_positive", 1);
    if (!low && !high) return std::nullopt;
    return low && high ? TypedUnary::IsInf : low ? TypedUnary::IsNegInf : TypedUnary::IsPosInf;
  }
  for (const UnaryOp& u : unary_ops)
    if (u.name == n.op) return u.op;
  return std::nullopt;
}

// The loop of a node: exactly one of them.
struct Loop {
  BinaryLoop binary = nullptr;
  UnaryLoop unary = nullptr;
  SelectLoop select = nullptr;
  explicit operator bool() const { return binary || unary || select; }
};

Loop loop_of(const Problem& p, Isa isa) {
  const DType type = p.inputs[0].dtype;
  const Node& n = *p.node;
  if (n.op == "Where") return {.select = typed_select(dtype_size(p.outputs[0].dtype), isa)};
  if (n.op == "Cast" || n.op == "CastLike") return {.unary = typed_cast(type, p.outputs[0].dtype, isa)};
  if (const auto u = unary_of(n)) return {.unary = typed_unary(*u, type, isa)};
  if (const auto b = binary_of(n, type)) return {.binary = typed_binary(*b, type, isa)};
  return {};
}

size_t operands_of(const Problem& p) { return p.node->is("CastLike") ? 1 : p.inputs.size(); }

Support supports(const Problem& p, const Device& device) {
  if (p.inputs.empty() || p.outputs.empty() || !p.outputs[0].is_concrete()) return unsupported("shapes depend on data");
  if (operands_of(p) > most_operands && !p.node->is("Sum") && !p.node->is("Min") && !p.node->is("Max")) return unsupported("too many operands");
  for (size_t i = 0; i < operands_of(p); ++i)
    if (!p.has_input(i) || !p.inputs[i].is_concrete()) return unsupported("shapes depend on data");
  const size_t typed = p.node->is("Where") ? 1 : 0;
  for (size_t i = typed + 1; i < operands_of(p); ++i)
    if (p.inputs[i].dtype != p.inputs[typed].dtype) return unsupported("operands of different types");
  if (p.inputs[0].dtype == p.outputs[0].dtype && p.node->op.starts_with("Cast")) return unsupported("nothing to convert");
  // f32 is the business of programs, but for what they do not have.
  if (!loop_of(p, device.isa)) return unsupported("no loop for this type");
  return supported();
}

struct Operand { BroadcastPlan plan; size_t size = 0; };

void expand_bytes(const Operand& o, const void* from, int64_t first, int64_t count, void* to) {
  switch (o.size) {
    case 1: return expand(o.plan, static_cast<const uint8_t*>(from), first, count, static_cast<uint8_t*>(to));
    case 2: return expand(o.plan, static_cast<const uint16_t*>(from), first, count, static_cast<uint16_t*>(to));
    case 4: return expand(o.plan, static_cast<const uint32_t*>(from), first, count, static_cast<uint32_t*>(to));
    default: return expand(o.plan, static_cast<const uint64_t*>(from), first, count, static_cast<uint64_t*>(to));
  }
}

class Typed {
 public:
  Typed(const Problem& p, Isa isa) : loop_(loop_of(p, isa)), total_(count_of(p.out(0))), size_(dtype_size(p.outputs[0].dtype)) {
    for (size_t i = 0; i < operands_of(p); ++i) operands_.push_back({broadcast_plan(p.in(i), p.out(0)), dtype_size(p.inputs[i].dtype)});
  }

  void run(const KernelArgs& a, const Threads& threads) const {
    threads.for_each(ceil_div(total_, tile), [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; ++t) one(a, t * tile, std::min(tile, total_ - t * tile));
    }, 16);
  }

 private:
  void one(const KernelArgs& a, int64_t at, int64_t n) const {
    alignas(64) std::array<std::array<std::byte, tile * 8>, most_operands> memory;
    std::byte* out = static_cast<std::byte*>(a.outputs[0]->data()) + size_t(at) * size_;
    const auto operand = [&](size_t i, size_t place) -> const void* {
      const Operand& o = operands_[i];
      if (o.plan.is_identity()) return static_cast<const std::byte*>(a.inputs[i]->data()) + size_t(at) * o.size;
      expand_bytes(o, a.inputs[i]->data(), at, n, memory[place].data());
      return memory[place].data();
    };
    if (loop_.unary) return loop_.unary(operand(0, 0), out, n);
    if (loop_.select) return loop_.select(static_cast<const uint8_t*>(operand(0, 0)), operand(1, 1), operand(2, 2), out, n);
    const void* sum = operand(0, 0);
    if (operands_.size() == 1) std::copy_n(static_cast<const std::byte*>(sum), size_t(n) * size_, out);
    for (size_t i = 1; i < operands_.size(); ++i, sum = out) loop_.binary(sum, operand(i, 1), out, n);
  }

  Loop loop_;
  std::vector<Operand> operands_;
  int64_t total_;
  size_t size_;
};

Result<std::unique_ptr<Kernel>> prepare(const Problem& p, const Config&, const PackedWeights&, const Device& device) {
  return make_kernel([typed = Typed(p, device.isa)](const KernelArgs& a, const Threads& threads) { typed.run(a, threads); });
}

std::vector<std::pair<std::string_view, std::string_view>> op_names() {
  std::vector<std::pair<std::string_view, std::string_view>> ops{{"", "BitShift"}, {"", "Mod"}, {"", "IsInf"}, {"", "Where"}, {"", "Cast"}, {"", "CastLike"}};
  for (const BinaryOp& b : binary_ops) ops.emplace_back("", b.name);
  for (const UnaryOp& u : unary_ops) ops.emplace_back("", u.name);
  return ops;
}

}  // namespace

void define_typed_elementwise(TacticSet& tactics) {
  tactics.add({
      .name = "cpu.elementwise.typed",
      .doc = "Comparisons, logic, Where, Cast and arithmetic of integers and f64, tile by tile with broadcasting.",
      .ops = op_names(),
      .numerics = Numerics::Exact,
      .supports = supports,
      .prepare = prepare,
  });
}

}  // namespace pharos
