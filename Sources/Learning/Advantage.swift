/// How much better a sample did than others.
public enum Advantage: String, Sendable, Hashable, Codable, CaseIterable {
  /// Than its group, in deviations of the group: (r − mean) / (deviation + 10⁻⁶).
  ///
  /// Source: Z. Shao et al., *DeepSeekMath*, 2024, arXiv 2402.03300, section 4.1.2; the unbiased deviation (divisor
  /// G − 1) and the floor as in ReasonGen-R1 (arXiv 2505.24875).
  case group
  /// Than its group, as it is: r − mean. A group that is nearly all right or all wrong does not weigh more.
  ///
  /// Source: Z. Liu et al., *Understanding R1-zero-like training* (Dr. GRPO), 2025, arXiv 2503.20783, section 3.
  case groupMean = "group_mean"
  /// Than the mean of the others of its group: r − (sum of the others) / (G − 1).
  ///
  /// Source: A. Ahmadian et al., *Back to basics* (RLOO), 2024, arXiv 2402.14740, section 2.
  case leaveOneOut = "leave_one_out"
  /// Than all samples of the step, in deviations of all.
  ///
  /// Source: J. Hu et al., *REINFORCE++*, 2025, arXiv 2501.03262.
  case batch
  /// Than its group, in deviations of all such differences of the step (REINFORCE++ with a baseline, same source).
  case groupBatch = "group_batch"
  /// The reward itself.
  case none

  /// Added to a deviation, so that rewards without spread are divided by something.
  public static let floor = 1e-6

  /// The advantages of all samples of a step.
  ///
  /// A sample that has no other to be compared with counts as mean 0, deviation 1.
  ///
  /// - Parameter groups: the rewards of each group.
  /// - Returns: one advantage a sample, in the same shape.
  public func callAsFunction(_ groups: [[Double]]) -> [[Double]] {
    switch self {
    case .group: return groups.map(Self.normalized)
    case .groupMean: return groups.map(Self.centred)
    case .leaveOneOut:
      return groups.map { group in
        let (sum, others) = (group.reduce(0, +), Double(group.count - 1))
        return others == 0 ? group : group.map { $0 - (sum - $0) / others }
      }
    case .batch: return Self.inOne(groups)
    case .groupBatch: return Self.inOne(groups.map(Self.centred))
    case .none: return groups
    }
  }

  /// Whether samples of equal reward have an advantage all the same, because other groups did worse or better.
  public var comparesGroups: Bool { self == .batch || self == .none }

  /// Rewards as z-scores: (r − mean) / (deviation + 10⁻⁶), with the unbiased deviation. Rewards without spread give 0.
  ///
  /// - Parameter rewards: of a group, or of a batch.
  /// - Returns: one advantage for each.
  public static func normalized(_ rewards: [Double]) -> [Double] {
    guard rewards.count > 1 else { return rewards.map { $0 / (1 + floor) } }
    let count = Double(rewards.count)
    let mean = rewards.reduce(0, +) / count
    let squares = rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (squares / (count - 1)).squareRoot()
    return rewards.map { ($0 - mean) / (deviation + floor) }
  }

  private static func centred(_ rewards: [Double]) -> [Double] {
    guard rewards.count > 1 else { return rewards }
    let mean = rewards.reduce(0, +) / Double(rewards.count)
    return rewards.map { $0 - mean }
  }

  /// All groups normalised as one.
  private static func inOne(_ groups: [[Double]]) -> [[Double]] {
    var all = normalized(groups.flatMap { $0 })[...]
    return groups.map { group in
      defer { all = all.dropFirst(group.count) }
      return Array(all.prefix(group.count))
    }
  }
}
