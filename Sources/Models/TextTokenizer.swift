/// Text to token numbers and back.
public protocol TextTokenizer: Sendable {
  /// How many tokens there are; numbers are in `0..<count`.
  var count: Int { get }
  /// The tokens that are not text.
  var special: SpecialTokens { get }

  /// The tokens of a text, without any special one.
  ///
  /// - Parameters:
  ///   - text: what a user wrote.
  ///   - line: the line it stood in, for the error.
  /// - Returns: token numbers.
  /// - Throws: ``ModelError/unknownWord(_:nearest:line:)``.
  func encode(_ text: String, line: Int?) throws -> [Int32]

  /// The text of tokens; special ones are left out.
  func decode(_ ids: [Int32]) -> String
}

extension TextTokenizer {
  /// The tokens of a text, without any special one.
  ///
  /// - Parameter text: what a user wrote.
  /// - Returns: token numbers.
  /// - Throws: ``ModelError/unknownWord(_:nearest:line:)``.
  public func encode(_ text: String) throws -> [Int32] { try encode(text, line: nil) }
}

/// The numbers of the tokens that structure a sequence.
public struct SpecialTokens: Sendable, Hashable {
  /// Fills a batch up; never inside a sequence.
  public var pad: Int32
  /// Begins every sequence.
  public var beginning: Int32
  /// Ends every sequence.
  public var end: Int32
  /// After the prompt: what follows is a rationale.
  public var think: Int32
  /// What follows is an image.
  public var imageStart: Int32
  /// The image is complete.
  public var imageEnd: Int32

  /// The numbers, one for each role.
  public init(pad: Int32, beginning: Int32, end: Int32, think: Int32, imageStart: Int32, imageEnd: Int32) {
    (self.pad, self.beginning, self.end) = (pad, beginning, end)
    (self.think, self.imageStart, self.imageEnd) = (think, imageStart, imageEnd)
  }
}
