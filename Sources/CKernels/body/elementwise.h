// One number in, one number out.
#define EACH(expression) \
  for (long i = 0; i < n; i++) { expression; }

static void kernel_add(const float *a, const float *b, float *out, long n) { EACH(out[i] = a[i] + b[i]) }
static void kernel_subtract(const float *a, const float *b, float *out, long n) { EACH(out[i] = a[i] - b[i]) }
static void kernel_multiply(const float *a, const float *b, float *out, long n) { EACH(out[i] = a[i] * b[i]) }
static void kernel_divide(const float *a, const float *b, float *out, long n) { EACH(out[i] = a[i] / b[i]) }

// NaN on either side wins, as in PyTorch.
static void kernel_minimum(const float *a, const float *b, float *out, long n) {
  EACH(float m = a[i] < b[i] ? a[i] : b[i]; out[i] = a[i] != a[i] ? a[i] : m)
}
static void kernel_maximum(const float *a, const float *b, float *out, long n) {
  EACH(float m = a[i] > b[i] ? a[i] : b[i]; out[i] = a[i] != a[i] ? a[i] : m)
}
static void kernel_select_less(const float *a, const float *b, const float *dy, float *dx, long n) {
  EACH(dx[i] = a[i] < b[i] ? dy[i] : a[i] == b[i] ? 0.5f * dy[i] : 0.0f)
}
static void kernel_affine(const float *x, float scale, float shift, float *out, long n) {
  EACH(out[i] = x[i] * scale + shift)
}
static void kernel_divide_scalar(float scalar, const float *x, float *out, long n) { EACH(out[i] = scalar / x[i]) }
static void kernel_accumulate(const float *x, float scale, float *out, long n) { EACH(out[i] += x[i] * scale) }
static void kernel_exp(const float *x, float *out, long n) { EACH(out[i] = exp_(x[i])) }
static void kernel_log(const float *x, float *out, long n) { EACH(out[i] = log_(x[i])) }
static void kernel_square_root(const float *x, float *out, long n) { EACH(out[i] = __builtin_sqrtf(x[i])) }
static void kernel_square_root_gradient(const float *y, const float *dy, float *dx, long n) {
  EACH(dx[i] = 0.5f * dy[i] / y[i])
}
static void kernel_square(const float *x, float *out, long n) { EACH(out[i] = x[i] * x[i]) }
static void kernel_square_gradient(const float *x, const float *dy, float *dx, long n) {
  EACH(dx[i] = 2.0f * x[i] * dy[i])
}
static void kernel_absolute(const float *x, float *out, long n) { EACH(out[i] = __builtin_fabsf(x[i])) }
static void kernel_absolute_gradient(const float *x, const float *dy, float *dx, long n) {
  EACH(dx[i] = x[i] > 0 ? dy[i] : x[i] < 0 ? -dy[i] : 0.0f * x[i])
}
static void kernel_relu(const float *x, float *out, long n) { EACH(out[i] = x[i] <= 0 ? 0.0f : x[i]) }
static void kernel_relu_gradient(const float *x, const float *dy, float *dx, long n) {
  EACH(dx[i] = x[i] <= 0 ? 0.0f : dy[i])
}
static void kernel_sigmoid(const float *x, float *out, long n) { EACH(out[i] = sigmoid_(x[i])) }
static void kernel_sigmoid_gradient(const float *y, const float *dy, float *dx, long n) {
  EACH(dx[i] = dy[i] * (y[i] * (1.0f - y[i])))
}
static void kernel_silu(const float *x, float *out, long n) { EACH(out[i] = x[i] * sigmoid_(x[i])) }
static void kernel_silu_gradient(const float *x, const float *dy, float *dx, long n) {
  EACH(float s = sigmoid_(x[i]); dx[i] = dy[i] * (s * (1.0f + x[i] * (1.0f - s))))
}

// x·Φ(x), the form with the error function.
static void kernel_gelu(const float *x, float *out, long n) {
  EACH(out[i] = x[i] * (0.5f + 0.5f * erf_(x[i] * 0.707106781f)))
}
static void kernel_gelu_gradient(const float *x, const float *dy, float *dx, long n) {
  EACH(float v = x[i]; float cumulative = 0.5f + 0.5f * erf_(v * 0.707106781f);
       float density = 0.39894228f * exp_(-0.5f * v * v); dx[i] = dy[i] * (cumulative + v * density))
}
static void kernel_clamp(const float *x, float low, float high, float *out, long n) {
  EACH(float v = x[i] < low ? low : x[i]; out[i] = v > high ? high : v)
}
static void kernel_clamp_gradient(const float *x, float low, float high, const float *dy, float *dx, long n) {
  EACH(dx[i] = ((x[i] < low) | (x[i] > high)) ? 0.0f : dy[i])
}
static void kernel_swiglu(const float *gate, const float *up, float *out, long n) {
  EACH(out[i] = gate[i] * sigmoid_(gate[i]) * up[i])
}
static void kernel_swiglu_gradient(
    const float *gate, const float *up, const float *dy, float *dgate, float *dup, long n) {
  EACH(float s = sigmoid_(gate[i]); float silu = gate[i] * s;
       dgate[i] = dy[i] * up[i] * (s * (1.0f + gate[i] * (1.0f - s))); dup[i] = dy[i] * silu)
}
static void kernel_fill(float value, float *out, long n) { EACH(out[i] = value) }
