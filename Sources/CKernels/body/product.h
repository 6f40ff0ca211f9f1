// Matrix products: c = a·b or c += a·b, from numbers of 32 bits, of 16 bits, or with a b of 8 bits.
//
// Every number of c is one chain of fused multiply-adds in the order of the sum, whatever the tile, the
// chunk, the thread or the instruction set that makes it. So a row has the same bits in every batch: what a
// sampler computes for one token is what a scorer computes for a whole text.

// 16 floats: one register of AVX-512, two of AVX2. Loads need no alignment.
typedef float vector __attribute__((ext_vector_type(16), aligned(4)));
enum { vector_width = ckernels_key_block };

// Tiles of few rows are wider, since a sum waits for the one before it: it takes several chains at once to
// keep up with the memory that the panels stream from.
#if defined(__AVX512F__) || defined(WIDE_TILES)
enum { tile_rows = 14, tile_vectors = 2, tile_vectors_of_three = 4, tile_vectors_of_one = 8 }; // 28 of 32 registers
#else
enum { tile_rows = 6, tile_vectors = 1, tile_vectors_of_three = 2, tile_vectors_of_one = 4 }; // 12 of 16
#endif
enum { panel_vectors = ckernels_panel / vector_width };

// Turns 16 rows of 16 floats into columns: four rounds of dealing the two halves of the rows together.
INLINE void transpose(const float *x, long x_row, float *out, long out_row) {
  vector rows[vector_width], dealt[vector_width];
#pragma clang loop unroll(full)
  for (int i = 0; i < vector_width; i++) rows[i] = *(const vector *)(x + i * x_row);
#pragma clang loop unroll(full)
  for (int round = 0; round < 4; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < vector_width / 2; i++) {
      vector a = rows[i], b = rows[i + vector_width / 2];
      dealt[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      dealt[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < vector_width; i++) rows[i] = dealt[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < vector_width; i++) *(vector *)(out + i * out_row) = rows[i];
}

#include "pairs.h"

// Columns of b lie in panels of `ckernels_panel`, each [depth, panel], the last filled up with zeros.
static void kernel_pack_panels(
    const float *b, long row, long column, long depth, long columns, float *out, long first, long last) {
  for (long p = first; p < last; p++) {
    const float *source = b + p * ckernels_panel * column;
    float *panel = out + p * ckernels_panel * depth;
    long count = columns - p * ckernels_panel < ckernels_panel ? columns - p * ckernels_panel : ckernels_panel;
    if (count < ckernels_panel) memset(panel, 0, sizeof(float) * (size_t)(depth * ckernels_panel));
    if (column == 1) {
      for (long k = 0; k < depth; k++)
        memcpy(panel + k * ckernels_panel, source + k * row, sizeof(float) * (size_t)count);
      continue;
    }
    for (long base = 0; base < depth; base += vector_width) {
      long length = depth - base < vector_width ? depth - base : vector_width;
      for (long j = 0; j < count; j += vector_width) {
        const float *corner = source + base * row + j * column;
        float *target = panel + base * ckernels_panel + j;
        if (row == 1 && length == vector_width && count - j >= vector_width) {
          transpose(corner, column, target, ckernels_panel);
          continue;
        }
        long width = count - j < vector_width ? count - j : vector_width;
        for (long k = 0; k < length; k++)
          for (long i = 0; i < width; i++) target[k * ckernels_panel + i] = corner[k * row + i * column];
      }
    }
  }
}

// The same of pairs, [⌈depth / 2⌉, panel]; either rows or columns of b are contiguous.
static void kernel_pack_pairs(
    const float *b, long row, long column, long depth, long columns, float *out, long first, long last) {
  long pairs = (depth + 1) / 2;
  for (long p = first; p < last; p++) {
    const float *source = b + p * ckernels_panel * column;
    float *panel = out + p * ckernels_panel * pairs;
    long count = columns - p * ckernels_panel < ckernels_panel ? columns - p * ckernels_panel : ckernels_panel;
    if (count < ckernels_panel) memset(panel, 0, sizeof(float) * (size_t)(pairs * ckernels_panel));
    if (column == 1) {
      for (long k = 0; k < depth; k += 2)
        pair_rows(
            source + k * row, k + 1 < depth ? source + (k + 1) * row : NULL, count, panel + k / 2 * ckernels_panel);
      continue;
    }
    float block[vector_width * vector_width], turned[vector_width * vector_width];
    for (long base = 0; base < depth; base += 2 * vector_width) {
      long length = depth - base < 2 * vector_width ? depth - base : 2 * vector_width;
      for (long j = 0; j < count; j += vector_width) {
        long width = count - j < vector_width ? count - j : vector_width;
        for (long i = 0; i < width; i++)
          pair_row(source + base + (j + i) * column, length, block + i * vector_width);
        transpose(block, vector_width, turned, vector_width);
        for (long k = 0; k < (length + 1) / 2; k++)
          memcpy(
              panel + (base / 2 + k) * ckernels_panel + j, turned + k * vector_width, sizeof(float) * (size_t)width);
      }
    }
  }
}

// Whole numbers of 8 bits, and for each column what one of them is worth: its largest magnitude / 127.
static void kernel_pack_bytes(
    const float *b, long row, long column, long depth, long columns, int8_t *out, float *scales, long first,
    long last) {
  for (long p = first; p < last; p++)
    for (long j = 0; j < ckernels_panel; j++) {
      int8_t *target = out + p * ckernels_panel * depth + j;
      long at = p * ckernels_panel + j;
      const float *source = b + at * column;
      float largest = 0;
      if (at < columns)
        for (long k = 0; k < depth; k++) {
          float size = __builtin_fabsf(source[k * row]);
          largest = size > largest ? size : largest;
        }
      float scale = largest / 127, steps = scale > 0 ? 1 / scale : 0;
      scales[at] = scale;
      for (long k = 0; k < depth; k++) {
        float value = steps > 0 ? __builtin_rintf(source[k * row] * steps) : 0;
        value = value < -127 ? -127 : value > 127 ? 127 : value;
        target[k * ckernels_panel] = (int8_t)value;
      }
    }
}

typedef int8_t bytes __attribute__((ext_vector_type(16), aligned(1)));

// Vector v of row k of panels that lie `next` apart.
INLINE vector panel_vector(const int kind, const void *b, long next, long k, const int v) {
  long place = v / panel_vectors * next + k * ckernels_panel + v % panel_vectors * vector_width;
  if (kind == ckernels_int8) return __builtin_convertvector(*(const bytes *)((const int8_t *)b + place), vector);
  return *(const vector *)((const float *)b + place);
}

// One tile of c, held in registers over the whole depth; `vectors` may span panels.
INLINE void tile(
    const int kind, const int rows, const int vectors, const float *a, long a_row, long a_column, const void *b,
    long next, long depth, float *c, long c_row, int adding) {
  vector sum[tile_rows][tile_vectors_of_one];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sum[i][v] = adding ? *(const vector *)(c + i * c_row + v * vector_width) : (vector)(0.0f);
  // The lines that will be written come from memory while the sums are made.
  if (!adding)
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) __builtin_prefetch(c + i * c_row + v * vector_width, 1);
#pragma clang loop unroll(disable)
  for (long k = 0; k < depth; k++) {
    vector right[tile_vectors_of_one];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) right[v] = panel_vector(kind, b, next, k, v);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      vector left = (vector)(a[i * a_row + k * a_column]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++)
        sum[i][v] = kind == ckernels_bf16 ? add_pairs(sum[i][v], left, right[v])
                                          : __builtin_elementwise_fma(left, right[v], sum[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(vector *)(c + i * c_row + v * vector_width) = sum[i][v];
}

#if defined(__AVX512F__) || defined(WIDE_TILES)
#define WIDE_ROW_COUNTS(do) do(7) do(8) do(9) do(10) do(11) do(12) do(13) do(14)
#else
#define WIDE_ROW_COUNTS(do)
#endif
#define MANY_ROW_COUNTS(do) do(4) do(5) do(6) WIDE_ROW_COUNTS(do)

// All tiles of one kind of number and one order of a.
#define TILE(count) \
  case count: tile(TILE_KIND, count, tile_vectors, a, TILE_A, b, next, depth, c, c_row, adding); return;
#define TILES(name) \
  static void name( \
      long rows, int vectors, const float *a, long a_step, const void *b, long next, long depth, float *c, \
      long c_row, int adding) { \
    if (vectors == tile_vectors_of_one) \
      return tile(TILE_KIND, 1, tile_vectors_of_one, a, TILE_A, b, next, depth, c, c_row, adding); \
    if (vectors == tile_vectors_of_three) { \
      if (rows == 3) return tile(TILE_KIND, 3, tile_vectors_of_three, a, TILE_A, b, next, depth, c, c_row, adding); \
      if (rows == 2) return tile(TILE_KIND, 2, tile_vectors_of_three, a, TILE_A, b, next, depth, c, c_row, adding); \
      return tile(TILE_KIND, 1, tile_vectors_of_three, a, TILE_A, b, next, depth, c, c_row, adding); \
    } \
    switch (rows) { TILE(1) TILE(2) TILE(3) MANY_ROW_COUNTS(TILE) } \
  }
#define TILE_A a_step, 1
#define TILE_KIND ckernels_fp32
TILES(tile_of_rows)
#undef TILE_KIND
#define TILE_KIND ckernels_bf16
TILES(tile_of_paired_rows)
#undef TILE_KIND
#define TILE_KIND ckernels_int8
TILES(tile_of_bytes)
#undef TILE_KIND
#undef TILE_A
#define TILE_A 1, a_step
#define TILE_KIND ckernels_fp32
TILES(tile_of_columns)
#undef TILE_KIND
#define TILE_KIND ckernels_bf16
TILES(tile_of_paired_columns)
#undef TILE_KIND
#undef TILE_A

typedef void Tile(
    long rows, int vectors, const float *a, long a_step, const void *b, long next, long depth, float *c, long c_row,
    int adding);

// A tile that does not fill its vectors goes by way of a tile of its own.
static void tile_aside(
    Tile *make, long rows, long columns, const float *a, long a_step, const void *b, long depth, float *c, long c_row,
    int adding) {
  enum { stride = tile_vectors * vector_width };
  float aside[tile_rows * stride];
  if (adding)
    for (long i = 0; i < rows; i++) memcpy(aside + i * stride, c + i * c_row, sizeof(float) * (size_t)columns);
  make(rows, tile_vectors, a, a_step, b, 0, depth, aside, stride, adding);
  for (long i = 0; i < rows; i++) memcpy(c + i * c_row, aside + i * stride, sizeof(float) * (size_t)columns);
}

// How wide the tiles of `rows` rows are where that many columns are left.
INLINE int vectors_of(long rows, long columns) {
  if (rows == 1 && columns >= tile_vectors_of_one * vector_width) return tile_vectors_of_one;
  if (rows <= 3 && columns >= tile_vectors_of_three * vector_width) return tile_vectors_of_three;
  return tile_vectors;
}

// What a tile reads of a: where it begins, and how far apart its rows or its columns are.
struct Left {
  const float *start;
  long step;
  int is_transposed;
};

// A piece of a in an order that the cache likes, in pairs if b is.
static struct Left left_of(
    int kind, const float *a, long a_row, long a_column, long rows, long length, float *scratch) {
  long step = (kind == ckernels_bf16 ? (length + 1) / 2 : length) + vector_width;
  if (kind == ckernels_bf16 && a_column == 1) {
    for (long i = 0; i < rows; i++) pair_row(a + i * a_row, length, scratch + i * step);
    return (struct Left){scratch, step, 0};
  }
  if (kind == ckernels_bf16) {
    for (long k = 0; k < length; k += 2)
      pair_rows(
          a + k * a_column, k + 1 < length ? a + (k + 1) * a_column : NULL, rows, scratch + k / 2 * rows);
    return (struct Left){scratch, rows, 1};
  }
  if (scratch && a_column == 1 && a_row % 512 == 0 && rows > 4) {
    // Rows a power of two apart share the same few lines of the cache: move them apart.
    for (long i = 0; i < rows; i++) memcpy(scratch + i * step, a + i * a_row, sizeof(float) * (size_t)length);
    return (struct Left){scratch, step, 0};
  }
  if (scratch && a_column != 1) {
    for (long k = 0; k < length; k++) memcpy(scratch + k * rows, a + k * a_column, sizeof(float) * (size_t)rows);
    return (struct Left){scratch, rows, 1};
  }
  return a_column == 1 ? (struct Left){a, a_row, 0} : (struct Left){a, a_column, 1};
}

// The columns base..<base + width of c, from the rows start..<start + length of their panels.
static void panel_product(
    int kind, Tile *make, struct Left left, const void *panels, long next, long length, float *c, long c_row,
    long rows, long width, int vectors, int adding) {
  // Tiles of nearly equal height, so that the last is not a sliver.
  long tiles = (rows + tile_rows - 1) / tile_rows;
  // A few rows stream whole panels; for more, a piece of a panel stays in the first-level cache.
  long block = rows > 4 || length == 0 ? ckernels_depth : length;
  for (long start = 0; start < length || start == 0; start += block) {
    long depth = length - start < block ? length - start : block;
    const void *b = kind == ckernels_int8 ? (const void *)((const int8_t *)panels + start * ckernels_panel)
                                          : (const void *)((const float *)panels + start * ckernels_panel);
    const float *from = left.start + (left.is_transposed ? start * left.step : start);
    int more = adding || start > 0;
    for (long t = 0; t < tiles; t++) {
      long first = t * rows / tiles, count = (t + 1) * rows / tiles - first;
      const float *a = from + (left.is_transposed ? first : first * left.step);
      float *target = c + first * c_row;
      if (width < vectors * vector_width) tile_aside(make, count, width, a, left.step, b, depth, target, c_row, more);
      else make(count, vectors, a, left.step, b, next, depth, target, c_row, more);
    }
  }
}

// c · scale + bias, for the columns that were just made.
static void finish(float *c, long c_row, long rows, long width, const float *scales, const float *bias) {
  for (long i = 0; i < rows; i++) {
    float *row = c + i * c_row;
    if (scales)
      for (long j = 0; j < width; j++) row[j] *= scales[j];
    if (bias)
      for (long j = 0; j < width; j++) row[j] += bias[j];
  }
}

static void kernel_matrix_product(
    int kind, const float *a, long a_row, long a_column, const void *packed, long packed_depth, const float *scales,
    const float *bias, float *c, long c_row, long rows, long columns, long depth, int adding, float *scratch) {
  Tile *const by_rows[] = {tile_of_rows, tile_of_paired_rows, tile_of_bytes};
  Tile *const by_columns[] = {tile_of_columns, tile_of_paired_columns, tile_of_columns};
  // Numbers of a that meet one number of a panel, and numbers from one panel to the next.
  long factor = kind == ckernels_bf16 ? 2 : 1, next = (packed_depth + factor - 1) / factor * ckernels_panel;
  long piece = ckernels_product_piece(rows, depth);
  for (long start = 0; start < depth || start == 0; start += piece) {
    long length = depth - start < piece ? depth - start : piece;
    int is_last = start + piece >= depth;
    struct Left left = left_of(kind, a + start * a_column, a_row, a_column, rows, length, scratch);
    Tile *make = left.is_transposed ? by_columns[kind] : by_rows[kind];
    for (long base = 0; base < columns;) {
      int vectors = vectors_of(rows, columns - base);
      long width = columns - base < vectors * vector_width ? columns - base : vectors * vector_width;
      long place = base / ckernels_panel * next + base % ckernels_panel + start / factor * ckernels_panel;
      const void *panels = kind == ckernels_int8 ? (const void *)((const int8_t *)packed + place)
                                                 : (const void *)((const float *)packed + place);
      panel_product(
          kind, make, left, panels, next, (length + factor - 1) / factor, c + base, c_row, rows, width, vectors,
          adding || start > 0);
      if (is_last && (scales || bias))
        finish(c + base, c_row, rows, width, scales ? scales + base : NULL, bias ? bias + base : NULL);
      base += width;
    }
  }
}

// Products inside of another kernel. Those of floats need no scratch memory and are given none.
static void inner_product(
    int kind, const float *a, long a_row, long a_column, const float *packed, long packed_depth, float *c, long c_row,
    long rows, long columns, long depth, int adding, float *scratch) {
  kernel_matrix_product(
      kind, a, a_row, a_column, packed, packed_depth, NULL, NULL, c, c_row, rows, columns, depth, adding,
      kind == ckernels_fp32 ? NULL : scratch);
}

static void inner_pack(int kind, const float *b, long row, long column, long depth, long columns, float *out) {
  long last = (columns + ckernels_panel - 1) / ckernels_panel;
  if (kind == ckernels_bf16) kernel_pack_pairs(b, row, column, depth, columns, out, 0, last);
  else kernel_pack_panels(b, row, column, depth, columns, out, 0, last);
}
