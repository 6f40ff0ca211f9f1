// All kernels, built once for each instruction set; `ISA` names the table.
#include "../table.h"
#include <math.h>
#include <string.h>

// A product and a sum are never fused behind our back: the bits would depend on the instruction set.
#pragma STDC FP_CONTRACT OFF

// Functions that take wide vectors are always inlined, so how others would call them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// Lanes of a reduction: fixed, so that the order of a sum does not depend on the width of a vector.
enum { lanes = 32 };

#include "functions.h"
#include "elementwise.h"
#include "reductions.h"
#include "rows.h"
#include "draw.h"
#include "product.h"
#include "attention.h"
#include "pictures.h"
#include "optimizer.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
const struct Table JOIN(ckernels_table_, ISA) = {
#define KERNEL(type, name, parameters, arguments) .name = kernel_##name,
#include "KernelList.h"
#undef KERNEL
};
