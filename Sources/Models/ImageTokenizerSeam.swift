public import Primitives
public import Tensors

/// What the rest of the module needs of an image tokenizer; the network itself replaces this file.
public final class ImageTokenizer {
  /// The sizes of an image tokenizer.
  public struct Configuration: Codable, Hashable, Sendable {
    /// The side of a picture, in pixels.
    public var imageSize = 64
    /// The side of the grid of codes.
    public var grid = 8
    /// How many codes K there are.
    public var codes = 512
    /// The width of a code's vector.
    public var codeWidth = 8

    /// The sizes of the tiny model.
    public init() {}
  }

  /// The sizes.
  public let configuration: Configuration
  /// Every weight.
  public var parameters: [Parameter] { [] }

  /// A tokenizer with random weights.
  ///
  /// - Parameters:
  ///   - configuration: its sizes.
  ///   - seed: of the weights.
  public init(_ configuration: Configuration, seed: Int) { self.configuration = configuration }

  /// The pictures of codes, row by row.
  public func decode(_ codes: [[Int32]]) -> [Bitmap] {
    codes.map { _ in Bitmap(width: configuration.imageSize, height: configuration.imageSize) }
  }

  /// The codes of pictures, row by row.
  public func encode(_ pictures: [Bitmap]) -> [[Int32]] {
    let count = configuration.grid * configuration.grid
    return pictures.map { picture in
      (0..<count).map { Int32(Int(picture.bytes[$0 * picture.bytes.count / count]) % configuration.codes) }
    }
  }
}
