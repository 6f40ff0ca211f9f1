/// A prompt and what follows it, as token numbers.
///
/// With a rationale: `BOS prompt THINK rationale IMAGE_START codes IMAGE_END EOS`; without: `BOS prompt IMAGE_START codes
/// IMAGE_END EOS`. What the model is given counts as prompt: everything up to THINK, or, without it, up to IMAGE_START.
public struct TokenSequence: Sendable, Hashable, Codable {
  /// Token numbers: of the text vocabulary, or image codes where ``isImage`` says so (the two ranges overlap).
  public var ids: [Int32]
  /// Which positions hold image codes.
  public var isImage: [Bool]
  /// How many positions belong to the prompt; the rest is the response.
  public var promptCount: Int

  /// A sequence from its parts.
  ///
  /// - Parameters:
  ///   - ids: T token numbers.
  ///   - isImage: T flags.
  ///   - promptCount: 1…T.
  public init(ids: [Int32], isImage: [Bool], promptCount: Int) {
    (self.ids, self.isImage, self.promptCount) = (ids, isImage, promptCount)
  }

  /// A prompt to which nothing has been added.
  init(prompt: [Int32]) {
    self.init(ids: prompt, isImage: Array(repeating: false, count: prompt.count), promptCount: prompt.count)
  }

  /// How many positions there are.
  public var count: Int { ids.count }
  /// How many positions the response has.
  public var responseCount: Int { ids.count - promptCount }
  /// The image codes, in order.
  public var codes: [Int32] { zip(ids, isImage).filter(\.1).map(\.0) }

  /// The first positions.
  func prefix(_ count: Int) -> TokenSequence {
    TokenSequence(
      ids: Array(ids.prefix(count)), isImage: Array(isImage.prefix(count)), promptCount: min(promptCount, count))
  }

  mutating func append(_ id: Int32, isImage image: Bool = false) {
    ids.append(id)
    isImage.append(image)
  }

  /// The same image without prompt and rationale, positions closed up: what prompt dropout trains, and what guidance
  /// compares with.
  ///
  /// Source: J. Ho, T. Salimans, 2022, arXiv 2207.12598, algorithm 1 (joint training with a null condition).
  ///
  /// - Parameter special: the numbers of the special tokens.
  /// - Returns: `BOS IMAGE_START codes …`, whatever follows the codes included.
  public func withoutPrompt(_ special: SpecialTokens) -> TokenSequence {
    var result = TokenSequence(prompt: [special.beginning, special.imageStart])
    guard let first = isImage.firstIndex(of: true) else { return result }
    for position in first..<count { result.append(ids[position], isImage: isImage[position]) }
    return result
  }
}
