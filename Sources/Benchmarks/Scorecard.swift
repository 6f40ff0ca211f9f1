public import Primitives
public import Shapes

/// The result of a benchmark: a headline with its interval, the tasks behind it, and how it came about.
public struct Scorecard: Sendable, Hashable, Codable {
  /// What one prompt scored.
  public struct Item: Hashable, Sendable, Codable {
    /// The item's name in its set.
    public let id: String
    /// The task or category.
    public let task: String
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

    /// For each picture what it counts in the headline, 0…1: in GenEval whether it passed.
    public let values: [Double]

    /// What the prompt counts: the mean over its pictures.
    public var rate: Double { values.isEmpty ? 0 : Statistics.mean(values) }

    /// What a prompt of mini-GenEval scored.
    public init(_ item: MiniGenEval.Item, passes: [Bool], scores: [Double], isStrict: [Bool]) {
      self.init(
        id: item.id, task: item.task.rawValue, prompt: item.prompt.text, isSeen: item.isSeen, passes: passes,
        scores: scores, isStrict: isStrict, values: passes.map { $0 ? 1 : 0 })
    }

    /// What a prompt scored.
    public init(
      id: String, task: String, prompt: String, isSeen: Bool, passes: [Bool], scores: [Double], isStrict: [Bool],
      values: [Double]
    ) {
      (self.id, self.task, self.prompt, self.isSeen) = (id, task, prompt, isSeen)
      (self.passes, self.scores, self.isStrict, self.values) = (passes, scores, isStrict, values)
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
  public struct TaskScore: Hashable, Sendable, Codable {
    /// The task or category.
    public let task: String
    /// The mean over prompts of the share of pictures that passed.
    public let estimate: Estimate
    /// The number of prompts.
    public let count: Int
    /// How many of them may also occur in training.
    public let seen: Int
  }

  /// Parts of prompts that are scored across all of them, such as the kinds of DPG-Bench's questions.
  public let parts: [Part]

  /// The score of one kind of question.
  public struct Part: Hashable, Sendable, Codable {
    /// The kind.
    public let name: String
    /// The share of answers that are yes and rest on parents that are.
    public let gated: Double
    /// The share of answers that are yes.
    public let raw: Double
    /// The number of questions, over all pictures.
    public let count: Int

    /// A score from its parts.
    public init(name: String, gated: Double, raw: Double, count: Int) {
      (self.name, self.gated, self.raw, self.count) = (name, gated, raw, count)
    }
  }

  /// Sums up the prompts' results.
  ///
  /// - Parameters:
  ///   - items: every prompt, task by task.
  ///   - card: how the score came about.
  ///   - core: the tasks whose mean is the headline; all unless given.
  ///   - parts: scores across prompts.
  public init(_ items: [Item], _ card: ProtocolCard, core: [String]? = nil, parts: [Part] = []) {
    (self.items, self.card, self.parts) = (items, card, parts)
    let groups = Self.byTask(items)
    let images = max(card.imagesPerPrompt, 1)
    let counted = groups.filter { group in core?.contains(group[0].task) ?? true }
    headline = MacroMean.estimate(counted.map { $0.map(\.rate) }, images: images, range: 0...1)
    tasks = groups.map { group in
      TaskScore(
        task: group[0].task, estimate: MacroMean.estimate([group.map(\.rate)], images: images, range: 0...1),
        count: group.count, seen: group.count { $0.isSeen })
    }
  }

  /// The tasks in the order of their first items.
  private static func byTask(_ items: [Item]) -> [[Item]] {
    var (places, groups): ([String: Int], [[Item]]) = ([:], [])
    for item in items {
      if let place = places[item.task] {
        groups[place].append(item)
      } else {
        places[item.task] = groups.count
        groups.append([item])
      }
    }
    return groups
  }

  /// The score of one task, or `nil` if it has no prompts.
  public subscript(task: Prompt.Task) -> Estimate? { tasks.first { $0.task == task.rawValue }?.estimate }

  /// The share of all pictures that pass, whatever their task.
  public var imageAccuracy: Double { Statistics.mean(items.map(\.rate)) }

  /// The mean of the task means of the graded score.
  public var graded: Double { macro { Statistics.mean($0.scores) } }

  /// The mean of the task means of pictures that pass and show nothing else.
  public var strict: Double { macro { Double($0.isStrict.count { $0 }) / Double(max($0.isStrict.count, 1)) } }

  private func macro(_ value: (Item) -> Double) -> Double {
    Statistics.mean(Self.byTask(items).map { Statistics.mean($0.map(value)) })
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

  /// What the best of `k` pictures of a prompt counts where a judge chooses it, mean over prompts.
  ///
  /// The judge's order is that of the scores that it gave; of equal ones each is as likely. The expected value of the first
  /// of k drawn pictures is Σ y_i C(N − i, k − 1) / C(N, k) over the order.
  ///
  /// - Parameters:
  ///   - k: 1 or more.
  ///   - judged: for each prompt, in the card's order, the judge's score of each picture; the graded score unless given.
  /// - Returns: the mean, or `nil` if a prompt has fewer than `k` pictures.
  public func bestOf(_ k: Int, judged: [[Double]]? = nil) -> Double? {
    guard k >= 1, items.allSatisfy({ $0.values.count >= k }) else { return nil }
    return Statistics.mean(
      items.enumerated().map { index, item in
        BestOf.expected(item.values, judged: judged?[index] ?? item.scores, k: k)
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
    let changes = zip(Self.byTask(items), Self.byTask(baseline.items)).map { mine, theirs in
      zip(mine, theirs).map { $0.rate - $1.rate }
    }
    let images = max(min(card.imagesPerPrompt, baseline.card.imagesPerPrompt), 1)
    return PairedDifference(changes, images: images)
  }
}

extension Scorecard: CustomStringConvertible {
  /// The card, a line a task, the headline and what stands beside it.
  public var description: String {
    var lines = [card.description]
    for score in tasks {
      let seen = score.seen == 0 ? "held out" : score.seen == score.count ? "all seen" : "\(score.seen) seen"
      lines.append(
        "  \(Self.pad(score.task, 14))\(Self.text(score.estimate))  \(score.count) prompts, \(seen)")
    }
    lines.append("  \(Self.pad("overall", 14))\(Self.text(headline))")
    for part in parts {
      lines.append(
        "  \(Self.pad(part.name, 14))gated \(Self.fixed(part.gated)), raw \(Self.fixed(part.raw))  \(part.count) answers"
      )
    }
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
