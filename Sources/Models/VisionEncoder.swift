public import Primitives
public import Tensors

/// Reads pictures into the decoder: patches to a transformer in which each sees all, then to the decoder's
/// width.
///
/// Janus-Pro understands pictures through such an encoder and paints through codes; the two paths share the
/// decoder alone. Layers and names are those of SigLIP's vision model in transformers, with the GELU of the
/// error function that Janus-Pro takes.
///
/// Sources: X. Zhai et al., 2023, arXiv 2303.15343; A. Dosovitskiy et al., 2021, arXiv 2010.11929, equations
/// 1–4, without a class token; X. Chen et al., 2025, arXiv 2501.17811, section 2.1.
public final class VisionEncoder {
  /// The sizes of a vision encoder.
  public struct Configuration: Codable, Hashable, Sendable {
    /// The side of a picture, in pixels.
    public var imageSize = 64
    /// The side of a patch, in pixels.
    public var patchSize = 8
    /// The width of the hidden states.
    public var width = 96
    /// How many layers there are.
    public var layers = 3
    /// How many heads share the width.
    public var heads = 4
    /// The inner width of the network in each layer.
    public var feedForward = 384
    /// What the layer norms add to the variance.
    public var epsilon: Float = 1e-6
    /// The width D of the decoder that reads the embeddings.
    public var outputWidth = 128

    /// The sizes of the tiny model.
    public init() {}

    /// How many patches a picture has.
    public var patches: Int { patchSize > 0 ? (imageSize / patchSize) * (imageSize / patchSize) : 0 }

    /// Checks that the sizes fit each other.
    ///
    /// - Throws: ``ModelError/setting(name:value:expected:)``.
    public func check() throws {
      let size = 1...4096
      try ModelError.require("patchSize", patchSize, size.contains(patchSize), "from 1 to 4096")
      try ModelError.require(
        "imageSize", imageSize, size.contains(imageSize) && imageSize % patchSize == 0,
        "a multiple of the patch's side \(patchSize), at most 4096")
      try ModelError.require("heads", heads, size.contains(heads), "from 1 to 4096")
      try ModelError.require(
        "width", width, size.contains(width) && width % heads == 0,
        "a multiple of the number of heads \(heads), at most 4096")
      try ModelError.require("layers", layers, (1...256).contains(layers), "from 1 to 256")
      try ModelError.require("feedForward", feedForward, (1...65536).contains(feedForward), "from 1 to 65536")
      try ModelError.require("outputWidth", outputWidth, (1...65536).contains(outputWidth), "from 1 to 65536")
      guard epsilon > 0, epsilon.isFinite else {
        throw ModelError.setting(name: "epsilon", value: "\(epsilon)", expected: "above 0")
      }
    }
  }

  /// The sizes.
  public let configuration: Configuration
  private let patchEmbedding: Convolution
  private let positionEmbedding: Parameter
  private let layers: [VisionLayer]
  private let finalNorm: LayerNorm
  private let aligner: TwoLayerNetwork

  /// An encoder with random weights.
  ///
  /// - Parameters:
  ///   - configuration: its sizes, which pass their check.
  ///   - seed: of the weights.
  public convenience init(_ configuration: Configuration, seed: Int) { self.init(configuration, .seeded(seed)) }

  init(_ configuration: Configuration, _ initialization: Initialization) {
    let (name, width) = (WeightNames.visionEncoder, configuration.width)
    self.configuration = configuration
    patchEmbedding = Convolution(
      name + ".embeddings.patch_embedding", inputs: 3, outputs: width, size: configuration.patchSize,
      stride: configuration.patchSize, initialization)
    positionEmbedding = initialization.parameter(
      name + ".embeddings.position_embedding.weight", [configuration.patches, width],
      bound: (3 / Float(width)).squareRoot())
    layers = (0..<configuration.layers).map {
      VisionLayer("\(name).encoder.layers.\($0)", configuration, initialization)
    }
    finalNorm = LayerNorm(name + ".post_layernorm", width: width, epsilon: configuration.epsilon)
    aligner = TwoLayerNetwork(
      first: Linear(
        WeightNames.visionAligner + ".layers.0", inputs: width, outputs: configuration.outputWidth, hasBias: true,
        initialization),
      second: Linear(
        WeightNames.visionAligner + ".layers.2", inputs: configuration.outputWidth,
        outputs: configuration.outputWidth, hasBias: true, initialization))
  }

  /// Every weight, those of the aligner last.
  public var parameters: [Parameter] {
    patchEmbedding.parameters + [positionEmbedding] + layers.flatMap(\.parameters) + finalNorm.parameters
      + aligner.parameters
  }

  /// The decoder's inputs for pictures.
  ///
  /// - Parameters:
  ///   - pictures: each `imageSize` square; parts that are missing are mid-grey, parts that stand over are
  ///     cut off.
  ///   - tape: where to record, or `nil`.
  /// - Returns: `[B·patches, D]`, picture after picture, patches row by row. A picture's rows do not depend
  ///   on the others.
  public func callAsFunction(_ pictures: [Bitmap], tape: Tape? = nil) -> Tensor {
    aligner(features(pixels(of: pictures), tape: tape), tape)
  }

  /// The hidden states of pictures after the last norm: what the aligner reads.
  ///
  /// - Parameters:
  ///   - pixels: `[B, 3, imageSize, imageSize]`, −1…1.
  ///   - tape: where to record, or `nil`.
  /// - Returns: `[B·patches, width]`.
  func features(_ pixels: Tensor, tape: Tape?) -> Tensor {
    let (batch, patches, width) = (pixels.shape[0], configuration.patches, configuration.width)
    let patched = permuted(patchEmbedding(pixels, tape), [0, 2, 3, 1]).reshaped([batch, patches, width])
    var x = (patched + positionEmbedding.tensor(on: tape)).reshaped([batch * patches, width])
    let lengths = [Int](repeating: patches, count: batch)
    for layer in layers { x = layer(x, lengths: lengths, tape) }
    return finalNorm(x, tape)
  }

  /// Pictures as numbers: 0…255 to −1…1.
  private func pixels(of pictures: [Bitmap]) -> Tensor {
    let side = configuration.imageSize
    var result = Tensor(zeros: [pictures.count, 3, side, side])
    result.withUnsafeMutableBufferPointer { target in
      for (index, picture) in pictures.enumerated() {
        for y in 0..<min(side, picture.height) {
          for x in 0..<min(side, picture.width) {
            for channel in 0..<3 {
              let value = Float(picture.bytes[3 * (y * picture.width + x) + channel])
              target[((3 * index + channel) * side + y) * side + x] = value / 127.5 - 1
            }
          }
        }
      }
    }
    return result
  }
}
