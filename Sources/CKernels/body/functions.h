// exp, log and erf as plain arithmetic: the compiler makes vectors of them, and every instruction set gives
// the same bits.
#define INLINE static inline __attribute__((always_inline))

INLINE float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

INLINE uint32_t to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

// e^x to 1.5 units in the last place: x = k·ln 2 + r, |r| ≤ ln 2 / 2, a polynomial of degree 6 in r, then k
// into the exponent.
INLINE float exp_(float x) {
  float bounded = x < -87.3f ? -87.3f : x;
  bounded = bounded > 88.72f ? 88.72f : bounded;
  float shifted = bounded * 1.44269504f + 12582912.0f; // 1.5 · 2²³: the sum's low bits are the rounded product
  float k = shifted - 12582912.0f;
  float r = bounded - k * 0.693145752f; // ln 2 in two parts, the first short enough for an exact product
  r = r - k * 1.42860677e-6f;
  float p = 1.98412698e-4f * r + 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * (r * r) + r + 1.0f;
  // In two steps, since 2^128 does not fit although e^88.72 does.
  int32_t whole = (int32_t)(to_bits(shifted) - 0x4B400000u);
  int32_t half = whole >> 1;
  p = p * from_bits((uint32_t)(half + 127) << 23) * from_bits((uint32_t)(whole - half + 127) << 23);
  p = x < -87.3f ? 0.0f : p;
  p = x > 88.72f ? INFINITY : p;
  return x != x ? x : p;
}

// ln x: x = 2^k·m with m in [√½, √2), then 2·artanh((m − 1)/(m + 1)) as an odd polynomial.
INLINE float log_(float x) {
  int small = x < 1.17549435e-38f; // subnormal numbers are scaled first
  float scaled = small ? x * 8388608.0f : x;
  uint32_t bits = to_bits(scaled);
  uint32_t offset = bits - 0x3F3504F3u;
  float k = (float)((int32_t)offset >> 23) - (small ? 23.0f : 0.0f);
  float m = from_bits((offset & 0x007FFFFFu) + 0x3F3504F3u);
  float f = m - 1.0f;
  float s = f / (2.0f + f);
  float z = s * s;
  float p = 0.15313837f * z + 0.18183573f;
  p = p * z + 0.22222198f;
  p = p * z + 0.28571429f;
  p = p * z + 0.4f;
  p = p * z + 0.66666667f;
  float h = 0.5f * f * f;
  // f − (h − s·(h + z·p)): the small correction is added last.
  float value = k * 0.693145752f + (f - (h - (s * (h + z * p) + k * 1.42860677e-6f)));
  value = x == 0.0f ? -INFINITY : value;
  value = x < 0.0f ? NAN : value;
  value = x == INFINITY ? INFINITY : value;
  return x != x ? x : value;
}

// The error function to 1e-7: below 1 an odd polynomial, above it 1 − exp(−q(x)); both fitted on Chebyshev
// nodes.
INLINE float erf_(float x) {
  float a = x < 0 ? -x : x;
  float s = a * a;
  float p = -9.67359028e-6f * s + 1.12682514e-4f;
  p = p * s - 8.48439639e-4f;
  p = p * s + 5.22105349e-3f;
  p = p * s - 2.68654376e-2f;
  p = p * s + 1.12837829e-1f;
  p = p * s - 3.76126379e-1f;
  p = p * s + 1.12837923f;
  p = p * a;
  float u = a > 4.0f ? 4.0f : a;
  float q = -1.6140616e-6f * u + 4.55906229e-5f;
  q = q * u - 5.92769531e-4f;
  q = q * u + 4.74022236e-3f;
  q = q * u - 2.63647176e-2f;
  q = q * u + 1.09978244e-1f;
  q = q * u + 6.31937087e-1f;
  q = q * u + 1.13016665f;
  q = q * u - 3.03212961e-4f;
  float large = 1.0f - exp_(-q);
  float value = a < 1.0f ? p : large;
  value = a != a ? a : value;
  return x < 0 ? -value : value;
}

INLINE float sigmoid_(float x) { return 1.0f / (1.0f + exp_(-x)); }
