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

  /// `[G]`: how much better each sample did than the group.
  public var advantages: [Double] { Advantage.normalized(rewards) }

  /// Whether the group can teach.
  public var isInformative: Bool { DynamicSampling.isInformative(rewards) }
}
