// The table of kernels of one instruction set.
#pragma once
#include "CKernels.h"

struct Table {
#define KERNEL(type, name, parameters, arguments) type(*name) parameters;
#include "KernelList.h"
#undef KERNEL
};

extern const struct Table ckernels_table_baseline;
#if defined(__x86_64__)
extern const struct Table ckernels_table_avx2;
extern const struct Table ckernels_table_avx512;
extern const struct Table ckernels_table_avx512bf16;
#endif
