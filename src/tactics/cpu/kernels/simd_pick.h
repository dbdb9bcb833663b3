// Included inside `#if HWY_ONCE`: chooses among the per-target instances of a function that returns a kernel table.

#if HWY_ARCH_X86
#define PHAROS_PICK(isa, FUNCTION)                                             \
  (simd_level(isa) == SimdLevel::Avx512 ? N_AVX3::FUNCTION() :                 \
   simd_level(isa) == SimdLevel::Avx2 ? N_AVX2::FUNCTION() : HWY_STATIC_DISPATCH(FUNCTION)())
#else
#define PHAROS_PICK(isa, FUNCTION) ((void)(isa), HWY_STATIC_DISPATCH(FUNCTION)())
#endif
