import Tensors

/// How gradients change the weights: AdamW after clipping of the gradients' common norm.
public struct OptimizerSettings: Sendable, Hashable {
  /// The highest learning rate.
  public var learningRate: Double
  /// How much of the first and of the second moment is kept.
  public var betas: SIMD2<Double>
  /// How much of itself a weight loses, times the learning rate.
  public var weightDecay: Double
  /// The largest common norm of the gradients.
  public var clipNorm: Double
  /// How the learning rate changes over a run.
  public var schedule: Schedule

  /// The course of the learning rate over the steps that a run was asked for.
  public enum Schedule: String, Sendable, Hashable, CaseIterable {
    /// Always the highest.
    case constant
    /// A linear rise over the first 5 % of the steps, then half a cosine to 0, as published for supervised
    /// training.
    case cosine
    /// Half a cosine up over 30 % of the steps, half a cosine down over the rest; best for short runs from
    /// nothing.
    case oneCycle
  }

  /// Settings.
  public init(
    learningRate: Double, betas: SIMD2<Double> = [0.9, 0.999], weightDecay: Double = 0.01, clipNorm: Double = 1,
    schedule: Schedule = .constant
  ) {
    (self.learningRate, self.betas, self.weightDecay) = (learningRate, betas, weightDecay)
    (self.clipNorm, self.schedule) = (clipNorm, schedule)
  }

  func check() throws {
    try require("the learning rate", learningRate, learningRate > 0 && learningRate.isFinite, "above 0")
    for beta in [betas.x, betas.y] { try require("a beta", beta, beta >= 0 && beta < 1, "at least 0 and below 1") }
    try require("the weight decay", weightDecay, weightDecay >= 0 && weightDecay.isFinite, "at least 0")
    try require("the norm that gradients are clipped to", clipNorm, clipNorm > 0, "above 0")
  }

  func optimizer(for parameters: [Parameter]) -> AdamW {
    AdamW(
      parameters, learningRate: Float(learningRate), betas: (Float(betas.x), Float(betas.y)),
      weightDecay: Float(weightDecay))
  }

  /// The learning rate of a step of a plan.
  ///
  /// - Parameters:
  ///   - step: counted from the plan's first.
  ///   - total: how many steps the plan has.
  func rate(at step: Int, of total: Int) -> Float {
    let form: LearningRateSchedule =
      switch schedule {
      case .constant: .constant
      case .cosine: .cosine(warmup: total / 20, total: total)
      case .oneCycle: .oneCycle(total: total)
      }
    return Float(learningRate) * form.factor(at: step)
  }
}

/// Refuses a setting that is out of its range.
func require(_ name: String, _ value: some CustomStringConvertible, _ holds: Bool, _ expected: String) throws {
  guard holds else {
    throw LearningError.setting(name, value: value.description, expected: expected)
  }
}
