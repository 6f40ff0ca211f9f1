/// A 64-bit digest of values, the same in every process and on every machine; for telling runs apart, not for security.
///
/// FNV-1a over bytes, finished with the mixing step of SplitMix64 so that close inputs give distant values.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The digest of nothing.
  public init() {}

  /// The digest so far.
  public var value: UInt64 {
    var z = state &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Adds bytes.
  public mutating func combine(bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  }

  /// Adds many bytes at once, at the speed of the memory: eight lanes of eight bytes, each of FNV-1a with words for bytes.
  ///
  /// The digest is another than that of ``combine(bytes:)``.
  public mutating func combine(bulk bytes: RawSpan) {
    let count = bytes.byteCount
    var lanes = SIMD8<UInt64>(repeating: state) ^ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
    var place = 0
    while place + 64 <= count {
      let words = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: SIMD8<UInt64>.self)
      // A product moves bits up only; the shift lets the upper ones reach the lower ones too.
      lanes = (lanes ^ words) &* 0x9E37_79B9_7F4A_7C15
      lanes ^= lanes &>> 32
      place += 64
    }
    for lane in lanes.indices { combine(lanes[lane]) }
    while place < count {
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)
      state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      place += 1
    }
    combine(UInt64(count))
  }

  /// Adds many bytes at once, as ``combine(bulk:)`` of a span does.
  public mutating func combine(bulk bytes: [UInt8]) { unsafe combine(bulk: bytes.span.bytes) }

  /// Adds a whole number, low byte first.
  public mutating func combine(_ value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      state = (state ^ (value >> UInt64(shift)) & 0xFF) &* 0x0000_0100_0000_01B3
    }
  }

  /// Adds a text and its end, so that `"ab", "c"` and `"a", "bc"` differ.
  public mutating func combine(_ text: String) {
    combine(bytes: text.utf8)
    combine(UInt64(text.utf8.count))
  }

  /// Adds the bits of a number: 0 and −0 differ, and so do distinct NaN.
  public mutating func combine(_ value: Float) { combine(UInt64(value.bitPattern)) }

  /// Adds the bits of a number: 0 and −0 differ, and so do distinct NaN.
  public mutating func combine(_ value: Double) { combine(value.bitPattern) }
}
