/// A description of one object: its shape, and as much of the rest as matters.
public struct Thing: Codable, Hashable, Sendable {
  /// The shape.
  public var shape: ShapeName
  /// The colour, if it matters.
  public var color: ColorName?
  /// The size, if it matters.
  public var size: SizeName?
  /// The texture, if it matters.
  public var texture: TextureName?

  /// A description from its parts.
  public init(_ shape: ShapeName, color: ColorName? = nil, size: SizeName? = nil, texture: TextureName? = nil) {
    (self.shape, self.color, self.size, self.texture) = (shape, color, size, texture)
  }

  /// Whether an object that the oracle found is as described.
  public func matches(_ found: Detection) -> Bool {
    found.shape == shape && color ?? found.color == found.color && size ?? found.size == found.size
      && texture ?? found.texture == found.texture
  }

  /// The words, without an article: `large striped red circle`.
  ///
  /// - Parameter plural: whether several are meant.
  public func words(plural: Bool = false) -> String {
    [size?.rawValue, texture?.rawValue, color?.rawValue, plural ? shape.plural : shape.rawValue].compactMap { $0 }
      .joined(separator: " ")
  }

  /// The words with `a` or `an` before them.
  public var phrase: String {
    let words = words()
    return (words.hasPrefix("orange") ? "an " : "a ") + words
  }
}

/// One thing that can be said of an object besides its shape.
public enum Attribute: Codable, Hashable, Sendable {
  case color(ColorName)
  case size(SizeName)
  case texture(TextureName)

  /// Its word.
  public var word: String {
    switch self {
    case .color(let color): color.rawValue
    case .size(let size): size.rawValue
    case .texture(let texture): texture.rawValue
    }
  }

  /// What it is a value of: `color`, `size` or `texture`.
  public var kind: String {
    switch self {
    case .color: "color"
    case .size: "size"
    case .texture: "texture"
    }
  }

  func matches(_ found: Detection) -> Bool {
    switch self {
    case .color(let color): found.color == color
    case .size(let size): found.size == size
    case .texture(let texture): found.texture == texture
    }
  }
}

/// How two objects of a picture stand to each other.
public enum SceneRelation: String, CaseIterable, Codable, Hashable, Sendable {
  case leftOf = "left of"
  case rightOf = "right of"
  case above, below
  case nextTo = "next to"
  case inside
  case largerThan = "larger than"
  case smallerThan = "smaller than"
  case sameColor = "same color as"

  /// GenEval's relation of the same name, if it is one.
  public var direction: Relation? { Relation(rawValue: rawValue) }

  /// Whether it says where an object stands.
  public var isSpatial: Bool { direction != nil || self == .nextTo || self == .inside }

  /// Centres of neighbours in a row or column are 24 px apart, of diagonal ones 34.
  static let near = 30.0
  /// The ratio of sizes from which one is larger; drawn sizes differ by 1.36.
  static let ratio = 1.18

  /// Whether it holds of two objects that the oracle found.
  ///
  /// The four directions follow GenEval's rule. `inside` asks for a hollow object whose box contains the other's, `next to`
  /// for centres at most 30 px apart, `larger than` for a size larger by 1.18.
  public func holds(_ subject: Detection, _ reference: Detection) -> Bool {
    if let direction { return subject.box.relations(to: reference.box).contains(direction) }
    switch self {
    case .nextTo: return subject.box.distance(to: reference.box) <= Self.near
    case .inside: return reference.texture == .hollow && reference.box.contains(subject.box)
    case .largerThan: return subject.radius >= Self.ratio * reference.radius
    case .smallerThan: return reference.radius >= Self.ratio * subject.radius
    default: return subject.color == reference.color
    }
  }

  /// Whether a drawn scene shows it so clearly that no judge could doubt it.
  func isClear(_ subject: SceneObject, _ reference: SceneObject) -> Bool {
    let (first, second) = (Box(subject), Box(reference))
    if let direction { return first.relations(to: second, threshold: 0.2) == [direction] }
    switch self {
    case .nextTo: return subject.cell != reference.cell && first.distance(to: second) < Self.near - 4
    case .inside: return reference.isContainer && subject.cell == reference.cell
    case .largerThan: return Renderer.radius(subject.size) > Renderer.radius(reference.size)
    case .smallerThan: return Renderer.radius(subject.size) < Renderer.radius(reference.size)
    default: return subject.color == reference.color
    }
  }
}

/// Named shapes in a line.
public enum Arrangement: String, CaseIterable, Codable, Hashable, Sendable {
  case row, column
}
