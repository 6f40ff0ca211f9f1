/// A tokenizer with one token a word, for models whose world has few of them.
///
/// Text is lower-cased and split at white space; each of `. : ; , ?` is a word by itself.
public final class WordTokenizer: TextTokenizer {
  /// The names of the special tokens, which come first in this order.
  public static let specialNames = ["<pad>", "<bos>", "<eos>", "<think>", "<image_start>", "<image_end>"]
  private static let punctuation: Set<Character> = [".", ":", ";", ",", "?"]

  /// The words, without the special tokens, in the order of their numbers.
  public let words: [String]
  private let numbers: [String: Int32]

  /// The numbers 0…5, in the order of ``specialNames``.
  public let special = SpecialTokens(pad: 0, beginning: 1, end: 2, think: 3, imageStart: 4, imageEnd: 5)

  /// A tokenizer for a list of words.
  ///
  /// - Parameter words: in the order of their numbers, which begin after the special tokens.
  /// - Throws: ``ModelError/vocabulary(problem:)`` for a word that is there twice or that no text could contain.
  public init(words: [String]) throws {
    var numbers: [String: Int32] = [:]
    for word in words {
      guard Self.split(word) == [word] else {
        throw ModelError.vocabulary(problem: "'\(word)' cannot be one word: words are lower case, without spaces")
      }
      guard numbers[word] == nil else {
        throw ModelError.vocabulary(problem: "the word '\(word)' is in the vocabulary twice")
      }
      numbers[word] = Int32(Self.specialNames.count + numbers.count)
    }
    (self.words, self.numbers) = (words, numbers)
  }

  /// How many tokens there are, the special ones included.
  public var count: Int { Self.specialNames.count + words.count }

  /// The numbers of a text's words.
  ///
  /// - Parameters:
  ///   - text: what a user wrote.
  ///   - line: the line it stood in, for the error.
  /// - Returns: one number a word.
  /// - Throws: ``ModelError/unknownWord(_:nearest:line:)``.
  public func encode(_ text: String, line: Int?) throws -> [Int32] {
    try Self.split(text).map { word in
      guard let number = numbers[word] else {
        throw ModelError.unknownWord(word, nearest: nearest(to: word), line: line)
      }
      return number
    }
  }

  /// The words, with spaces between them but before punctuation; special tokens are left out.
  public func decode(_ ids: [Int32]) -> String {
    var text = ""
    for id in ids {
      let place = Int(id) - Self.specialNames.count
      guard words.indices.contains(place) else { continue }
      let word = words[place]
      let joins = text.isEmpty || (word.count == 1 && Self.punctuation.isSuperset(of: word))
      text += joins ? word : " " + word
    }
    return text
  }

  /// The words of a text, in lower case, punctuation apart.
  private static func split(_ text: String) -> [String] {
    var words: [String] = []
    for piece in text.lowercased().split(whereSeparator: \.isWhitespace) {
      var word = ""
      for character in piece {
        guard punctuation.contains(character) else {
          word.append(character)
          continue
        }
        if !word.isEmpty { words.append(word) }
        words.append(String(character))
        word = ""
      }
      if !word.isEmpty { words.append(word) }
    }
    return words
  }

  /// At most three known words that a slip of the fingers may have turned into another, nearest first.
  private func nearest(to word: String) -> [String] {
    // A very long word is no slip, and its distance would take long to work out.
    guard word.count <= 40 else { return [] }
    let limit = max(1, word.count / 3)
    let near = words.map { (word: $0, distance: Self.distance($0, word)) }.filter { $0.distance <= limit }
    // Stable: words at the same distance stay in the order of the vocabulary.
    return (1...limit).flatMap { distance in near.filter { $0.distance == distance } }.prefix(3).map(\.word)
  }

  /// How many letters must be put in, taken out or replaced to turn one word into the other (Levenshtein).
  private static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in second.enumerated() {
        let substituted = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[second.count]
  }
}
