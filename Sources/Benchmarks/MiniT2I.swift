public import Primitives
public import Shapes

/// T2I-CompBench++ for the shapes world: seven categories with the official forms of prompts and the official scores.
///
/// `non_spatial`, which asks for actions, has become `relational`: the world has no actions, but sizes, equal colours and
/// nesting. `3d_spatial` is left out, since nothing in the world hides another thing. The headline is the mean of the six
/// core categories; numeracy stands beside it.
public struct MiniT2I: PaintingBenchmark {
  /// The categories in the benchmark's order.
  public enum Category: String, CaseIterable, Codable, Sendable {
    case color, shape, texture, spatial, relational, complex, numeracy

    /// The prompts of the category.
    public var family: PromptFamily {
      switch self {
      case .color: .colorBinding
      case .shape: .shapeBinding
      case .texture: .textureBinding
      case .spatial: .spatial
      case .relational: .relational
      case .complex: .complex
      case .numeracy: .numeracy
      }
    }
  }

  /// One prompt.
  public struct Item: Hashable, Sendable {
    /// The category.
    public let category: Category
    /// The place in the category's file.
    public let index: Int
    /// The prompt.
    public let prompt: Prompt
    /// Whether training may hold a prompt with these pairs.
    public let isSeen: Bool
  }

  /// The prompts, category by category, the seen ones of each first.
  public let items: [Item]

  /// A set of prompts.
  ///
  /// - Parameters:
  ///   - count: how many, over all categories; rounded up to an even number for each.
  ///   - seed: the seed of the draw.
  public init(count: Int = 700, seed: Int = 0) {
    let half = (max(count, 1) + 2 * Category.allCases.count - 1) / (2 * Category.allCases.count)
    let seeds = seed ^ 0x5432_4900
    items = Category.allCases.flatMap { category in
      let seen = PromptFamily.random(half, families: [category.family], split: .training, seed: seeds)
      let unseen = PromptFamily.random(half, families: [category.family], split: .heldOut, seed: seeds)
      return (seen.map { ($0, true) } + unseen.map { ($0, false) }).enumerated().map {
        Item(category: category, index: $0, prompt: $1.0, isSeen: $1.1)
      }
    }
  }

  /// `mini-t2i-compbench`.
  public var name: String { "mini-t2i-compbench" }

  /// What is to be painted, in order.
  public var prompts: [Prompt] { items.map(\.prompt) }

  /// The prompts of a category as lines of its `_val.txt`.
  public func lines(_ category: Category) -> String {
    items.filter { $0.category == category }.map {
      String($0.prompt.text.dropFirst(Vocabulary.prefix.count + 1)) + "\n"
    }
    .joined()
  }

  /// Scores every picture by its category's rule; it passes if everything that was asked for holds.
  public func score(_ pictures: [[Bitmap]], _ card: ProtocolCard) throws -> Scorecard {
    let each = try check(pictures)
    let scored = zip(items, pictures).map { item, list in
      let sightings = list.map(Oracle.look)
      let verdicts = sightings.map { Verdict(of: $0, for: item.prompt) }
      let values = sightings.map { Self.score(item.prompt, item.category, $0) }
      return Scorecard.Item(
        id: "\(item.category.rawValue)-\(item.index)", task: item.category.rawValue, prompt: item.prompt.text,
        isSeen: item.isSeen, passes: verdicts.map(\.passes), scores: verdicts.map(\.score),
        isStrict: verdicts.map(\.passes), values: values)
    }
    var card = card
    card.benchmark = name
    (card.imagesPerPrompt, card.promptCount) = (each, items.count)
    return Scorecard(scored, card, core: Category.allCases.dropLast().map(\.rawValue))
  }

  // MARK: - Rules

  /// Near in the official frame is 150 of 479 px.
  private static let near = 150.0 / 479 * Double(Scene.side)

  /// The official score of one picture, 0…1.
  static func score(_ prompt: Prompt, _ category: Category, _ sighting: Sighting) -> Double {
    let relations = relations(of: prompt)
    let places = relations.filter { $0.relation.isSpatial && $0.relation != .inside }
    switch category {
    case .color, .shape, .texture: return attributes(prompt, sighting)
    case .spatial: return places.first.map { spatial($0, sighting) } ?? 0
    case .relational: return relations.first.map { comparison($0, sighting) } ?? 0
    case .numeracy:
      let clauses = prompt.include
      return T2IScoring.numeracy(
        wanted: clauses.map(\.count),
        found: clauses.map { clause in
          sighting.detections.count { $0.shape == clause.shape }
        })
    case .complex:
      let comparisons = relations.filter { !$0.relation.isSpatial }
      let parts =
        [attributes(prompt, sighting)] + places.prefix(1).map { spatial($0, sighting) }
        + comparisons.prefix(1).map { comparison($0, sighting) }
      return Statistics.mean(parts)
    }
  }

  private typealias Stated = (subject: Thing, relation: SceneRelation, reference: Thing)

  private static func relations(of prompt: Prompt) -> [Stated] {
    prompt.facts.compactMap { fact in
      if case .relation(let subject, let relation, let reference) = fact { (subject, relation, reference) } else { nil }
    }
  }

  private static func attributes(_ prompt: Prompt, _ sighting: Sighting) -> Double {
    let clauses = prompt.include.map { Fact.exists(Thing($0.shape, color: $0.color)) }
    let phrases = prompt.facts.filter { fact in
      if case .exists = fact { true } else { false }
    }
    return T2IScoring.binding((clauses + phrases).map { $0.value(in: sighting) })
  }

  /// Detectors look for the kind of object alone, and the surest one counts.
  private static func spatial(_ stated: Stated, _ sighting: Sighting) -> Double {
    func surest(_ thing: Thing) -> (box: Box, confidence: Double)? {
      sighting.detections.first { $0.shape == thing.shape }.map { ($0.box, $0.confidence) }
    }
    let place: T2IScoring.Place =
      switch stated.relation {
      case .leftOf: .left
      case .rightOf: .right
      case .above: .top
      case .below: .bottom
      default: .near
      }
    return T2IScoring.spatial(place, surest(stated.subject), surest(stated.reference), near: near)
  }

  /// The mean confidence where the comparison holds, else 0.
  private static func comparison(_ stated: Stated, _ sighting: Sighting) -> Double {
    let subject = Thing(stated.subject.shape)
    let reference = Thing(stated.reference.shape)
    guard Fact.relation(subject, stated.relation, reference).value(in: sighting) > 0 else { return 0 }
    let values = [subject, reference].map { Fact.exists($0).value(in: sighting) }
    return Statistics.mean(values)
  }
}
