// A pool of memory in power-of-two sizes: a training loop asks for the same sizes again and again, and fresh
// pages from the system cost more than the arithmetic on them.
#include "CKernels.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>


enum { smallest = 6, buckets = 40 }; // 64 floats is one step; 2^45 floats is beyond any machine

struct Block {
  struct Block *next;
};
static struct Block *idle[buckets];
static long total, live, peak;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int bucket(long count) {
  int power = smallest;
  while ((1L << power) < count) power++;
  return power - smallest;
}

// What is in use counts as it was asked for, without what rounding up to a bucket adds.
static void use(long count) {
  long now = __atomic_add_fetch(&live, count * (long)sizeof(float), __ATOMIC_RELAXED);
  long seen = __atomic_load_n(&peak, __ATOMIC_RELAXED);
  while (now > seen && !__atomic_compare_exchange_n(&peak, &seen, now, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

float *ckernels_allocate(long count) {
  int index = bucket(count);
  use(count);
  pthread_mutex_lock(&lock);
  struct Block *block = idle[index];
  if (block) idle[index] = block->next;
  pthread_mutex_unlock(&lock);
  if (block) return (float *)block;
  size_t bytes = sizeof(float) << (index + smallest);
  void *memory = NULL;
  if (posix_memalign(&memory, 64, bytes)) {
    fprintf(stderr, "easel: no memory for %zu bytes\n", bytes);
    abort();
  }
  __atomic_add_fetch(&total, (long)bytes, __ATOMIC_RELAXED);
  return memory;
}

void ckernels_release(float *memory, long count) {
  struct Block *block = (struct Block *)(void *)memory;
  int index = bucket(count);
  use(-count);
  pthread_mutex_lock(&lock);
  block->next = idle[index];
  idle[index] = block;
  pthread_mutex_unlock(&lock);
}

long ckernels_pool_bytes(void) { return __atomic_load_n(&total, __ATOMIC_RELAXED); }

long ckernels_pool_live(void) { return __atomic_load_n(&live, __ATOMIC_RELAXED); }

long ckernels_pool_peak(void) { return __atomic_exchange_n(&peak, ckernels_pool_live(), __ATOMIC_RELAXED); }
