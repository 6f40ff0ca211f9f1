#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Level 6 with no row filter: flat shapes compress as well as with any filter, and the bytes stay fixed.
enum { COMPRESSION_LEVEL = 6, MAXIMUM_TEXT_BYTES = 8 << 20, MAXIMUM_CHUNKS = 1024 };

// Everything that must outlive a longjmp stands here, behind a pointer: no local is changed after setjmp.
typedef struct job {
  jmp_buf escape;
  char *message;
  size_t message_size;
  int code;
  // Reading.
  const uint8_t *input;
  size_t input_length, input_position;
  cpng_picture picture;
  // Writing.
  uint8_t *output;
  size_t output_length, output_capacity;
  // Both.
  png_bytep *rows;
  png_text *chunks;
} job;

static void say(job *job, int code, const char *text) {
  job->code = code;
  if (job->message_size > 0) snprintf(job->message, job->message_size, "%s", text);
}

static void on_error(png_structp png, png_const_charp text) {
  job *job = png_get_error_ptr(png);
  if (job->code == 0) say(job, CPNG_DAMAGED, text);
  longjmp(job->escape, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;  // a warning is a flaw that libpng has mended
}

static void give_bytes(png_structp png, png_bytep target, size_t count) {
  job *job = png_get_io_ptr(png);
  if (count > job->input_length - job->input_position) {
    png_error(png, "the file ends early");
  }
  memcpy(target, job->input + job->input_position, count);
  job->input_position += count;
}

static void take_bytes(png_structp png, png_bytep source, size_t count) {
  job *job = png_get_io_ptr(png);
  if (count > job->output_capacity - job->output_length) {
    size_t capacity = job->output_capacity * 2 + count + 4096;
    uint8_t *larger = realloc(job->output, capacity);
    if (larger == NULL) {
      say(job, CPNG_MEMORY, "not enough memory");
      png_error(png, "not enough memory");
    }
    job->output = larger;
    job->output_capacity = capacity;
  }
  memcpy(job->output + job->output_length, source, count);
  job->output_length += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static void *need(png_structp png, job *job, void *memory) {
  if (memory == NULL) {
    say(job, CPNG_MEMORY, "not enough memory");
    png_error(png, "not enough memory");
  }
  return memory;
}

static int fits(uint32_t width, uint32_t height) {
  return width <= CPNG_MAXIMUM_SIDE && height <= CPNG_MAXIMUM_SIDE
    && (uint64_t)width * height <= CPNG_MAXIMUM_PIXELS;
}

static void point_rows(png_structp png, job *job, const uint8_t *pixels, uint32_t width, uint32_t height) {
  job->rows = need(png, job, calloc(height, sizeof *job->rows));
  for (uint32_t y = 0; y < height; y++) job->rows[y] = (png_bytep)pixels + (size_t)3 * width * y;
}

// Writing

static void write_all(png_structp png, png_infop info, job *job, const uint8_t *pixels, uint32_t width,
                      uint32_t height, const cpng_text *texts, size_t text_count) {
  png_set_write_fn(png, job, take_bytes, flush_nothing);
  png_set_user_limits(png, CPNG_MAXIMUM_SIDE, CPNG_MAXIMUM_SIDE);
  png_set_compression_level(png, COMPRESSION_LEVEL);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  job->chunks = need(png, job, calloc(text_count + 1, sizeof *job->chunks));
  for (size_t i = 0; i < text_count; i++) {
    job->chunks[i].compression = PNG_ITXT_COMPRESSION_NONE;
    job->chunks[i].key = (png_charp)texts[i].key;
    job->chunks[i].text = (png_charp)texts[i].value;
    job->chunks[i].itxt_length = texts[i].length;
  }
  png_set_text(png, info, job->chunks, (int)text_count);
  png_write_info(png, info);
  point_rows(png, job, pixels, width, height);
  png_write_image(png, job->rows);
  png_write_end(png, NULL);
}

int cpng_write(const uint8_t *pixels, uint32_t width, uint32_t height, const cpng_text *texts, size_t text_count,
               uint8_t **bytes, size_t *length, char *message, size_t message_size) {
  job job = {.message = message, .message_size = message_size};
  if (!fits(width, height) || text_count > MAXIMUM_CHUNKS) {
    say(&job, CPNG_TOO_LARGE, "too many pixels or too many texts");
    return job.code;
  }
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
  if (png == NULL) {
    say(&job, CPNG_MEMORY, "libpng could not start");
    return job.code;
  }
  png_infop info = png_create_info_struct(png);
  if (info == NULL) {
    say(&job, CPNG_MEMORY, "not enough memory");
  } else if (setjmp(job.escape) == 0) {
    write_all(png, info, &job, pixels, width, height, texts, text_count);
  } else if (job.code == CPNG_DAMAGED) {
    job.code = CPNG_FAILED;
  }
  png_destroy_write_struct(&png, &info);
  free(job.rows);
  free(job.chunks);
  if (job.code != 0) {
    free(job.output);
    return job.code;
  }
  *bytes = job.output;
  *length = job.output_length;
  return 0;
}

void cpng_free(uint8_t *bytes) { free(bytes); }

// Reading

// Turns every kind of PNG into 8-bit red, green, blue.
static void read_as_colors(png_structp png, png_infop info) {
  png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

static void copy_texts(png_structp png, png_infop info, job *job) {
  png_textp chunks = NULL;
  int count = 0;
  png_get_text(png, info, &chunks, &count);
  if (count <= 0) return;
  job->picture.texts = need(png, job, calloc((size_t)count, sizeof *job->picture.texts));
  for (int i = 0; i < count; i++) {
    int is_utf8 = chunks[i].compression >= PNG_ITXT_COMPRESSION_NONE;
    size_t length = is_utf8 ? chunks[i].itxt_length : chunks[i].text_length;
    char *value = need(png, job, malloc(length + 1));
    job->picture.texts[i].value = value;
    job->picture.text_count = (size_t)i + 1;
    if (length > 0) memcpy(value, chunks[i].text, length);
    value[length] = 0;
    job->picture.texts[i].key = need(png, job, strdup(chunks[i].key));
    job->picture.texts[i].length = length;
    job->picture.texts[i].is_utf8 = is_utf8;
  }
}

static void read_all(png_structp png, png_infop info, job *job) {
  png_set_read_fn(png, job, give_bytes);
  png_set_user_limits(png, CPNG_MAXIMUM_SIDE, CPNG_MAXIMUM_SIDE);
  png_set_chunk_cache_max(png, MAXIMUM_CHUNKS);
  png_set_chunk_malloc_max(png, MAXIMUM_TEXT_BYTES);
  png_read_info(png, info);
  job->picture.width = png_get_image_width(png, info);
  job->picture.height = png_get_image_height(png, info);
  if (!fits(job->picture.width, job->picture.height)) {
    say(job, CPNG_TOO_LARGE, "too many pixels");
    png_error(png, "too many pixels");
  }
  read_as_colors(png, info);
  if (png_get_rowbytes(png, info) != (size_t)3 * job->picture.width) {
    png_error(png, "an unknown kind of pixel");
  }
  size_t size = (size_t)3 * job->picture.width * job->picture.height;
  job->picture.pixels = need(png, job, calloc(size, 1));
  point_rows(png, job, job->picture.pixels, job->picture.width, job->picture.height);
  png_read_image(png, job->rows);
  png_read_end(png, info);
  copy_texts(png, info, job);
}

int cpng_read(const uint8_t *bytes, size_t length, cpng_picture *picture, char *message, size_t message_size) {
  job job = {.message = message, .message_size = message_size, .input = bytes, .input_length = length};
  if (length < 8 || png_sig_cmp(bytes, 0, 8) != 0) {
    say(&job, CPNG_DAMAGED, "it does not begin as a PNG does");
    return job.code;
  }
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error, on_warning);
  if (png == NULL) {
    say(&job, CPNG_MEMORY, "libpng could not start");
    return job.code;
  }
  png_infop info = png_create_info_struct(png);
  if (info == NULL) {
    say(&job, CPNG_MEMORY, "not enough memory");
  } else if (setjmp(job.escape) == 0) {
    read_all(png, info, &job);
  }
  png_destroy_read_struct(&png, &info, NULL);
  free(job.rows);
  if (job.code != 0) {
    cpng_clear(&job.picture);
    return job.code;
  }
  *picture = job.picture;
  return 0;
}

void cpng_clear(cpng_picture *picture) {
  for (size_t i = 0; i < picture->text_count; i++) {
    free((void *)picture->texts[i].key);
    free((void *)picture->texts[i].value);
  }
  free(picture->texts);
  free(picture->pixels);
  memset(picture, 0, sizeof *picture);
}
