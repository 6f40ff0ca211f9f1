// Sums in a fixed order: `lanes` partial sums, each over every 32nd number, then the lanes pairwise.
INLINE double fold(double *part) {
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) part[l] += part[l + width];
  return part[0];
}

INLINE float fold_single(float *part) {
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) part[l] += part[l + width];
  return part[0];
}

#define REDUCE(type, expression) \
  type part[lanes] = {0}; \
  long whole = n - n % lanes; \
  for (long base = 0; base < whole; base += lanes) \
    for (int l = 0; l < lanes; l++) { long i = base + l; part[l] += expression; } \
  for (long i = whole; i < n; i++) part[i - whole] += expression;

static double kernel_sum(const float *x, long n) {
  REDUCE(double, (double)x[i])
  return fold(part);
}
static double kernel_sum_squares(const float *x, long n) {
  REDUCE(double, (double)x[i] * (double)x[i])
  return fold(part);
}
static double kernel_dot(const float *a, const float *b, long n) {
  REDUCE(double, (double)a[i] * (double)b[i])
  return fold(part);
}
static int kernel_is_finite(const float *x, long n) {
  int bad = 0;
  for (long i = 0; i < n; i++) bad |= !(__builtin_fabsf(x[i]) <= 3.40282347e38f);
  return !bad;
}

// Sums of one row, in single precision: rows are short.
INLINE float row_sum(const float *x, long n) {
  REDUCE(float, x[i])
  return fold_single(part);
}
INLINE float row_dot(const float *a, const float *b, long n) {
  REDUCE(float, a[i] * b[i])
  return fold_single(part);
}
INLINE float row_dot3(const float *a, const float *b, const float *c, long n) {
  REDUCE(float, a[i] * b[i] * c[i])
  return fold_single(part);
}
INLINE float row_maximum(const float *x, long n) {
  float part[lanes];
  for (int l = 0; l < lanes; l++) part[l] = -INFINITY;
  long whole = n - n % lanes;
  for (long base = 0; base < whole; base += lanes)
    for (int l = 0; l < lanes; l++) part[l] = part[l] > x[base + l] ? part[l] : x[base + l];
  for (long i = whole; i < n; i++) part[0] = part[0] > x[i] ? part[0] : x[i];
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) part[l] = part[l] > part[l + width] ? part[l] : part[l + width];
  return part[0];
}
