public import Models

/// Any function as a reward.
public struct ClosureReward: Reward {
  /// What it is called in tables and messages.
  public let name: String
  private let body: ([Sample]) throws -> [Judgement]

  private init(name: String, body: @escaping ([Sample]) throws -> [Judgement]) {
    (self.name, self.body) = (name, body)
  }

  /// A reward that sees one sample at a time.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - score: from a sample to a finite number, 1 for full success, or to `nil` if it cannot say.
  public init(name: String = "reward", _ score: @escaping (Sample) throws -> Double?) {
    self.init(
      name: name,
      body: { samples in
        try samples.map { try score($0).map { Judgement($0) } ?? Judgement(failure: "'\(name)' gave no number") }
      })
  }

  /// A reward that sees all samples of a step at once.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - score: from samples to one finite number for each, in order.
  public static func batch(
    name: String = "reward", _ score: @escaping ([Sample]) throws -> [Double]
  ) -> ClosureReward {
    ClosureReward(name: name, body: { try score($0).map { Judgement($0) } })
  }

  /// What the function says.
  public func judge(_ samples: [Sample]) throws -> [Judgement] { try body(samples) }
}
