public import Primitives
public import Shapes

/// A prompt with a true picture of it, and the thought that leads to the picture.
public struct Painting: Sendable {
  /// What is asked for.
  public let prompt: Prompt
  /// The thought; empty where nothing is thought.
  public let rationale: String
  /// The picture.
  public let image: Bitmap

  /// A painting from its parts.
  public init(prompt: Prompt, rationale: String, image: Bitmap) {
    (self.prompt, self.rationale, self.image) = (prompt, rationale, image)
  }
}

/// Paintings addressed by (seed, index): number k is made when it is asked for, always the same, and needs no
/// other.
public struct PaintingDataset: Sendable {
  /// How many paintings there are.
  public let count: Int
  /// Whether paintings come with a thought.
  public let thinks: Bool
  /// What tells this dataset from others, for checkpoints.
  public let identity: String
  private let make: @Sendable (Int) -> Painting

  /// Paintings of the built-in world: each prompt with one true scene and its plan in words.
  ///
  /// - Parameters:
  ///   - prompts: one painting is made for each.
  ///   - thinks: whether paintings come with a thought.
  ///   - detailed: the share of paintings, 0…1, whose prompt is the whole plan in words instead.
  ///   - seed: the seed of the scenes.
  public init(prompts: PromptSet, thinks: Bool, detailed: Double = 0, seed: Int = 0) {
    var digest = Fingerprint()
    for prompt in prompts.prompts { digest.combine(prompt.text) }
    let list = prompts.prompts
    self.init(
      count: list.count, thinks: thinks,
      identity: "\(list.count) world paintings, thinks \(thinks), detailed \(detailed), seed \(seed), prompts \(digest)"
    ) { index in
      let scene = SceneSampler.scene(for: list[index], seed: seed, index: index)
      let plan = Rationale.write(scene)
      var prompt = list[index]
      let isDetailed = Double(RandomStream(seed: seed, purpose: "dataset.detailed").uniform(sample: index)) < detailed
      if isDetailed { prompt.text = plan }
      return Painting(prompt: prompt, rationale: thinks ? plan : "", image: Renderer.draw(scene))
    }
  }

  /// Random paintings of the built-in world.
  ///
  /// - Parameters:
  ///   - count: how many, at least 1.
  ///   - thinks: whether paintings come with a thought.
  ///   - tasks: the tasks of their prompts.
  ///   - split: the side of the line between training and evaluation.
  ///   - detailed: the share of paintings, 0…1, whose prompt is the whole plan in words instead.
  ///   - seed: the seed of prompts and scenes.
  /// - Throws: ``LearningError/nothing(_:fix:)`` if there is nothing to draw from.
  public static func world(
    count: Int, thinks: Bool = true, tasks: [Prompt.Task] = Prompt.Task.allCases,
    split: PromptGrammar.Split = .training, detailed: Double = 0, seed: Int = 0
  ) throws -> PaintingDataset {
    let prompts = try PromptSet.world(count: count, tasks: tasks, split: split, seed: seed)
    return PaintingDataset(prompts: prompts, thinks: thinks, detailed: detailed, seed: seed)
  }

  /// Paintings of any kind.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - thinks: whether they come with a thought.
  ///   - identity: what tells this dataset from others.
  ///   - make: makes number k of `0..<count`; the same for the same k.
  public init(count: Int, thinks: Bool, identity: String, make: @escaping @Sendable (Int) -> Painting) {
    (self.count, self.thinks, self.identity, self.make) = (count, thinks, identity, make)
  }

  /// Painting number k, or `nil` outside of `0..<count`.
  public subscript(index: Int) -> Painting? {
    index >= 0 && index < count ? make(index) : nil
  }
}
