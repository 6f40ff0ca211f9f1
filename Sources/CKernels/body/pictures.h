// Patches of pictures as matrices, so that a convolution is a product.

static void kernel_patches(
    const float *x, float *out, long channels, long height, long width, long size, long stride, long padding,
    long out_width, long first, long last) {
  for (long c = 0; c < channels; c++)
    for (long ky = 0; ky < size; ky++)
      for (long kx = 0; kx < size; kx++)
        for (long oy = first; oy < last; oy++, out += out_width) {
          long y = oy * stride + ky - padding;
          if (y < 0 || y >= height) {
            for (long ox = 0; ox < out_width; ox++) out[ox] = 0;
            continue;
          }
          const float *row = x + (c * height + y) * width;
          // The output columns whose input column lies inside the picture.
          long from = padding > kx ? (padding - kx + stride - 1) / stride : 0;
          long to = (width - 1 + padding - kx) / stride + 1;
          if (to > out_width) to = out_width;
          if (from > to) from = to;
          for (long ox = 0; ox < from; ox++) out[ox] = 0;
          if (stride == 1)
            memcpy(out + from, row + from + kx - padding, sizeof(float) * (size_t)(to - from));
          else
            for (long ox = from; ox < to; ox++) out[ox] = row[ox * stride + kx - padding];
          for (long ox = to; ox < out_width; ox++) out[ox] = 0;
        }
}

static void kernel_add_patches(
    const float *patches, float *x, long channels, long height, long width, long size, long stride, long padding,
    long out_width, long first, long last) {
  for (long c = 0; c < channels; c++)
    for (long ky = 0; ky < size; ky++)
      for (long kx = 0; kx < size; kx++)
        for (long oy = first; oy < last; oy++, patches += out_width) {
          long y = oy * stride + ky - padding;
          if (y < 0 || y >= height) continue;
          float *row = x + (c * height + y) * width;
          long from = padding > kx ? (padding - kx + stride - 1) / stride : 0;
          long to = (width - 1 + padding - kx) / stride + 1;
          if (to > out_width) to = out_width;
          if (stride == 1) {
            float *target = row + kx - padding;
            for (long ox = from; ox < to; ox++) target[ox] += patches[ox];
          } else
            for (long ox = from; ox < to; ox++) row[ox * stride + kx - padding] += patches[ox];
        }
}

// One row of pixels as `factor` rows of squares.
static void kernel_repeat_row(const float *x, float *out, long width, long factor) {
  for (long i = 0; i < width; i++)
    for (long f = 0; f < factor; f++) out[i * factor + f] = x[i];
  for (long f = 1; f < factor; f++) memcpy(out + f * width * factor, out, sizeof(float) * (size_t)(width * factor));
}

// Sums of the squares in `size` rows.
static void kernel_block_sum_row(const float *x, float *out, long width, long size) {
  for (long i = 0; i < width; i++) {
    float total = 0;
    for (long y = 0; y < size; y++)
      for (long f = 0; f < size; f++) total += x[(y * width + i) * size + f];
    out[i] = total;
  }
}

// One group of channels of one picture: `channels` planes of `area` numbers.
static void kernel_group_norm(
    const float *x, const float *weight, const float *bias, float epsilon, float *y, float *mean, float *scale,
    long channels, long area) {
  long count = channels * area;
  float m = (float)(kernel_sum(x, count) / (double)count);
  for (long i = 0; i < count; i++) y[i] = x[i] - m;
  float s = 1.0f / __builtin_sqrtf((float)(kernel_sum_squares(y, count) / (double)count) + epsilon);
  *mean = m;
  *scale = s;
  for (long c = 0; c < channels; c++) {
    float factor = s * weight[c], shift = bias[c];
    float *plane = y + c * area;
    for (long i = 0; i < area; i++) plane[i] = plane[i] * factor + shift;
  }
}

// With g = dy·w and n = (x − m)·s: dx = s·(g − mean(g) − n·mean(g·n)); also each channel's Σ dy·n and Σ dy.
static void kernel_group_norm_gradient(
    const float *x, const float *weight, float mean, float scale, const float *dy, float *dx, float *dweight,
    float *dbias, long channels, long area) {
  double level = 0, along = 0, count = (double)(channels * area);
  for (long c = 0; c < channels; c++) {
    double total = kernel_sum(dy + c * area, area);
    double product = (kernel_dot(dy + c * area, x + c * area, area) - (double)mean * total) * (double)scale;
    dweight[c] = (float)product;
    dbias[c] = (float)total;
    level += total * (double)weight[c];
    along += product * (double)weight[c];
  }
  float shift = (float)(level / count), slope = (float)(along / count) * scale;
  for (long c = 0; c < channels; c++) {
    float factor = weight[c];
    for (long i = c * area; i < (c + 1) * area; i++)
      dx[i] = scale * (dy[i] * factor - shift - (x[i] - mean) * slope);
  }
}
