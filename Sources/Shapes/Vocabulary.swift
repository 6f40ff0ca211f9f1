/// The eight shapes of the world, in the order that fixed splits and the vocabulary count by.
public enum ShapeName: String, CaseIterable, Codable, Hashable, Sendable {
  case circle, square, triangle, star, diamond, cross, ring, heart

  /// The word for several of them.
  public var plural: String { self == .cross ? "crosses" : rawValue + "s" }

  /// The position in `allCases`.
  public var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The ten colours of GenEval, in the benchmark's order.
public enum ColorName: String, CaseIterable, Codable, Hashable, Sendable {
  case red, orange, yellow, green, blue, purple, pink, brown, black, white

  /// The position in `allCases`.
  public var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The indefinite article before the word.
  var article: String { self == .orange ? "an" : "a" }
}

/// The two sizes that an object may have.
public enum SizeName: String, CaseIterable, Codable, Hashable, Sendable {
  case small, large
}

/// Words of the world: everything that prompts and rationales are made of.
public enum Vocabulary {
  /// What a prompt begins with, as in GenEval.
  public static let prefix = "a photo of"

  /// Number words; the index is the number, and there is none for zero.
  static let numbers = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

  /// Every word once, in a fixed order: a tokenizer numbers them by it, so the order is part of a checkpoint.
  public static let words: [String] =
    ["a", "an", "photo", "of", "and"]
    + numbers.dropFirst()
    + ["left", "right", "above", "below", "top", "bottom", "center"]
    + ShapeName.allCases.map(\.rawValue) + ShapeName.allCases.map(\.plural)
    + ColorName.allCases.map(\.rawValue) + SizeName.allCases.map(\.rawValue)
    + ["object", "objects", "at", ":", ";", "."]

  /// The number that a word names, `nil` for other words.
  static func number(_ word: String) -> Int? {
    word.isEmpty ? nil : numbers.firstIndex(of: word)
  }
}
