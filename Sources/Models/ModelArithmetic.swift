/// How many floating-point operations a model's works need, counted from its sizes: a product of m×k and k×n counts 2·m·n·k.
///
/// Norms, activations, softmax and the optimizer are left out: their cost is memory traffic, not arithmetic.
public struct ModelArithmetic: Sendable, Hashable {
  private let configuration: Janus.Configuration
  private let vocabulary: Int

  /// The arithmetic of a model of some sizes.
  ///
  /// - Parameters:
  ///   - configuration: the sizes.
  ///   - vocabulary: V, how many text tokens there are.
  init(_ configuration: Janus.Configuration, vocabulary: Int) {
    (self.configuration, self.vocabulary) = (configuration, vocabulary)
  }

  /// The numbers in the matrices of one layer.
  var layerWeights: Int {
    let decoder = configuration.decoder
    let shared = decoder.keyValueHeads * decoder.headWidth
    return 2 * decoder.width * (decoder.width + shared) + 3 * decoder.width * decoder.feedForward
  }

  /// What the products with the decoder's weights need for one token.
  private var layersOfOneToken: Double { 2 * Double(configuration.decoder.layers * layerWeights) }

  /// What attention needs for the token at a position, counted from 0: scores and mixed values over all positions up to it.
  private func attention(at position: Int) -> Double {
    4 * Double(configuration.decoder.layers * configuration.decoder.width) * Double(position + 1)
  }

  /// The whole decoder over a sequence that is read from a position on.
  private func decoder(_ positions: Range<Int>) -> Double {
    layersOfOneToken * Double(positions.count) + positions.reduce(0) { $0 + attention(at: $1) }
  }

  /// The text head for one token.
  private var textHead: Double { 2 * Double(configuration.decoder.width * vocabulary) }

  /// The image head for one code.
  private var imageHead: Double {
    2 * Double(configuration.imageHeadWidth * (configuration.decoder.width + configuration.imageTokenizer.codes))
  }

  /// The aligner for some codes, or for all there are if that is less.
  private func aligner(_ codes: Int) -> Double {
    let width = configuration.decoder.width
    return 2 * Double(min(codes, configuration.imageTokenizer.codes))
      * Double(width * (configuration.imageTokenizer.codeWidth + width))
  }

  /// The log-probabilities of sequences without gradients.
  ///
  /// - Parameters:
  ///   - batch: how many sequences.
  ///   - tokens: tokens of each, prompt and codes included.
  ///   - prompt: tokens of each that are given and not scored, at least 1.
  /// - Returns: floating-point operations.
  public func scoring(batch: Int, tokens: Int, prompt: Int = 1) -> Double {
    let codes = codes(in: tokens)
    // The last token is read by nobody.
    return Double(batch)
      * (decoder(0..<max(tokens - 1, 0)) + imageHead * Double(codes)
        + textHead * Double(max(tokens - prompt - codes, 0))) + aligner(batch * codes)
  }

  /// A training step: forward, and twice as much backward.
  ///
  /// - Parameters:
  ///   - batch: how many sequences.
  ///   - tokens: tokens of each, prompt and codes included.
  ///   - prompt: tokens of each that are given and not scored, at least 1.
  /// - Returns: floating-point operations.
  public func training(batch: Int, tokens: Int, prompt: Int = 1) -> Double {
    3 * scoring(batch: batch, tokens: tokens, prompt: prompt)
  }

  /// Sampling of pictures, each from a prompt of its own, without a thought.
  ///
  /// - Parameters:
  ///   - batch: how many pictures.
  ///   - prompt: tokens of each prompt, BOS and IMAGE_START included.
  ///   - isGuided: whether a null branch runs along.
  /// - Returns: floating-point operations.
  public func sampling(batch: Int, prompt: Int, isGuided: Bool) -> Double {
    let codes = configuration.codesPerImage
    // IMAGE_START and all codes but the last are read to predict the codes.
    let conditional = decoder(0..<(prompt - 1 + codes))
    let null = isGuided ? decoder(0..<(1 + codes)) : 0
    let branches: Double = isGuided ? 2 : 1
    return Double(batch) * (conditional + null + branches * imageHead * Double(codes))
      + aligner(batch * codes)
  }

  /// Reading of prompts.
  ///
  /// - Parameters:
  ///   - batch: how many.
  ///   - tokens: tokens of each.
  /// - Returns: floating-point operations.
  public func prefill(batch: Int, tokens: Int) -> Double { Double(batch) * decoder(0..<tokens) }

  /// How many of a sequence's tokens are codes: a whole picture, or none if it is too short for one.
  func codes(in tokens: Int) -> Int {
    let codes = configuration.codesPerImage
    // BOS and IMAGE_START before it, IMAGE_END and EOS after it.
    return tokens >= codes + 4 ? codes : 0
  }
}

extension Janus {
  /// The arithmetic that this model's works need.
  public var arithmetic: ModelArithmetic { ModelArithmetic(configuration, vocabulary: tokenizer.count) }
}
