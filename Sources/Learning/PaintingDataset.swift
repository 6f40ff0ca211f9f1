public import Primitives
public import Shapes

/// A prompt with a true picture of it, and the thought that leads to the picture.
public struct Painting: Sendable {
  /// What is asked for.
  public var prompt: Prompt
  /// The thought; empty where nothing is thought.
  public var rationale: String
  /// The picture.
  public let image: Bitmap
  /// All that is known of the picture, other prompts and thoughts among it.
  public let record: PaintingRecord

  /// A painting from its parts.
  public init(prompt: Prompt, rationale: String, image: Bitmap) {
    self.init(
      PaintingRecord(briefCaption: prompt.text, detailedCaption: rationale), prompt: prompt, rationale: rationale,
      image: image)
  }

  /// A painting of which a record tells.
  init(_ record: PaintingRecord, prompt: Prompt, rationale: String = "", image: Bitmap) {
    (self.record, self.prompt, self.rationale, self.image) = (record, prompt, rationale, image)
  }
}

/// Paintings addressed by (seed, index, visit): number k is made when it is asked for, always the same, and needs no other.
public struct PaintingDataset: Sendable {
  /// Which of a picture's prompts and thoughts are used.
  public struct Form: Hashable, Sendable {
    /// Whether paintings come with a thought.
    public var thinks = true
    /// The styles of thoughts; one is drawn at each visit.
    public var styles = [RationaleStyle.plan]
    /// How prompts are drawn at each visit; `nil` keeps the one that a picture was made for.
    public var augmentation: PromptAugmentation?
    /// The share of paintings, 0…1, whose prompt is the whole plan in words instead.
    public var detailed = 0.0
    /// The seed of the draws.
    public var seed = 0

    /// Plans, and prompts as they are.
    public init() {}

    /// In words, for checkpoints.
    var identity: String {
      "thinks \(thinks), styles \(styles.map(\.rawValue)), detailed \(detailed), seed \(seed)"
        + (augmentation.map { ", prompts \($0.keys.map(\.rawValue)) joined by '\($0.separator)'" } ?? "")
    }
  }

  /// How many paintings there are.
  public let count: Int
  /// Which prompts and thoughts are used.
  public let form: Form
  /// What tells this dataset from others, for checkpoints.
  public let identity: String
  private let make: @Sendable (Int) -> Painting

  /// Whether paintings come with a thought.
  public var thinks: Bool { form.thinks }

  private init(count: Int, form: Form, source: String, make: @escaping @Sendable (Int) -> Painting) {
    (self.count, self.form, self.make) = (count, form, make)
    identity = "\(source), \(form.identity)"
  }

  /// Paintings of the built-in world: each prompt with one true scene and its plan in words.
  ///
  /// - Parameters:
  ///   - prompts: one painting is made for each.
  ///   - form: which prompts and thoughts are used, and the seed of the scenes.
  public init(prompts: PromptSet, form: Form) {
    var digest = Fingerprint()
    for prompt in prompts.prompts { digest.combine(prompt.text) }
    let list = prompts.prompts
    self.init(count: list.count, form: form, source: "\(list.count) world paintings of prompts \(digest)") { index in
      let scene = SceneSampler.scene(for: list[index], seed: form.seed, index: index)
      return Painting(
        PaintingRecord(list[index], scene: scene), prompt: list[index], image: Renderer.draw(scene))
    }
  }

  /// Random paintings of the built-in world.
  ///
  /// - Parameters:
  ///   - count: how many, at least 1.
  ///   - form: which prompts and thoughts are used, and the seed of prompts and scenes.
  ///   - tasks: the tasks of their prompts.
  ///   - split: the side of the line between training and evaluation.
  /// - Throws: ``LearningError/nothing(_:fix:)`` if there is nothing to draw from.
  public static func world(
    count: Int, form: Form = Form(), tasks: [Prompt.Task] = Prompt.Task.allCases,
    split: PromptGrammar.Split = .training
  ) throws -> PaintingDataset {
    PaintingDataset(
      prompts: try PromptSet.world(count: count, tasks: tasks, split: split, seed: form.seed), form: form)
  }

  /// Paintings that records tell of.
  ///
  /// - Parameters:
  ///   - rows: at least one.
  ///   - name: where they come from.
  ///   - form: which prompts and thoughts are used.
  public init(_ rows: [(record: PaintingRecord, image: Bitmap)], name: String, form: Form) {
    var digest = Fingerprint()
    for row in rows { digest.combine(row.record.briefCaption + row.record.detailedCaption) }
    self.init(count: rows.count, form: form, source: "\(rows.count) paintings of \(name) \(digest)") { index in
      let (record, image) = rows[index]
      return Painting(record, prompt: Prompt(text: record.briefCaption, task: nil, include: []), image: image)
    }
  }

  /// Paintings of any kind.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - thinks: whether they come with a thought.
  ///   - identity: what tells this dataset from others.
  ///   - make: makes number k of `0..<count`; the same for the same k.
  public init(count: Int, thinks: Bool, identity: String, make: @escaping @Sendable (Int) -> Painting) {
    var form = Form()
    form.thinks = thinks
    self.init(count: count, form: form, source: identity, make: make)
  }

  /// Painting number k, or `nil` outside of `0..<count`.
  ///
  /// - Parameters:
  ///   - index: k.
  ///   - visit: the address of what is drawn anew at each visit, such as a step's number. The picture stays.
  public subscript(index: Int, visit visit: Int = 0) -> Painting? {
    guard index >= 0, index < count else { return nil }
    var painting = make(index)
    func generator(_ purpose: String) -> RandomGenerator {
      RandomStream(seed: form.seed, purpose: purpose).generator(step: visit, sample: index)
    }
    if let augmentation = form.augmentation {
      var draws = generator("dataset.prompt")
      painting.prompt.text = augmentation.draw(painting.record, with: &draws)
    }
    let share = RandomStream(seed: form.seed, purpose: "dataset.detailed").uniform(sample: index)
    if Double(share) < form.detailed { painting.prompt.text = painting.record.detailedCaption }
    guard form.thinks else {
      painting.rationale = ""
      return painting
    }
    var draws = generator("dataset.style")
    let thoughts = form.styles.compactMap(painting.record.rationale)
    painting.rationale = draws.pick(thoughts) ?? painting.record.detailedCaption
    return painting
  }
}
