/// A picture in memory: 8-bit red, green and blue, row by row from the top left.
public struct Bitmap: Sendable, Hashable, Codable {
  /// Width in pixels.
  public let width: Int
  /// Height in pixels.
  public let height: Int
  /// `3 · width · height` bytes; the pixel at column x, row y starts at `3 · (y · width + x)`.
  public private(set) var bytes: [UInt8]

  /// A red, green and blue triple.
  public struct Color: Sendable, Hashable {
    /// The channel's value, 0…255.
    public var red: UInt8, green: UInt8, blue: UInt8

    /// A colour from its channels, each 0…255.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }
  }

  /// A picture of one colour. Negative sizes give an empty picture.
  public init(width: Int, height: Int, fill: Color = Color(0, 0, 0)) {
    self.width = max(width, 0)
    self.height = max(height, 0)
    bytes = []
    bytes.reserveCapacity(3 * self.width * self.height)
    for _ in 0..<(self.width * self.height) { bytes += [fill.red, fill.green, fill.blue] }
  }

  /// A picture from its bytes, or `nil` if there are not exactly `3 · width · height`.
  public init?(width: Int, height: Int, bytes: [UInt8]) {
    guard width >= 0, height >= 0, bytes.count == 3 * width * height else { return nil }
    (self.width, self.height, self.bytes) = (width, height, bytes)
  }

  /// The pixel at column `x`, row `y`. Reading outside the picture gives black; writing there does nothing.
  public subscript(x: Int, y: Int) -> Color {
    get {
      guard x >= 0, y >= 0, x < width, y < height else { return Color(0, 0, 0) }
      let at = 3 * (y * width + x)
      return Color(bytes[at], bytes[at + 1], bytes[at + 2])
    }
    set {
      guard x >= 0, y >= 0, x < width, y < height else { return }
      let at = 3 * (y * width + x)
      (bytes[at], bytes[at + 1], bytes[at + 2]) = (newValue.red, newValue.green, newValue.blue)
    }
  }

  /// Copies another picture in, its top left corner at (`x`, `y`); what falls outside is cut off.
  public mutating func draw(_ other: Bitmap, x: Int, y: Int) {
    for row in 0..<other.height {
      for column in 0..<other.width { self[x + column, y + row] = other[column, row] }
    }
  }

  /// The picture with every pixel repeated `factor` times in both directions.
  public func enlarged(by factor: Int) -> Bitmap {
    var result = Bitmap(width: width * max(factor, 0), height: height * max(factor, 0))
    for y in 0..<result.height {
      for x in 0..<result.width { result[x, y] = self[x / factor, y / factor] }
    }
    return result
  }
}
