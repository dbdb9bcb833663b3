#include <array>
#include <cstring>

#include "tactics/tactic.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace pharos {
namespace {

#if defined(__x86_64__)

struct CpuidRegisters { uint32_t a = 0, b = 0, c = 0, d = 0; };

CpuidRegisters cpuid(uint32_t leaf, uint32_t sub = 0) {
  CpuidRegisters r;
  if (!__get_cpuid_count(leaf, sub, &r.a, &r.b, &r.c, &r.d)) return {};
  return r;
}

// Which register states the operating system saves (XCR0); 0 where XGETBV is not enabled.
uint64_t saved_states(bool osxsave) {
  if (!osxsave) return 0;
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

bool all_bits(uint64_t value, uint64_t mask) { return (value & mask) == mask; }

Isa detect_isa() {
  const CpuidRegisters one = cpuid(1), seven = cpuid(7), extended = cpuid(0x80000001);
  const auto bit = [](int n) { return uint32_t{1} << n; };
  // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT
  if (!all_bits(one.c, bit(0) | bit(9) | bit(13) | bit(19) | bit(20) | bit(23))) return Isa::Portable;
  const uint64_t saved = saved_states(one.c & bit(27));
  // FMA, MOVBE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT; XMM and YMM saved
  const bool v3 = all_bits(one.c, bit(12) | bit(22) | bit(28) | bit(29)) && all_bits(seven.b, bit(3) | bit(5) | bit(8)) &&
                  all_bits(extended.c, bit(5)) && all_bits(saved, 0x6);
  if (!v3) return Isa::X86_64_v2;
  // AVX-512 F, DQ, CD, BW, VL; opmask and ZMM saved
  const bool v4 = all_bits(seven.b, bit(16) | bit(17) | bit(28) | bit(30) | bit(31)) && all_bits(saved, 0xe6);
  return v4 ? Isa::X86_64_v4 : Isa::X86_64_v3;
}

std::string brand() {
  if (cpuid(0x80000000).a < 0x80000004) return "x86-64";
  std::array<char, 49> text{};
  for (uint32_t i = 0; i < 3; ++i) {
    const CpuidRegisters r = cpuid(0x80000002 + i);
    const std::array<uint32_t, 4> words{r.a, r.b, r.c, r.d};
    std::memcpy(text.data() + 16 * i, words.data(), 16);
  }
  std::string s(text.data());
  s.erase(0, s.find_first_not_of(' '));
  while (!s.empty() && s.back() == ' ') s.pop_back();
  return s;
}

#elif defined(__aarch64__)

Isa detect_isa() { return Isa::Aarch64; }
std::string brand() { return "aarch64"; }

#else

Isa detect_isa() { return Isa::Portable; }
std::string brand() { return "unknown processor"; }

#endif

constexpr std::array<std::pair<Isa, std::string_view>, 5> isa_names{{{Isa::Portable, "portable"},
                                                                     {Isa::X86_64_v2, "x86-64-v2"},
                                                                     {Isa::X86_64_v3, "x86-64-v3"},
                                                                     {Isa::X86_64_v4, "x86-64-v4"},
                                                                     {Isa::Aarch64, "aarch64"}}};

}  // namespace

std::string_view isa_name(Isa isa) {
  for (const auto& [value, name] : isa_names)
    if (value == isa) return name;
  return "unknown";
}

std::optional<Isa> isa_from_name(std::string_view name) {
  for (const auto& [value, text] : isa_names)
    if (text == name) return value;
  return std::nullopt;
}

Device this_cpu(int threads, std::optional<Isa> at_most) {
  Device d;
  d.isa = detect_isa();
  if (at_most && *at_most < d.isa) d.isa = d.isa == Isa::Aarch64 ? Isa::Portable : *at_most;
  d.name = brand();
  d.threads = threads < 1 ? 1 : threads;
  return d;
}

}  // namespace pharos
