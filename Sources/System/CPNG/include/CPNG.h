#pragma once

#include <stddef.h>
#include <stdint.h>

// PNG in memory, by libpng's full interface: its simplified one has no call for text chunks.
// No longjmp leaves this file. Every function that can fail returns 0 for success or one of the codes below
// and writes a zero-terminated message of at most `message_size` bytes.

enum {
  CPNG_DAMAGED = 1,   // the bytes are no whole, sound PNG
  CPNG_TOO_LARGE = 2, // more pixels or text than a picture of ours can have
  CPNG_MEMORY = 3,
  CPNG_FAILED = 4,    // writing failed
};

// The largest side, and the largest number of pixels, that is read or written.
enum { CPNG_MAXIMUM_SIDE = 32768, CPNG_MAXIMUM_PIXELS = 1 << 26 };

typedef struct cpng_text {
  const char *key;    // 1 to 79 bytes of Latin-1, zero-terminated
  const char *value;  // zero-terminated
  size_t length;      // bytes of `value`
  int is_utf8;        // 1: iTXt, UTF-8. 0: tEXt or zTXt, Latin-1 (reading only; writing is always iTXt)
} cpng_text;

typedef struct cpng_picture {
  uint32_t width, height;
  uint8_t *pixels;    // 3 · width · height bytes: red, green, blue, row by row from the top
  cpng_text *texts;   // in the order of the file; keys and values belong to the picture
  size_t text_count;
} cpng_picture;

// Writes a picture as PNG with a fixed compression level and filter and no time chunk, so that equal pictures give
// equal bytes. On success `*bytes` is the caller's, to be freed with cpng_free.
int cpng_write(const uint8_t *pixels, uint32_t width, uint32_t height, const cpng_text *texts, size_t text_count,
               uint8_t **bytes, size_t *length, char *message, size_t message_size);

// Reads any PNG as 8-bit red, green, blue; transparency is laid on white. On success the picture's memory is the
// caller's, to be freed with cpng_clear; on failure there is nothing to free.
int cpng_read(const uint8_t *bytes, size_t length, cpng_picture *picture, char *message, size_t message_size);

void cpng_free(uint8_t *bytes);
void cpng_clear(cpng_picture *picture);
