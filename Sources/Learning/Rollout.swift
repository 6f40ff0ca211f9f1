public import Models
public import Shapes

/// One group: what a policy made of one prompt, and what that was worth.
public struct Rollout {
  /// The prompt's place in the trainer's list.
  public let promptIndex: Int
  /// The prompt.
  public let prompt: Prompt
  /// `G` samples.
  public let samples: [Sample]
  /// `[G]`: the reward of each.
  public let rewards: [Double]
  /// `[G]`: whether each was a full success.
  public let successes: [Bool]

  /// How many judgements failed.
  public let failures: Int
  /// `[G]`: the advantage of each; empty while none was given, as in a group that the step did not learn from.
  public internal(set) var advantages: [Double] = []

  /// Whether the group can teach.
  public var isInformative: Bool { DynamicSampling.isInformative(rewards) }
}
