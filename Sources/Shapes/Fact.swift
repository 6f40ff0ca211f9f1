/// One statement about a picture that can be true or false: what benchmarks ask and judges answer.
public enum Fact: Codable, Hashable, Sendable {
  /// There is at least one such object.
  case exists(Thing)
  /// There are exactly so many of them.
  case count(Thing, Int)
  /// The surest object of a shape has an attribute.
  case attribute(ShapeName, Attribute)
  /// The surest objects of two descriptions stand to each other like this.
  case relation(Thing, SceneRelation, Thing)
  /// What is behind the objects.
  case background(BackgroundName)
  /// The surest objects of these shapes stand in a line.
  case arrangement(Arrangement, [ShapeName])

  /// How sure it is that the statement is true: 0 if it is false, otherwise the confidence of the objects that it rests
  /// on, at most 1.
  ///
  /// - Parameter sighting: what was seen in the picture.
  public func value(in sighting: Sighting) -> Double {
    let found = sighting.detections
    switch self {
    case .exists(let thing): return found.first(where: thing.matches)?.confidence ?? 0
    case .count(let thing, let count):
      let objects = found.filter(thing.matches)
      guard objects.count == count else { return 0 }
      return count == 0 ? 1 : objects.reduce(0) { $0 + $1.confidence } / Double(count)
    case .attribute(let shape, let attribute):
      guard let object = found.first(where: { $0.shape == shape }), attribute.matches(object) else { return 0 }
      return object.confidence
    case .relation(let subject, let relation, let reference):
      guard let first = found.first(where: subject.matches),
        let second = found.first(where: { reference.matches($0) && $0 != first }), relation.holds(first, second)
      else { return 0 }
      return min(first.confidence, second.confidence)
    case .background(let background): return sighting.background == background ? 1 : 0
    case .arrangement(let arrangement, let shapes):
      let objects = shapes.compactMap { shape in found.first { $0.shape == shape } }
      guard objects.count == shapes.count, arrangement.holds(objects.map(\.box)) else { return 0 }
      return objects.map(\.confidence).min() ?? 0
    }
  }

  /// The statement as a question to be answered with yes or no.
  public var question: String {
    switch self {
    case .exists(let thing): "Is there \(thing.phrase)?"
    case .count(let thing, 1): "Is there exactly one \(thing.words())?"
    case .count(let thing, let count): "Are there exactly \(Self.number(count)) \(thing.words(plural: true))?"
    case .attribute(let shape, let attribute): "Is the \(shape.rawValue) \(attribute.word)?"
    case .relation(let subject, .sameColor, let reference):
      "Does the \(subject.words()) have the same color as the \(reference.words())?"
    case .relation(let subject, let relation, let reference):
      "Is the \(subject.words()) \(relation.rawValue) the \(reference.words())?"
    case .background(let background): "Is the background \(background.rawValue)?"
    case .arrangement(let arrangement, _): "Are the shapes in a single \(arrangement.rawValue)?"
    }
  }

  static func number(_ count: Int) -> String {
    Vocabulary.numbers.indices.contains(count) && count > 0 ? Vocabulary.numbers[count] : "\(count)"
  }

  /// What is wrong where the statement is false.
  func reason(in sighting: Sighting) -> String {
    let seen = sighting.detections
    switch self {
    case .exists(let thing):
      let same = seen.filter { $0.shape == thing.shape }
      return "expected \(thing.phrase), found "
        + (same.isEmpty ? "no \(thing.shape.rawValue)" : same.map { $0.words }.joined(separator: ", "))
    case .count(let thing, let count):
      return
        "expected \(Self.number(count)) \(thing.words(plural: count != 1)), found \(seen.count(where: thing.matches))"
    case .attribute(let shape, let attribute):
      let object = seen.first { $0.shape == shape }
      return "expected \(attribute.word) for the \(shape.rawValue), found \(object?.words ?? "no \(shape.rawValue)")"
    case .relation(let subject, let relation, let reference):
      return "expected the \(subject.words()) \(relation.rawValue) the \(reference.words())"
    case .background(let background):
      return "expected a \(background.rawValue) background, found \(sighting.background.rawValue)"
    case .arrangement(let arrangement, _): return "expected the shapes in a \(arrangement.rawValue)"
    }
  }
}

extension Detection {
  /// What it looks like: `large striped red circle`.
  var words: String { Thing(shape, color: color, size: size, texture: texture).words() }
}

extension Arrangement {
  /// Whether the centres of boxes differ by at most 5 px across the line.
  func holds(_ boxes: [Box]) -> Bool {
    let across = boxes.map { self == .row ? ($0.top + $0.bottom) / 2 : ($0.left + $0.right) / 2 }
    return (across.max() ?? 0) - (across.min() ?? 0) <= 0.08 * Double(Scene.side)
  }

  /// Whether a drawn scene shows it.
  func holds(_ objects: [SceneObject]) -> Bool {
    Set(objects.map { self == .row ? $0.cell.row : $0.cell.column }).count <= 1
  }
}
