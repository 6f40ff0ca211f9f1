// What a sampler needs of softmax(x / temperature), in the operations and the order of kernel_token_scores, so that
// both have the same bits. A row's summary is the largest logit over the temperature, the logarithm of the sum over
// it, and the entropy.
static void kernel_token_distribution(
    const float *x, float temperature, float *probabilities, float *summary, long rows, long n) {
  float inverse = 1.0f / temperature;
  for (long r = 0; r < rows; r++, x += n, probabilities += n, summary += 3) {
    float top = row_maximum(x, n) * inverse;
    for (long c = 0; c < n; c++) probabilities[c] = exp_(x[c] * inverse - top);
    float total = row_sum(probabilities, n);
    REDUCE(float, probabilities[i] > 0 ? probabilities[i] * (x[i] * inverse - top) : 0.0f)
    float log_sum = log_(total), share = 1.0f / total;
    summary[0] = top;
    summary[1] = log_sum;
    summary[2] = log_sum - fold_single(part) / total;
    for (long c = 0; c < n; c++) probabilities[c] *= share;
  }
}
