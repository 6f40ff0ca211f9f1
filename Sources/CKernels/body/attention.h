// Attention of one head over one sequence. Scores live in the scratch memory only; the backward pass makes them again from
// the stored logarithms of the row sums (T. Dao et al., FlashAttention, 2022, arXiv 2205.14135, section 3.1).

// scratch: keys transposed [head_width, rows], then one row of scores.
INLINE void transpose_rows(const float *x, float *out, long rows, long width, long stride) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < width; c++) out[c * rows + r] = x[r * stride + c];
}

INLINE void weigh_columns(const float *q, const float *transposed, float scale, float *scores, long count, long rows, long width) {
  for (long j = 0; j < count; j++) scores[j] = 0;
  for (long c = 0; c < width; c++) {
    float factor = q[c] * scale;
    const float *column = transposed + c * rows;
    for (long j = 0; j < count; j++) scores[j] += factor * column[j];
  }
}

static void kernel_attention(
    const float *q, const float *k, const float *v, float *out, float *logarithms, float *scratch, long rows,
    long head_width, long stride, long logarithm_stride, int causal) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  float *transposed = scratch, *scores = scratch + rows * head_width;
  transpose_rows(k, transposed, rows, head_width, stride);
  for (long i = 0; i < rows; i++) {
    long count = causal ? i + 1 : rows;
    weigh_columns(q + i * stride, transposed, scale, scores, count, rows, head_width);
    float top = row_maximum(scores, count);
    for (long j = 0; j < count; j++) scores[j] = exp_(scores[j] - top);
    float total = row_sum(scores, count);
    logarithms[i * logarithm_stride] = top + log_(total);
    float *o = out + i * stride, inverse = 1.0f / total;
    for (long c = 0; c < head_width; c++) o[c] = 0;
    for (long j = 0; j < count; j++) {
      float p = scores[j] * inverse;
      for (long c = 0; c < head_width; c++) o[c] += p * v[j * stride + c];
    }
  }
}

static void kernel_attention_gradient(
    const float *q, const float *k, const float *v, const float *out, const float *logarithms, const float *dout,
    float *dq, float *dk, float *dv, float *scratch, long rows, long head_width, long stride, long logarithm_stride,
    int causal) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  float *keys = scratch, *values = keys + rows * head_width, *p = values + rows * head_width, *dp = p + rows;
  transpose_rows(k, keys, rows, head_width, stride);
  transpose_rows(v, values, rows, head_width, stride);
  for (long i = 0; i < rows; i++)
    for (long c = 0; c < head_width; c++) dk[i * stride + c] = dv[i * stride + c] = 0;
  for (long i = 0; i < rows; i++) {
    long count = causal ? i + 1 : rows;
    const float *qi = q + i * stride, *doi = dout + i * stride;
    weigh_columns(qi, keys, scale, p, count, rows, head_width);
    weigh_columns(doi, values, 1.0f, dp, count, rows, head_width);
    float offset = logarithms[i * logarithm_stride];
    float level = 0;
    for (long c = 0; c < head_width; c++) level += doi[c] * out[i * stride + c];
    for (long j = 0; j < count; j++) {
      p[j] = exp_(p[j] - offset);
      dp[j] = p[j] * (dp[j] - level) * scale;
    }
    float *dqi = dq + i * stride;
    for (long c = 0; c < head_width; c++) dqi[c] = 0;
    for (long j = 0; j < count; j++) {
      float pj = p[j], sj = dp[j];
      for (long c = 0; c < head_width; c++) {
        dqi[c] += sj * k[j * stride + c];
        dk[j * stride + c] += sj * qi[c];
        dv[j * stride + c] += pj * doi[c];
      }
    }
  }
}

static void kernel_cached_attention(
    const float *q, const float *prefix_keys, const float *prefix_values, long prefix, const float *keys,
    const float *values, long count, long head_width, long stride, float *out, float *scratch) {
  float scale = 1.0f / __builtin_sqrtf((float)head_width);
  for (long j = 0; j < prefix; j++) scratch[j] = row_dot(q, prefix_keys + j * stride, head_width) * scale;
  for (long j = 0; j < count; j++) scratch[prefix + j] = row_dot(q, keys + j * stride, head_width) * scale;
  long all = prefix + count;
  float top = row_maximum(scratch, all);
  for (long j = 0; j < all; j++) scratch[j] = exp_(scratch[j] - top);
  float inverse = 1.0f / row_sum(scratch, all);
  for (long c = 0; c < head_width; c++) out[c] = 0;
  for (long j = 0; j < all; j++) {
    const float *value = j < prefix ? prefix_values + j * stride : values + (j - prefix) * stride;
    float p = scratch[j] * inverse;
    for (long c = 0; c < head_width; c++) out[c] += p * value[c];
  }
}
