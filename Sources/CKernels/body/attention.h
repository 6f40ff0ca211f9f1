// Attention of one head over one sequence, some query rows at a time. Scores live in the scratch memory only;
// the backward pass makes them again from the stored logarithms of the row sums (T. Dao et al.,
// FlashAttention, 2022, arXiv 2205.14135, section 3.1). Weights are divided by their sum after the product
// with the values, in the cached form too, so that both forms give the same bits.

// Query rows at a time: their scores against a thousand keys still fit the second-level cache.
enum { block = 32 };

INLINE long panels(long count) { return (count + ckernels_panel - 1) / ckernels_panel; }

// The floats of scratch memory that the two kernels need.
static long kernel_attention_scratch(long rows, long head_width) {
  long keys = panels(rows) * ckernels_panel * head_width, values = panels(head_width) * ckernels_panel * rows;
  long scores = block * panels(rows) * ckernels_panel, few = panels(head_width) * ckernels_panel * block;
  return 2 * keys + values + 2 * scores + 2 * few;
}

INLINE long whole_lanes(long count) { return (count + lanes - 1) / lanes * lanes; }

// Turns scores into weights before division; returns their sum. Weights of keys that the row does not see are
// 0. The loops run over whole lanes, for which the memory must have room.
INLINE float weigh(float *scores, float scale, long seen, long count, float *offset) {
  long full = whole_lanes(seen);
  for (long j = seen; j < full; j++) scores[j] = -INFINITY;
  float top = row_maximum(scores, full);
  for (long j = 0; j < full; j++) scores[j] = exp_((scores[j] - top) * scale);
  for (long j = full; j < count; j++) scores[j] = 0;
  float total = row_sum(scores, full);
  *offset = top * scale;
  return total;
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
    kernel_product(q + start * stride, stride, 1, keys, head_width, scores, ld, 1, height, count, head_width, 0, NULL);
    float totals[block] = {0}, offsets[block] = {0};
    for (long r = 0; r < height; r++)
      totals[r] = weigh(scores + r * ld, scale, causal ? start + r + 1 : rows, count, offsets + r);
    for (long r = 0; r < block; r++) offsets[r] += log_(totals[r]); // of all rows at once
    for (long r = 0; r < height; r++) logarithms[(start + r) * logarithm_stride] = offsets[r];
    kernel_product(scores, ld, 1, values, rows, out + start * stride, stride, 1, height, head_width, count, 0, NULL);
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
    long at = start * stride;
    // Rows of p and ds have whole lanes, since ckernels_panel is a multiple of them.
    kernel_product(q + at, stride, 1, keys, head_width, p, ld, 1, height, count, head_width, 0, NULL);
    kernel_product(dout + at, stride, 1, values, head_width, ds, ld, 1, height, count, head_width, 0, NULL);
    for (long r = 0; r < height; r++) {
      long seen = causal ? start + r + 1 : rows;
      float *pr = p + r * ld, *dsr = ds + r * ld, offset = logarithms[(start + r) * logarithm_stride];
      float level = row_dot(dout + at + r * stride, out + at + r * stride, head_width);
      long full = whole_lanes(seen);
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
    kernel_product(ds, ld, 1, key_rows, rows, dq + at, stride, 1, height, head_width, count, 0, NULL);
    kernel_product(ds, 1, ld, query_rows, height, dk, stride, 1, count, head_width, height, 1, NULL);
    kernel_product(p, 1, ld, out_rows, height, dv, stride, 1, count, head_width, height, 1, NULL);
  }
}

// Scores against keys in blocks of 16 positions, [blocks, head_width, 16].
INLINE void cached_scores(const float *q, const float *keys, long count, long head_width, float *scores) {
  for (long base = 0; base < count; base += vector_width, keys += head_width * vector_width) {
    vector sum = (vector)(0.0f);
    for (long c = 0; c < head_width; c++)
      sum = __builtin_elementwise_fma((vector)(q[c]), *(const vector *)(keys + c * vector_width), sum);
    if (count - base >= vector_width) *(vector *)(scores + base) = sum;
    else
      for (long j = base; j < count; j++) scores[j] = sum[j - base];
  }
}

INLINE void add_weighted(
    const float *weights, const float *values, long count, long head_width, long stride, float *out) {
  long whole = head_width - head_width % vector_width;
  for (long c = 0; c < whole; c += vector_width) {
    vector sum = *(const vector *)(out + c);
    for (long j = 0; j < count; j++)
      sum = __builtin_elementwise_fma((vector)(weights[j]), *(const vector *)(values + j * stride + c), sum);
    *(vector *)(out + c) = sum;
  }
  for (long c = whole; c < head_width; c++)
    for (long j = 0; j < count; j++) out[c] = __builtin_elementwise_fma(weights[j], values[j * stride + c], out[c]);
}

static void kernel_cached_attention(
    const float *q, const float *prefix_keys, const float *prefix_values, long prefix, const float *keys,
    const float *values, long count, long head_width, long stride, float *out, float *scratch) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width), offset;
  cached_scores(q, prefix_keys, prefix, head_width, scratch);
  cached_scores(q, keys, count, head_width, scratch + prefix);
  float total = weigh(scratch, scale, prefix + count, prefix + count, &offset);
  for (long c = 0; c < head_width; c++) out[c] = 0;
  add_weighted(scratch, prefix_values, prefix, head_width, stride, out);
  add_weighted(scratch + prefix, values, count, head_width, stride, out);
  float inverse = 1.0f / total;
  for (long c = 0; c < head_width; c++) out[c] *= inverse;
}

// Puts one position's key of one head into its block.
static void kernel_store_key(const float *key, float *keys, long position, long head_width) {
  float *base = keys + position / vector_width * vector_width * head_width + position % vector_width;
  for (long c = 0; c < head_width; c++) base[c * vector_width] = key[c];
}
