public import Primitives
public import Tensors

/// Turns pictures into a grid of codes and codes into pictures: a convolutional autoencoder whose bottleneck
/// is a codebook of unit vectors.
///
/// Its weights are laid out and named as those of Janus-Pro's image tokenizer, at a hundredth of the size and
/// without norms and attention: a code depends on its patch and the eight around it, and on nothing else. The
/// encoder measures colours against a background and has no offsets before its last layer, so that it sees
/// beyond the edge what it sees in empty space: an object has the same codes wherever it stands.
///
/// Sources: A. van den Oord et al., 2017, arXiv 1711.00937, section 3; J. Yu et al., 2022, arXiv 2110.04627,
/// section 3.2 (codes of few dimensions and of length 1).
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
    /// The channels of the inner layers.
    public var channels = 96
    /// The colour of empty space: red, green and blue, 0…255.
    public var background = [196, 200, 204]

    /// The sizes of the tiny model.
    public init() {}

    /// The side of the square of pixels that a code stands for, in pixels.
    public var patchSize: Int { grid > 0 ? imageSize / grid : 0 }

    /// Checks that the sizes fit each other.
    ///
    /// - Throws: ``ModelError/setting(name:value:expected:)``.
    public func check() throws {
      try ModelError.require("grid", grid, (1...256).contains(grid), "from 1 to 256")
      try ModelError.require(
        "imageSize", imageSize, imageSize <= 4096 && patchSize >= 2 && imageSize % (2 * grid) == 0,
        "an even multiple of the grid's side \(grid), at most 4096")
      try ModelError.require("codes", codes, (1...1 << 20).contains(codes), "from 1 to 1048576")
      try ModelError.require("codeWidth", codeWidth, (1...4096).contains(codeWidth), "from 1 to 4096")
      try ModelError.require("channels", channels, (1...4096).contains(channels), "from 1 to 4096")
      guard background.count == 3, background.allSatisfy({ (0...255).contains($0) }) else {
        throw ModelError.setting(
          name: "background", value: "\(background)", expected: "three numbers from 0 to 255")
      }
    }
  }

  /// The sizes.
  public let configuration: Configuration
  /// The vectors of the codes.
  public let codebook: Codebook
  private let encoder: ImageEncoder
  private let decoder: ImageDecoder

  /// A tokenizer with random weights.
  ///
  /// - Parameters:
  ///   - configuration: its sizes, which pass their check.
  ///   - seed: of the weights.
  public convenience init(_ configuration: Configuration, seed: Int) { self.init(configuration, .seeded(seed)) }

  init(_ configuration: Configuration, _ initialization: Initialization) {
    self.configuration = configuration
    encoder = ImageEncoder(configuration, initialization)
    decoder = ImageDecoder(configuration, initialization)
    codebook = Codebook(configuration, initialization)
  }

  /// Every weight: encoder, codebook, decoder.
  public var parameters: [Parameter] { encoder.parameters + [codebook.vectors] + decoder.parameters }

  /// The weights that gradients train: all but the codebook, which follows the features by itself.
  public var trainedParameters: [Parameter] { encoder.parameters + decoder.parameters }
}

// MARK: - Codes

extension ImageTokenizer {
  /// Pictures at a time, so that the memory of a long list stays small.
  private static let batch = 32

  /// The codes of pictures.
  ///
  /// - Parameter pictures: each `imageSize` square; parts that are missing count as background, parts that
  ///   stand over are cut off.
  /// - Returns: for each picture grid² codes, row by row. A picture's codes do not depend on the others.
  public func encode(_ pictures: [Bitmap]) -> [[Int32]] {
    let count = configuration.grid * configuration.grid
    let codes = features(of: pictures).codes
    return pictures.indices.map { Array(codes[($0 * count)..<(($0 + 1) * count)]) }
  }

  /// The pictures of codes.
  ///
  /// - Parameter codes: for each picture grid² codes in `0..<K`, row by row.
  /// - Returns: pictures `imageSize` square. A picture does not depend on the others.
  public func decode(_ codes: [[Int32]]) -> [Bitmap] {
    stride(from: 0, to: codes.count, by: Self.batch).flatMap { first in
      let part = codes[first..<min(first + Self.batch, codes.count)]
      return bitmaps(of: decoder(embedding(codebook.vectors.value, part.flatMap { $0 }), nil))
    }
  }

  /// The unit vectors of patches, and the codes nearest to them.
  ///
  /// - Parameter pictures: as for ``encode(_:)``.
  /// - Returns: `[B·grid², codeWidth]` and as many codes, picture after picture, row by row.
  public func features(of pictures: [Bitmap]) -> (features: Tensor, codes: [Int32]) {
    let parts = stride(from: 0, to: pictures.count, by: Self.batch).map { first in
      encoder(pixels(of: Array(pictures[first..<min(first + Self.batch, pictures.count)])), nil)
    }
    guard !parts.isEmpty else { return (Tensor(zeros: [0, configuration.codeWidth]), []) }
    let features = concatenate(parts)
    return (features, codebook.nearest(to: features))
  }

  /// What training needs of a batch of pictures.
  public struct Reconstruction {
    /// `[B, 3, imageSize, imageSize]`: the pictures painted again, in the units of
    /// ``ImageTokenizer/pixels(of:)``.
    public let pixels: Tensor
    /// `[B·grid², codeWidth]`: unit vectors, before they are replaced by those of codes.
    public let features: Tensor
    /// The code of each feature.
    public let codes: [Int32]
    /// How far features are from their codes' vectors: the mean squared distance, whose gradient moves
    /// features only.
    public let commitment: Tensor
  }

  /// Encodes and paints again, recording.
  ///
  /// - Parameters:
  ///   - pixels: `[B, 3, imageSize, imageSize]`, from ``pixels(of:)``.
  ///   - tape: where to record; gradients pass from the picture through the codes to the features unchanged.
  public func reconstruct(_ pixels: Tensor, tape: Tape?) -> Reconstruction {
    let features = encoder(pixels, tape)
    let codes = codebook.nearest(to: features)
    let vectors = embedding(codebook.vectors.value, codes)
    return Reconstruction(
      pixels: decoder(straightThrough(features, replacement: vectors), tape), features: features, codes: codes,
      commitment: mean(rowSum(square(features - vectors))))
  }
}

// MARK: - Pixels

extension ImageTokenizer {
  /// A colour's distance from the background that counts as 1, in steps of a byte.
  private static let unit: Float = 128

  /// Pictures as numbers: `[B, 3, imageSize, imageSize]`, 0 for the background, 1 for 128 steps above it.
  public func pixels(of pictures: [Bitmap]) -> Tensor {
    let side = configuration.imageSize
    var result = Tensor(zeros: [pictures.count, 3, side, side])
    result.withUnsafeMutableBufferPointer { target in
      for (index, picture) in pictures.enumerated() {
        for y in 0..<min(side, picture.height) {
          for x in 0..<min(side, picture.width) {
            let at = 3 * (y * picture.width + x)
            for channel in 0..<3 {
              let value = Float(Int(picture.bytes[at + channel]) - configuration.background[channel])
              target[((3 * index + channel) * side + y) * side + x] = value / Self.unit
            }
          }
        }
      }
    }
    return result
  }

  /// Pictures of numbers, rounded to the nearest byte.
  private func bitmaps(of pixels: Tensor) -> [Bitmap] {
    let side = configuration.imageSize
    return pixels.withUnsafeBufferPointer { source in
      (0..<pixels.shape[0]).map { index in
        var bytes = [UInt8](repeating: 0, count: 3 * side * side)
        for channel in 0..<3 {
          let plane = (3 * index + channel) * side * side
          for place in 0..<(side * side) {
            let value = source[plane + place] * Self.unit + Float(configuration.background[channel])
            // `max` with the constant first also turns NaN into 0.
            bytes[3 * place + channel] = UInt8(min(255, max(0, value)).rounded())
          }
        }
        return Bitmap(width: side, height: side, bytes: bytes) ?? Bitmap(width: side, height: side)
      }
    }
  }
}
