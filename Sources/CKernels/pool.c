// A pool of memory in sizes of four to a doubling, which leaves at most a fifth of a block unused: a training loop asks for the same sizes again and again, and fresh
// pages from the system cost more than the arithmetic on them.
#include "CKernels.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { smallest = 6, buckets = 1 + 4 * 40 }; // 2^6 floats, then four sizes up to each doubling; 2^46 is beyond any machine

static const size_t large_page = 1 << 21;

struct Block {
  struct Block *next;
};
static struct Block *idle[buckets];
static long in_use[buckets], most[buckets]; // blocks now, and at once since somebody last asked
static long total;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int bucket(long count) {
  if (count <= 1L << smallest) return 0;
  int power = smallest;
  while ((2L << power) < count) power++;
  // Above 2^power and at most twice that.
  long step = 1L << (power - 2);
  return 4 * (power - smallest) + (int)((count - (1L << power) + step - 1) / step);
}

// The floats of a block of a bucket.
static long room(int index) {
  if (index == 0) return 1L << smallest;
  int power = smallest + (index - 1) / 4;
  return (1L << power) + ((index - 1) % 4 + 1) * (1L << (power - 2));
}

float *ckernels_allocate(long count) {
  int index = bucket(count);
  pthread_mutex_lock(&lock);
  struct Block *block = idle[index];
  if (block) idle[index] = block->next;
  if (++in_use[index] > most[index]) most[index] = in_use[index];
  pthread_mutex_unlock(&lock);
  if (block) return (float *)block;
  size_t bytes = sizeof(float) * (size_t)room(index);
  void *memory = NULL;
  if (posix_memalign(&memory, bytes < large_page ? 64 : large_page, bytes)) {
    fprintf(stderr, "easel: no memory for %zu bytes\n", bytes);
    abort();
  }
#if defined(MADV_HUGEPAGE)
  if (bytes >= large_page) madvise(memory, bytes, MADV_HUGEPAGE); // fewer and longer runs of addresses
#endif
  __atomic_add_fetch(&total, (long)bytes, __ATOMIC_RELAXED);
  return memory;
}

void ckernels_release(float *memory, long count) {
  struct Block *block = (struct Block *)(void *)memory;
  int index = bucket(count);
  pthread_mutex_lock(&lock);
  block->next = idle[index];
  idle[index] = block;
  in_use[index]--;
  pthread_mutex_unlock(&lock);
}

long ckernels_pool_bytes(void) { return __atomic_load_n(&total, __ATOMIC_RELAXED); }

static long bytes_of(const long blocks[buckets]) {
  long bytes = 0;
  for (int index = 0; index < buckets; index++) bytes += blocks[index] * room(index) * (long)sizeof(float);
  return bytes;
}

long ckernels_pool_live(void) {
  pthread_mutex_lock(&lock);
  long bytes = bytes_of(in_use);
  pthread_mutex_unlock(&lock);
  return bytes;
}

// A block is kept for its size, so what an empty pool would have taken is the most of each size, not the most at one time.
long ckernels_pool_peak(void) {
  pthread_mutex_lock(&lock);
  long bytes = bytes_of(most);
  memcpy(most, in_use, sizeof most);
  pthread_mutex_unlock(&lock);
  return bytes;
}
