/// Prompts from text: `[a photo of] THING`, `THING and THING …` or `THING RELATION THING`, where a thing is an
/// article or number, perhaps a colour, and a shape; and what ``PhraseReader`` adds to it.
public enum PromptParser {
  /// Reads one prompt.
  ///
  /// - Parameters:
  ///   - text: the text; case, the prefix `a photo of`, commas for `and`, and a last full stop are free.
  ///   - line: its line in a file, for messages.
  /// - Returns: the prompt in canonical spelling, prefix included, which is what a model should be given.
  /// - Throws: ``ShapesError`` that names the word, and the line if there is one. Unknown words are reported before
  ///   misplaced ones.
  public static func parse(_ text: String, line: Int? = nil) throws(ShapesError) -> Prompt {
    let words = split(text)
    for word in words where !known.contains(word) {
      throw .unknownWord(word, line: line, nearest: nearest(to: word))
    }
    let prompt = try read(words, text, line: line)
    let shapes = prompt.namedShapes
    for (index, shape) in shapes.enumerated() where shapes[..<index].contains(shape) {
      throw .repeatedShape(shape.rawValue, line: line)
    }
    guard prompt.objectCount <= Cell.allCases.count else { throw .tooMany(prompt.objectCount, line: line) }
    return prompt
  }

  /// GenEval's grammar first: what it can read means what it has always meant.
  private static func read(_ words: [String], _ text: String, line: Int?) throws(ShapesError) -> Prompt {
    do {
      var reader = Reader(words: words, line: line)
      return try reader.prompt()
    } catch let first {
      let sentences = splitSentences(text)
      var reader = PhraseReader(words: sentences, line: line)
      do {
        try reader.read()
      } catch {
        throw words.allSatisfy(plain.contains) ? first : error
      }
      let body = sentences.starts(with: ["a", "photo", "of"]) ? Array(sentences.dropFirst(3)) : sentences
      let joined = body.joined(separator: " ").replacing(" .", with: ".")
      return Prompt(
        text: "\(Vocabulary.prefix) \(joined)", task: nil, include: [], facts: reader.facts,
        inferences: reader.inferences)
    }
  }

  /// Words of GenEval's own grammar.
  private static let plain = Set(Vocabulary.words.prefix { $0 != "small" })

  /// Lower-case words with full stops between sentences as words of their own; a description keeps its last one.
  private static func splitSentences(_ text: String) -> [String] {
    var words = split(text.replacing(".", with: " . "), keepsStops: true)
    if words.last == ".", words.count(where: { $0 == "." }) == 1 { words.removeLast() }
    return words
  }

  /// Every word of a text that the world does not know, in order, without repetition.
  public static func unknownWords(in text: String) -> [String] {
    var found: [String] = []
    for word in split(text) where !known.contains(word) && !found.contains(word) { found.append(word) }
    return found
  }

  private static let known = Set(Vocabulary.words)

  /// Lower-case words; a comma counts as `and` unless one follows, and full stops at ends of words are dropped.
  private static func split(_ text: String, keepsStops: Bool = false) -> [String] {
    var words: [String] = []
    for piece in text.lowercased().split(whereSeparator: \.isWhitespace) {
      if keepsStops, piece == "." {
        words.append(".")
        continue
      }
      var word = spellings[String(piece)].map { $0[...] } ?? piece
      var isListed = false
      while let last = word.last, last == "," || last == "." {
        isListed = isListed || last == ","
        word.removeLast()
      }
      if word == "and", words.last == "and" { continue }
      if !word.isEmpty { words.append(String(word)) }
      if isListed { words.append("and") }
    }
    return words
  }

  private static let spellings = ["colour": "color", "grey": "gray"]

  /// The known word at the smallest edit distance, if that is at most a third of the word and at most 2.
  private static func nearest(to word: String) -> String? {
    guard word.utf8.count <= 16 else { return nil }
    let limit = min(2, word.utf8.count / 3)
    let ranked = Vocabulary.words.map { (word: $0, distance: distance($0, word)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
    return best.word
  }

  /// Levenshtein's distance in bytes.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[b.count]
  }
}

/// A recursive-descent reader over words that are all known.
private struct Reader {
  let words: [String]
  let line: Int?
  private var next = 0

  init(words: [String], line: Int?) {
    (self.words, self.line) = (words, line)
    if words.starts(with: ["a", "photo", "of"]) { next = 3 }
  }

  private var word: String { next < words.count ? words[next] : "" }

  mutating func prompt() throws(ShapesError) -> Prompt {
    let first = try thing()
    if let relation = try relation() {
      let reference = try thing()
      guard word.isEmpty else { throw misplaced("the end of the prompt") }
      return PromptWriter.prompt(first, relation, reference)
    }
    var clauses = [first]
    while word == "and" {
      next += 1
      clauses.append(try thing())
    }
    guard word.isEmpty else { throw misplaced("'and', a relation, or the end of the prompt") }
    return PromptWriter.prompt(clauses)
  }

  private mutating func thing() throws(ShapesError) -> Prompt.Clause {
    var count: Int?
    if word == "a" || word == "an" {
      count = 1
    } else {
      count = Vocabulary.number(word)
    }
    if count != nil { next += 1 }
    let color = ColorName(rawValue: word)
    if color != nil { next += 1 }
    if let shape = ShapeName(rawValue: word), count ?? 1 == 1 {
      next += 1
      return .init(shape, color: color)
    }
    if let count, count > 1, let shape = ShapeName.allCases.first(where: { $0.plural == word }) {
      next += 1
      return .init(shape, count: count, color: color)
    }
    if count == nil, color == nil { throw misplaced("an article, a number, a colour or a shape") }
    throw misplaced((count ?? 1) == 1 ? "one shape" : "several shapes, such as 'circles'")
  }

  private mutating func relation() throws(ShapesError) -> Relation? {
    let found: Relation? =
      switch word {
      case "left": .leftOf
      case "right": .rightOf
      case "above": .above
      case "below": .below
      default: nil
      }
    guard let found else { return nil }
    next += 1
    if found == .leftOf || found == .rightOf {
      guard word == "of" else { throw misplaced("'of'") }
      next += 1
    }
    return found
  }

  private func misplaced(_ expected: String) -> ShapesError { .misplaced(word, line: line, expected: expected) }
}
