/// A recursive-descent reader of what GenEval's grammar does not have: sizes, textures, further relations, descriptions of
/// whole scenes, and indirect descriptions. All words are known.
///
/// ```
/// prompt    = [a photo of] (sentence {"." sentence} | list)
/// list      = thing {and thing} | thing relation {and relation} thing
/// thing     = article {size | texture | colour | adjective} shape [in the color of NOUN]
///           | number {…} shapes | as many {…} shapes as a SHAPE has PART | one (more|fewer) … than a SHAPE has PART
/// sentence  = several shapes on a plain GROUND background | there is thing | … (see ``sentence()``)
/// ```
struct PhraseReader {
  /// A thing as it was said.
  struct Phrase {
    var thing: Thing
    var count = 1
    /// Whether the number was said as one, so that it is meant exactly.
    var isCounted = false
  }

  let words: [String]
  let line: Int?
  private var next = 0
  private(set) var facts: [Fact] = []
  private(set) var inferences: [String] = []

  init(words: [String], line: Int?) {
    (self.words, self.line) = (words, line)
    if words.starts(with: ["a", "photo", "of"]) { next = 3 }
  }

  private var word: String { next < words.count ? words[next] : "" }
  private var isAtEnd: Bool { next >= words.count }

  /// Takes these words if they are next.
  private mutating func take(_ text: String) -> Bool {
    let wanted = text.split(separator: " ")
    guard words.dropFirst(next).prefix(wanted.count).elementsEqual(wanted, by: { $0 == $1 }) else { return false }
    next += wanted.count
    return true
  }

  private mutating func expect(_ text: String) throws(ShapesError) {
    guard take(text) else { throw misplaced("'\(text)'") }
  }

  private func misplaced(_ expected: String) -> ShapesError { .misplaced(word, line: line, expected: expected) }

  // MARK: - Prompts

  /// Reads the whole.
  mutating func read() throws(ShapesError) {
    let isDescription =
      words.contains(".")
      || Self.openings.contains(where: { opening in
        words.dropFirst(next).starts(with: opening)
      })
    guard isDescription else { return try list() }
    repeat { try sentence() } while take(".") && !isAtEnd
    guard isAtEnd else { throw misplaced("'.' or the end of the prompt") }
  }

  private static let openings = [
    ["several"], ["a", "scene"], ["there"], ["it"], ["the"], ["inside"], ["exactly"], ["all"],
  ]

  private mutating func list() throws(ShapesError) {
    let first = try phrase()
    let relations = try relations()
    if !relations.isEmpty {
      let second = try phrase()
      state(first)
      state(second)
      for relation in relations {
        if relation == .inside { try check(container: second.thing.shape) }
        facts.append(.relation(first.thing, relation, second.thing))
      }
    } else {
      state(first)
      while take("and") { state(try phrase()) }
    }
    guard isAtEnd else { throw misplaced("'and', a relation, or the end of the prompt") }
  }

  private mutating func state(_ phrase: Phrase) {
    facts.append(phrase.isCounted ? .count(phrase.thing, phrase.count) : .exists(phrase.thing))
  }

  private mutating func relations() throws(ShapesError) -> [SceneRelation] {
    var found: [SceneRelation] = []
    while let relation = relation() {
      found.append(relation)
      guard take("and") else { break }
    }
    return found
  }

  /// The ways to say a relation; of two that begin alike the longer one comes first.
  static let relationPhrases: [(words: String, relation: SceneRelation)] = [
    ("on the left of", .leftOf), ("on the right of", .rightOf), ("on the top of", .above), ("on top of", .above),
    ("on the bottom of", .below), ("on the side of", .nextTo), ("on side of", .nextTo), ("to the left of", .leftOf),
    ("to the right of", .rightOf), ("left of", .leftOf), ("right of", .rightOf), ("above", .above),
    ("below", .below), ("next to", .nextTo), ("near", .nextTo), ("inside", .inside), ("larger than", .largerThan),
    ("smaller than", .smallerThan), ("the same color as", .sameColor),
  ]

  private mutating func relation() -> SceneRelation? {
    for (words, relation) in Self.relationPhrases where take(words) { return relation }
    return nil
  }

  private func check(container shape: ShapeName) throws(ShapesError) {
    guard !ShapeName.containers.contains(shape) else { return }
    throw .misplaced(shape.rawValue, line: line, expected: "a circle or a square, which have room inside")
  }

  // MARK: - Sentences

  private mutating func sentence() throws(ShapesError) {
    if take("several shapes on a plain") {
      try ground("background")
    } else if take("a scene set against a plain") {
      try ground("backdrop")
    } else if take("there is") || take("it also shows") {
      try object()
    } else if take("exactly") {
      var group = try phrase()
      group.isCounted = true
      state(group)
      try expect("fill the rest")
    } else if take("all shapes form a single") {
      guard let arrangement = Arrangement(rawValue: word) else { throw misplaced("'row' or 'column'") }
      next += 1
      facts.append(.arrangement(arrangement, named))
    } else if take("inside the") {
      let container = try shape()
      try check(container: container)
      try expect("sits the")
      facts.append(.relation(Thing(try shape()), .inside, Thing(container)))
    } else {
      try expect("the")
      let subject = try shape()
      if take("shares its color with the") || take("has the same color as the") {
        facts.append(.relation(Thing(subject), .sameColor, Thing(try shape())))
        return
      }
      try expect("is")
      guard let relation = relation() else { throw misplaced("a relation such as 'above'") }
      try expect("the")
      let reference = try shape()
      if relation == .inside { try check(container: reference) }
      facts.append(.relation(Thing(subject), relation, Thing(reference)))
    }
  }

  private mutating func ground(_ noun: String) throws(ShapesError) {
    guard let background = BackgroundName(rawValue: word) else {
      throw misplaced("a background: " + BackgroundName.allCases.map(\.rawValue).joined(separator: ", "))
    }
    next += 1
    try expect(noun)
    facts.append(.background(background))
  }

  /// An object of a description: its shape names it from then on, and each attribute is a fact of its own.
  private mutating func object() throws(ShapesError) {
    let thing = try phrase().thing
    facts.append(.exists(Thing(thing.shape)))
    if let color = thing.color { facts.append(.attribute(thing.shape, .color(color))) }
    if let size = thing.size { facts.append(.attribute(thing.shape, .size(size))) }
    if let texture = thing.texture { facts.append(.attribute(thing.shape, .texture(texture))) }
  }

  /// The shapes of objects so far, groups not included.
  private var named: [ShapeName] {
    facts.compactMap { fact in
      if case .exists(let thing) = fact { thing.shape } else { nil }
    }
  }

  private mutating func shape() throws(ShapesError) -> ShapeName {
    guard let shape = ShapeName(rawValue: word) else { throw misplaced("a shape") }
    next += 1
    return shape
  }

  // MARK: - Things

  private mutating func phrase() throws(ShapesError) -> Phrase {
    if take("as many") { return try compared(by: 0, than: "as") }
    if take("one more") { return try compared(by: 1, than: "than") }
    if take("one fewer") { return try compared(by: -1, than: "than") }
    var count = 1
    if word == "a" || word == "an" {
      next += 1
    } else if let number = Vocabulary.number(word) {
      (count, next) = (number, next + 1)
    }
    let thing = try thing(plural: count > 1)
    return Phrase(thing: thing, count: count, isCounted: count > 1)
  }

  /// A number that follows from the parts of a shape.
  private mutating func compared(by difference: Int, than joint: String) throws(ShapesError) -> Phrase {
    // `one more star`, but `as many stars`.
    let thing = try thing(plural: difference == 0)
    try expect("\(joint) a")
    for number in Inference.numbers where take(number.words.joined(separator: " ")) {
      inferences.append(number.sentence)
      return Phrase(thing: thing, count: number.count + difference, isCounted: true)
    }
    let known = Inference.numbers.map { $0.words.joined(separator: " ") }.joined(separator: "', '")
    throw misplaced("one of '\(known)'")
  }

  private mutating func thing(plural: Bool) throws(ShapesError) -> Thing {
    for (words, shape) in Inference.shapes where take(words) {
      inferences.append("a \(words) is a \(shape.rawValue)")
      var thing = Thing(shape)
      try tint(&thing)
      return thing
    }
    var (thing, adjective): (Thing, ShapeName?) = (Thing(.circle), nil)
    while true {
      if let size = SizeName(rawValue: word), thing.size == nil {
        thing.size = size
      } else if let texture = TextureName(rawValue: word), thing.texture == nil {
        thing.texture = texture
      } else if let color = ColorName(rawValue: word), thing.color == nil {
        thing.color = color
      } else if adjective == nil, let shape = self.adjective() {
        adjective = shape
      } else {
        break
      }
      next += 1
    }
    thing.shape = try noun(adjective, plural: plural)
    try tint(&thing)
    try check(thing)
    return thing
  }

  /// Refuses what no picture can show.
  private func check(_ thing: Thing) throws(ShapesError) {
    let isHuge = thing.size == .huge || thing.texture == .hollow
    if isHuge, !ShapeName.containers.contains(thing.shape) {
      throw .misplaced(
        thing.shape.rawValue, line: line, expected: "a circle or a square, for only those are huge and hollow")
    }
    guard let texture = thing.texture, let size = thing.size, !TextureName.fitting(size).contains(texture) else {
      return
    }
    let fitting = TextureName.fitting(size).map(\.rawValue).joined(separator: ", ")
    throw .misplaced(texture.rawValue, line: line, expected: "a texture of \(size.rawValue) objects: \(fitting)")
  }

  /// `square` is an adjective only where a colour or `object` follows.
  private func adjective() -> ShapeName? {
    guard let found = Inference.adjectives.first(where: { $0.word == word }) else { return nil }
    let following = next + 1 < words.count ? words[next + 1] : ""
    let isAdjective = ColorName(rawValue: following) != nil || following == "object" || following == "objects"
    return isAdjective ? found.shape : nil
  }

  private mutating func noun(_ adjective: ShapeName?, plural: Bool) throws(ShapesError) -> ShapeName {
    if let adjective {
      try expect(plural ? "objects" : "object")
      return adjective
    }
    guard let shape = ShapeName.allCases.first(where: { (plural ? $0.plural : $0.rawValue) == word }) else {
      throw misplaced(plural ? "several shapes, such as 'circles'" : "a colour, a size, a texture or one shape")
    }
    next += 1
    return shape
  }

  /// `in the color of grass`.
  private mutating func tint(_ thing: inout Thing) throws(ShapesError) {
    guard thing.color == nil, take("in the color of") else { return }
    guard let found = Inference.colors.first(where: { $0.word == word }) else {
      throw misplaced("one of " + Inference.colors.map(\.word).joined(separator: ", "))
    }
    next += 1
    thing.color = found.color
    inferences.append("\(found.word) is \(found.color.rawValue)")
  }
}
