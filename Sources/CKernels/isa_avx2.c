// The kernels for processors with AVX2 and FMA.
#if defined(__x86_64__)
#define ISA avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "body/all.h"
#pragma clang attribute pop
#endif
