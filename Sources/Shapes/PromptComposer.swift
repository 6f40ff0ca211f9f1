import Primitives

/// Writes random prompts of ``PromptFamily``; ``PromptParser`` reads them.
enum PromptComposer {
  /// A prompt's text, without `a photo of`, which the parser puts before it.
  static func text(_ family: PromptFamily, with generator: inout RandomGenerator) -> String {
    var draw = Draw(generator: generator)
    defer { generator = draw.generator }
    switch family {
    case .size: return draw.thing(hasColor: draw.chance(2), hasSize: true).phrase
    case .texture: return draw.textured(hasColor: draw.chance(3)).phrase
    case .inside:
      let container = draw.container()
      return "\(draw.thing(but: container).phrase) inside \(container.phrase)"
    case .countColor:
      return "\(Vocabulary.numbers[2 + draw.below(3)]) \(draw.thing(hasColor: true).words(plural: true))"
    case .colorBinding: return draw.list(2 + draw.below(2), hasColor: true)
    case .shapeBinding: return draw.adjectives()
    case .textureBinding:
      let first = draw.textured(hasColor: draw.chance(3))
      return "\(first.phrase) and \(draw.textured(hasColor: draw.chance(3), but: first).phrase)"
    case .spatial:
      let first = draw.thing()
      return "\(first.phrase) \(draw.place()) \(draw.thing(but: first).phrase)"
    case .relational: return draw.relational()
    case .numeracy: return draw.numbers()
    case .complex: return draw.complex()
    case .dense: return DenseComposer.text(with: &draw)
    case .indirect: return draw.indirect()
    }
  }
}

/// Random parts of prompts.
struct Draw {
  var generator: RandomGenerator

  mutating func below(_ bound: Int) -> Int { generator.below(bound) }

  /// True once in `n`.
  mutating func chance(_ n: Int) -> Bool { generator.below(n) == 0 }

  mutating func pick<Element>(_ list: [Element], else other: Element) -> Element { generator.pick(list) ?? other }

  mutating func color() -> ColorName { pick(ColorName.allCases, else: .red) }

  mutating func shape(but others: [ShapeName]) -> ShapeName {
    pick(ShapeName.allCases.filter { !others.contains($0) }, else: .circle)
  }

  mutating func thing(hasColor: Bool = false, hasSize: Bool = false, but others: Thing?...) -> Thing {
    let shape = shape(but: others.compactMap { $0?.shape })
    return Thing(
      shape, color: hasColor ? color() : nil,
      size: hasSize ? pick(SizeName.ordinary, else: .small) : nil)
  }

  mutating func textured(hasColor: Bool, but other: Thing? = nil) -> Thing {
    var thing = thing(hasColor: hasColor, but: other)
    thing.texture = pick([.striped, .checkered, .solid], else: .solid)
    return thing
  }

  mutating func container() -> Thing { Thing(pick(ShapeName.containers, else: .circle)) }

  /// T2I-CompBench's seven relation phrases.
  mutating func place() -> String {
    pick(
      [
        "on the left of", "on the right of", "on the top of", "on the bottom of", "on side of", "next to", "near",
      ], else: "near")
  }

  mutating func list(_ count: Int, hasColor: Bool) -> String {
    var colors = generator.shuffled(ColorName.allCases)
    return generator.shuffled(ShapeName.allCases).prefix(count)
      .map { Thing($0, color: hasColor ? colors.popLast() : nil).phrase }.joined(separator: " and ")
  }

  mutating func adjectives() -> String {
    let adjectives = generator.shuffled(Inference.adjectives).prefix(2)
    let colors = generator.shuffled(ColorName.allCases)
    return zip(adjectives, colors).map { "a \($0.word) \($1.rawValue) object" }.joined(separator: " and ")
  }

  mutating func relational() -> String {
    let first = thing()
    switch below(4) {
    case 0:
      let container = container()
      return "\(thing(but: container).phrase) inside \(container.phrase)"
    case 1: return "\(first.phrase) larger than \(thing(but: first).phrase)"
    case 2: return "\(first.phrase) smaller than \(thing(but: first).phrase)"
    default: return "\(first.phrase) the same color as \(thing(but: first).phrase)"
    }
  }

  mutating func numbers() -> String {
    let kinds = 1 + below(3)
    var room = Cell.allCases.count
    let shapes = generator.shuffled(ShapeName.allCases).prefix(kinds)
    let parts = shapes.enumerated().map { index, shape in
      let count = 1 + below(min(6, room - (kinds - index - 1)))
      room -= count
      return "\(Vocabulary.numbers[count]) \(count > 1 ? shape.plural : shape.rawValue)"
    }
    return parts.joined(separator: " and ")
  }

  mutating func complex() -> String {
    let kind = below(3)
    let direction = pick(["on the left of", "on the right of", "on the top of", "on the bottom of"], else: "near")
    var first = thing(hasColor: true)
    var second = thing(hasColor: true, but: first)
    if kind == 0 {
      if chance(2) { first.texture = pick([.striped, .checkered], else: .striped) }
      if chance(2) { second.texture = pick([.striped, .checkered], else: .striped) }
      return "\(first.phrase) \(direction) \(second.phrase)"
    }
    let comparison = pick(["larger than", "smaller than"], else: "larger than")
    return "\(first.phrase) \(comparison) \(kind == 1 ? "" : "and \(direction) ")\(second.phrase)"
  }

  mutating func indirect() -> String {
    let tint = " in the color of \(pick(Inference.colors.map(\.word), else: "grass"))"
    if chance(2) {
      let number = pick(Inference.numbers, else: Inference.numbers[0])
      let thing = thing(hasColor: chance(3))
      let source = "a \(number.words.joined(separator: " "))"
      switch below(3) {
      case 0 where number.count < 5: return "one more \(thing.words()) than \(source)"
      case 1: return "one fewer \(thing.words()) than \(source)"
      default: return "as many \(thing.words(plural: true)) as \(source)"
      }
    }
    let described = pick(Inference.shapes, else: Inference.shapes[0])
    let plain = thing(but: Thing(described.shape))
    switch below(4) {
    case 0: return "a \(described.words)"
    case 1: return "\(plain.phrase)\(tint)"
    case 2: return "a \(described.words)\(tint)"
    default: return "a \(described.words) and \(plain.phrase)\(tint)"
    }
  }
}
