public import Models
import Primitives
import Shapes
import Tensors

/// Supervised training on paintings: prompt, thought and image in one sequence, every response token
/// predicted.
///
/// Prompt tokens have no loss. With probability ``Settings/promptDropout`` prompt and thought are left out
/// together, which trains the null branch that guidance compares with; it is built as the sampler builds it.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), stage 1. Deviations: gradients are averaged over micro-batches
/// instead of summed, weights are float32 throughout, the prompt's wording is that of reinforcement training,
/// and the start of the image is learned (see ``TokenWeights``).
public final class FineTuner: Trainer {
  /// What can be set.
  public struct Settings: Sendable, Hashable {
    /// Paintings a step.
    public var batch = 48
    /// How much each kind of token weighs.
    public var weights = TokenWeights()
    /// What grows over the training; `nil` for nothing.
    public var ramp: WeightRamp?
    /// β: the weight of the divergence (k3) from the model as it was given; 0 keeps no reference.
    public var klWeight = 0.0
    /// How thought and picture become sequences.
    public var layout = Layout.oneSequence
    /// The probability that prompt and thought are left out, 0…1.
    public var promptDropout = 0.1
    /// The optimizer; the default suits the tiny model.
    public var optimizer = OptimizerSettings(learningRate: 1.5e-3, betas: [0.9, 0.95], schedule: .oneCycle)
    /// The low-rank adapters that are trained instead of the weights; `nil` trains all weights.
    public var lora: LowRankAdapters.Settings?
    /// The most tokens that are computed at once; memory grows with it, weights do not depend on it.
    public var microBatch = 2048
    /// The numbers that products are computed in.
    public var precision = TrainingPrecision.fp32
    /// The seed of order and dropout.
    public var seed = 0

    /// How a painting becomes sequences.
    public enum Layout: String, Sendable, Hashable, CaseIterable {
      /// `prompt THINK thought IMAGE_START codes IMAGE_END EOS`, every token after the prompt predicted.
      case oneSequence = "one"
      /// Two sequences with a mean of its own for each kind of token: `prompt THINK thought EOS`, which teaches the thought, and
      /// `prompt THINK thought | IMAGE_START codes`, which teaches the picture of a thought that is given. When such a model
      /// paints, the sampler puts the start of the image where the thought ends.
      case twoStage = "two"
    }

    /// The defaults.
    public init() {}

    func check() throws {
      try require("the batch", batch, batch >= 1, "at least 1")
      try require("the prompt dropout", promptDropout, (0...1).contains(promptDropout), "between 0 and 1")
      try require("the micro-batch", microBatch, microBatch >= 1, "at least 1 token")
      for weight in [weights.text, weights.image, weights.imageStart] {
        try require("a token weight", weight, weight >= 0 && weight.isFinite, "at least 0")
      }
      try require("the weight of the divergence", klWeight, klWeight >= 0 && klWeight.isFinite, "at least 0")
      if let ramp {
        try require("the ramp's start", ramp.start, ramp.start >= 0, "at least 0")
        try require("the ramp's end", ramp.end, ramp.end > ramp.start && ramp.end <= 1, "above its start, at most 1")
      }
    }
  }

  /// The columns of ``Trainer/history``: cross-entropies are means without weights, in nats a token; `kl` is the mean
  /// divergence at the data's tokens, `ramp` what the growing weights are multiplied by.
  public static let columns = [
    "step", "loss", "text_ce", "image_ce", "image_start_ce", "kl", "ramp", "lr", "grad_norm", "dropped", "tokens",
  ]

  /// What is trained on.
  public let data: PaintingDataset
  private let options: Settings
  private var codes: [Int: [Int32]] = [:]
  private let reference: Janus?

  /// A tuner for a model.
  ///
  /// - Parameters:
  ///   - model: is changed by training.
  ///   - data: what to train on; images are encoded by the model's image tokenizer when they are first
  ///     needed.
  ///   - settings: what can be set.
  /// - Throws: ``LearningError/setting(_:value:expected:)`` or ``LearningError/nothing(_:fix:)``.
  public init(_ model: Janus, data: PaintingDataset, settings: Settings = Settings()) throws {
    try settings.check()
    guard data.count > 0 else {
      throw LearningError.nothing("the dataset", fix: "give it at least one painting")
    }
    (self.data, options) = (data, settings)
    reference = settings.klWeight == 0 ? nil : model.copy()
    try super.init(
      model, lora: settings.lora, optimizer: settings.optimizer, precision: settings.precision,
      progress: TrainingProgress(
        kind: "supervised training", settings: SettingsRecord.lines(of: settings) + ["data \(data.identity)"],
        queue: PromptQueue(count: data.count, seed: settings.seed), entropy: .off,
        history: History(names: Self.columns)))
  }

  /// How many steps visit every painting once.
  public var stepsPerEpoch: Int { (data.count + options.batch - 1) / options.batch }

  override var constants: [(name: String, tensor: Tensor)] { Self.constants(of: reference) }

  /// Codes that were remembered may be those of another image tokenizer.
  override func setConstants(_ find: (String) -> Tensor?) {
    codes = [:]
    Self.setConstants(of: reference, find)
  }

  override func takeStep(stop: StopToken?) throws -> Outcome {
    let indices = progress.queue.take(options.batch)
    let (sequences, dropped) = try sequences(indices, stop: stop)
    let total = sequences.reduce(0) { $0 + $1.responseCount }
    let denominators = SupervisedLoss.Denominators(
      sequences.flatMap(kinds), isByKind: options.layout == .twoStage)
    let (parts, norm) = try update { tape in
      try MicroBatches.cut(sequences.map(\.count), budget: options.microBatch).map { range in
        try Self.heed(stop)
        return try accumulate(Array(sequences[range]), denominators, on: tape())
      }
    }
    progress.tokens += total
    func mean(_ kind: TokenKind) -> Double {
      let count = parts.reduce(0) { $0 + $1.counts[kind.rawValue] }
      return count == 0 ? .nan : parts.reduce(0.0) { $0 + $1.sums[kind.rawValue] } / Double(count)
    }
    return Outcome(metrics: [
      Metric("loss", parts.reduce(0.0) { $0 + $1.loss }), Metric("text_ce", mean(.text)),
      Metric("image_ce", mean(.image)), Metric("image_start_ce", mean(.imageStart)),
      Metric("kl", reference == nil ? .nan : parts.reduce(0.0) { $0 + $1.klSum } / Double(max(total, 1))),
      Metric("ramp", options.ramp?.factor(at: share) ?? 1), Metric("lr", Double(rate)), Metric("grad_norm", norm),
      Metric("dropped", Double(dropped)), Metric("tokens", Double(progress.tokens)),
    ])
  }

  /// The share of the plan's steps that was taken, 0…1.
  private var share: Double {
    Double(progress.step - progress.planStart) / Double(max(progress.planEnd - progress.planStart, 1))
  }

  /// The step's sequences, and how many lost prompt and thought.
  private func sequences(_ indices: [Int], stop: StopToken?) throws -> (sequences: [TokenSequence], dropped: Int) {
    let stream = RandomStream(seed: options.seed, purpose: "finetune.dropout")
    let paintings = try encode(indices, stop: stop)
    var (sequences, dropped) = ([TokenSequence](), 0)
    for (place, (painting, codes)) in paintings.enumerated() {
      let whole = try model.sequence(
        prompt: painting.prompt.text, rationale: data.thinks ? painting.rationale : nil, codes: codes)
      let isDropped = Double(stream.uniform(step: progress.step, sample: place)) < options.promptDropout
      let sequence = isDropped ? whole.withoutPrompt(model.tokenizer.special) : whole
      if isDropped { dropped += 1 }
      sequences += options.layout == .twoStage ? sequence.stages(model.tokenizer.special) : [sequence]
    }
    return (sequences, dropped)
  }

  /// Paintings with their codes; what has been encoded before is remembered.
  private func encode(_ indices: [Int], stop: StopToken?) throws -> [(painting: Painting, codes: [Int32])] {
    let paintings = indices.compactMap { index in
      data[index, visit: progress.step].map { (index: index, painting: $0) }
    }
    var (missing, seen) = ([(index: Int, painting: Painting)](), Set<Int>())
    for entry in paintings where codes[entry.index] == nil && seen.insert(entry.index).inserted {
      missing.append(entry)
    }
    // Convolutions over many pictures at once would need more memory than the decoder does.
    for range in MicroBatches.cut(missing.map { _ in 1 }, budget: 16) {
      try Self.heed(stop)
      for (entry, codes) in zip(missing[range], model.imageTokenizer.encode(missing[range].map(\.painting.image))) {
        self.codes[entry.index] = codes
      }
    }
    return paintings.map { ($0.painting, codes[$0.index] ?? []) }
  }

  /// Adds the gradients of some sequences.
  private func accumulate(
    _ sequences: [TokenSequence], _ denominators: SupervisedLoss.Denominators, on tape: Tape
  ) throws -> SupervisedLoss {
    let scores = model.score(sequences, tape: tape)
    let loss = SupervisedLoss(
      logProbabilities: scores.logProbability.array(), kinds: sequences.flatMap(kinds),
      weights: options.weights.ramped(options.ramp, at: share), denominators: denominators,
      reference: reference?.score(sequences, tape: nil).logProbability.array(), klWeight: options.klWeight)
    guard loss.loss.isFinite else { throw LearningError.notFinite("the loss", step: progress.step) }
    // Multiplied by the loss's derivative, the log-probabilities have the loss's gradient.
    tape.backward(sum(scores.logProbability * Tensor(loss.gradient, shape: [loss.gradient.count])))
    return loss
  }

  /// What each response token of a sequence is.
  private func kinds(_ sequence: TokenSequence) -> [TokenKind] {
    (sequence.promptCount..<sequence.count).map { position in
      if sequence.isImage[position] { return .image }
      return sequence.ids[position] == model.tokenizer.special.imageStart ? .imageStart : .text
    }
  }
}

extension TokenSequence {
  /// The sequence in two: what teaches its thought, if it has one, and what teaches its picture when all before is given.
  fileprivate func stages(_ special: SpecialTokens) -> [TokenSequence] {
    guard let first = isImage.firstIndex(of: true), let last = isImage.lastIndex(of: true) else { return [self] }
    // IMAGE_START stands before the first code; where it belongs to the prompt there is no thought.
    let thinks = promptCount < first
    let picture = TokenSequence(
      ids: Array(ids[...last]), isImage: Array(isImage[...last]), promptCount: thinks ? first - 1 : first)
    guard thinks else { return [picture] }
    let thought = Array(ids[..<(first - 1)]) + [special.end]
    return [
      TokenSequence(ids: thought, isImage: thought.map { _ in false }, promptCount: promptCount), picture,
    ]
  }
}
