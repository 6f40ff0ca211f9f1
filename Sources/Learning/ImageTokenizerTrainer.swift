public import Models
import Primitives
public import Shapes
import Tensors

/// Training of a model's image tokenizer on pictures of the built-in world; the rest of the model is left
/// alone.
///
/// The pictures are crowded: six to nine random objects each, since one with a single object has little to
/// teach. What the world can show is all drawn from; what is held out are prompts, and no prompt is read
/// here.
///
/// Loss: |x̂ − x| + (x̂ − x)², where patches that show anything weigh more, plus the commitment of the
/// features to their codes. Codes that nothing chooses are put elsewhere during the first 70 % of a plan.
///
/// Source: A. van den Oord et al., 2017, arXiv 1711.00937, equation 3, with a codebook that follows the
/// features (appendix A.1) and without perceptual and adversarial terms, which flat pictures do not need.
public final class ImageTokenizerTrainer: Trainer {
  /// What can be set.
  public struct Settings: Sendable, Hashable {
    /// Pictures a step.
    public var batch = 32
    /// The share of pictures, 0…1, that have textures, backgrounds and huge objects.
    public var grown = 0.0
    /// The weight of a pixel in a patch that shows anything; in others it is 1.
    public var foregroundWeight = 4.0
    /// The weight of the commitment.
    public var commitment = 0.25
    /// The share that a code keeps of its vector when one feature chooses it, 0…1.
    public var decay = 0.99
    /// Steps from one look for unused codes to the next.
    public var reseedEvery = 50
    /// The optimizer; the default suits the tiny model.
    public var optimizer = OptimizerSettings(learningRate: 8e-3, betas: [0.9, 0.99], schedule: .oneCycle)
    /// The seed of the pictures.
    public var seed = 0

    /// The defaults: held-out scenes pass the oracle after 1 600 steps 98 times in 100.
    public init() {}

    func check() throws {
      try require("the batch", batch, batch >= 1, "at least 1")
      try require("the steps between looks for unused codes", reseedEvery, reseedEvery >= 1, "at least 1")
      try require(
        "the foreground's weight", foregroundWeight, foregroundWeight >= 0 && foregroundWeight.isFinite, "at least 0")
      try require("the commitment", commitment, commitment >= 0 && commitment.isFinite, "at least 0")
      try require("the share of grown pictures", grown, (0...1).contains(grown), "between 0 and 1")
      try require("the decay", decay, (0...1).contains(decay), "between 0 and 1")
    }
  }

  /// The columns of ``Trainer/history``: the picture's part of the loss, the mean squared distance of
  /// features from their codes, how many codes the batch has used, how many were moved.
  public static let columns = ["step", "loss", "commitment", "codes", "reseeded", "lr", "grad_norm"]

  /// The share of a plan after which codes stay where they are, so that the decoder can settle.
  private static let reseedShare = 0.7
  /// Batches that are looked at before a code counts as unused: each of the 160 objects occurs about six
  /// times.
  private static let reseedBatches = 4

  private let options: Settings
  private var tokenizer: ImageTokenizer { model.imageTokenizer }

  /// A trainer for a model's image tokenizer.
  ///
  /// - Parameters:
  ///   - model: its image tokenizer is changed by training.
  ///   - settings: what can be set.
  /// - Throws: ``LearningError/setting(_:value:expected:)``.
  public init(_ model: Janus, settings: Settings = Settings()) throws {
    try settings.check()
    let side = model.imageTokenizer.configuration.imageSize
    try require("the image tokenizer's picture size", side, side == Scene.side, "\(Scene.side), as in the world")
    options = settings
    try super.init(
      model, parameters: model.imageTokenizer.trainedParameters, optimizer: settings.optimizer,
      progress: TrainingProgress(
        kind: "training of an image tokenizer", settings: SettingsRecord.lines(of: settings),
        queue: PromptQueue(count: 1, seed: settings.seed), entropy: .off,
        history: History(names: Self.columns)))
  }

  override func takeStep(stop: StopToken?) throws -> Outcome {
    try Self.heed(stop)
    let reseeded = isReseedStep ? reseed() : 0
    let pixels = tokenizer.pixels(of: (0..<options.batch).map(picture))
    let ((loss, result), norm) = try update { tape in
      let tape = tape()
      let result = tokenizer.reconstruct(pixels, tape: tape)
      let difference = result.pixels - pixels
      let loss = mean((absolute(difference) + square(difference)) * weights(of: pixels))
      guard loss.scalar.isFinite else { throw LearningError.notFinite("the loss", step: progress.step) }
      tape.backward(loss + result.commitment * Float(options.commitment))
      return (loss, result)
    }
    tokenizer.codebook.follow(result.features, codes: result.codes, decay: Float(options.decay))
    return Outcome(metrics: [
      Metric("loss", Double(loss.scalar)), Metric("commitment", Double(result.commitment.scalar)),
      Metric("codes", Double(Set(result.codes).count)), Metric("reseeded", Double(reseeded)),
      Metric("lr", Double(rate)), Metric("grad_norm", norm),
    ])
  }

  /// Picture number `sample` of the present step.
  private func picture(_ sample: Int) -> Bitmap {
    var generator = RandomStream(seed: options.seed, purpose: "tokenizer.scene")
      .generator(step: progress.step, sample: sample)
    // No number is drawn without need, so that plain pictures are the same as ever.
    let isGrown = options.grown > 0 && Double(generator.uniform()) < options.grown
    return Renderer.draw(SceneSampler.crowded(isGrown: isGrown, with: &generator))
  }

  /// The weight of each pixel and channel: `[B, 3, side, side]`.
  func weights(of pixels: Tensor) -> Tensor {
    let (side, patch) = (pixels.shape[3], tokenizer.configuration.patchSize)
    let grid = side / patch
    let values = pixels.array()
    // 1 where a patch, of all channels together, differs from the background.
    var shows = [Bool](repeating: false, count: pixels.shape[0] * grid * grid)
    func place(_ index: Int) -> Int {
      let (picture, y, x) = (index / (3 * side * side), index / side % side, index % side)
      return (picture * grid + y / patch) * grid + x / patch
    }
    for index in values.indices where values[index] != 0 { shows[place(index)] = true }
    let foreground = Float(options.foregroundWeight)
    return Tensor(values.indices.map { shows[place($0)] ? foreground : 1 }, shape: pixels.shape)
  }

  // MARK: - Unused codes

  private var isReseedStep: Bool {
    let (done, total) = (progress.step - progress.planStart, progress.planEnd - progress.planStart)
    return done > 0 && done % options.reseedEvery == 0 && Double(done) < Self.reseedShare * Double(total)
  }

  /// Moves the codes that some fresh pictures leave unused.
  ///
  /// - Returns: how many there were.
  private func reseed() -> Int {
    let samples = options.batch..<(options.batch * (1 + Self.reseedBatches))
    let result = tokenizer.features(of: samples.map(picture))
    let used = Set(result.codes)
    let unused = (0..<tokenizer.codebook.count).filter { !used.contains(Int32($0)) }
    var generator = RandomStream(seed: options.seed, purpose: "tokenizer.reseed").generator(step: progress.step)
    tokenizer.codebook.reseed(unused, features: result.features, codes: result.codes, with: &generator)
    return unused.count
  }

  // MARK: - Judgement

  /// What the oracle says of pictures that an image tokenizer has coded and painted again.
  ///
  /// - Parameters:
  ///   - tokenizer: the image tokenizer.
  ///   - prompts: for each, one true scene is drawn.
  ///   - seed: the seed of the scenes.
  /// - Returns: a verdict for each prompt. Their share of passes bounds what a decoder can reach.
  public static func verdicts(on tokenizer: ImageTokenizer, prompts: PromptSet, seed: Int = 0) -> [Verdict] {
    let scenes = prompts.prompts.enumerated().map { SceneSampler.scene(for: $1, seed: seed, index: $0) }
    let pictures = tokenizer.decode(tokenizer.encode(scenes.map(Renderer.draw)))
    return zip(pictures, prompts.prompts).map(Oracle.judge)
  }
}
