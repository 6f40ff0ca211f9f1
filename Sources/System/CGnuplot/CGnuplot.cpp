#include "CGnuplot.h"

#include <fcntl.h>
#include <gnuplot-iostream.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

struct cgnuplot {
  Gnuplot commands;
  explicit cgnuplot(FILE *file) : commands(file) {}
};

namespace {

// Keeps SIGPIPE from this thread while it writes, and swallows the one that a broken pipe has left pending; the
// process's own way of treating that signal is not touched.
class BrokenPipeIsAnError {
 public:
  BrokenPipeIsAnError() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~BrokenPipeIsAnError() {
    const timespec at_once = {0, 0};
    if (!was_pending_) {
      while (sigtimedwait(&pipe_, nullptr, &at_once) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BrokenPipeIsAnError(const BrokenPipeIsAnError &) = delete;
  BrokenPipeIsAnError &operator=(const BrokenPipeIsAnError &) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_;
};

}  // namespace

int cgnuplot_start(const char *program, const char *folder, const char *said, pid_t *child, int *input) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, said, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  for (int signal : {SIGPIPE, SIGINT, SIGTERM}) sigaddset(&usual, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  // -d: the user's own start-up files do not change our figures.
  const char *arguments[] = {program, "-d", nullptr};
  int code = posix_spawnp(child, program, &actions, &attributes, const_cast<char *const *>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[0]);
  if (code != 0) {
    close(ends[1]);
    return code;
  }
  *input = ends[1];
  return 0;
}

cgnuplot *cgnuplot_open(int descriptor) {
  FILE *file = fdopen(descriptor, "w");
  if (file == nullptr) {
    close(descriptor);
    return nullptr;
  }
  try {
    return new cgnuplot(file);
  } catch (...) {
    fclose(file);
    return nullptr;
  }
}

int cgnuplot_write(cgnuplot *stream, const char *bytes, size_t count) {
  BrokenPipeIsAnError guard;
  try {
    stream->commands.write(bytes, static_cast<std::streamsize>(count));
    return stream->commands.good() ? 0 : -1;
  } catch (...) {
    return -1;
  }
}

int cgnuplot_close(cgnuplot *stream) {
  BrokenPipeIsAnError guard;
  int result = -1;
  try {
    stream->commands.flush();
    result = stream->commands.good() ? 0 : -1;
  } catch (...) {
  }
  try {
    delete stream;
  } catch (...) {
    result = -1;
  }
  return result;
}
