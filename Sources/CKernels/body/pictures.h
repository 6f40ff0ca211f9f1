// Pictures as matrices of patches, so that a convolution is a product.

// One row of it: each phase of the stride takes every stride-th number.
INLINE void deal_row(
    const float *source, float *target, long width, const long stride, long padding, long split) {
  for (long phase = 0; phase < stride; phase++) {
    long from = padding > phase ? (padding - phase + stride - 1) / stride : 0;
    long to = (width + padding - phase + stride - 1) / stride;
    const float *first = source + phase - padding;
    float *out = target + phase * split;
    for (long j = from; j < to; j++) out[j] = first[j * stride];
  }
}

// A copy with zeros around it, in which the columns 0, s, 2s, … of a row come first, then 1, s + 1, …: what a
// stride of s reads lies together. Row: stride · split floats, split = ⌈(width + 2·padding) / stride⌉.
static void kernel_pad_picture(
    const float *x, float *out, long channels, long height, long width, long stride, long padding) {
  long split = (width + 2 * padding + stride - 1) / stride, row = stride * split;
  memset(out, 0, sizeof(float) * (size_t)(channels * (height + 2 * padding) * row));
  for (long c = 0; c < channels; c++)
    for (long y = 0; y < height; y++) {
      const float *source = x + (c * height + y) * width;
      float *target = out + (c * (height + 2 * padding) + y + padding) * row;
      if (stride == 1) memcpy(target + padding, source, sizeof(float) * (size_t)width);
      else if (stride == 2) deal_row(source, target, width, 2, padding, split);
      else if (stride == 4) deal_row(source, target, width, 4, padding, split);
      else deal_row(source, target, width, stride, padding, split);
    }
}

// Few floats, without a call.
INLINE void copy(float *out, const float *x, long count) {
  switch (count) {
  case 4: memcpy(out, x, 16); return;
  case 8: memcpy(out, x, 32); return;
  case 16: memcpy(out, x, 64); return;
  case 32: memcpy(out, x, 128); return;
  case 64: memcpy(out, x, 256); return;
  default:
    for (long i = 0; i < count; i++) out[i] = x[i];
  }
}

// The patches of output positions in panels first..<last, [panels, channels·size·size, ckernels_panel].
static void kernel_pack_patches(
    const float *padded, float *out, long channels, long padded_height, long split, long size, long stride,
    long out_width, long positions, long first, long last) {
  long row = stride * split;
  for (long p = first; p < last; p++) {
    long start = p * ckernels_panel;
    long end = start + ckernels_panel < positions ? start + ckernels_panel : positions;
    // The pieces of output rows that the panel consists of, found once: divisions cost more than copies.
    long from[ckernels_panel], to[ckernels_panel + 1] = {0}, pieces = 0;
    for (long at = start; at < end; pieces++) {
      long ox = at % out_width, count = out_width - ox < end - at ? out_width - ox : end - at;
      from[pieces] = at / out_width * stride * row + ox;
      at += count;
      to[pieces + 1] = at - start;
    }
    for (long c = 0; c < channels; c++)
      for (long ky = 0; ky < size; ky++)
        for (long kx = 0; kx < size; kx++, out += ckernels_panel) {
          const float *plane = padded + (c * padded_height + ky) * row + kx % stride * split + kx / stride;
          for (long i = 0; i < pieces; i++) copy(out + to[i], plane + from[i], to[i + 1] - to[i]);
          for (long i = end - start; i < ckernels_panel; i++) out[i] = 0;
        }
  }
}

// The patches of output rows first..<last, [channels·size·size, out_row] with room for more than their
// positions.
static void kernel_patch_rows(
    const float *padded, float *out, long channels, long padded_height, long split, long size, long stride,
    long out_width, long out_row, long first, long last) {
  long row = stride * split;
  for (long c = 0; c < channels; c++)
    for (long ky = 0; ky < size; ky++)
      for (long kx = 0; kx < size; kx++, out += out_row) {
        const float *plane = padded + (c * padded_height + ky) * row + kx % stride * split + kx / stride;
        for (long oy = first; oy < last; oy++)
          copy(out + (oy - first) * out_width, plane + oy * stride * row, out_width);
      }
}

// Adds each patch of output rows first..<last back where it came from.
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
  if (size == 2) {
    const float *below = x + 2 * width;
    for (long i = 0; i < width; i++) out[i] = x[2 * i] + x[2 * i + 1] + below[2 * i] + below[2 * i + 1];
    return;
  }
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
