// Matrix products: c = a·b or c += a·b.
//
// Every number of c is one chain of fused multiply-adds in the order of the sum, whatever the tile, the
// chunk, the thread or the instruction set that makes it. So a row has the same bits in every batch: what a
// sampler computes for one token is what a scorer computes for a whole text.

// 16 floats: one register of AVX-512, two of AVX2. Loads need no alignment.
typedef float vector __attribute__((ext_vector_type(16), aligned(4)));
enum { vector_width = ckernels_key_block };

#if defined(__AVX512F__) || defined(WIDE_TILES)
enum { tile_rows = 14, tile_vectors = 2 }; // 28 of 32 registers hold sums
#else
enum { tile_rows = 6, tile_vectors = 1 }; // 12 of 16
#endif

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
    } else {
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
}

// One tile of c, held in registers over the whole depth.
INLINE void tile(
    const int rows, const int vectors, const float *a, long a_row, long a_column, const float *b, long depth, float *c,
    long c_row, int adding) {
  vector sum[tile_rows][tile_vectors];
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
    vector right[tile_vectors];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) right[v] = *(const vector *)(b + k * ckernels_panel + v * vector_width);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      vector left = (vector)(a[i * a_row + k * a_column]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[i][v] = __builtin_elementwise_fma(left, right[v], sum[i][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) *(vector *)(c + i * c_row + v * vector_width) = sum[i][v];
}

#define EACH_ROW_COUNT(do) do(1) do(2) do(3) do(4) do(5) do(6) WIDE_ROW_COUNTS(do)
#if defined(__AVX512F__) || defined(WIDE_TILES)
#define WIDE_ROW_COUNTS(do) do(7) do(8) do(9) do(10) do(11) do(12) do(13) do(14)
#else
#define WIDE_ROW_COUNTS(do)
#endif

// Tiles of a whose rows are contiguous, and of a whose columns are.
#define TILE(count) \
  case count: \
    if (vectors == tile_vectors) tile(count, tile_vectors, a, a_row, 1, b, depth, c, c_row, adding); \
    else tile(count, 1, a, a_row, 1, b, depth, c, c_row, adding); \
    break;
static void tile_of_rows(
    long rows, int vectors, const float *a, long a_row, const float *b, long depth, float *c, long c_row, int adding) {
  switch (rows) { EACH_ROW_COUNT(TILE) }
}
#undef TILE
#define TILE(count) \
  case count: \
    if (vectors == tile_vectors) tile(count, tile_vectors, a, 1, a_column, b, depth, c, c_row, adding); \
    else tile(count, 1, a, 1, a_column, b, depth, c, c_row, adding); \
    break;
static void tile_of_columns(
    long rows, int vectors, const float *a, long a_column, const float *b, long depth, float *c, long c_row,
    int adding) {
  switch (rows) { EACH_ROW_COUNT(TILE) }
}
#undef TILE

// A tile that does not fill its vectors, or whose rows are the columns of c, goes by way of a tile of its
// own.
static void tile_aside(
    long rows, long columns, const float *a, long a_row, long a_column, const float *b, long depth, float *c,
    long c_row, long c_column, int adding) {
  float aside[tile_rows * tile_vectors * vector_width];
  enum { stride = tile_vectors * vector_width };
  int vectors = columns > vector_width ? 2 : 1;
  if (adding)
    for (long i = 0; i < rows; i++)
      for (long j = 0; j < columns; j++) aside[i * stride + j] = c[i * c_row + j * c_column];
  if (a_row != 1) tile_of_rows(rows, vectors, a, a_row, b, depth, aside, stride, adding);
  else tile_of_columns(rows, vectors, a, a_column, b, depth, aside, stride, adding);
  if (c_column == 1)
    for (long i = 0; i < rows; i++) memcpy(c + i * c_row, aside + i * stride, sizeof(float) * (size_t)columns);
  else
    for (long j = 0; j < columns; j++)
      for (long i = 0; i < rows; i++) c[i * c_row + j * c_column] = aside[i * stride + j];
}

static void kernel_product(
    const float *a, long a_row, long a_column, const float *packed, long packed_depth, float *c, long c_row,
    long c_column, long rows, long columns, long depth, int adding, float *scratch) {
  // Tiles of nearly equal height, so that the last is not a sliver.
  long tiles = (rows + tile_rows - 1) / tile_rows;
  for (long start = 0; start < depth || start == 0; start += ckernels_depth) {
    long length = depth - start < ckernels_depth ? depth - start : ckernels_depth;
    const float *left = a + start * a_column;
    long left_row = a_row, left_column = a_column;
    if (scratch && a_column == 1 && a_row % 512 == 0) {
      // Rows a power of two apart share the same few lines of the cache: move them apart.
      for (long i = 0; i < rows; i++)
        memcpy(scratch + i * (ckernels_depth + 16), left + i * a_row, sizeof(float) * (size_t)length);
      left = scratch;
      left_row = ckernels_depth + 16;
    } else if (scratch && a_column != 1) {
      for (long k = 0; k < length; k++)
        memcpy(scratch + k * rows, left + k * a_column, sizeof(float) * (size_t)rows);
      left = scratch;
      left_row = 1;
      left_column = rows;
    }
    int more = adding || start > 0;
    for (long base = 0; base < columns; base += tile_vectors * vector_width) {
      long width = columns - base < tile_vectors * vector_width ? columns - base : tile_vectors * vector_width;
      const float *b = packed + base / ckernels_panel * ckernels_panel * packed_depth + base % ckernels_panel +
                       start * ckernels_panel;
      for (long t = 0; t < tiles; t++) {
        long from = t * rows / tiles, count = (t + 1) * rows / tiles - from;
        const float *tile_a = left + from * left_row;
        float *tile_c = c + from * c_row + base * c_column;
        if (width < tile_vectors * vector_width || c_column != 1)
          tile_aside(count, width, tile_a, left_row, left_column, b, length, tile_c, c_row, c_column, more);
        else if (left_row != 1) tile_of_rows(count, tile_vectors, tile_a, left_row, b, length, tile_c, c_row, more);
        else tile_of_columns(count, tile_vectors, tile_a, left_column, b, length, tile_c, c_row, more);
      }
    }
  }
}
