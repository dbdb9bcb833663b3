#include "tactics/cpu/kernels/typed.h"

#include <cmath>

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/typed.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {

// The loops are plain: the compiler makes vectors of them, once per instruction set.

template <class T> struct Wraps { using Type = T; };
template <> struct Wraps<int8_t> { using Type = uint8_t; };
template <> struct Wraps<int16_t> { using Type = uint16_t; };
template <> struct Wraps<int32_t> { using Type = uint32_t; };
template <> struct Wraps<int64_t> { using Type = uint64_t; };

template <TypedBinary op, class T>
HWY_INLINE T arithmetic(T a, T b) {
  using U = typename Wraps<T>::Type;
  if constexpr (op == TypedBinary::Add) return T(U(a) + U(b));
  else if constexpr (op == TypedBinary::Sub) return T(U(a) - U(b));
  else if constexpr (op == TypedBinary::Mul) {
    // Narrow operands become int, whose product would overflow.
    if constexpr (std::is_integral_v<T> && sizeof(T) < 4) return T(uint32_t(U(a)) * uint32_t(U(b)));
    else return T(U(a) * U(b));
  } else if constexpr (op == TypedBinary::Max) return a != a || a > b ? a : b;
  else if constexpr (op == TypedBinary::Min) return a != a || a < b ? a : b;
  else if constexpr (std::is_floating_point_v<T>) {
    if constexpr (op == TypedBinary::Div) return a / b;
    else return std::fmod(a, b);
  } else if constexpr (op == TypedBinary::Div) {
    if (b == 0) return 0;
    if constexpr (std::is_signed_v<T>) if (b == T(-1)) return T(U(0) - U(a));
    return T(a / b);
  } else if constexpr (op == TypedBinary::Mod || op == TypedBinary::Remainder) {
    if (b == 0) return 0;
    if constexpr (std::is_signed_v<T>) {
      if (b == T(-1)) return 0;
      const T r = T(a % b);
      if (op == TypedBinary::Mod && r != 0 && (r < 0) != (b < 0)) return T(r + b);
      return r;
    } else {
      return T(a % b);
    }
  } else if constexpr (op == TypedBinary::BitAnd) return T(a & b);
  else if constexpr (op == TypedBinary::BitOr) return T(a | b);
  else if constexpr (op == TypedBinary::BitXor) return T(a ^ b);
  else if constexpr (op == TypedBinary::ShiftLeft) return b < T(0) || b >= T(8 * sizeof(T)) ? T(0) : T(uint64_t(a) << b);
  else {
    if (b < T(0) || b >= T(8 * sizeof(T))) return a < T(0) ? T(-1) : T(0);
    return T(a >> b);
  }
}

template <TypedBinary op, class T>
HWY_INLINE bool relation(T a, T b) {
  if constexpr (op == TypedBinary::Equal) return a == b;
  else if constexpr (op == TypedBinary::Greater) return a > b;
  else if constexpr (op == TypedBinary::GreaterOrEqual) return a >= b;
  else if constexpr (op == TypedBinary::Less) return a < b;
  else if constexpr (op == TypedBinary::LessOrEqual) return a <= b;
  else if constexpr (op == TypedBinary::And) return a != 0 && b != 0;
  else if constexpr (op == TypedBinary::Or) return a != 0 || b != 0;
  else return (a != 0) != (b != 0);
}

template <TypedBinary op, class T>
void binary_loop(const void* pa, const void* pb, void* po, int64_t n) {
  const T *a = static_cast<const T*>(pa), *b = static_cast<const T*>(pb);
  if constexpr (gives_bool(op)) {
    auto* out = static_cast<uint8_t*>(po);
    for (int64_t i = 0; i < n; ++i) out[i] = relation<op>(a[i], b[i]);
  } else {
    T* out = static_cast<T*>(po);
    for (int64_t i = 0; i < n; ++i) out[i] = arithmetic<op>(a[i], b[i]);
  }
}

template <TypedUnary op, class T>
void unary_loop(const void* px, void* po, int64_t n) {
  using U = typename Wraps<T>::Type;
  const T* x = static_cast<const T*>(px);
  if constexpr (op <= TypedUnary::BitNot) {
    T* out = static_cast<T*>(po);
    for (int64_t i = 0; i < n; ++i) {
      const T v = x[i];
      if constexpr (op == TypedUnary::Neg) {
        if constexpr (std::is_floating_point_v<T>) out[i] = -v;
        else out[i] = T(U(0) - U(v));
      } else if constexpr (op == TypedUnary::Abs) {
        if constexpr (std::is_floating_point_v<T>) out[i] = std::abs(v);
        else if constexpr (std::is_signed_v<T>) out[i] = v < 0 ? T(U(0) - U(v)) : v;
        else out[i] = v;
      } else if constexpr (op == TypedUnary::Sign) {
        out[i] = v > T(0) ? T(1) : v < T(0) ? T(-1) : v == T(0) ? T(0) : v;
      } else if constexpr (std::is_integral_v<T>) {
        out[i] = T(~v);
      }
    }
  } else {
    auto* out = static_cast<uint8_t*>(po);
    for (int64_t i = 0; i < n; ++i) {
      const T v = x[i];
      if constexpr (op == TypedUnary::Not) out[i] = v == T(0);
      else if constexpr (op == TypedUnary::IsNaN) out[i] = v != v;
      else if constexpr (op == TypedUnary::IsPosInf) out[i] = v == T(INFINITY);
      else if constexpr (op == TypedUnary::IsNegInf) out[i] = v == T(-INFINITY);
      else out[i] = (v == T(INFINITY)) | (v == T(-INFINITY));
    }
  }
}

// A float truncates to 64 bits and wraps from there; NaN is 0, what 64 bits cannot hold is their lowest number.
template <class To, class From>
To to_integer(From v) {
  if (!(v == v)) return 0;
  if constexpr (std::is_same_v<To, uint64_t>)
    if (v >= From(9223372036854775808.0) && v < From(18446744073709551616.0)) return To(v);
  if (v < From(-9223372036854775808.0) || v >= From(9223372036854775808.0)) return To(INT64_MIN);
  return To(int64_t(v));
}

template <class From>
bool fits_int32(const From* x, int64_t n) {
  unsigned outside = 0;
  for (int64_t i = 0; i < n; ++i) outside |= unsigned(!(x[i] > From(-2147483648.0) && x[i] < From(2147483648.0)));
  return outside == 0;
}

template <class From, class To>
void cast_loop(const void* px, void* po, int64_t n) {
  const From* x = static_cast<const From*>(px);
  To* out = static_cast<To*>(po);
  if constexpr (std::is_same_v<To, bool>) {
    for (int64_t i = 0; i < n; ++i) out[i] = x[i] != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr int64_t tile = 512;
    for (int64_t first = 0; first < n; first += tile) {
      const int64_t last = std::min(n, first + tile);
      if (fits_int32(x + first, last - first))
        for (int64_t i = first; i < last; ++i) out[i] = To(int32_t(x[i]));
      else
        for (int64_t i = first; i < last; ++i) out[i] = to_integer<To>(x[i]);
    }
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] = To(x[i]);
  }
}

namespace hn = hwy::HWY_NAMESPACE;

void widen_half(const void* px, void* po, int64_t n) {
  const hn::CappedTag<float, 16> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> half;
  const auto* x = static_cast<const hwy::float16_t*>(px);
  float* out = static_cast<float*>(po);
  const auto lanes = int64_t(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(hn::PromoteTo(d, hn::LoadU(half, x + i)), d, out + i);
  for (; i < n; ++i) out[i] = f16_to_float(reinterpret_cast<const uint16_t*>(px)[i]);
}

void narrow_half(const void* px, void* po, int64_t n) {
  const hn::CappedTag<float, 16> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> half;
  const float* x = static_cast<const float*>(px);
  auto* out = static_cast<hwy::float16_t*>(po);
  const auto lanes = int64_t(hn::Lanes(d));
  int64_t i = 0;
  // The portable instance of the library flushes what is small; only the processor's own conversion is exact.
  if (HWY_TARGET <= HWY_AVX2)
    for (; i + lanes <= n; i += lanes) hn::StoreU(hn::DemoteTo(half, hn::LoadU(d, x + i)), half, out + i);
  for (; i < n; ++i) reinterpret_cast<uint16_t*>(po)[i] = float_to_f16(x[i]);
}

void widen_bfloat(const void* px, void* po, int64_t n) {
  const auto* x = static_cast<const uint16_t*>(px);
  auto* out = static_cast<uint32_t*>(po);
  for (int64_t i = 0; i < n; ++i) out[i] = uint32_t(x[i]) << 16;
}

void narrow_bfloat(const void* px, void* po, int64_t n) {
  const auto* x = static_cast<const uint32_t*>(px);
  auto* out = static_cast<uint16_t*>(po);
  for (int64_t i = 0; i < n; ++i) {
    const uint32_t u = x[i], quiet = (u >> 16) | 0x40u, near = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    out[i] = uint16_t((u & 0x7fffffffu) > 0x7f800000u ? quiet : near);
  }
}

template <class T>
void select_loop(const uint8_t* condition, const void* pa, const void* pb, void* po, int64_t n) {
  const T *a = static_cast<const T*>(pa), *b = static_cast<const T*>(pb);
  T* out = static_cast<T*>(po);
  for (int64_t i = 0; i < n; ++i) out[i] = condition[i] ? a[i] : b[i];
}

// Calls f(T{}) for the C++ type of an arithmetic element type; nullptr for others.
template <class F>
auto with_type(DType type, F f) -> decltype(f(float{})) {
  switch (type) {
    case DType::f32: return f(float{});
    case DType::f64: return f(double{});
    case DType::i8: return f(int8_t{});
    case DType::i16: return f(int16_t{});
    case DType::i32: return f(int32_t{});
    case DType::i64: return f(int64_t{});
    case DType::u8: return f(uint8_t{});
    case DType::u16: return f(uint16_t{});
    case DType::u32: return f(uint32_t{});
    case DType::u64: return f(uint64_t{});
    default: return nullptr;
  }
}

struct PickBinary {
  TypedBinary op;
  template <TypedBinary o, class T> static constexpr BinaryLoop at() { return &binary_loop<o, T>; }
  template <class T>
  BinaryLoop operator()(T) const {
    using enum TypedBinary;
    switch (op) {
      case Add: return at<Add, T>();
      case Sub: return at<Sub, T>();
      case Mul: return at<Mul, T>();
      case Div: return at<Div, T>();
      case Remainder: return at<Remainder, T>();
      case Min: return at<Min, T>();
      case Max: return at<Max, T>();
      case Equal: return at<Equal, T>();
      case Greater: return at<Greater, T>();
      case GreaterOrEqual: return at<GreaterOrEqual, T>();
      case Less: return at<Less, T>();
      case LessOrEqual: return at<LessOrEqual, T>();
      default: break;
    }
    if constexpr (std::is_integral_v<T>) {
      switch (op) {
        case Mod: return at<Mod, T>();
        case BitAnd: return at<BitAnd, T>();
        case BitOr: return at<BitOr, T>();
        case BitXor: return at<BitXor, T>();
        case ShiftLeft: return at<ShiftLeft, T>();
        case ShiftRight: return at<ShiftRight, T>();
        default: break;
      }
    }
    return nullptr;
  }
};

BinaryLoop pick_binary(TypedBinary op, DType type) {
  if (type != DType::boolean) return op >= TypedBinary::And ? nullptr : with_type(type, PickBinary{op});
  switch (op) {
    case TypedBinary::Equal: return &binary_loop<TypedBinary::Equal, uint8_t>;
    case TypedBinary::And: return &binary_loop<TypedBinary::And, uint8_t>;
    case TypedBinary::Or: return &binary_loop<TypedBinary::Or, uint8_t>;
    case TypedBinary::Xor: return &binary_loop<TypedBinary::Xor, uint8_t>;
    default: return nullptr;
  }
}

struct PickUnary {
  TypedUnary op;
  template <class T>
  UnaryLoop operator()(T) const {
    using enum TypedUnary;
    switch (op) {
      case Neg: return &unary_loop<Neg, T>;
      case Abs: return &unary_loop<Abs, T>;
      case Sign: return &unary_loop<Sign, T>;
      case Not: return nullptr;
      default: break;
    }
    if constexpr (std::is_integral_v<T>) return op == BitNot ? &unary_loop<BitNot, T> : nullptr;
    else
      switch (op) {
        case IsNaN: return &unary_loop<IsNaN, T>;
        case IsInf: return &unary_loop<IsInf, T>;
        case IsPosInf: return &unary_loop<IsPosInf, T>;
        case IsNegInf: return &unary_loop<IsNegInf, T>;
        default: return nullptr;
      }
  }
};

UnaryLoop pick_unary(TypedUnary op, DType type) {
  if (type == DType::boolean) return op == TypedUnary::Not ? &unary_loop<TypedUnary::Not, uint8_t> : nullptr;
  return with_type(type, PickUnary{op});
}

template <class From>
struct PickTarget {
  template <class To> UnaryLoop operator()(To) const { return &cast_loop<From, To>; }
};
struct PickSource {
  DType to;
  template <class From>
  UnaryLoop operator()(From) const {
    if (to == DType::boolean) return &cast_loop<From, bool>;
    return with_type(to, PickTarget<From>{});
  }
};

UnaryLoop pick_cast(DType from, DType to) {
  if (from == DType::f16) return to == DType::f32 ? &widen_half : nullptr;
  if (from == DType::bf16) return to == DType::f32 ? &widen_bfloat : nullptr;
  if (to == DType::f16) return from == DType::f32 ? &narrow_half : nullptr;
  if (to == DType::bf16) return from == DType::f32 ? &narrow_bfloat : nullptr;
  return with_type(from == DType::boolean ? DType::u8 : from, PickSource{to});
}

SelectLoop pick_select(size_t size) {
  return size == 1 ? &select_loop<uint8_t> : size == 2 ? &select_loop<uint16_t> : size == 4 ? &select_loop<uint32_t>
       : size == 8 ? &select_loop<uint64_t> : nullptr;
}

struct TypedTable {
  BinaryLoop (*binary)(TypedBinary, DType) = pick_binary;
  UnaryLoop (*unary)(TypedUnary, DType) = pick_unary;
  UnaryLoop (*cast)(DType, DType) = pick_cast;
  SelectLoop (*select)(size_t) = pick_select;
};
TypedTable typed_table() { return {}; }

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
namespace {
// The tables of the targets have types of their own; only their members agree.
#if HWY_ARCH_X86
#define PHAROS_TYPED(isa, MEMBER)                                                     \
  (simd_level(isa) == SimdLevel::Avx512 ? N_AVX3::typed_table().MEMBER :              \
   simd_level(isa) == SimdLevel::Avx2 ? N_AVX2::typed_table().MEMBER : HWY_STATIC_DISPATCH(typed_table)().MEMBER)
#else
#define PHAROS_TYPED(isa, MEMBER) ((void)(isa), HWY_STATIC_DISPATCH(typed_table)().MEMBER)
#endif
}  // namespace
BinaryLoop typed_binary(TypedBinary op, DType type, Isa isa) { return PHAROS_TYPED(isa, binary)(op, type); }
UnaryLoop typed_unary(TypedUnary op, DType type, Isa isa) { return PHAROS_TYPED(isa, unary)(op, type); }
UnaryLoop typed_cast(DType from, DType to, Isa isa) { return PHAROS_TYPED(isa, cast)(from, to); }
SelectLoop typed_select(size_t size, Isa isa) { return PHAROS_TYPED(isa, select)(size); }
}  // namespace pharos::cpu
#endif
