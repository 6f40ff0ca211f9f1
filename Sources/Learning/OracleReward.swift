public import Models
public import Shapes

/// The exact judge of the built-in world: 1 if the picture shows what the prompt asks for, else 0.
public struct OracleReward: Reward {
  /// Whether a picture that is partly right gets a share of the reward. Binary is what the paper's judge
  /// gives.
  public let isGraded: Bool
  private let known: [String: Prompt]

  /// A judge.
  ///
  /// - Parameters:
  ///   - isGraded: whether partly right pictures get a share.
  ///   - prompts: prompts whose demands are not to be read from their text, such as those of a GenEval file.
  public init(isGraded: Bool = false, prompts: [Prompt] = []) {
    self.isGraded = isGraded
    known = Dictionary(prompts.map { ($0.text, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// "oracle", or "graded oracle".
  public var name: String { isGraded ? "graded oracle" : "oracle" }

  /// Judges samples, each by its own prompt.
  ///
  /// - Throws: ``ShapesError`` for a prompt that the world cannot read.
  public func judge(_ samples: [Sample]) throws -> [Judgement] {
    var read: [String: Prompt] = known
    return try samples.map { sample in
      let prompt: Prompt
      if let found = read[sample.prompt] {
        prompt = found
      } else {
        prompt = try PromptParser.parse(sample.prompt)
        read[sample.prompt] = prompt
      }
      let verdict = Oracle.judge(sample.image, prompt)
      return Judgement(isGraded ? verdict.score : verdict.passes ? 1 : 0)
    }
  }
}
