// A pool of threads for loops whose chunks are fixed by the caller: which thread runs which chunk never
// matters.
#include "CKernels.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>


enum { most_threads = 256, spins = 20000 };

// One loop at a time; `ticket` counts loops, so that a sleeping worker can tell a new one from the last.
static struct {
  pthread_mutex_t caller, lock;
  pthread_cond_t wake;
  atomic_long ticket, next, finished, busy;
  long count;
  void (*body)(void *context, long index);
  void *context;
  long threads, started;
} pool = {.caller = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static _Thread_local int inside;

// One turn of a loop that waits for another thread; where threads outnumber cores the other one needs this
// core.
static void wait_a_moment(int *patience) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
  if (--*patience < 0) {
    sched_yield();
    *patience = 100;
  }
}

static void take_chunks(void) {
  long count = pool.count;
  for (long index; (index = atomic_fetch_add(&pool.next, 1)) < count;) {
    pool.body(pool.context, index);
    atomic_fetch_add(&pool.finished, 1);
  }
}

static void *work(void *argument) {
  long rank = (long)argument, seen = 0;
  inside = 1;
  for (;;) {
    int patience = spins;
    while (atomic_load(&pool.ticket) == seen && patience-- > 0) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    if (atomic_load(&pool.ticket) == seen) {
      pthread_mutex_lock(&pool.lock);
      while (atomic_load(&pool.ticket) == seen) pthread_cond_wait(&pool.wake, &pool.lock);
      pthread_mutex_unlock(&pool.lock);
    }
    // A worker announces itself before it looks at the loop; the caller closes the loop only when nobody is
    // in it.
    atomic_fetch_add(&pool.busy, 1);
    seen = atomic_load(&pool.ticket);
    if (seen % 2 == 1 && rank < pool.threads) take_chunks();
    atomic_fetch_sub(&pool.busy, 1);
  }
  return NULL;
}

long ckernels_threads(void) {
  if (pool.threads == 0) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pool.threads = cores < 1 ? 1 : cores > most_threads ? most_threads : cores;
  }
  return pool.threads;
}

long ckernels_threads_here(void) { return inside ? 1 : ckernels_threads(); }

void ckernels_set_threads(long count) {
  pthread_mutex_lock(&pool.caller);
  pool.threads = count < 1 ? 1 : count > most_threads ? most_threads : count;
  pthread_mutex_unlock(&pool.caller);
}

static void start_workers(void) {
  while (pool.started < pool.threads - 1) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attributes, work, (void *)(pool.started + 1));
    pthread_attr_destroy(&attributes);
    if (failed) return; // the caller does their share
    pool.started++;
  }
}

void ckernels_run(long count, void (*body)(void *context, long index), void *context) {
  if (count <= 1 || inside || ckernels_threads() == 1) {
    for (long index = 0; index < count; index++) body(context, index);
    return;
  }
  pthread_mutex_lock(&pool.caller);
  start_workers();
  pool.count = count;
  pool.body = body;
  pool.context = context;
  atomic_store(&pool.next, 0);
  atomic_store(&pool.finished, 0);
  pthread_mutex_lock(&pool.lock);
  atomic_fetch_add(&pool.ticket, 1); // odd: open
  pthread_cond_broadcast(&pool.wake);
  pthread_mutex_unlock(&pool.lock);
  inside = 1;
  take_chunks();
  inside = 0;
  int patience = 1000;
  while (atomic_load(&pool.finished) < count) wait_a_moment(&patience);
  atomic_fetch_add(&pool.ticket, 1); // even: closed
  while (atomic_load(&pool.busy) > 0) wait_a_moment(&patience);
  pthread_mutex_unlock(&pool.caller);
}

