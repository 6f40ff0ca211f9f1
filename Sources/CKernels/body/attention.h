// Attention of one head over one sequence, some query rows at a time. Scores live in the scratch memory only;
// the backward pass makes them again from the stored logarithms of the row sums (T. Dao et al.,
// FlashAttention, 2022, arXiv 2205.14135, section 3.1). Weights are divided by their sum after the product
// with the values, in the cached form too, so that both forms give the same bits.

// Query rows at a time: their scores against a thousand keys still fit the second-level cache.
enum { block = ckernels_panel };

INLINE long panels(long count) { return (count + ckernels_panel - 1) / ckernels_panel; }

// The floats of scratch memory that the two kernels need.
static long kernel_attention_scratch(long rows, long head_width) {
  long ld = panels(rows) * ckernels_panel, width = panels(head_width) * ckernels_panel;
  long heads = 3 * rows * head_width + block * head_width, packed = 2 * ld * head_width + width * (rows + 1);
  long left = block * ((ld > head_width ? ld : head_width) + vector_width + 1);
  return heads + packed + 2 * block * ld + 2 * width * block + left;
}

// The rows of one head next to each other, turned by their positions if there are any.
static void head_rows(
    const float *x, long stride, const int32_t *positions, const float *table, float direction, float *out,
    long out_stride, long rows, long head_width) {
  for (long r = 0; r < rows; r++, x += stride, out += out_stride) {
    if (positions) turn(x, table + positions[r] * head_width, direction, out, head_width);
    else memcpy(out, x, sizeof(float) * (size_t)head_width);
  }
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
    const float *q, const float *k, const float *v, const int32_t *positions, const float *table, float *out,
    float *logarithms, float *scratch, long rows, long head_width, long stride, long logarithm_stride, int causal) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  long ld = panels(rows) * ckernels_panel, size = rows * head_width;
  float *queries = scratch, *turned_keys = queries + size, *keys = turned_keys + size;
  float *values = keys + ld * head_width, *scores = values + panels(head_width) * ckernels_panel * rows;
  head_rows(q, stride, positions, table, 1, queries, head_width, rows, head_width);
  head_rows(k, stride, positions, table, 1, turned_keys, head_width, rows, head_width);
  kernel_pack_panels(turned_keys, 1, head_width, head_width, rows, keys, 0, panels(rows));
  kernel_pack_panels(v, stride, 1, rows, head_width, values, 0, panels(head_width));
  for (long start = 0; start < rows; start += block) {
    long height = rows - start < block ? rows - start : block, count = causal ? start + height : rows;
    long columns = panels(count) * ckernels_panel;
    inner_product(
        ckernels_fp32, queries + start * head_width, head_width, 1, keys, head_width, scores, ld, height, columns,
        head_width, 0, NULL);
    float totals[block] = {0}, offsets[block] = {0};
    for (long r = 0; r < height; r++) {
      long seen = causal ? start + r + 1 : rows;
      totals[r] = weigh(scores + r * ld, scale, seen, offsets + r);
      for (long j = whole_vectors(seen); j < count; j++) scores[r * ld + j] = 0; // keys that the row does not see
    }
    for (long r = 0; r < block; r++) offsets[r] += log_(totals[r]); // of all rows at once
    for (long r = 0; r < height; r++) logarithms[(start + r) * logarithm_stride] = offsets[r];
    inner_product(
        ckernels_fp32, scores, ld, 1, values, rows, out + start * stride, stride, height, head_width, count, 0, NULL);
    for (long r = 0; r < height; r++) {
      float inverse = 1.0f / totals[r], *o = out + (start + r) * stride;
      for (long c = 0; c < head_width; c++) o[c] *= inverse;
    }
  }
}

// The weights p of some query rows from their scores, and from p·vᵀ's gradient, which stands in ds, that of the scores.
static void weigh_again(
    float *p, float *ds, long ld, const float *out, const float *dout, long stride, const float *logarithms,
    long logarithm_stride, long height, long head_width, float scale, long first_seen, long count) {
  for (long r = 0; r < height; r++, p += ld, ds += ld) {
    long seen = first_seen + r < count ? first_seen + r : count;
    float offset = logarithms[r * logarithm_stride];
    float level = row_dot(dout + r * stride, out + r * stride, head_width);
    long full = whole_vectors(seen);
    for (long j = seen; j < full; j++) {
      p[j] = -INFINITY;
      ds[j] = 0;
    }
    for (long j = 0; j < full; j++) {
      p[j] = exp_(p[j] * scale - offset);
      ds[j] = p[j] * (ds[j] - level) * scale;
    }
    for (long j = full; j < count; j++) p[j] = ds[j] = 0;
  }
}

// With p the weights and s the scores: dv = pᵀ·do, ds = p·(do·vᵀ − Σ do·o)/√d, dq = ds·k, dk = dsᵀ·q. Scores are those
// of the forward pass to the bit; the other products read numbers of the kind.
static void kernel_attention_gradient(
    int kind, const float *q, const float *k, const float *v, const int32_t *positions, const float *table,
    const float *out, const float *logarithms, const float *dout, float *dq, float *dk, float *dv, float *scratch,
    long rows, long head_width, long stride, long logarithm_stride, int causal) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  long ld = panels(rows) * ckernels_panel, width = panels(head_width) * ckernels_panel, size = rows * head_width;
  float *queries = scratch, *turned_keys = queries + size, *dkeys = turned_keys + size, *dqueries = dkeys + size;
  float *keys = dqueries + block * head_width, *values = keys + ld * head_width, *key_rows = values + ld * head_width;
  float *p = key_rows + width * (rows + 1), *ds = p + block * ld;
  float *query_rows = ds + block * ld, *out_rows = query_rows + width * block, *left = out_rows + width * block;
  head_rows(q, stride, positions, table, 1, queries, head_width, rows, head_width);
  head_rows(k, stride, positions, table, 1, turned_keys, head_width, rows, head_width);
  kernel_pack_panels(turned_keys, 1, head_width, head_width, rows, keys, 0, panels(rows));
  inner_pack(kind, v, 1, stride, head_width, rows, values);
  inner_pack(kind, turned_keys, head_width, 1, rows, head_width, key_rows);
  memset(dkeys, 0, sizeof(float) * (size_t)size);
  for (long r = 0; r < rows; r++) memset(dv + r * stride, 0, sizeof(float) * (size_t)head_width);
  for (long start = 0; start < rows; start += block) {
    long height = rows - start < block ? rows - start : block, count = causal ? start + height : rows;
    long at = start * stride, columns = panels(count) * ckernels_panel, d = head_width;
    const float *mine = queries + start * d;
    // Rows of p and ds have whole vectors, since ckernels_panel is a multiple of them.
    inner_product(ckernels_fp32, mine, d, 1, keys, d, p, ld, height, columns, d, 0, NULL);
    inner_product(kind, dout + at, stride, 1, values, d, ds, ld, height, columns, d, 0, left);
    weigh_again(
        p, ds, ld, out + at, dout + at, stride, logarithms + start * logarithm_stride, logarithm_stride, height, d,
        scale, causal ? start + 1 : rows, count);
    inner_pack(kind, mine, d, 1, height, d, query_rows);
    inner_pack(kind, dout + at, stride, 1, height, d, out_rows);
    inner_product(kind, ds, ld, 1, key_rows, rows, dqueries, d, height, d, count, 0, left);
    inner_product(kind, ds, 1, ld, query_rows, height, dkeys, d, count, d, height, 1, left);
    inner_product(kind, p, 1, ld, out_rows, height, dv, stride, count, d, height, 1, left);
    head_rows(dqueries, d, positions ? positions + start : NULL, table, -1, dq + at, stride, height, d);
  }
  head_rows(dkeys, head_width, positions, table, -1, dk, stride, rows, head_width);
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
