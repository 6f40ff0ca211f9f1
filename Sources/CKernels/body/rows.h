// Rows: normalisation, softmax, gathering, rotation.

static void kernel_rms_norm(
    const float *x, const float *weight, float epsilon, float *y, float *scale, long rows, long width) {
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float s = 1.0f / __builtin_sqrtf(row_dot(x, x, width) / (float)width + epsilon);
    scale[r] = s;
    for (long c = 0; c < width; c++) y[c] = x[c] * s * weight[c];
  }
}

static void kernel_added_rms_norm(
    const float *x, const float *more, const float *weight, float epsilon, float *sum, float *y, float *scale,
    long rows, long width) {
  // A chunk stays in the cache between the two.
  kernel_add(x, more, sum, rows * width);
  kernel_rms_norm(sum, weight, epsilon, y, scale, rows, width);
}

// With n = x·s: dx = s·(dy·w − n·mean(dy·w·n)).
static void kernel_rms_norm_gradient(
    const float *x, const float *weight, const float *scale, const float *dy, float *dx, long rows, long width,
    int adding) {
  for (long r = 0; r < rows; r++, x += width, dy += width, dx += width) {
    float s = scale[r];
    float along = row_dot3(dy, weight, x, width) * s * s / (float)width;
    if (adding)
      for (long c = 0; c < width; c++) dx[c] += s * (dy[c] * weight[c] - x[c] * along);
    else
      for (long c = 0; c < width; c++) dx[c] = s * (dy[c] * weight[c] - x[c] * along);
  }
}

static void kernel_layer_norm(
    const float *x, const float *weight, const float *bias, float epsilon, float *y, float *mean, float *scale,
    long rows, long width) {
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float m = row_sum(x, width) / (float)width;
    for (long c = 0; c < width; c++) y[c] = x[c] - m;
    float s = 1.0f / __builtin_sqrtf(row_dot(y, y, width) / (float)width + epsilon);
    mean[r] = m;
    scale[r] = s;
    for (long c = 0; c < width; c++) y[c] = y[c] * s * weight[c] + bias[c];
  }
}

// With g = dy·w and n = (x − m)·s: dx = s·(g − mean(g) − n·mean(g·n)).
static void kernel_layer_norm_gradient(
    const float *x, const float *weight, const float *mean, const float *scale, const float *dy, float *dx, long rows,
    long width) {
  for (long r = 0; r < rows; r++, x += width, dy += width, dx += width) {
    float m = mean[r], s = scale[r];
    float level = row_dot(dy, weight, width) / (float)width;
    float along = (row_dot3(dy, weight, x, width) / (float)width - m * level) * s * s;
    for (long c = 0; c < width; c++) dx[c] = s * (dy[c] * weight[c] - level - (x[c] - m) * along);
  }
}

static void kernel_norm_weight_gradient(
    const float *x, const float *mean, const float *scale, const float *dy, float *out, long rows, long width,
    long first, long last, int adding) {
  for (long c = first; c < last && !adding; c++) out[c] = 0;
  for (long r = 0; r < rows; r++) {
    float m = mean ? mean[r] : 0.0f, s = scale[r];
    const float *xr = x + r * width, *dyr = dy + r * width;
    for (long c = first; c < last; c++) out[c] += dyr[c] * ((xr[c] - m) * s);
  }
}

static void kernel_column_sum(
    const float *x, float *out, long rows, long width, long first, long last, int adding) {
  for (long c = first; c < last && !adding; c++) out[c] = 0;
  for (long r = 0; r < rows; r++)
    for (long c = first; c < last; c++) out[c] += x[r * width + c];
}

static void kernel_softmax(const float *x, float *y, long rows, long width) {
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float top = row_maximum(x, width);
    for (long c = 0; c < width; c++) y[c] = exp_(x[c] - top);
    float inverse = 1.0f / row_sum(y, width);
    for (long c = 0; c < width; c++) y[c] *= inverse;
  }
}

static void kernel_softmax_gradient(const float *y, const float *dy, float *dx, long rows, long width) {
  for (long r = 0; r < rows; r++, y += width, dy += width, dx += width) {
    float along = row_dot(y, dy, width);
    for (long c = 0; c < width; c++) dx[c] = y[c] * (dy[c] - along);
  }
}

static void kernel_log_softmax(const float *x, float *y, long rows, long width) {
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float top = row_maximum(x, width);
    for (long c = 0; c < width; c++) y[c] = exp_(x[c] - top);
    float log_sum = log_(row_sum(y, width));
    for (long c = 0; c < width; c++) y[c] = x[c] - top - log_sum;
  }
}

static void kernel_log_softmax_gradient(const float *y, const float *dy, float *dx, long rows, long width) {
  for (long r = 0; r < rows; r++, y += width, dy += width, dx += width) {
    float total = row_sum(dy, width);
    for (long c = 0; c < width; c++) dx[c] = dy[c] - exp_(y[c]) * total;
  }
}

// Log-probability and entropy in one walk over a row held in the cache: H = ln Σ − (Σ e^z·z)/Σ with z = x/τ −
// max.
static void kernel_token_scores(
    const float *x, const int32_t *targets, float temperature, float *log_probability, float *entropy,
    float *normalizer, long rows, long width) {
  float inverse = 1.0f / temperature;
  for (long r = 0; r < rows; r++, x += width) {
    float top = row_maximum(x, width) * inverse;
    float sum[lanes] = {0}, moment[lanes] = {0};
    for (long base = 0; base < width; base += lanes) {
      long count = width - base < lanes ? width - base : lanes;
      if (count == lanes)
        for (int l = 0; l < lanes; l++) {
          float z = x[base + l] * inverse - top;
          float e = exp_(z);
          sum[l] += e;
          moment[l] += e > 0 ? e * z : 0.0f; // z may be −∞
        }
      else
        for (int l = 0; l < count; l++) {
          float z = x[base + l] * inverse - top;
          float e = exp_(z);
          sum[l] += e;
          moment[l] += e > 0 ? e * z : 0.0f;
        }
    }
    float total = fold_single(sum), mean = fold_single(moment) / total;
    float log_sum = log_(total);
    log_probability[r] = x[targets[r]] * inverse - top - log_sum;
    entropy[r] = log_sum - mean;
    normalizer[r] = top + log_sum;
  }
}

// d log p_t = (δ_t − p)/τ and dH = −p·(ln p + H)/τ, from the logits again: softmax is never stored.
static void kernel_token_scores_gradient(
    const float *x, const int32_t *targets, float temperature, const float *entropy, const float *normalizer,
    const float *d_log_probability, const float *d_entropy, float *dx, long rows, long width) {
  float inverse = 1.0f / temperature;
  for (long r = 0; r < rows; r++, x += width, dx += width) {
    float gl = d_log_probability[r], ge = d_entropy[r], h = entropy[r], offset = normalizer[r];
    for (long c = 0; c < width; c++) {
      float log_p = x[c] * inverse - offset;
      float p = exp_(log_p);
      float weight = gl + ge * (log_p + h);
      dx[c] = p > 0 ? -inverse * p * weight : 0.0f * p;
    }
    dx[targets[r]] += inverse * gl;
  }
}

static void kernel_extrapolate_pairs(const float *x, float weight, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++, x += 2 * width, out += width)
    for (long c = 0; c < width; c++) out[c] = x[width + c] + (x[c] - x[width + c]) * weight;
}

static void kernel_extrapolate_pairs_gradient(const float *dy, float weight, float *dx, long rows, long width) {
  for (long r = 0; r < rows; r++, dy += width, dx += 2 * width)
    for (long c = 0; c < width; c++) {
      float part = dy[c] * weight;
      dx[c] = part;
      dx[width + c] = dy[c] - part;
    }
}

// y = x / max(‖x‖, ε); the gradient below ε is that of a plain scaling.
static void kernel_l2_norm(const float *x, float epsilon, float *y, float *scale, long rows, long width) {
  for (long r = 0; r < rows; r++, x += width, y += width) {
    float norm = __builtin_sqrtf(row_dot(x, x, width));
    float s = 1.0f / (norm > epsilon ? norm : epsilon);
    scale[r] = s;
    for (long c = 0; c < width; c++) y[c] = x[c] * s;
  }
}

static void kernel_l2_norm_gradient(
    const float *y, const float *scale, float epsilon, const float *dy, float *dx, long rows, long width) {
  for (long r = 0; r < rows; r++, y += width, dy += width, dx += width) {
    float s = scale[r];
    float along = s * epsilon < 1.0f ? row_dot(y, dy, width) : 0.0f;
    for (long c = 0; c < width; c++) dx[c] = s * (dy[c] - y[c] * along);
  }
}

static void kernel_gather_rows(const float *x, const int32_t *indices, float *out, long rows, long width) {
  for (long r = 0; r < rows; r++) memcpy(out + r * width, x + indices[r] * width, sizeof(float) * (size_t)width);
}

static void kernel_scatter_add_rows(
    const float *x, const int32_t *indices, float *out, long rows, long width, long first, long last) {
  for (long r = 0; r < rows; r++) {
    float *target = out + indices[r] * width;
    for (long c = first; c < last; c++) target[c] += x[r * width + c];
  }
}

// One head by the angles of its position.
INLINE void turn(const float *x, const float *angles, float direction, float *restrict out, long head_width) {
  long half = head_width / 2;
  const float *sine = angles + half;
  for (long i = 0; i < half; i++) {
    float a = x[i], b = x[i + half], s = sine[i] * direction;
    out[i] = a * angles[i] - b * s;
    out[i + half] = b * angles[i] + a * s;
  }
}

static void kernel_rotary(
    const float *x, const int32_t *positions, const float *table, float direction, float *out, long rows, long heads,
    long head_width) {
  for (long r = 0; r < rows; r++)
    for (long h = 0; h < heads; h++, x += head_width, out += head_width)
      turn(x, table + positions[r] * head_width, direction, out, head_width);
}
