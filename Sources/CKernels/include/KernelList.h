// The list of kernels: KERNEL(type, name, parameters, arguments). Included with different meanings of KERNEL
// by the header (declarations), by the bodies (the table of one instruction set) and by the dispatcher
// (forwarding functions).

// Elementwise, over n floats. Gradients take the input x (or the output y) and dy, and write dx.
KERNEL(void, add, (const float *a, const float *b, float *out, long n), (a, b, out, n))
KERNEL(void, subtract, (const float *a, const float *b, float *out, long n), (a, b, out, n))
KERNEL(void, multiply, (const float *a, const float *b, float *out, long n), (a, b, out, n))
KERNEL(void, divide, (const float *a, const float *b, float *out, long n), (a, b, out, n))
KERNEL(void, minimum, (const float *a, const float *b, float *out, long n), (a, b, out, n))
KERNEL(void, maximum, (const float *a, const float *b, float *out, long n), (a, b, out, n))
// dy where a < b, half of it where they are equal, 0 elsewhere.
KERNEL(void, select_less, (const float *a, const float *b, const float *dy, float *dx, long n), (a, b, dy, dx, n))
// x · scale + shift
KERNEL(void, affine, (const float *x, float scale, float shift, float *out, long n), (x, scale, shift, out, n))
// scalar / x
KERNEL(void, divide_scalar, (float scalar, const float *x, float *out, long n), (scalar, x, out, n))
// out += x · scale
KERNEL(void, accumulate, (const float *x, float scale, float *out, long n), (x, scale, out, n))
KERNEL(void, exp, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, log, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, square_root, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, square_root_gradient, (const float *y, const float *dy, float *dx, long n), (y, dy, dx, n))
KERNEL(void, square, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, square_gradient, (const float *x, const float *dy, float *dx, long n), (x, dy, dx, n))
KERNEL(void, absolute, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, absolute_gradient, (const float *x, const float *dy, float *dx, long n), (x, dy, dx, n))
KERNEL(void, relu, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, relu_gradient, (const float *x, const float *dy, float *dx, long n), (x, dy, dx, n))
KERNEL(void, sigmoid, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, sigmoid_gradient, (const float *y, const float *dy, float *dx, long n), (y, dy, dx, n))
KERNEL(void, silu, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, silu_gradient, (const float *x, const float *dy, float *dx, long n), (x, dy, dx, n))
KERNEL(void, gelu, (const float *x, float *out, long n), (x, out, n))
KERNEL(void, gelu_gradient, (const float *x, const float *dy, float *dx, long n), (x, dy, dx, n))
KERNEL(void, clamp, (const float *x, float low, float high, float *out, long n), (x, low, high, out, n))
KERNEL(void, clamp_gradient, (const float *x, float low, float high, const float *dy, float *dx, long n),
       (x, low, high, dy, dx, n))
KERNEL(void, swiglu, (const float *gate, const float *up, float *out, long n), (gate, up, out, n))
KERNEL(void, swiglu_gradient,
       (const float *gate, const float *up, const float *dy, float *dgate, float *dup, long n),
       (gate, up, dy, dgate, dup, n))
KERNEL(void, fill, (float value, float *out, long n), (value, out, n))

// Sums over n floats, in double and in a fixed order.
KERNEL(double, sum, (const float *x, long n), (x, n))
KERNEL(double, sum_squares, (const float *x, long n), (x, n))
KERNEL(double, dot, (const float *a, const float *b, long n), (a, b, n))
KERNEL(int, is_finite, (const float *x, long n), (x, n))

// Rows of `width` floats.
KERNEL(void, rms_norm,
       (const float *x, const float *weight, float epsilon, float *y, float *scale, long rows, long width),
       (x, weight, epsilon, y, scale, rows, width))
// The norm of sum = x + more.
KERNEL(void, added_rms_norm,
       (const float *x, const float *more, const float *weight, float epsilon, float *sum, float *y, float *scale,
        long rows, long width),
       (x, more, weight, epsilon, sum, y, scale, rows, width))
// Gradients with `adding` add to what is there.
KERNEL(void, rms_norm_gradient,
       (const float *x, const float *weight, const float *scale, const float *dy, float *dx, long rows, long width,
        int adding),
       (x, weight, scale, dy, dx, rows, width, adding))
KERNEL(void, layer_norm,
       (const float *x, const float *weight, const float *bias, float epsilon, float *y, float *mean, float *scale,
        long rows, long width),
       (x, weight, bias, epsilon, y, mean, scale, rows, width))
KERNEL(void, layer_norm_gradient,
       (const float *x, const float *weight, const float *mean, const float *scale, const float *dy, float *dx,
        long rows, long width),
       (x, weight, mean, scale, dy, dx, rows, width))
// out[c] = Σ_r dy[r,c] · (x[r,c] − mean[r]) · scale[r] for c in first..<last; mean may be null.
KERNEL(void, norm_weight_gradient,
       (const float *x, const float *mean, const float *scale, const float *dy, float *out, long rows,
        long width, long first, long last, int adding),
       (x, mean, scale, dy, out, rows, width, first, last, adding))
KERNEL(void, column_sum, (const float *x, float *out, long rows, long width, long first, long last, int adding),
       (x, out, rows, width, first, last, adding))
KERNEL(void, softmax, (const float *x, float *y, long rows, long width), (x, y, rows, width))
KERNEL(void, softmax_gradient, (const float *y, const float *dy, float *dx, long rows, long width),
       (y, dy, dx, rows, width))
KERNEL(void, log_softmax, (const float *x, float *y, long rows, long width), (x, y, rows, width))
KERNEL(void, log_softmax_gradient, (const float *y, const float *dy, float *dx, long rows, long width),
       (y, dy, dx, rows, width))
// Scores of targets under softmax(x / temperature); `normalizer` receives the logarithm of each row's sum.
KERNEL(void, token_scores,
       (const float *x, const int32_t *targets, float temperature, float *log_probability, float *entropy,
        float *normalizer, long rows, long width),
       (x, targets, temperature, log_probability, entropy, normalizer, rows, width))
KERNEL(void, token_scores_gradient,
       (const float *x, const int32_t *targets, float temperature, const float *entropy, const float *normalizer,
        const float *d_log_probability, const float *d_entropy, float *dx, long rows, long width),
       (x, targets, temperature, entropy, normalizer, d_log_probability, d_entropy, dx, rows, width))
// Probabilities [rows, width], and for each row what log-probability and entropy are made of.
KERNEL(void, token_distribution,
       (const float *x, float temperature, float *probabilities, float *summary, long rows, long width),
       (x, temperature, probabilities, summary, rows, width))
// out = u + weight·(c − u) for pairs of rows c, u that stand one after the other.
KERNEL(void, extrapolate_pairs, (const float *x, float weight, float *out, long rows, long width),
       (x, weight, out, rows, width))
KERNEL(void, extrapolate_pairs_gradient, (const float *dy, float weight, float *dx, long rows, long width),
       (dy, weight, dx, rows, width))
KERNEL(void, l2_norm, (const float *x, float epsilon, float *y, float *scale, long rows, long width),
       (x, epsilon, y, scale, rows, width))
KERNEL(void, l2_norm_gradient,
       (const float *y, const float *scale, float epsilon, const float *dy, float *dx, long rows, long width),
       (y, scale, epsilon, dy, dx, rows, width))
KERNEL(void, gather_rows, (const float *x, const int32_t *indices, float *out, long rows, long width),
       (x, indices, out, rows, width))
// out[indices[r], c] += x[r, c] for c in first..<last
KERNEL(void, scatter_add_rows,
       (const float *x, const int32_t *indices, float *out, long rows, long width, long first, long last),
       (x, indices, out, rows, width, first, last))
// Turns the pairs (i, i + d/2) of each head by the angle of its position; `table` holds cosines, then sines,
// of a position.
KERNEL(void, rotary,
       (const float *x, const int32_t *positions, const float *table, float direction, float *out, long rows,
        long heads, long head_width),
       (x, positions, table, direction, out, rows, heads, head_width))

// Matrix products. b is packed first: panels first..<last of a matrix [depth, columns] whose rows and columns
// lie `row` and `column` floats apart, one of the two 1.
KERNEL(void, pack_panels,
       (const float *b, long row, long column, long depth, long columns, float *out, long first, long last),
       (b, row, column, depth, columns, out, first, last))
KERNEL(void, pack_pairs,
       (const float *b, long row, long column, long depth, long columns, float *out, long first, long last),
       (b, row, column, depth, columns, out, first, last))
KERNEL(void, pack_bytes,
       (const float *b, long row, long column, long depth, long columns, int8_t *out, float *scales, long first,
        long last),
       (b, row, column, depth, columns, out, scales, first, last))
// c = a·b·scales + bias or c += …, for a packed b of `packed_depth`; scales and bias, one for each column, may
// be null. Either the rows or the columns of a are contiguous (of bytes: the rows); scratch, of
// rows · (ckernels_product_piece(rows, depth) + 16) floats, is for a in another order. Only floats do without.
KERNEL(void, matrix_product,
       (int kind, const float *a, long a_row, long a_column, const void *packed, long packed_depth,
        const float *scales, const float *bias, float *c, long c_row, long rows, long columns, long depth, int adding,
        float *scratch),
       (kind, a, a_row, a_column, packed, packed_depth, scales, bias, c, c_row, rows, columns, depth, adding,
        scratch))

// Attention of one head over one sequence; `stride` floats lie between rows. Queries and keys are turned by their
// `positions` as by `rotary`, unless that is null. `logarithms` holds each row's normalizer.
KERNEL(void, attention,
       (const float *q, const float *k, const float *v, const int32_t *positions, const float *table, float *out,
        float *logarithms, float *scratch, long rows, long head_width, long stride, long logarithm_stride, int causal),
       (q, k, v, positions, table, out, logarithms, scratch, rows, head_width, stride, logarithm_stride, causal))
KERNEL(void, attention_gradient,
       (int kind, const float *q, const float *k, const float *v, const int32_t *positions, const float *table,
        const float *out, const float *logarithms, const float *dout, float *dq, float *dk, float *dv, float *scratch,
        long rows, long head_width, long stride, long logarithm_stride, int causal),
       (kind, q, k, v, positions, table, out, logarithms, dout, dq, dk, dv, scratch, rows, head_width, stride,
        logarithm_stride, causal))
KERNEL(long, attention_scratch, (long rows, long head_width), (rows, head_width))
// One position's queries of all heads against a cache in two parts: whole blocks that rows share, then the
// row's own positions. Keys lie in blocks of `ckernels_key_block` positions,
// [blocks, heads · head_width, ckernels_key_block], and values as [positions, heads · head_width].
KERNEL(void, cached_attention,
       (const float *q, const float *shared_keys, const float *shared_values, long shared, const float *keys,
        const float *values, long count, long heads, long head_width, float *out, float *scratch),
       (q, shared_keys, shared_values, shared, keys, values, count, heads, head_width, out, scratch))
KERNEL(long, cached_attention_scratch, (long positions, long heads), (positions, heads))
// `width` is that of all heads together.
KERNEL(void, store_key, (const float *key, float *keys, long position, long width), (key, keys, position, width))

// Pictures, [channels, height, width].
KERNEL(void, pad_picture,
       (const float *x, float *out, long channels, long height, long width, long stride, long padding),
       (x, out, channels, height, width, stride, padding))
KERNEL(void, pack_patches,
       (const float *padded, float *out, long channels, long padded_height, long split, long size, long stride,
        long out_width, long positions, long first, long last),
       (padded, out, channels, padded_height, split, size, stride, out_width, positions, first, last))
KERNEL(void, patch_rows,
       (const float *padded, float *out, long channels, long padded_height, long split, long size, long stride,
        long out_width, long out_row, long first, long last),
       (padded, out, channels, padded_height, split, size, stride, out_width, out_row, first, last))
// Adds each patch of output rows first..<last back where it came from.
KERNEL(void, add_patches,
       (const float *patches, float *x, long channels, long height, long width, long size, long stride, long padding,
        long out_width, long first, long last),
       (patches, x, channels, height, width, size, stride, padding, out_width, first, last))

KERNEL(void, repeat_row, (const float *x, float *out, long width, long factor), (x, out, width, factor))
KERNEL(void, block_sum_row, (const float *x, float *out, long width, long size), (x, out, width, size))
KERNEL(void, group_norm,
       (const float *x, const float *weight, const float *bias, float epsilon, float *y, float *mean, float *scale,
        long channels, long area),
       (x, weight, bias, epsilon, y, mean, scale, channels, area))
KERNEL(void, group_norm_gradient,
       (const float *x, const float *weight, float mean, float scale, const float *dy, float *dx, float *dweight,
        float *dbias, long channels, long area),
       (x, weight, mean, scale, dy, dx, dweight, dbias, channels, area))

// AdamW, in place, of gradient · scale.
KERNEL(void, adamw,
       (float *value, const float *gradient, float scale, float *first, float *second, float learning_rate, float beta1,
        float beta2, float epsilon, float decay, float correction1, float correction2, long n),
       (value, gradient, scale, first, second, learning_rate, beta1, beta2, epsilon, decay, correction1, correction2, n))
