// AdamW with decoupled decay (I. Loshchilov, F. Hutter, ICLR 2019, arXiv 1711.05101, algorithm 2).

static void kernel_adamw(
    float *value, const float *gradient, float scale, float *first, float *second, float learning_rate, float beta1, float beta2,
    float epsilon, float decay, float correction1, float correction2, long n) {
  float keep = 1.0f - learning_rate * decay, step = learning_rate / correction1;
  float inverse = 1.0f / __builtin_sqrtf(correction2);
  for (long i = 0; i < n; i++) {
    float g = gradient[i] * scale;
    float m = beta1 * first[i] + (1.0f - beta1) * g;
    float v = beta2 * second[i] + (1.0f - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    value[i] = value[i] * keep - step * (m / (__builtin_sqrtf(v) * inverse + epsilon));
  }
}
