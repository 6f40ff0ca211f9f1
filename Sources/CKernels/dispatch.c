// Chooses the instruction set once, when the program is loaded, and forwards every kernel to it.
#include "CKernels.h"
#include "table.h"
#include <string.h>

static const struct Table *active = &ckernels_table_baseline;
static const char *chosen = "baseline";


int ckernels_use_instruction_set(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!strcmp(name, "avx512") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma")) {
    active = &ckernels_table_avx512;
    chosen = "avx512";
    return 0;
  }
  if (!strcmp(name, "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    active = &ckernels_table_avx2;
    chosen = "avx2";
    return 0;
  }
#endif
  if (!strcmp(name, "baseline")) {
    active = &ckernels_table_baseline;
    chosen = "baseline";
    return 0;
  }
  return -1;
}

__attribute__((constructor)) static void choose(void) {
  if (ckernels_use_instruction_set("avx512") && ckernels_use_instruction_set("avx2"))
    ckernels_use_instruction_set("baseline");
}

const char *ckernels_instruction_set(void) { return chosen; }

#define KERNEL(type, name, parameters, arguments) \
  type ckernels_##name parameters { return active->name arguments; }
#include "KernelList.h"
#undef KERNEL

