public import Models

/// Judges samples: the higher, the better.
public protocol Reward {
  /// What it is called in tables and messages.
  var name: String { get }
  /// Judges samples. A sample's judgement depends on nothing but the samples, so that it can be repeated.
  ///
  /// - Parameter samples: samples with prompt, rationale and image.
  /// - Returns: one judgement for each, in order; 1 stands for full success.
  /// - Throws: whatever keeps it from judging at all; the step is then not applied.
  func judge(_ samples: [Sample]) throws -> [Judgement]
}

extension Reward {
  /// The judgements, checked.
  ///
  /// - Parameter step: the step that asks, for messages.
  /// - Throws: ``LearningError/rewardCount(name:scores:samples:)``, ``LearningError/notFinite(_:step:source:)`` with
  ///   the sample's prompt, and what ``judge(_:)`` throws.
  public func checkedJudgements(_ samples: [Sample], step: Int) throws -> [Judgement] {
    let judgements = try judge(samples)
    guard judgements.count == samples.count else {
      throw LearningError.rewardCount(name: name, scores: judgements.count, samples: samples.count)
    }
    if let index = judgements.firstIndex(where: { $0.score?.isFinite == false }) {
      throw LearningError.notFinite(
        "the reward '\(name)' of sample \(index) ('\(samples[index].prompt)')", step: step)
    }
    return judgements
  }

  /// The scores, checked; those that failed take the mean of the others of their prompt.
  ///
  /// - Parameter step: the step that asks, for messages.
  /// - Throws: as ``checkedJudgements(_:step:)``.
  public func checkedScore(_ samples: [Sample], step: Int) throws -> [Double] {
    try checkedJudgements(samples, step: step).scores(of: samples)
  }

  /// The scores, unchecked; those that failed take the mean of the others of their prompt.
  ///
  /// - Throws: what ``judge(_:)`` throws.
  public func score(_ samples: [Sample]) throws -> [Double] { try judge(samples).scores(of: samples) }
}
