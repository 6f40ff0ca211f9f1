public import Primitives
public import Shapes

/// DPG-Bench for the shapes world: dense descriptions, questions with parents, and the official scores.
///
/// Half of the prompts state no pair that training holds out, and half state one (``PromptFamily/isHeldOut(_:)``).
///
/// Source: X. Hu et al., *ELLA*, 2024 (arXiv 2403.05135); its questions follow J. Cho et al., *Davidsonian scene graph*,
/// 2024 (arXiv 2310.18235).
public struct MiniDPG: PaintingBenchmark {
  /// One description with its questions.
  public struct Item: Sendable {
    /// A name without a dot, such as `dense-017`.
    public let id: String
    /// The description.
    public let prompt: Prompt
    /// Whether training may hold a prompt with these pairs.
    public let isSeen: Bool
    /// The questions, parents before children.
    public let questions: [DPGQuestion]
    /// The fact behind each question.
    public let facts: [Fact]
  }

  /// The descriptions, the seen ones first.
  public let items: [Item]
  private let judge: any QuestionJudge

  /// A set of descriptions.
  ///
  /// - Parameters:
  ///   - count: how many, rounded up to an even number.
  ///   - seed: the seed of the draw.
  ///   - judge: who answers the questions.
  public init(count: Int = 200, seed: Int = 0, judge: any QuestionJudge = OracleJudge()) {
    self.judge = judge
    let half = (max(count, 1) + 1) / 2
    // Evaluation draws under a seed of its own, so that no training list can hold the same draws.
    let seeds = seed ^ 0x4450_4700
    let seen = PromptFamily.random(half, families: [.dense], split: .training, seed: seeds)
    let unseen = PromptFamily.random(half, families: [.dense], split: .heldOut, seed: seeds)
    items = (seen.map { ($0, true) } + unseen.map { ($0, false) }).enumerated().map { index, pair in
      let digits = String(index)
      let id = "dense-\(String(repeating: "0", count: max(3 - digits.count, 0)))\(digits)"
      let questions = DPGQuestion.questions(of: pair.0, item: id)
      return Item(
        id: id, prompt: pair.0, isSeen: pair.1, questions: questions.map(\.question), facts: questions.map(\.fact))
    }
  }

  /// `mini-dpg`.
  public var name: String { "mini-dpg" }

  /// What is to be painted, in order.
  public var prompts: [Prompt] { items.map(\.prompt) }

  /// The official table of all questions.
  public var questions: [DPGQuestion] { items.flatMap(\.questions) }

  /// Asks every question of every picture. A picture counts the share of its questions that are answered yes, as all of
  /// their parents are; a prompt the mean of its pictures; the headline is the mean over prompts, 0…1.
  public func score(_ pictures: [[Bitmap]], _ card: ProtocolCard) throws -> Scorecard {
    let each = try check(pictures)
    var tally = Tally()
    let scored = try zip(items, pictures).map { item, list in
      let shares = try list.map { picture -> Double in
        let raw = try judge.answers(picture, item.facts).map { $0 >= 0.5 ? 1.0 : 0.0 }
        let gated = try DPGScoring.gated(
          raw, numbers: item.questions.map(\.number), parents: item.questions.map(\.parents))
        for (index, question) in item.questions.enumerated() { tally.add(question.category, gated[index], raw[index]) }
        let lies = FalseQuestion.all(of: item.facts)
        for answer in try judge.answers(picture, lies) {
          tally.add("false yes", answer >= 0.5 ? 1 : 0, answer >= 0.5 ? 1 : 0)
        }
        return Statistics.mean(gated)
      }
      return Scorecard.Item(
        id: item.id, task: item.isSeen ? "seen" : "unseen", prompt: item.prompt.text, isSeen: item.isSeen,
        passes: shares.map { $0 == 1 }, scores: shares, isStrict: shares.map { $0 == 1 }, values: shares)
    }
    var card = card
    (card.benchmark, card.judge) = (name, judge.name)
    (card.imagesPerPrompt, card.promptCount) = (each, items.count)
    return Scorecard(scored, card, parts: tally.parts)
  }

  /// Answers by kind of question.
  private struct Tally {
    static let order = ["entity", "attribute", "relation", "global", "other", "false yes"]
    var sums = [(gated: Double, raw: Double, count: Int)](repeating: (0, 0, 0), count: order.count)

    mutating func add(_ category: String, _ gated: Double, _ raw: Double) {
      guard let place = Self.order.firstIndex(of: category) else { return }
      sums[place] = (sums[place].gated + gated, sums[place].raw + raw, sums[place].count + 1)
    }

    var parts: [Scorecard.Part] {
      zip(Self.order, sums).filter { $1.count > 0 }.map { name, sum in
        Scorecard.Part(
          name: name, gated: sum.gated / Double(sum.count), raw: sum.raw / Double(sum.count), count: sum.count)
      }
    }
  }
}

/// Questions that are false of every true picture of a description: who says yes to them says yes to anything.
enum FalseQuestion {
  /// Up to three: another colour, a relation turned around, a shape that nobody asked for.
  static func all(of facts: [Fact]) -> [Fact] {
    var found: [Fact] = []
    for fact in facts {
      if case .attribute(let shape, .color(let color)) = fact {
        let other = ColorName.allCases[(color.index + 3) % ColorName.allCases.count]
        found.append(.attribute(shape, .color(other)))
        break
      }
    }
    for fact in facts {
      if case .relation(let first, let relation, let second) = fact, relation != .sameColor, relation != .nextTo {
        found.append(.relation(second, relation, first))
        break
      }
    }
    let named = facts.compactMap { fact -> ShapeName? in
      switch fact {
      case .exists(let thing), .count(let thing, _): thing.shape
      default: nil
      }
    }
    if let absent = ShapeName.allCases.first(where: { !named.contains($0) }) { found.append(.exists(Thing(absent))) }
    return found
  }
}
