/// Loops over floats, the threads that run them and the memory they run on.
///
/// Every kernel works on one contiguous range on the calling thread; Tensors cuts work into constant chunks
/// and gives the chunks to `ckernels_run`. One body is built for four instruction sets; all of them give the
/// same bits.
#pragma once
#include <stdint.h>


/// Columns of a packed matrix that lie together, the length of a sum that is worked off at a time, and the
/// positions of a cache whose keys lie together.
enum { ckernels_panel = 32, ckernels_depth = 256, ckernels_key_block = 16 };

/// What a packed matrix is made of: floats, pairs of bfloat16, or bytes with a scale for each column.
enum { ckernels_fp32, ckernels_bf16, ckernels_int8 };

/// How much of a long sum is worked off at a time, so that `rows` rows of it stay in half of a second-level
/// cache of 1 MiB: a multiple of `ckernels_depth`, at most `depth` rounded up to one.
static inline long ckernels_product_piece(long rows, long depth) {
  long most = (1L << 17) / (rows < 1 ? 1 : rows) / ckernels_depth * ckernels_depth;
  long whole = (depth + ckernels_depth - 1) / ckernels_depth * ckernels_depth;
  long piece = most < ckernels_depth ? ckernels_depth : most;
  return whole < 1 ? ckernels_depth : whole < piece ? whole : piece;
}

// Kernels: declared once, in the list.
#define KERNEL(type, name, parameters, arguments) type ckernels_##name parameters;
#include "KernelList.h"
#undef KERNEL

/// The instruction set in use: "baseline", "avx2", "avx512" or "avx512bf16".
const char *ckernels_instruction_set(void);
/// Takes another instruction set, for tests. Returns 0, or -1 if the machine lacks it.
int ckernels_use_instruction_set(const char *name);

/// Calls `body(context, index)` for every index below `count`, on the pool's threads and the caller; returns
/// when all are done. Calls from inside a body run inline.
void ckernels_run(long count, void (*body)(void *context, long index), void *context);
/// How many threads take part (at least 1).
long ckernels_threads(void);
/// How many threads would take part in a loop that is begun here: 1 inside of another loop.
long ckernels_threads_here(void);
/// Sets how many threads take part.
void ckernels_set_threads(long count);

/// Memory for `count` floats, aligned to 64 bytes, from a pool of a few sizes; never null.
float *ckernels_allocate(long count);
/// Gives memory back to the pool; `count` as it was asked for.
void ckernels_release(float *memory, long count);
/// Bytes that the pool has taken from the system so far.
long ckernels_pool_bytes(void);
/// Bytes in use now.
long ckernels_pool_live(void);
/// The bytes that the work since the last call would have taken of an empty pool.
long ckernels_pool_peak(void);

