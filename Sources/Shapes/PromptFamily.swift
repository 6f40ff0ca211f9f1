public import Primitives

/// Kinds of prompts beyond GenEval's six tasks.
///
/// The line between training and evaluation runs between pairs: a prompt is held out if it states a pair that is
/// (``isHeldOut(_:)``), so that no training prompt of a family states one, and each of a fifth of all pairs is never asked
/// for. GenEval's own tasks keep their own line.
public enum PromptFamily: String, CaseIterable, Codable, Hashable, Sendable {
  /// `a large red circle`.
  case size
  /// `a striped square`.
  case texture
  /// `a star inside a circle`.
  case inside
  /// `three red stars`.
  case countColor = "count_color"
  /// Two or three coloured shapes.
  case colorBinding = "color_binding"
  /// `a triangular red object and a round blue object`.
  case shapeBinding = "shape_binding"
  /// `a striped circle and a checkered square`.
  case textureBinding = "texture_binding"
  /// `a star on the left of a heart`.
  case spatial
  /// `a star larger than a heart`.
  case relational
  /// `two stars and one heart and four squares`.
  case numeracy
  /// Two objects with attributes, and relations between them.
  case complex
  /// Three to five objects, their attributes, relations and background in several sentences, 35 to 90 words.
  case dense
  /// `as many stars as a triangle has corners`, `a shape with five points in the color of grass`.
  case indirect

  /// Random prompts of families.
  ///
  /// - Parameters:
  ///   - count: how many; they may repeat.
  ///   - families: each prompt's is drawn uniformly from these.
  ///   - split: the side of the line; `evaluation` is `heldOut`.
  ///   - seed: the seed; prompt k depends on it and on k alone.
  /// - Returns: the prompts, fewer only if there are no families.
  public static func random(
    _ count: Int, families: [PromptFamily] = allCases, split: PromptGrammar.Split = .training, seed: Int
  ) -> [Prompt] {
    let stream = RandomStream(seed: seed, purpose: "shapes.family")
    return (0..<max(count, 0)).compactMap { index in
      var generator = stream.generator(sample: index)
      return generator.pick(families)?.draw(split: split, with: &generator)
    }
  }

  /// One prompt on a side of the line.
  public func draw(split: PromptGrammar.Split, with generator: inout RandomGenerator) -> Prompt {
    while true {
      // Every text that is written can be read; at least a tenth lie on either side.
      guard let prompt = try? PromptParser.parse(PromptComposer.text(self, with: &generator)) else { continue }
      switch split {
      case .all: return prompt
      case .training: if !Self.isHeldOut(prompt) { return prompt }
      case .heldOut, .evaluation: if Self.isHeldOut(prompt) { return prompt }
      }
    }
  }

  /// Whether a prompt states a pair that is held out. Of positions in the lists of shapes, colours and textures:
  ///
  /// | pair | held out where |
  /// |---|---|
  /// | shape, colour | colour − shape is a multiple of 5: the pairs of GenEval's `colors` |
  /// | shape, texture | shape − texture is a multiple of 5, solid not counted |
  /// | shape, number | shape − number is a multiple of 4, from two on: those of `counting` |
  /// | shapes in a direction or next to each other | as in `position`; `next to` as `left of` |
  /// | shapes in another relation | their difference is 3 or 5, modulo 8; for `inside`, their sum a multiple of 4 |
  public static func isHeldOut(_ prompt: Prompt) -> Bool {
    var things: [ShapeName: Thing] = [:]
    for fact in prompt.facts {
      if case .attribute(let shape, let attribute) = fact {
        var thing = things[shape] ?? Thing(shape)
        if case .color(let color) = attribute { thing.color = color }
        if case .texture(let texture) = attribute { thing.texture = texture }
        things[shape] = thing
      }
    }
    return prompt.facts.contains(where: isHeldOut)
      || prompt.include.contains { isHeldOut(Thing($0.shape, color: $0.color)) || isHeldOut($0.shape, $0.count) }
      || ShapeName.allCases.contains { things[$0].map(isHeldOut) ?? false }
  }

  private static func isHeldOut(_ fact: Fact) -> Bool {
    switch fact {
    case .exists(let thing): isHeldOut(thing)
    case .count(let thing, let count): isHeldOut(thing) || isHeldOut(thing.shape, count)
    case .relation(let first, let relation, let second): isHeldOut(first.shape, relation, second.shape)
    case .attribute, .background, .arrangement: false
    }
  }

  private static func isHeldOut(_ thing: Thing) -> Bool {
    if let color = thing.color, (color.index + 10 - thing.shape.index) % 5 == 0 { return true }
    guard let texture = thing.texture, texture != .solid, texture != .hollow else { return false }
    return (thing.shape.index + 5 - texture.index) % 5 == 0
  }

  private static func isHeldOut(_ shape: ShapeName, _ count: Int) -> Bool {
    count > 1 && (shape.index + 12 - count) % 4 == 0
  }

  private static func isHeldOut(_ first: ShapeName, _ relation: SceneRelation, _ second: ShapeName) -> Bool {
    let difference = (second.index + 8 - first.index) % 8
    switch relation {
    case .leftOf: return [2, 5].contains(difference)
    case .rightOf: return [3, 6].contains(difference)
    case .nextTo: return [2, 6].contains(difference)
    case .above: return [1, 6].contains(difference)
    case .below: return [2, 7].contains(difference)
    case .inside: return (first.index + second.index) % 4 == 0
    case .largerThan, .smallerThan, .sameColor: return [3, 5].contains(difference)
    }
  }
}
