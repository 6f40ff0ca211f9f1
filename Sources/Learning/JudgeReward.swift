public import Models

/// A learned judge: a vision-language model that is asked whether a picture shows what its prompt asks for, and answers
/// in words.
///
/// It sees the picture and the prompt, never the rationale. An answer that is neither yes nor no is a failed judgement.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), whose judge is Qwen2.5-VL-7B; here one of 1 million weights.
public struct JudgeReward: Reward {
  /// Whether the reward is the judge's probability of yes instead of its answer.
  public let isGraded: Bool
  /// The judge.
  public let model: Janus
  private let title: String

  /// A judge.
  ///
  /// - Parameters:
  ///   - model: has a vision encoder.
  ///   - name: what it is called.
  ///   - isGraded: whether the reward is the probability of yes, 0…1, instead of 1 or 0.
  /// - Throws: `ModelError` for a model without a vision encoder.
  public init(_ model: Janus, name: String, isGraded: Bool = false) throws {
    _ = try model.eyes()
    (self.model, title, self.isGraded) = (model, name, isGraded)
  }

  /// Its name, "graded" before it if it is.
  public var name: String { isGraded ? "graded \(title)" : title }

  /// What the judge answers.
  ///
  /// - Throws: `ModelError` for a prompt with a word that the judge does not know.
  public func judge(_ samples: [Sample]) throws -> [Judgement] {
    let answers = try model.ask(
      samples.map { JudgeQuestion.text($0.prompt) }, about: samples.map(\.image), limit: 1)
    return answers.map { answer in
      let judgement = JudgementText.yesOrNo(answer.text)
      guard isGraded, judgement.score != nil else { return judgement }
      return Judgement(answer.probability(of: JudgeQuestion.yes))
    }
  }
}
