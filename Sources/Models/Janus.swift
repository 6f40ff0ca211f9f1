public import Primitives
public import Tensors

/// One decoder that reads and writes both text and images, laid out as Janus-Pro is.
///
/// A text head and an image head read the same hidden states. Image codes enter through their own vectors and a small network, the
/// aligner. The image tokenizer turns codes into pictures and is no part of the policy.
///
/// Source: X. Chen et al., 2025, arXiv 2501.17811, section 2.1.
public final class Janus {
  /// The sizes of a model, and the words that it knows.
  public struct Configuration: Codable, Hashable, Sendable {
    /// The sizes of the decoder.
    public var decoder = Transformer.Configuration()
    /// The words that the model knows, in the order of their numbers.
    public var words: [String]
    /// The sizes of the image tokenizer: grid, number of codes K and their width among them.
    public var imageTokenizer = ImageTokenizer.Configuration()
    /// The inner width of the image head.
    public var imageHeadWidth = 128
    /// The sizes of the vision encoder, or `nil` for a model that only paints.
    public var visionEncoder: VisionEncoder.Configuration?

    /// The sizes of the tiny model.
    ///
    /// - Parameter words: what the model shall be able to read and write.
    public init(words: [String]) { self.words = words }

    /// The sizes of the tiny judge, which looks at pictures and paints none: its image path is as small as can be.
    ///
    /// Its patches are 24 pixels wide, as far as the places of the world's objects are apart, and a picture is filled up to three by
    /// three of them: each patch shows one place.
    ///
    /// - Parameter words: what it shall be able to read and write.
    public static func judge(words: [String]) -> Configuration {
      var sizes = Configuration(words: words)
      (sizes.decoder.layers, sizes.decoder.feedForward) = (3, 288)
      var eyes = VisionEncoder.Configuration()
      (eyes.imageSize, eyes.patchSize, eyes.feedForward) = (72, 24, 192)
      sizes.visionEncoder = eyes
      sizes.imageHeadWidth = 1
      (sizes.imageTokenizer.imageSize, sizes.imageTokenizer.grid, sizes.imageTokenizer.channels) = (2, 1, 1)
      (sizes.imageTokenizer.codes, sizes.imageTokenizer.codeWidth) = (1, 1)
      return sizes
    }

    /// How many codes an image has.
    public var codesPerImage: Int { imageTokenizer.grid * imageTokenizer.grid }

    /// - Throws: ``ModelError/setting(name:value:expected:)`` for sizes that do not fit together.
    func check() throws {
      try decoder.check()
      try imageTokenizer.check()
      guard (1...65536).contains(imageHeadWidth) else {
        throw ModelError.setting(name: "imageHeadWidth", value: "\(imageHeadWidth)", expected: "from 1 to 65536")
      }
      guard let visionEncoder else { return }
      try visionEncoder.check()
      guard visionEncoder.outputWidth == decoder.width else {
        throw ModelError.setting(
          name: "outputWidth", value: "\(visionEncoder.outputWidth)",
          expected: "the decoder's width \(decoder.width)")
      }
    }
  }

  /// The sizes.
  public let configuration: Configuration
  /// Text to tokens.
  public let tokenizer: any TextTokenizer
  /// Pictures to codes and back. Copies of a model share it: training a policy leaves it alone.
  public let imageTokenizer: ImageTokenizer
  /// Pictures to decoder inputs, for a model that also reads them; shared like the image tokenizer.
  public let visionEncoder: VisionEncoder?
  /// The decoder.
  public let decoder: Transformer
  let textOutput: Linear
  let imageOutput: TwoLayerNetwork
  let imageEmbedding: Parameter
  let imageAligner: TwoLayerNetwork

  /// In which numbers the matrices of the policy are read; embeddings, norms and offsets stay in single
  /// precision. A machine without instructions for it (``Engine/supports(_:)``) computes in single precision.
  public var precision = Precision.fp32 {
    didSet {
      let used = Engine.supports(precision) ? precision : .fp32
      for parameter in parameters
      where parameter.value.shape.count == 2 && parameter !== decoder.textEmbedding && parameter !== imageEmbedding {
        parameter.precision = used
      }
    }
  }

  /// A model with random weights.
  ///
  /// - Parameters:
  ///   - configuration: its sizes.
  ///   - seed: of the weights.
  /// - Throws: ``ModelError/setting(name:value:expected:)`` or ``ModelError/vocabulary(problem:)`` for sizes or words that do
  ///   not fit.
  public convenience init(_ configuration: Configuration, seed: Int) throws {
    try self.init(configuration, .seeded(seed))
  }

  convenience init(_ configuration: Configuration, _ initialization: Initialization) throws {
    try configuration.check()
    self.init(
      checked: configuration, try WordTokenizer(words: configuration.words),
      ImageTokenizer(configuration.imageTokenizer, initialization),
      configuration.visionEncoder.map { VisionEncoder($0, initialization) }, initialization)
  }

  private init(
    checked configuration: Configuration, _ tokenizer: any TextTokenizer, _ imageTokenizer: ImageTokenizer,
    _ visionEncoder: VisionEncoder?, _ initialization: Initialization
  ) {
    let (width, images) = (configuration.decoder.width, configuration.imageTokenizer)
    self.configuration = configuration
    self.tokenizer = tokenizer
    self.imageTokenizer = imageTokenizer
    self.visionEncoder = visionEncoder
    decoder = Transformer(configuration.decoder, vocabulary: tokenizer.count, initialization)
    textOutput = Linear(WeightNames.textHead, inputs: width, outputs: tokenizer.count, initialization)
    imageOutput = TwoLayerNetwork(
      first: Linear(
        WeightNames.imageHead + ".output_mlp_projector", inputs: width, outputs: configuration.imageHeadWidth,
        hasBias: true, initialization),
      second: Linear(
        WeightNames.imageHead + ".vision_head", inputs: configuration.imageHeadWidth, outputs: images.codes,
        hasBias: true, initialization))
    imageEmbedding = initialization.parameter(
      WeightNames.imageEmbedding, [images.codes, images.codeWidth],
      bound: (3 / Float(images.codeWidth)).squareRoot())
    imageAligner = TwoLayerNetwork(
      first: Linear(
        WeightNames.imageAligner + ".layers.0", inputs: images.codeWidth, outputs: width, hasBias: true,
        initialization),
      second: Linear(
        WeightNames.imageAligner + ".layers.2", inputs: width, outputs: width, hasBias: true, initialization))
  }

  /// The weights of the policy: decoder, heads, and the embedding of image codes.
  public var parameters: [Parameter] {
    decoder.parameters + textOutput.parameters + imageOutput.parameters + [imageEmbedding]
      + imageAligner.parameters
  }

  /// How many numbers training changes.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// Whether training keeps of each decoder layer only what went in, and computes the rest again when the gradient is
  /// worked out: a quarter slower, in a fraction of the memory, with the same bits. At first it does not.
  public var recomputesLayers: Bool {
    get { decoder.recomputesLayers }
    set { decoder.recomputesLayers = newValue }
  }

  /// An independent model with the same weights. Their memory is shared until one of the two is trained.
  public func copy() -> Janus {
    let copy = Janus(checked: configuration, tokenizer, imageTokenizer, visionEncoder, .zeros)
    for (target, source) in zip(copy.parameters, parameters) { target.value = source.value.detached }
    copy.precision = precision
    return copy
  }
}

// MARK: - From tokens to hidden states, and from those to logits

extension Janus {
  /// The hidden states of sequences, packed.
  ///
  /// - Parameters:
  ///   - sequences: each is read whole.
  ///   - tape: where to record, or `nil`.
  ///   - observe: called with each layer's index, keys and values `[N, H, d]`.
  /// - Returns: `[N, D]`, the rows of all sequences one after the other.
  func hiddenStates(
    _ sequences: [TokenSequence], tape: Tape?,
    observe: ((_ layer: Int, _ keys: Tensor, _ values: Tensor) -> Void)? = nil
  ) -> Tensor {
    decoder(inputs(sequences, tape: tape), lengths: sequences.map(\.count), tape: tape, observe: observe)
  }

  /// The decoder's inputs for sequences: `[N, D]`.
  private func inputs(_ sequences: [TokenSequence], tape: Tape?) -> Tensor {
    var (text, codes, order) = ([Int32](), [Int32](), [(isImage: Bool, place: Int)]())
    for sequence in sequences {
      for (id, isImage) in zip(sequence.ids, sequence.isImage) {
        order.append((isImage, isImage ? codes.count : text.count))
        if isImage { codes.append(id) } else { text.append(id) }
      }
    }
    let textInputs = embedding(decoder.textEmbedding.tensor(on: tape), text)
    guard !codes.isEmpty else { return textInputs }
    let both = concatenate([textInputs, imageInputs(codes, tape)])
    return rows(both, order.map { Int32($0.isImage ? text.count + $0.place : $0.place) })
  }

  /// The decoder's inputs for text tokens: `[N, D]`.
  func textInputs(_ ids: [Int32]) -> Tensor { embedding(decoder.textEmbedding.tensor(on: nil), ids) }

  /// The decoder's inputs for image codes: `[N, D]`.
  func imageInputs(_ codes: [Int32], _ tape: Tape?) -> Tensor {
    let table = imageEmbedding.tensor(on: tape)
    // With more inputs than codes it is cheaper to align every code once; but gradients are summed input by input, so that
    // they do not depend on how a step is cut into micro-batches.
    guard codes.count > configuration.imageTokenizer.codes, tape == nil else {
      return imageAligner(embedding(table, codes), tape)
    }
    return rows(imageAligner(table, tape), codes)
  }

  /// Text logits `[N, V]` of hidden states `[N, D]`.
  func textHead(_ hidden: Tensor, _ tape: Tape?) -> Tensor { textOutput(hidden, tape) }

  /// Image logits `[N, K]` of hidden states `[N, D]`.
  func imageHead(_ hidden: Tensor, _ tape: Tape?) -> Tensor { imageOutput(hidden, tape) }

  /// u + w(c − u): logits pushed away from those without prompt and rationale.
  ///
  /// Source: J. Ho, T. Salimans, 2022, arXiv 2207.12598, equation 6, with w = 1 for no guidance.
  func guided(_ conditional: Tensor, null: Tensor, by weight: Float) -> Tensor {
    null + (conditional - null) * weight
  }
}

// MARK: - From text to tokens

extension Janus {
  /// The prompt of a sequence: `BOS words THINK`, or without a rationale `BOS words IMAGE_START`.
  ///
  /// - Parameters:
  ///   - text: what a user asks for.
  ///   - think: whether a rationale follows.
  ///   - maximumRationale: how many tokens of it must find room.
  ///   - line: the line that the prompt stood in, for errors.
  /// - Returns: a sequence without a response.
  /// - Throws: ``ModelError/unknownWord(_:nearest:line:)``, ``ModelError/promptTooLong(tokens:limit:line:)``.
  public func prompt(
    _ text: String, think: Bool, maximumRationale: Int = 0, line: Int? = nil
  ) throws -> TokenSequence {
    let words = try tokenizer.encode(text, line: line)
    // Besides words and codes: BOS, THINK, IMAGE_START, IMAGE_END, EOS.
    let others = configuration.codesPerImage + (think ? maximumRationale + 5 : 4)
    let limit = max(configuration.decoder.context - others, 0)
    guard words.count <= limit else {
      throw ModelError.promptTooLong(tokens: words.count, limit: limit, line: line)
    }
    let special = tokenizer.special
    return TokenSequence(prompt: [special.beginning] + words + [think ? special.think : special.imageStart])
  }

  /// The whole sequence of a finished picture, for training on it.
  ///
  /// - Parameters:
  ///   - prompt: what it shows.
  ///   - rationale: the thought before it, or `nil` for none.
  ///   - codes: its image codes.
  ///   - line: the line that the prompt stood in, for errors.
  /// - Returns: prompt and response.
  /// - Throws: ``ModelError/unknownWord(_:nearest:line:)``, ``ModelError/promptTooLong(tokens:limit:line:)``.
  public func sequence(
    prompt: String, rationale: String?, codes: [Int32], line: Int? = nil
  ) throws -> TokenSequence {
    let special = tokenizer.special
    let thought = try rationale.map { try tokenizer.encode($0, line: line) }
    var result = try self.prompt(
      prompt, think: thought != nil, maximumRationale: thought?.count ?? 0, line: line)
    if let thought {
      for word in thought { result.append(word) }
      result.append(special.imageStart)
    }
    for code in codes { result.append(code, isImage: true) }
    result.append(special.imageEnd)
    result.append(special.end)
    return result
  }
}

extension Janus {
  /// Paints pictures of one prompt.
  ///
  /// - Parameters:
  ///   - prompt: what to paint.
  ///   - count: how many pictures.
  ///   - options: how to sample.
  ///   - seed: of the random draws.
  ///   - stop: polled at every token; any request to stop ends the painting.
  /// - Returns: the pictures in order.
  /// - Throws: ``ModelError``: an unknown word, a prompt that is too long, an option out of range, or a stop.
  public func paint(
    _ prompt: String, count: Int = 1, options: SamplingOptions = SamplingOptions(), seed: Int = 0,
    stop: StopToken? = nil
  ) throws -> [Sample] {
    try Sampler(self).sample(
      [prompt], count: count, options: options, seed: seed, stop: stop, stopAt: .finishStep)
  }
}
