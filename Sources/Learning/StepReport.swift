public import Models

/// What a trainer tells after a step. It holds no clock: whoever shows times takes them.
public struct StepReport {
  /// The step's number, counted from 0.
  public let index: Int
  /// Its numbers, in the order of the trainer's columns; the same bytes in every run of the same training.
  public let metrics: [Metric]
  /// The samples that the policy drew in this step, group by group; empty in supervised training.
  public let samples: [Sample]
  /// The reward of each sample.
  public let rewards: [Double]
  /// The advantage of each sample, NaN where the step did not learn from it; empty in supervised training.
  public let advantages: [Double]
  /// What a reader should know, such as why nothing was learned; mostly empty.
  public let notes: [String]

  /// A number by its name, or `nil` if there is none of that name.
  public subscript(name: String) -> Double? {
    metrics.first { $0.name == name }?.value
  }
}
