public import Primitives
public import Shapes

/// GenEval for the shapes world: the six tasks, judged by the oracle with GenEval's own rules.
///
/// single_object and counting have 8 and 24 prompts, so they are scored whole, and the training prompts among them are
/// marked `seen`; all other prompts are held out (``PromptGrammar`` says which). A task of which every evaluation prompt
/// is scored is *enumerated*: only pictures are sampled there, not prompts.
public struct MiniGenEval: Sendable {
  /// One prompt to paint.
  public struct Item: Hashable, Sendable, Codable {
    /// A short name such as `cnt-017`: the task and the place in this set.
    public let id: String
    /// The prompt.
    public let prompt: Prompt
    /// Whether the prompt may also occur in training.
    public let isSeen: Bool

    /// The task.
    public var task: Prompt.Task { prompt.task ?? .singleObject }
  }

  /// The prompts, task by task.
  public let items: [Item]

  /// A set with the same number of prompts for every task.
  ///
  /// Tasks with fewer evaluation prompts repeat them, so that more pictures of each are judged; the others draw theirs
  /// at random without repetition.
  ///
  /// - Parameters:
  ///   - count: how many prompts in all; rounded up to a multiple of six.
  ///   - seed: the seed of the draw; sets of one seed and count are the same everywhere.
  /// - Returns: the set.
  public static func profile(count: Int = 240, seed: Int = 0) -> MiniGenEval {
    let share = (max(count, 1) + Prompt.Task.allCases.count - 1) / Prompt.Task.allCases.count
    return MiniGenEval(seed: seed) { shuffled in (0..<share).map { shuffled[$0 % shuffled.count] } }
  }

  /// Every evaluation prompt once, but at most 100 a task: 228 prompts.
  public static func quick(seed: Int = 0) -> MiniGenEval { MiniGenEval(seed: seed) { Array($0.prefix(100)) } }

  /// Every evaluation prompt once, but at most 300 a task: 428 prompts.
  public static func full(seed: Int = 0) -> MiniGenEval { MiniGenEval(seed: seed) { Array($0.prefix(300)) } }

  /// A set of one's own prompts; those without a task of GenEval are left out.
  public init(_ prompts: [Prompt]) {
    items = Prompt.Task.allCases.flatMap { task in
      prompts.filter { $0.task == task }.enumerated().map { Self.item(task, $0.offset, $0.element) }
    }
  }

  private init(seed: Int, choose: ([Prompt]) -> [Prompt]) {
    let stream = RandomStream(seed: seed, purpose: "benchmarks.mini-geneval")
    self.init(
      Prompt.Task.allCases.enumerated().flatMap { index, task in
        var generator = stream.generator(sample: index)
        return choose(generator.shuffled(PromptGrammar.prompts(task, split: .evaluation)))
      })
  }

  private static func item(_ task: Prompt.Task, _ index: Int, _ prompt: Prompt) -> Item {
    let name =
      switch task {
      case .singleObject: "one"
      case .twoObject: "two"
      case .counting: "cnt"
      case .colors: "col"
      case .position: "pos"
      case .colorAttribution: "att"
      }
    let digits = String(index)
    let id = "\(name)-\(String(repeating: "0", count: max(3 - digits.count, 0)))\(digits)"
    return Item(id: id, prompt: prompt, isSeen: !PromptGrammar.isHeldOut(prompt))
  }

  /// The set in GenEval's file format, for other scorers.
  public var rows: [GenEvalRow] {
    items.map { GenEvalRow($0.prompt, id: $0.id, split: $0.isSeen ? "seen" : "unseen") }
  }

  /// Paints every prompt and judges the pictures.
  ///
  /// - Parameters:
  ///   - card: how the pictures are made, to be printed beside the score.
  ///   - paint: pictures for the prompts, in their order, the same number for each.
  /// - Returns: the scorecard.
  /// - Throws: what `paint` throws, or ``BenchmarksError/pictures(expected:found:)``.
  public func score(_ card: ProtocolCard, paint: ([Prompt]) throws -> [[Bitmap]]) throws -> Scorecard {
    try score(try paint(items.map(\.prompt)), card)
  }

  /// Judges pictures.
  ///
  /// - Parameters:
  ///   - pictures: for each item the same number of pictures, one or more.
  ///   - card: how they were made; its counts are filled in here.
  /// - Returns: the scorecard.
  /// - Throws: ``BenchmarksError/pictures(expected:found:)`` if pictures are missing or too many.
  public func score(_ pictures: [[Bitmap]], _ card: ProtocolCard) throws(BenchmarksError) -> Scorecard {
    guard pictures.count == items.count else {
      throw .pictures(expected: "pictures for \(items.count) prompts", found: "pictures for \(pictures.count)")
    }
    let each = pictures.first?.count ?? 0
    for (item, list) in zip(items, pictures) where list.count != each || list.isEmpty {
      throw .pictures(expected: "\(max(each, 1)) pictures for \(item.id)", found: "\(list.count)")
    }
    var scored: [Scorecard.Item] = []
    for (item, list) in zip(items, pictures) {
      let verdicts = list.map { Oracle.judge($0, item.prompt) }
      scored.append(
        Scorecard.Item(
          item, passes: verdicts.map(\.passes), scores: verdicts.map(\.score), isStrict: verdicts.map(\.isStrict)))
    }
    var card = card
    (card.imagesPerPrompt, card.promptCount) = (each, items.count)
    return Scorecard(scored, card)
  }
}
