// The kernels for processors with AVX-512.
#if defined(__x86_64__)
#define ISA avx512
#define WIDE_TILES
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"))), apply_to = function)
#include "body/all.h"
#pragma clang attribute pop
#endif
