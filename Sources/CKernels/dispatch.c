// Chooses the instruction set once, when the program is loaded, and forwards every kernel to it.
#include "CKernels.h"
#include "table.h"
#include <string.h>

static const struct Table *active = &ckernels_table_baseline;
static const char *chosen = "baseline";


static int take(const struct Table *table, const char *name) {
  active = table;
  chosen = name;
  return 0;
}

int ckernels_use_instruction_set(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
  if (!strcmp(name, "avx512bf16") && wide && __builtin_cpu_supports("avx512bf16"))
    return take(&ckernels_table_avx512bf16, "avx512bf16");
  if (!strcmp(name, "avx512") && wide) return take(&ckernels_table_avx512, "avx512");
  if (!strcmp(name, "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return take(&ckernels_table_avx2, "avx2");
#endif
  if (!strcmp(name, "baseline")) return take(&ckernels_table_baseline, "baseline");
  return -1;
}

__attribute__((constructor)) static void choose(void) {
  const char *const best_first[] = {"avx512bf16", "avx512", "avx2", "baseline"};
  for (int i = 0; i < 4 && ckernels_use_instruction_set(best_first[i]); i++);
}

const char *ckernels_instruction_set(void) { return chosen; }

#define KERNEL(type, name, parameters, arguments) \
  type ckernels_##name parameters { return active->name arguments; }
#include "KernelList.h"
#undef KERNEL

