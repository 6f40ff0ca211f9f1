// Attention of one head over one sequence, some query rows at a time. Scores live in the scratch memory only;
// the backward pass makes them again from the stored logarithms of the row sums (T. Dao et al.,
// FlashAttention, 2022, arXiv 2205.14135, section 3.1). Weights are divided by their sum after the product
// with the values, in the cached form too, so that both forms give the same bits.

// Query rows at a time: their scores against a thousand keys still fit the second-level cache.
enum { block = ckernels_panel };

INLINE long panels(long count) { return (count + ckernels_panel - 1) / ckernels_panel; }

// The floats of scratch memory that the two kernels need.
static long kernel_attention_scratch(long rows, long head_width) {
  long keys = panels(rows) * ckernels_panel * head_width, values = panels(head_width) * ckernels_panel * rows;
  long scores = block * panels(rows) * ckernels_panel, few = panels(head_width) * ckernels_panel * block;
  return 2 * keys + values + 2 * scores + 2 * few;
}

INLINE long whole_vectors(long count) { return (count + vector_width - 1) / vector_width * vector_width; }

// Turns scores into weights before division; returns their sum. The loops run over whole vectors, for which the memory
// must have room, and no further: the lanes that they leave out would add zeros.
INLINE float weigh(float *scores, float scale, long seen, float *offset) {
  long full = whole_vectors(seen);
  for (long j = seen; j < full; j++) scores[j] = -INFINITY;
  vector top = *(const vector *)scores;
  for (long j = vector_width; j < full; j += vector_width) {
    vector x = *(const vector *)(scores + j);
    top = top > x ? top : x;
  }
  float part[vector_width];
  *(vector *)part = top;
  for (int width = vector_width / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) part[l] = part[l] > part[l + width] ? part[l] : part[l + width];
  float largest = part[0];
  *offset = largest * scale;
  for (long j = 0; j < full; j++) scores[j] = exp_((scores[j] - largest) * scale);
  vector sum[2] = {(vector)(0.0f), (vector)(0.0f)}; // the `lanes` partial sums
  for (long j = 0; j < full; j += lanes) {
    sum[0] += *(const vector *)(scores + j);
    if (j + vector_width < full) sum[1] += *(const vector *)(scores + j + vector_width);
  }
  *(vector *)part = sum[0] + sum[1];
  for (int width = vector_width / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) part[l] += part[l + width];
  return part[0];
}

static void kernel_attention(
    const float *q, const float *k, const float *v, float *out, float *logarithms, float *scratch, long rows,
    long head_width, long stride, long logarithm_stride, int causal) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  long ld = panels(rows) * ckernels_panel;
  float *keys = scratch, *values = keys + ld * head_width;
  float *scores = values + panels(head_width) * ckernels_panel * rows;
  kernel_pack_panels(k, 1, stride, head_width, rows, keys, 0, panels(rows));
  kernel_pack_panels(v, stride, 1, rows, head_width, values, 0, panels(head_width));
  for (long start = 0; start < rows; start += block) {
    long height = rows - start < block ? rows - start : block, count = causal ? start + height : rows;
    long at = start * stride, columns = panels(count) * ckernels_panel;
    product_of_floats(q + at, stride, 1, keys, head_width, scores, ld, height, columns, head_width, 0, NULL);
    float totals[block] = {0}, offsets[block] = {0};
    for (long r = 0; r < height; r++) {
      long seen = causal ? start + r + 1 : rows;
      totals[r] = weigh(scores + r * ld, scale, seen, offsets + r);
      for (long j = whole_vectors(seen); j < count; j++) scores[r * ld + j] = 0; // keys that the row does not see
    }
    for (long r = 0; r < block; r++) offsets[r] += log_(totals[r]); // of all rows at once
    for (long r = 0; r < height; r++) logarithms[(start + r) * logarithm_stride] = offsets[r];
    product_of_floats(scores, ld, 1, values, rows, out + at, stride, height, head_width, count, 0, NULL);
    for (long r = 0; r < height; r++) {
      float inverse = 1.0f / totals[r], *o = out + (start + r) * stride;
      for (long c = 0; c < head_width; c++) o[c] *= inverse;
    }
  }
}

// With p the weights and s the scores: dv = pᵀ·do, ds = p·(do·vᵀ − Σ do·o)/√d, dq = ds·k, dk = dsᵀ·q.
static void kernel_attention_gradient(
    const float *q, const float *k, const float *v, const float *out, const float *logarithms, const float *dout,
    float *dq, float *dk, float *dv, float *scratch, long rows, long head_width, long stride, long logarithm_stride,
    int causal) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  long ld = panels(rows) * ckernels_panel, few = panels(head_width) * ckernels_panel * block;
  float *keys = scratch, *values = keys + ld * head_width, *key_rows = values + ld * head_width;
  float *p = key_rows + panels(head_width) * ckernels_panel * rows, *ds = p + block * ld;
  float *query_rows = ds + block * ld, *out_rows = query_rows + few;
  kernel_pack_panels(k, 1, stride, head_width, rows, keys, 0, panels(rows));
  kernel_pack_panels(v, 1, stride, head_width, rows, values, 0, panels(rows));
  kernel_pack_panels(k, stride, 1, rows, head_width, key_rows, 0, panels(head_width));
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < head_width; c++) dk[r * stride + c] = dv[r * stride + c] = 0;
  for (long start = 0; start < rows; start += block) {
    long height = rows - start < block ? rows - start : block, count = causal ? start + height : rows;
    long at = start * stride, columns = panels(count) * ckernels_panel;
    // Rows of p and ds have whole vectors, since ckernels_panel is a multiple of them.
    product_of_floats(q + at, stride, 1, keys, head_width, p, ld, height, columns, head_width, 0, NULL);
    product_of_floats(dout + at, stride, 1, values, head_width, ds, ld, height, columns, head_width, 0, NULL);
    for (long r = 0; r < height; r++) {
      long seen = causal ? start + r + 1 : rows;
      float *pr = p + r * ld, *dsr = ds + r * ld, offset = logarithms[(start + r) * logarithm_stride];
      float level = row_dot(dout + at + r * stride, out + at + r * stride, head_width);
      long full = whole_vectors(seen);
      for (long j = seen; j < full; j++) {
        pr[j] = -INFINITY;
        dsr[j] = 0;
      }
      for (long j = 0; j < full; j++) {
        pr[j] = exp_(pr[j] * scale - offset);
        dsr[j] = pr[j] * (dsr[j] - level) * scale;
      }
      for (long j = full; j < count; j++) pr[j] = dsr[j] = 0;
    }
    kernel_pack_panels(q + at, stride, 1, height, head_width, query_rows, 0, panels(head_width));
    kernel_pack_panels(dout + at, stride, 1, height, head_width, out_rows, 0, panels(head_width));
    product_of_floats(ds, ld, 1, key_rows, rows, dq + at, stride, height, head_width, count, 0, NULL);
    product_of_floats(ds, 1, ld, query_rows, height, dk, stride, count, head_width, height, 1, NULL);
    product_of_floats(p, 1, ld, out_rows, height, dv, stride, count, head_width, height, 1, NULL);
  }
}

// Scores of some heads against one block of 16 positions, [heads, head_width, 16]: several heads at once, since
// each sum waits for the one before it. What will be read next, `ahead` of the keys, is on its way meanwhile.
INLINE void block_scores(
    const int heads, const float *q, const float *keys, const float *ahead, long head_width, float *scores,
    long stride) {
  vector sum[4];
  for (int h = 0; h < heads; h++) sum[h] = (vector)(0.0f);
  for (long c = 0; c < head_width; c++)
#pragma clang loop unroll(full)
    for (int h = 0; h < heads; h++) {
      long at = h * head_width + c;
      __builtin_prefetch(ahead + at * vector_width, 0, 2);
      sum[h] = __builtin_elementwise_fma((vector)(q[at]), *(const vector *)(keys + at * vector_width), sum[h]);
    }
  for (int h = 0; h < heads; h++) *(vector *)(scores + h * stride) = sum[h];
}

// Scores of all heads against whole blocks; those of head h lie at `scores + h * stride`. Values follow.
static void cached_scores(
    const float *q, const float *keys, const float *values, long blocks, long heads, long head_width, float *scores,
    long stride) {
  long size = heads * head_width * vector_width;
  for (long b = 0; b < blocks; b++, keys += size, scores += vector_width) {
    const float *ahead = b + 1 < blocks ? keys + size : values;
    for (long h = 0; h < heads;) {
      long left = heads - h, at = h * head_width, place = at * vector_width;
      if (left >= 4) block_scores(4, q + at, keys + place, ahead + place, head_width, scores + h * stride, stride);
      else block_scores(1, q + at, keys + place, ahead + place, head_width, scores + h * stride, stride);
      h += left >= 4 ? 4 : 1;
    }
  }
}

// Adds weighted values to some vectors of the output; a head has `share` of them.
INLINE void add_weighted_vectors(
    const int vectors, const long share, const float *weights, long stride, const float *values, long count,
    long width, float *out) {
  vector sum[16];
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) sum[v] = *(const vector *)(out + v * vector_width);
#pragma clang loop unroll(disable)
  for (long j = 0; j < count; j++, values += width)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sum[v] = __builtin_elementwise_fma(
          (vector)(weights[v / share * stride + j]), *(const vector *)(values + v * vector_width), sum[v]);
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) *(vector *)(out + v * vector_width) = sum[v];
}

// Adds the weighted values of `count` positions of all heads, [count, heads * head_width]. As many columns at a time as
// registers hold, so that values are read in the order in which they lie.
static void add_weighted(
    const float *scores, long stride, const float *values, long count, long heads, long head_width, float *out) {
  long width = heads * head_width, share = head_width / vector_width;
  if (head_width % vector_width) {
    for (long c = 0; c < width; c++)
      for (long j = 0; j < count; j++)
        out[c] = __builtin_elementwise_fma(scores[c / head_width * stride + j], values[j * width + c], out[c]);
    return;
  }
  for (long c = 0; c < width;) {
    const float *weights = scores + c / head_width * stride, *v = values + c;
    long left = (width - c) / vector_width, begins = c % head_width == 0;
#define VECTORS(vectors, share) \
  add_weighted_vectors(vectors, share, weights, stride, v, count, width, out + c); \
  c += vectors * vector_width;
    if (begins && share == 2 && left >= 16) { VECTORS(16, 2) }
    else if (begins && share == 2 && left >= 8) { VECTORS(8, 2) }
    else if (begins && share == 4 && left >= 16) { VECTORS(16, 4) }
    else if (begins && share == 8 && left >= 16) { VECTORS(16, 8) }
    else { VECTORS(1, 1) }
#undef VECTORS
  }
}

static long kernel_cached_attention_scratch(long positions, long heads) {
  return heads * (positions + 3 * vector_width);
}

static void kernel_cached_attention(
    const float *q, const float *shared_keys, const float *shared_values, long shared, const float *keys,
    const float *values, long count, long heads, long head_width, float *out, float *scratch) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  // Rows of scores a multiple of 4 KiB apart would share the same few lines of the cache.
  long seen = shared + count, blocks = (count + vector_width - 1) / vector_width;
  long stride = shared + blocks * vector_width + vector_width;
  cached_scores(q, shared_keys, shared_values, shared / vector_width, heads, head_width, scratch, stride);
  cached_scores(q, keys, values, blocks, heads, head_width, scratch + shared, stride);
  for (long c = 0; c < heads * head_width; c++) out[c] = 0;
  for (long h = 0; h < heads; h++) {
    float offset;
    // The last number of a row of scores, which none of them reaches, keeps their sum.
    scratch[h * stride + stride - 1] = weigh(scratch + h * stride, scale, seen, &offset);
  }
  add_weighted(scratch, stride, shared_values, shared, heads, head_width, out);
  add_weighted(scratch + shared, stride, values, count, heads, head_width, out);
  for (long h = 0; h < heads; h++) {
    float inverse = 1.0f / scratch[h * stride + stride - 1], *o = out + h * head_width;
    for (long c = 0; c < head_width; c++) o[c] *= inverse;
  }
}

// Puts one position's key, of all heads, into its block.
static void kernel_store_key(const float *key, float *keys, long position, long width) {
  float *base = keys + position / vector_width * vector_width * width + position % vector_width;
  for (long c = 0; c < width; c++) base[c * vector_width] = key[c];
}
