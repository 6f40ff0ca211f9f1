import Primitives

/// Writes descriptions of whole scenes: three to five objects of different shapes in 35 to 90 words, of which nothing is
/// ambiguous and everything can be true at once, because a scene is drawn first.
enum DenseComposer {
  /// A description's text, without `a photo of`.
  static func text(with draw: inout Draw) -> String {
    while true {
      let text = compose(&draw)
      if (33...87).contains(text.split(separator: " ").count) { return text }
    }
  }

  private static func compose(_ draw: inout Draw) -> String {
    let ground = draw.pick(BackgroundName.allCases, else: .gray)
    let isLine = draw.chance(6)
    let objects = objects(isLine ? 3 : 3 + draw.below(3), isLine: isLine, &draw)
    var sentences = [
      draw.chance(2)
        ? "several shapes on a plain \(ground.rawValue) background"
        : "a scene set against a plain \(ground.rawValue) backdrop"
    ]
    sentences += objects.map { object in
      let says = object.texture == .solid ? draw.chance(2) : true
      let thing = Thing(
        object.shape, color: object.color, size: object.size, texture: says ? object.texture : nil)
      return (draw.chance(2) ? "there is " : "it also shows ") + thing.phrase
    }
    sentences += relations(of: objects, &draw)
    if isLine {
      sentences.append("all shapes form a single \(objects[0].cell.row == objects[1].cell.row ? "row" : "column")")
    } else if objects.count < 5, draw.chance(3) {
      let shape = draw.shape(but: objects.map(\.shape))
      let thing = Thing(shape, color: draw.color(), size: .small)
      sentences.append("exactly \(Vocabulary.numbers[2 + draw.below(2)]) \(thing.words(plural: true)) fill the rest")
    }
    return sentences.joined(separator: ". ") + "."
  }

  /// Objects of different shapes; in one of four scenes the first stands inside the second.
  private static func objects(_ count: Int, isLine: Bool, _ draw: inout Draw) -> [SceneObject] {
    let isNested = !isLine && draw.chance(4)
    var shapes = draw.generator.shuffled(ShapeName.allCases)
    if isNested, let place = shapes.firstIndex(where: ShapeName.containers.contains) {
      let container = shapes.remove(at: place)
      shapes.insert(container, at: 1)
    }
    let line = draw.below(3)
    let isRow = draw.chance(2)
    let cells = draw.generator.shuffled(Cell.allCases).filter { cell in
      isNested ? cell != .center : !isLine || (isRow ? cell.row : cell.column) == line
    }
    return (0..<count).map { index in
      let color = draw.color()
      if isNested, index == 0 { return SceneObject(shapes[0], color, .small, at: .center) }
      if isNested, index == 1 { return SceneObject(shapes[1], color, .huge, .hollow, at: .center) }
      let size: SizeName = isNested || draw.chance(3) ? .small : .large
      let texture = draw.pick(TextureName.fitting(size), else: .solid)
      return SceneObject(shapes[index], color, size, texture, at: cells[index])
    }
  }

  /// Two to four true statements about different pairs, those of nesting and of equal colours first.
  private static func relations(of objects: [SceneObject], _ draw: inout Draw) -> [String] {
    var found: [String] = []
    let pairs = objects.indices.flatMap { first in
      objects.indices.filter { $0 > first }.map { (objects[first], objects[$0]) }
    }
    for (first, second) in draw.generator.shuffled(pairs) {
      let (subject, reference) = draw.chance(2) && !second.isContainer ? (second, first) : (first, second)
      if let text = relation(subject, reference, &draw) { found.append(text) }
    }
    return Array(found.prefix(2 + draw.below(3)))
  }

  private static func relation(
    _ subject: SceneObject, _ reference: SceneObject, _ draw: inout Draw
  ) -> String? {
    let (a, b) = (subject.shape.rawValue, reference.shape.rawValue)
    if SceneRelation.inside.isClear(subject, reference) {
      return draw.chance(2) ? "inside the \(b) sits the \(a)" : "the \(a) is inside the \(b)"
    }
    let holding = SceneRelation.allCases.filter { relation in
      relation != .inside && relation != .nextTo && relation.isClear(subject, reference)
    }
    guard let relation = draw.generator.pick(holding) else { return nil }
    switch relation {
    case .sameColor:
      return draw.chance(2) ? "the \(a) shares its color with the \(b)" : "the \(a) has the same color as the \(b)"
    case .leftOf, .rightOf: return "the \(a) is to the \(relation.rawValue) the \(b)"
    default: return "the \(a) is \(relation.rawValue) the \(b)"
    }
  }
}
