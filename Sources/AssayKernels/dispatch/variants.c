#include "../packed/kernels.h"

#if defined(AK_HAS_NEON) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(AK_HAS_NEON) && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#if defined(__x86_64__)
static bool has_avx512_vnni(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vnni");
}
#endif

#if defined(AK_HAS_NEON) && defined(__linux__)
static bool has_neon_dot(void) { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
#elif defined(AK_HAS_NEON) && defined(__APPLE__)
static bool has_neon_dot(void) {
  int found = 0;
  size_t size = sizeof found;
  return sysctlbyname("hw.optional.arm.FEAT_DotProd", &found, &size, NULL, 0) == 0 && found != 0;
}
#elif defined(AK_HAS_NEON)
static bool has_neon_dot(void) { return false; } // Nobody to ask.
#endif

bool ak_variant_runs(ak_variant variant) {
  switch (variant) {
  case AK_VARIANT_REFERENCE:
    return true;
#if defined(__x86_64__)
  case AK_VARIANT_AVX2:
    return __builtin_cpu_supports("avx2");
  case AK_VARIANT_AVX512_VNNI:
    return has_avx512_vnni();
#elif defined(AK_HAS_NEON)
  case AK_VARIANT_NEON:
    return true;
  case AK_VARIANT_NEON_DOT:
    return has_neon_dot();
#endif
  default:
    return false;
  }
}

ak_variant ak_best_variant(void) {
  for (int variant = AK_VARIANT_COUNT - 1; variant > AK_VARIANT_REFERENCE; variant--)
    if (ak_variant_runs((ak_variant)variant)) return (ak_variant)variant;
  return AK_VARIANT_REFERENCE;
}

const char *ak_variant_name(ak_variant variant) {
  static const char *const names[AK_VARIANT_COUNT] = {"reference", "avx2", "avx512vnni", "neon", "neondot"};
  return variant < AK_VARIANT_COUNT ? names[variant] : "unknown";
}
