/// A spatial relation of a subject to a reference, in GenEval's words.
public enum Relation: String, CaseIterable, Codable, Hashable, Sendable {
  case leftOf = "left of"
  case rightOf = "right of"
  case above
  case below

  /// The relation that the reference has to the subject.
  public var opposite: Relation {
    switch self {
    case .leftOf: .rightOf
    case .rightOf: .leftOf
    case .above: .below
    case .below: .above
    }
  }
}

/// What a picture is asked to show: the text that a model reads and the facts that a judge checks.
public struct Prompt: Codable, Hashable, Sendable {
  /// The six tasks of GenEval.
  public enum Task: String, CaseIterable, Codable, Hashable, Sendable {
    case singleObject = "single_object"
    case twoObject = "two_object"
    case counting
    case colors
    case position
    case colorAttribution = "color_attr"
  }

  /// Where the objects of a clause stand.
  public struct Position: Hashable, Sendable {
    /// The relation to the reference.
    public var relation: Relation
    /// The index of an earlier clause, whose objects are the reference.
    public var reference: Int

    /// A relation to an earlier clause.
    public init(_ relation: Relation, to reference: Int) {
      (self.relation, self.reference) = (relation, reference)
    }
  }

  /// One fact: so many objects of a shape, perhaps of a colour, perhaps at a place.
  public struct Clause: Codable, Hashable, Sendable {
    /// The shape.
    public var shape: ShapeName
    /// How many at least.
    public var count: Int
    /// Their colour, if it matters.
    public var color: ColorName?
    /// Their place, if it matters.
    public var position: Position?

    /// A fact from its parts.
    public init(_ shape: ShapeName, count: Int = 1, color: ColorName? = nil, position: Position? = nil) {
      (self.shape, self.count, self.color, self.position) = (shape, count, color, position)
    }

    enum CodingKeys: String, CodingKey {
      case shape = "class"
      case count, color, position
    }
  }

  /// The text.
  public var text: String
  /// The task, or `nil` for a prompt that belongs to none of the six.
  public var task: Task?
  /// What must be there; a reference stands before its subject.
  public var include: [Clause]
  /// What must not be there: `count` or more objects of a shape.
  public var exclude: [Clause]
  /// What must hold besides: statements that GenEval's clauses cannot make.
  public var facts: [Fact]
  /// What has to be inferred to know the facts, a sentence each, such as `a triangle has three corners`.
  public var inferences: [String]

  /// A prompt from its parts; see ``PromptParser`` for one from text.
  public init(
    text: String, task: Task?, include: [Clause], exclude: [Clause] = [], facts: [Fact] = [], inferences: [String] = []
  ) {
    (self.text, self.task, self.include, self.exclude) = (text, task, include, exclude)
    (self.facts, self.inferences) = (facts, inferences)
  }

  /// The shapes that are named as objects, in order; a shape that is named twice is there twice.
  var namedShapes: [ShapeName] {
    include.map(\.shape)
      + facts.compactMap { fact in
        switch fact {
        case .exists(let thing), .count(let thing, _): thing.shape
        default: nil
        }
      }
  }

  /// How many objects are asked for.
  public var objectCount: Int {
    include.reduce(0) { $0 + $1.count }
      + facts.reduce(0) { sum, fact in
        switch fact {
        case .exists: sum + 1
        case .count(_, let count): sum + count
        default: sum
        }
      }
  }

  enum CodingKeys: String, CodingKey {
    case task = "tag"
    case include, exclude, facts, inferences
    case text = "prompt"
  }

  /// A prompt from GenEval's JSON form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    text = try container.decode(String.self, forKey: .text)
    task = try container.decodeIfPresent(Task.self, forKey: .task)
    include = try container.decode([Clause].self, forKey: .include)
    exclude = try container.decodeIfPresent([Clause].self, forKey: .exclude) ?? []
    facts = try container.decodeIfPresent([Fact].self, forKey: .facts) ?? []
    inferences = try container.decodeIfPresent([String].self, forKey: .inferences) ?? []
  }

  /// Writes GenEval's JSON form; what is empty is left out, as in the benchmark's own file.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(task, forKey: .task)
    try container.encode(include, forKey: .include)
    if !exclude.isEmpty { try container.encode(exclude, forKey: .exclude) }
    if !facts.isEmpty { try container.encode(facts, forKey: .facts) }
    if !inferences.isEmpty { try container.encode(inferences, forKey: .inferences) }
    try container.encode(text, forKey: .text)
  }
}

extension Prompt.Position: Codable {
  /// A position from its JSON form, `["above", 0]`.
  public init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    relation = try container.decode(Relation.self)
    reference = try container.decode(Int.self)
  }

  /// Writes the JSON form, `["above", 0]`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(relation)
    try container.encode(reference)
  }
}
