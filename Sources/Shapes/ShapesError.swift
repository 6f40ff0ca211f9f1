/// Why a text is not a prompt of this world.
public enum ShapesError: Error, CustomStringConvertible, Hashable, Sendable {
  /// A word that the world has no use for: the word, its line if it came from a file, the nearest known word.
  case unknownWord(String, line: Int?, nearest: String?)
  /// A known word in a place where it makes no sense: the word (empty at the end), what could stand there.
  case misplaced(String, line: Int?, expected: String)
  /// A shape that is named twice.
  case repeatedShape(String, line: Int?)
  /// More objects than there is room for.
  case tooMany(Int, line: Int?)

  /// What is wrong, where, and what would be right.
  public var description: String {
    switch self {
    case .unknownWord(let word, let line, let nearest):
      "\(Self.place(line))the shapes world does not know the word '\(word)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "it knows \(Self.known)")
    case .misplaced(let word, let line, let expected):
      "\(Self.place(line))\(word.isEmpty ? "the prompt ends too early" : "'\(word)' cannot stand there"); "
        + "expected \(expected), as in 'a photo of a red star left of a circle'"
    case .repeatedShape(let shape, let line):
      "\(Self.place(line))the prompt names '\(shape)' twice, so that no judge could tell which is meant; "
        + "name two different shapes, or a number of one: 'two \(ShapeName(rawValue: shape)?.plural ?? shape)'"
    case .tooMany(let count, let line):
      "\(Self.place(line))the prompt asks for \(count) objects; a picture has room for \(Cell.allCases.count)"
    }
  }

  private static let known =
    "the shapes \(ShapeName.allCases.map(\.rawValue).joined(separator: ", ")), the colours "
    + "\(ColorName.allCases.map(\.rawValue).joined(separator: ", ")), numbers, and "
    + Relation.allCases.map(\.rawValue).joined(separator: ", ")

  private static func place(_ line: Int?) -> String { line.map { "line \($0): " } ?? "" }
}
