public import Models

/// Judges samples: the higher, the better.
public protocol Reward {
  /// What it is called in tables and messages.
  var name: String { get }
  /// Scores samples.
  ///
  /// - Parameter samples: samples with prompt, rationale and image.
  /// - Returns: one finite number for each, in order; 1 stands for full success.
  /// - Throws: whatever keeps it from judging; the step is then not applied.
  func score(_ samples: [Sample]) throws -> [Double]
}

extension Reward {
  /// The scores, checked.
  ///
  /// - Parameter step: the step that asks, for messages.
  /// - Throws: ``LearningError/rewardCount(name:scores:samples:)``, ``LearningError/notFinite(_:step:source:)``, and
  ///   what ``score(_:)`` throws.
  public func checkedScore(_ samples: [Sample], step: Int) throws -> [Double] {
    let scores = try score(samples)
    guard scores.count == samples.count else {
      throw LearningError.rewardCount(name: name, scores: scores.count, samples: samples.count)
    }
    if let index = scores.firstIndex(where: { !$0.isFinite }) {
      throw LearningError.notFinite(
        "the reward '\(name)' of sample \(index) ('\(samples[index].prompt)')", step: step)
    }
    return scores
  }
}

/// Any function as a reward.
public struct ClosureReward: Reward {
  /// What it is called in tables and messages.
  public let name: String
  private let body: ([Sample]) throws -> [Double]

  private init(name: String, body: @escaping ([Sample]) throws -> [Double]) {
    (self.name, self.body) = (name, body)
  }

  /// A reward that sees one sample at a time.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - score: from a sample to a finite number; 1 stands for full success.
  public init(name: String = "reward", _ score: @escaping (Sample) throws -> Double) {
    self.init(name: name, body: { try $0.map(score) })
  }

  /// A reward that sees all samples of a step at once.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - score: from samples to one finite number for each, in order.
  public static func batch(
    name: String = "reward", _ score: @escaping ([Sample]) throws -> [Double]
  ) -> ClosureReward {
    ClosureReward(name: name, body: score)
  }

  /// What the function says.
  public func score(_ samples: [Sample]) throws -> [Double] { try body(samples) }
}
