#pragma once

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// Starts `program -d` in `folder`, in a process group of its own so that Ctrl-C at the prompt does not end it half-way,
// its standard output and error in the file `said`. Gives the process and the write end of a pipe to its input.
// 0, or an error number: ENOENT if there is no such program.
int cgnuplot_start(const char *program, const char *folder, const char *said, pid_t *child, int *input);

// A stream of commands to a running gnuplot, by gnuplot-iostream. No C++ exception leaves this border, and a gnuplot
// that has ended makes an error of the next write, never a SIGPIPE.
typedef struct cgnuplot cgnuplot;

// Takes over the write end of a pipe to gnuplot's standard input. NULL on failure; the descriptor is closed then.
cgnuplot *cgnuplot_open(int descriptor);

// Sends bytes as they are. 0, or −1 if they could not all be sent.
int cgnuplot_write(cgnuplot *stream, const char *bytes, size_t count);

// Sends what is still held back, closes the pipe and frees the stream. 0, or −1 if anything was lost.
int cgnuplot_close(cgnuplot *stream);

#ifdef __cplusplus
}
#endif
