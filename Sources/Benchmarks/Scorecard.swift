public import Primitives
public import Shapes

/// The result of a benchmark: a headline with its interval, the tasks behind it, and how it came about.
public struct Scorecard: Sendable, Hashable {
  /// What one prompt scored.
  public struct Item: Hashable, Sendable, Codable {
    /// The item's name in its set.
    public let id: String
    /// The task.
    public let task: Prompt.Task
    /// The prompt's text.
    public let prompt: String
    /// Whether the prompt may also occur in training.
    public let isSeen: Bool
    /// For each picture whether it passed.
    public let passes: [Bool]
    /// For each picture its graded score, 0…1.
    public let scores: [Double]
    /// For each picture whether it passed and showed nothing else.
    public let isStrict: [Bool]

    /// The share of pictures that passed.
    public var rate: Double { Double(passes.count { $0 }) / Double(max(passes.count, 1)) }

    /// What a prompt of a set scored.
    public init(_ item: MiniGenEval.Item, passes: [Bool], scores: [Double], isStrict: [Bool]) {
      (id, task, prompt, isSeen) = (item.id, item.task, item.prompt.text, item.isSeen)
      (self.passes, self.scores, self.isStrict) = (passes, scores, isStrict)
    }
  }

  /// How the score came about.
  public let card: ProtocolCard
  /// Every prompt, in the set's order.
  public let items: [Item]
  /// The unweighted mean of the task means, with its 95 % interval.
  public let headline: Estimate
  /// Each task that has prompts, with its mean and 95 % interval.
  public let tasks: [TaskScore]

  /// The score of one task.
  public struct TaskScore: Hashable, Sendable {
    /// The task.
    public let task: Prompt.Task
    /// The mean over prompts of the share of pictures that passed.
    public let estimate: Estimate
    /// The number of prompts.
    public let count: Int
    /// How many of them may also occur in training.
    public let seen: Int
  }

  /// Sums up the prompts' results.
  public init(_ items: [Item], _ card: ProtocolCard) {
    (self.items, self.card) = (items, card)
    let groups = Self.byTask(items)
    let images = max(card.imagesPerPrompt, 1)
    headline = MacroMean.estimate(groups.map { $0.map(\.rate) }, images: images, range: 0...1)
    tasks = groups.filter { !$0.isEmpty }.map { group in
      TaskScore(
        task: group[0].task, estimate: MacroMean.estimate([group.map(\.rate)], images: images, range: 0...1),
        count: group.count, seen: group.count { $0.isSeen })
    }
  }

  private static func byTask(_ items: [Item]) -> [[Item]] {
    Prompt.Task.allCases.map { task in items.filter { $0.task == task } }
  }

  /// The score of one task, or `nil` if it has no prompts.
  public subscript(task: Prompt.Task) -> Estimate? { tasks.first { $0.task == task }?.estimate }

  /// The share of all pictures that pass, whatever their task.
  public var imageAccuracy: Double { Statistics.mean(items.map(\.rate)) }

  /// The mean of the task means of the graded score.
  public var graded: Double { macro { Statistics.mean($0.scores) } }

  /// The mean of the task means of pictures that pass and show nothing else.
  public var strict: Double { macro { Double($0.isStrict.count { $0 }) / Double(max($0.isStrict.count, 1)) } }

  private func macro(_ value: (Item) -> Double) -> Double {
    Statistics.mean(Self.byTask(items).filter { !$0.isEmpty }.map { Statistics.mean($0.map(value)) })
  }

  /// The chance that at least one of `k` pictures of a prompt passes: 1 − C(n − c, k) / C(n, k), mean over prompts.
  ///
  /// Source: M. Chen et al., *Evaluating large language models trained on code*, 2021 (arXiv 2107.03374), equation 1.
  ///
  /// - Parameter k: 1 or more.
  /// - Returns: the chance, or `nil` if a prompt has fewer than `k` pictures.
  public func passAt(_ k: Int) -> Double? {
    guard k >= 1, items.allSatisfy({ $0.passes.count >= k }) else { return nil }
    return Statistics.mean(
      items.map { item in
        let failures = item.passes.count { !$0 }
        // A product of k factors, each the chance that one more drawn picture fails.
        return 1 - (0..<k).reduce(1.0) { $0 * Double(max(failures - $1, 0)) / Double(item.passes.count - $1) }
      })
  }

  /// How much better this card is than another one of the same prompts.
  ///
  /// - Parameter baseline: the other card.
  /// - Returns: the paired difference, this minus that.
  /// - Throws: ``BenchmarksError/unpaired(_:)`` if the prompts differ.
  public func difference(from baseline: Scorecard) throws(BenchmarksError) -> PairedDifference {
    for (mine, other) in zip(items, baseline.items) where mine.prompt != other.prompt {
      throw .unpaired("'\(mine.prompt)', '\(other.prompt)'")
    }
    guard items.count == baseline.items.count else {
      throw .unpaired("one has \(items.count) prompts, the other \(baseline.items.count)")
    }
    let pairs = zip(items, baseline.items).map { (task: $0.task, change: $0.rate - $1.rate) }
    let images = max(min(card.imagesPerPrompt, baseline.card.imagesPerPrompt), 1)
    return PairedDifference(
      Prompt.Task.allCases.map { task in pairs.filter { $0.task == task }.map(\.change) }, images: images)
  }
}

extension Scorecard: CustomStringConvertible {
  /// The card, a line a task, the headline and what stands beside it.
  public var description: String {
    var lines = [card.description]
    for score in tasks {
      let seen = score.seen == 0 ? "held out" : score.seen == score.count ? "all seen" : "\(score.seen) seen"
      lines.append(
        "  \(Self.pad(score.task.rawValue, 14))\(Self.text(score.estimate))  \(score.count) prompts, \(seen)")
    }
    lines.append("  \(Self.pad("overall", 14))\(Self.text(headline))")
    lines.append(
      "  graded \(Self.fixed(graded)), strict \(Self.fixed(strict)), of all pictures \(Self.fixed(imageAccuracy))")
    return lines.joined(separator: "\n")
  }

  static func text(_ estimate: Estimate) -> String {
    "\(fixed(estimate.value)) (\(fixed(estimate.low))…\(fixed(estimate.high)))"
  }

  /// Three decimals; a minus sign where needed.
  static func fixed(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let thousandths = Int((abs(value) * 1_000).rounded())
    let digits = String(thousandths % 1_000)
    let sign = value < 0 && thousandths > 0 ? "−" : ""
    return "\(sign)\(thousandths / 1_000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }

  /// A number without a needless `.0`.
  static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 1))
  }
}
