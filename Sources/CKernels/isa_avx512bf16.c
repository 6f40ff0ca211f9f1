// The kernels for processors with AVX-512 and its products of 16-bit numbers.
#if defined(__x86_64__)
#define ISA avx512bf16
#define WIDE_TILES
#define BF16_PAIRS
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma"))), apply_to = function)
#include "body/all.h"
#pragma clang attribute pop
#endif
