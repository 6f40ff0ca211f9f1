// Numbers of 16 bits (bfloat16: the upper half of a float), two neighbours of a sum in the place of one
// float, the first in the lower half.
//
// A product of pairs adds the second product, then the first, each with one rounding to 32 bits: that is what
// the instruction of AVX512-BF16 does, and what the others imitate, so that all give the same bits. Numbers
// too small to be normal count as zero, as they do for the instruction.

typedef uint32_t bits __attribute__((ext_vector_type(16), aligned(4)));

// The 16 bits nearest to each float, ties to even, in the upper halves.
INLINE bits rounded(vector x) {
  bits all = (bits)x, size = all & 0x7fffffffu;
  bits nearest = all + 0x7fffu + ((all >> 16) & 1u);
  nearest = size > 0x7f800000u ? all | 0x400000u : nearest; // NaN stays NaN
  nearest = size < 0x00800000u ? all & 0x80000000u : nearest;
  return nearest & 0xffff0000u;
}

INLINE vector paired(vector first, vector second) {
#ifdef BF16_PAIRS
  typedef short halves __attribute__((ext_vector_type(32)));
  halves both = (halves)__builtin_ia32_cvtne2ps2bf16_512(second, first);
  return (vector)__builtin_shufflevector(
      both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
      29, 14, 30, 15, 31);
#else
  return (vector)((rounded(first) >> 16) | rounded(second));
#endif
}

// The 16 pairs of 32 neighbours.
INLINE vector paired_neighbours(const float *x) {
  vector low = *(const vector *)x, high = *(const vector *)(x + vector_width);
#ifdef BF16_PAIRS
  return (vector)__builtin_ia32_cvtne2ps2bf16_512(high, low);
#else
  return paired(
      __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
      __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
#endif
}

INLINE float pair(float first, float second) {
  vector both = paired((vector)(first), (vector)(second));
  return both[0];
}

// sum + left · right, pair by pair.
INLINE vector add_pairs(vector sum, vector left, vector right) {
#ifdef BF16_PAIRS
  typedef __bf16 halves __attribute__((ext_vector_type(32)));
  return __builtin_ia32_dpbf16ps_512(sum, (halves)left, (halves)right);
#else
  bits l = (bits)left, r = (bits)right;
  sum = __builtin_elementwise_fma((vector)(l & 0xffff0000u), (vector)(r & 0xffff0000u), sum);
  return __builtin_elementwise_fma((vector)(l << 16), (vector)(r << 16), sum);
#endif
}

// `count` pairs of neighbours; the last may stand alone, with a zero.
static void pair_row(const float *x, long length, float *out) {
  long k = 0;
  for (; k + 2 * vector_width <= length; k += 2 * vector_width) *(vector *)(out + k / 2) = paired_neighbours(x + k);
  for (; k < length; k += 2) out[k / 2] = pair(x[k], k + 1 < length ? x[k + 1] : 0.0f);
}

// The pairs of two rows, number by number; the second may be null, for zeros.
static void pair_rows(const float *first, const float *second, long count, float *out) {
  // What is left over, unless there is too little, is made once more together with what stands before it.
  for (long i = 0; i < count && count >= vector_width; i += vector_width) {
    if (i + vector_width > count) i = count - vector_width;
    *(vector *)(out + i) =
        paired(*(const vector *)(first + i), second ? *(const vector *)(second + i) : (vector)(0.0f));
  }
  for (long i = 0; i < count && count < vector_width; i++) out[i] = pair(first[i], second ? second[i] : 0.0f);
}
