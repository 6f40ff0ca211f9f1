import Tensors

/// What a training step and the sampling of pictures will take on this machine: time, arithmetic and memory.
///
/// Arithmetic is counted. Time and activations come from a short calibration: the same works on the model cut down to one and to
/// three of its layers, with its own weights and at most 1 024 tokens, so that every product is measured at its own shape.
/// All works are linear in layers and in sequences. Sampling is at least as long as reading the weights takes for every code.
public struct ModelCost: Sendable {
  /// Memory by what it holds, in bytes.
  public struct Memory: Sendable, Hashable {
    /// The policy's weights, in 32 bits each; while sampling also what products read: the layers' packed in their precision.
    public var weights: Int
    /// The gradient of each.
    public var gradients = 0
    /// The optimizer's two moments of each.
    public var optimizer = 0
    /// What is kept between operators: for the backward pass, or keys and values while sampling.
    public var activations: Int
    /// Weights and moments as they were before an update, so that a step can be taken back; those of all trainers, not
    /// of an optimizer alone.
    public var undo = 0

    /// All of it. Nothing is counted twice: activations are gone when an update begins, but their blocks have other sizes
    /// than weights, and the engine keeps a block for its size.
    public var total: Int { weights + gradients + optimizer + undo + activations }
  }

  /// One kind of work.
  public struct Work: Sendable, Hashable {
    /// How long it takes, in seconds.
    public var seconds: Double
    /// Its floating-point operations.
    public var arithmetic: Double
    /// The tokens that it is about: of all sequences, or the codes that are drawn.
    public var tokens: Int
    /// The memory that it takes.
    public var memory: Memory
  }

  /// A step of training, in passes of as many tokens as trainers compute at once.
  public let training: Work
  /// The codes of one picture for each sequence.
  public let sampling: Work
}

extension Janus {
  /// Predicts what training and sampling with this model take here. It runs for about a second.
  ///
  /// - Parameters:
  ///   - batch: sequences of a training step, and pictures that are sampled; at least 1.
  ///   - tokens: tokens of each sequence, prompt and codes included.
  ///   - isGuided: whether sampling has a null branch.
  ///   - microBatch: the most tokens that are computed at once in training.
  ///   - canUndo: whether training keeps what was before an update, as all trainers do.
  /// - Returns: the predictions.
  /// - Throws: ``ModelError/setting(name:value:expected:)`` for sizes that this model has no sequences of.
  public func cost(
    batch: Int, tokens: Int, isGuided: Bool = false, microBatch: Int = 2048, canUndo: Bool = true
  ) throws -> ModelCost {
    guard batch >= 1 else { throw ModelError.setting(name: "batch", value: "\(batch)", expected: "at least 1") }
    let fewest = configuration.codesPerImage + 4
    guard (fewest...configuration.decoder.context).contains(tokens) else {
      throw ModelError.setting(
        name: "tokens", value: "\(tokens)",
        expected: "from \(fewest), a picture without a prompt, to the context of \(configuration.decoder.context)")
    }
    let calibration = Calibration(self, tokens: tokens)
    return ModelCost(
      training: try calibration.training(batch: batch, microBatch: microBatch, canUndo: canUndo),
      sampling: try calibration.sampling(batch: batch, isGuided: isGuided))
  }

  /// This model with its first layers only, sharing their weights.
  fileprivate func cut(to layers: Int) throws -> Janus {
    var sizes = configuration
    sizes.decoder.layers = layers
    sizes.visionEncoder = nil
    // The image tokenizer takes no part.
    sizes.imageTokenizer.channels = 1
    let result = try Janus(sizes, .zeros)
    var values: [String: Tensor] = [:]
    for parameter in parameters { values[parameter.name] = parameter.value.detached }
    for parameter in result.parameters { values[parameter.name].map { parameter.value = $0 } }
    result.precision = precision
    result.recomputesLayers = recomputesLayers
    return result
  }
}

extension Precision {
  /// The bytes of a packed weight.
  fileprivate var bytes: Int {
    switch self {
    case .fp32: 4
    case .bf16: 2
    case .int8: 1
    }
  }
}

/// Measurements on a cut-down model, and what follows for the whole one.
private struct Calibration {
  private let model: Janus
  private let tokens: Int
  private let layers: Int

  init(_ model: Janus, tokens: Int) {
    (self.model, self.tokens) = (model, tokens)
    layers = model.configuration.decoder.layers
  }

  /// What one run took.
  private struct Measurement {
    var seconds: Double
    /// Bytes beyond those that were in use before.
    var memory: Double

    /// What as much again in another number of layers takes.
    static func extrapolated(
      _ few: Measurement, _ fewLayers: Int, _ many: Measurement, _ manyLayers: Int, to layers: Int
    ) -> Measurement {
      guard manyLayers > fewLayers else { return few }
      let steps = Double(layers - fewLayers) / Double(manyLayers - fewLayers)
      // A layer costs something, whatever noise says.
      return Measurement(
        seconds: few.seconds + max(many.seconds - few.seconds, 0.05 * few.seconds) * steps,
        memory: few.memory + max(many.memory - few.memory, 0) * steps)
    }
  }

  /// The median time of some runs after one that warms up, and the memory of the last.
  private func measure(runs: Int = 3, _ work: () throws -> Void) rethrows -> Measurement {
    var seconds: [Double] = []
    var memory = 0
    for _ in 0...runs {
      let before = Engine.memoryInUse
      _ = Engine.takePeakMemory()
      let start = ContinuousClock.now
      try work()
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      memory = Engine.takePeakMemory() - before
    }
    return Measurement(seconds: seconds.dropFirst().sorted()[runs / 2], memory: Double(memory))
  }

  /// A work on one and on three layers, carried on to all.
  private func throughLayers(runs: Int = 3, _ work: (Janus) throws -> Void) throws -> Measurement {
    let (few, many) = (1, min(3, layers))
    let small = try model.cut(to: few)
    let first = try measure(runs: runs) { try work(small) }
    guard many > few else { return first }
    let large = try model.cut(to: many)
    return .extrapolated(first, few, try measure(runs: runs) { try work(large) }, many, to: layers)
  }

  // MARK: - Training

  /// Tokens of a calibration: as many as fill the products.
  private static let enough = 1024

  func training(batch: Int, microBatch: Int, canUndo: Bool) throws -> ModelCost.Work {
    let count = max(1, min(batch, Self.enough / tokens))
    let sequences = Array(repeating: sequence(), count: count)
    let measured = try throughLayers { model in
      let tape = Tape()
      let scores = model.score(sequences, tape: tape)
      // Gradients stay from run to run, so that memory beyond what was in use is that of activations.
      tape.backward(mean(scores.logProbability))
    }
    let atOnce = max(1, min(batch, microBatch / tokens))
    let parameters = model.parameterCount
    return ModelCost.Work(
      seconds: measured.seconds * Double(batch) / Double(count) + optimizer() * Double(parameters),
      arithmetic: model.arithmetic.training(batch: batch, tokens: tokens), tokens: batch * tokens,
      memory: ModelCost.Memory(
        weights: 4 * parameters, gradients: 4 * parameters, optimizer: 8 * parameters,
        activations: Int(measured.memory * Double(atOnce) / Double(count)),
        undo: canUndo ? 12 * parameters : 0))
  }

  /// A sequence of the length in question. Its words do not matter.
  private func sequence() -> TokenSequence {
    let special = model.tokenizer.special
    let codes = model.configuration.codesPerImage
    var result = TokenSequence(prompt: [special.beginning])
    for _ in 0..<(tokens - codes - 4) { result.append(special.think) }
    result.append(special.imageStart)
    for code in 0..<codes { result.append(Int32(code % model.configuration.imageTokenizer.codes), isImage: true) }
    result.append(special.imageEnd)
    result.append(special.end)
    return result
  }

  /// Seconds of clipping and update for each parameter, measured on more than caches hold.
  private func optimizer() -> Double {
    let (count, pieces) = (min(model.parameterCount, 4 << 20), 4)
    let parameters = (0..<pieces).map { Parameter("\($0)", Tensor(repeating: 1, shape: [max(count / pieces, 1)])) }
    let optimizer = AdamW(parameters, learningRate: 1e-4)
    let measured = measure {
      for parameter in parameters { parameter.gradient = parameter.value.detached }
      _ = optimizer.step(maximumNorm: 1)
    }
    return measured.seconds / Double(pieces * max(count / pieces, 1))
  }

  // MARK: - Sampling

  func sampling(batch: Int, isGuided: Bool) throws -> ModelCost.Work {
    // As many as fill the products and all threads.
    let count = min(batch, Sampler.rowsSideBySide * Engine.threads)
    let codes = model.configuration.codesPerImage
    let options = SamplingOptions(think: false, guidance: isGuided ? 2 : 1, decodesImages: false)
    func measure(_ pictures: Int, runs: Int) throws -> Measurement {
      let prompts = (0..<pictures).map(prompt)
      return try throughLayers(runs: runs) { model in
        _ = try Sampler(model).sample(prompts, count: 1, options: options, seed: 0)
      }
    }
    let measured = try measure(count, runs: 3)
    // Threads write so many rows side by side, however many wait for their turn; only the prompts read for them take more.
    let waiting = min(batch, Sampler.promptsAtOnce) - count
    let growth = waiting > 0 ? max(try measure(2 * count, runs: 1).memory - measured.memory, 0) / Double(count) : 0
    let packed = model.precision.bytes * layers * model.arithmetic.layerWeights
    let reading = Double(codes * packed) / bandwidth()
    return ModelCost.Work(
      seconds: max(measured.seconds, reading) * Double(batch) / Double(count),
      arithmetic: model.arithmetic.sampling(batch: batch, prompt: tokens - codes - 2, isGuided: isGuided),
      tokens: batch * codes,
      memory: ModelCost.Memory(
        weights: 4 * model.parameterCount + packed,
        activations: Int(measured.memory + growth * Double(max(waiting, 0)))))
  }

  /// A prompt of the length in question, of words of its own as far as words go round: equal prompts are read once.
  private func prompt(_ row: Int) -> String {
    // BOS and IMAGE_START stand around the words, IMAGE_END and EOS after the codes.
    let (words, count) = (model.configuration.words, tokens - model.configuration.codesPerImage - 4)
    var number = row
    return (0..<count).map { _ in
      defer { number /= words.count }
      return words[number % words.count]
    }.joined(separator: " ")
  }

  /// Bytes a second that all threads together read from memory.
  private func bandwidth() -> Double {
    let numbers = Tensor(repeating: 1, shape: [16 << 20])
    return 64e6 * 1.048576 / measure { _ = sum(numbers) }.seconds
  }
}
