/// The eight shapes of the world, in the order that fixed splits and the vocabulary count by.
public enum ShapeName: String, CaseIterable, Codable, Hashable, Sendable {
  case circle, square, triangle, star, diamond, cross, ring, heart

  /// The shapes that may be huge and hollow, with room for another one inside.
  public static let containers: [ShapeName] = [.circle, .square]

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

/// The sizes that an object may have.
public enum SizeName: String, Codable, Hashable, Sendable {
  case small, large
  /// A hollow object of twice the size in the middle of the picture, which another one may stand in.
  case huge

  /// The two sizes of objects that fill one place, from which sizes that nothing asks for are drawn.
  public static let ordinary: [SizeName] = [.small, .large]
}

/// What the surface of an object looks like.
public enum TextureName: String, CaseIterable, Codable, Hashable, Sendable {
  case solid
  /// Five bands, level, every second one pale. Small objects have no room for it.
  case striped
  /// Four by four squares, every second one pale. Small objects have no room for it.
  case checkered
  /// A rim around nothing: huge circles and squares.
  case hollow

  /// The textures that an object of a size may have.
  public static func fitting(_ size: SizeName) -> [TextureName] {
    switch size {
    case .small: [.solid]
    case .large: [.solid, .striped, .checkered]
    case .huge: [.hollow]
    }
  }

  /// The position in `allCases`.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What is behind the objects.
public enum BackgroundName: String, CaseIterable, Codable, Hashable, Sendable {
  case gray, beige, teal, sky
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
    + ColorName.allCases.map(\.rawValue) + SizeName.ordinary.map(\.rawValue)
    + ["object", "objects", "at", ":", ";", "."] + grown

  /// The words of textures, relations, backgrounds, descriptions, inferences and questions: after the words of
  /// GenEval's tasks, so that a model that was trained before them keeps its numbers. New words go to the end.
  private static let grown: [String] =
    ["huge"] + TextureName.allCases.map(\.rawValue) + BackgroundName.allCases.map(\.rawValue)
    + ["plain", "background", "backdrop", "scene", "set", "against", "several", "shape", "shapes", "picture"]
    + ["the", "there", "is", "are", "its", "it", "also", "shows", "on", "in", "to", "with", "than", "as", "side"]
    + ["next", "near", "inside", "sits", "larger", "smaller", "same", "color", "shares", "has", "have"]
    + ["exactly", "fill", "rest", "all", "form", "single", "row", "column", "size", "texture"]
    + ["round", "triangular", "star-shaped", "diamond-shaped", "cross-shaped", "ring-shaped", "heart-shaped"]
    + ["many", "more", "fewer", "corners", "points", "arms", "hole", "without", "love", "since", "so", "no"]
    + ["grass", "snow", "coal", "tomato", "lemon", "chocolate", "plum", "flamingo", "carrot", "ocean"]
    + ["yes", "what", "which", "how", "does", "?"]

  /// The number that a word names, `nil` for other words.
  static func number(_ word: String) -> Int? {
    word.isEmpty ? nil : numbers.firstIndex(of: word)
  }
}
