/// Checks of 32 bits that tell damaged bytes from whole ones, as files of other programs want them.
public enum CyclicCheck {
  /// The check of PNG and ZIP. Source: ISO 3309; the polynomial's bits reflected.
  public static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 { remainder(bytes, png) }

  /// Castagnoli's check, as record files have it. Source: RFC 3720, appendix B.4.
  public static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 { remainder(bytes, castagnoli) }

  private static let png = table(0xEDB8_8320)
  private static let castagnoli = table(0x82F6_3B78)

  private static func table(_ polynomial: UInt32) -> [UInt32] {
    (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? (rest >> 1) ^ polynomial : rest >> 1 }
    }
  }

  private static func remainder(_ bytes: some Sequence<UInt8>, _ table: [UInt32]) -> UInt32 {
    ~bytes.reduce(~0) { ($0 >> 8) ^ table[Int(($0 ^ UInt32($1)) & 255)] }
  }
}
