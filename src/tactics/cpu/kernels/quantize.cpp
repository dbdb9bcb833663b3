#include "tactics/cpu/kernels/quantize.h"

#include <cmath>
#include <limits>

#include "tactics/cpu/kernels/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tactics/cpu/kernels/quantize.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace pharos::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using DI = hn::RebindToSigned<D>;

template <class T>
void quantize(const float* x, void* out, int64_t n, float scale, float zero) {
  const D d;
  const DI di;
  const auto lanes = int64_t(hn::Lanes(d));
  constexpr float low = float(std::numeric_limits<T>::lowest()), high = float(std::numeric_limits<T>::max());
  const auto vs = hn::Set(d, scale), vz = hn::Set(d, zero), vl = hn::Set(d, low), vh = hn::Set(d, high);
  T* y = static_cast<T*>(out);
  const hn::Rebind<T, D> dt;
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    auto q = hn::Add(hn::Round(hn::Div(hn::LoadU(d, x + i), vs)), vz);
    q = hn::IfThenElse(hn::Gt(q, vh), vh, hn::IfThenElse(hn::Ge(q, vl), q, vl));
    hn::StoreU(hn::DemoteTo(dt, hn::ConvertTo(di, q)), dt, y + i);
  }
  for (; i < n; ++i) {
    const float q = std::nearbyint(x[i] / scale) + zero;
    y[i] = T(int32_t(q > high ? high : q >= low ? q : low));
  }
}

template <class T>
void dequantize(const void* in, float* y, int64_t n, float scale, float zero) {
  const T* x = static_cast<const T*>(in);
  for (int64_t i = 0; i < n; ++i) y[i] = (float(x[i]) - zero) * scale;
}

struct QuantizeTable {
  QuantizeRow i8 = quantize<int8_t>, u8 = quantize<uint8_t>, i16 = quantize<int16_t>, u16 = quantize<uint16_t>;
  DequantizeRow from_i8 = dequantize<int8_t>, from_u8 = dequantize<uint8_t>, from_i16 = dequantize<int16_t>, from_u16 = dequantize<uint16_t>,
                from_i32 = dequantize<int32_t>;
};
QuantizeRow pick_quantize(DType to) {
  const QuantizeTable t;
  return to == DType::i8 ? t.i8 : to == DType::u8 ? t.u8 : to == DType::i16 ? t.i16 : to == DType::u16 ? t.u16 : nullptr;
}
DequantizeRow pick_dequantize(DType from) {
  const QuantizeTable t;
  return from == DType::i8 ? t.from_i8 : from == DType::u8 ? t.from_u8 : from == DType::i16 ? t.from_i16 : from == DType::u16 ? t.from_u16
       : from == DType::i32 ? t.from_i32 : nullptr;
}
auto quantizer() { return &pick_quantize; }
auto dequantizer() { return &pick_dequantize; }

}  // namespace HWY_NAMESPACE
}  // namespace pharos::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tactics/cpu/kernels/simd_pick.h"
namespace pharos::cpu {
QuantizeRow quantize_row(DType to, Isa isa) { return PHAROS_PICK(isa, quantizer)(to); }
DequantizeRow dequantize_row(DType from, Isa isa) { return PHAROS_PICK(isa, dequantizer)(from); }
}  // namespace pharos::cpu
#endif
