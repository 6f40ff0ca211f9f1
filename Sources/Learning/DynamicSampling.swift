/// Which groups a step learns from, and what it does when there are too few of them.
///
/// A group whose samples all got the same reward has advantage 0 everywhere and teaches nothing; DAPO (arXiv
/// 2503.14476, section 3.2) draws until a step is full of groups with spread. The published code ends the run
/// when eight batches do not fill a step; here a step is taken with what there is, see ``Shortage``, and skipped
/// when there are fewer groups than ``minimum``. Prompts that were drawn and not needed go back to the queue.
public struct DynamicSampling: Sendable, Hashable, Codable {
  /// What a step does that may draw no more and is not full.
  public enum Shortage: String, Sendable, Hashable, Codable, CaseIterable {
    /// It learns from the groups that there are, as if the batch were smaller.
    case partial
    /// It is filled with groups without spread: they teach nothing but count in the mean, so that a step with few
    /// groups is a small one.
    case pad
  }

  /// Whether groups without spread are left out of the loss (and of its token count).
  public var dropsUniform: Bool
  /// How many more batches of prompts a step may draw to replace groups that were left out.
  public var refills: Int
  /// The fewest groups that make a step; with fewer, the model stays as it is.
  public var minimum: Int
  /// What happens when groups are missing all the same.
  public var shortage: Shortage

  /// A rule.
  ///
  /// - Parameters:
  ///   - dropsUniform: whether groups without spread are left out.
  ///   - refills: further batches a step may draw, 0 or more.
  ///   - minimum: the fewest groups that make a step, 1 or more.
  ///   - shortage: what happens when groups are missing all the same.
  public init(dropsUniform: Bool = true, refills: Int = 0, minimum: Int = 1, shortage: Shortage = .partial) {
    (self.dropsUniform, self.refills, self.minimum, self.shortage) = (dropsUniform, refills, minimum, shortage)
  }

  func check() throws {
    try require("the number of refills", refills, refills >= 0, "at least 0")
    try require("the fewest groups", minimum, minimum >= 1, "at least 1")
  }

  /// Whether a group can teach: its rewards differ, or it is a single sample, which has nothing to differ
  /// from.
  public static func isInformative(_ rewards: [Double]) -> Bool {
    rewards.count == 1 || rewards.contains { $0 != rewards[0] }
  }

  /// The share of groups that are informative if every sample succeeds independently: 1 − pᴳ − (1 − p)ᴳ.
  ///
  /// - Parameters:
  ///   - success: p, the probability that a sample is rewarded, 0…1.
  ///   - group: G, samples a prompt.
  public static func expectedShare(success: Double, group: Int) -> Double {
    var (all, none) = (1.0, 1.0)
    for _ in 0..<max(group, 0) {
      all *= success
      none *= 1 - success
    }
    return group == 1 ? 1 : 1 - all - none
  }

  /// How many prompts a refill draws: the power of two that is two to four times what is missing, so that one
  /// refill mostly suffices.
  ///
  /// - Parameters:
  ///   - missing: groups still missing, at least 1.
  ///   - prompts: prompts a step, the most that are drawn.
  ///   - least: the fewest that are drawn.
  public static func refillSize(missing: Int, prompts: Int, least: Int = 1) -> Int {
    var size = 2
    var left = missing
    while left > 0, size < prompts {
      left >>= 1
      size <<= 1
    }
    return min(prompts, max(least, size))
  }

  /// Whether a step draws once more.
  ///
  /// - Parameters:
  ///   - kept: groups that can teach so far.
  ///   - prompts: groups that a full step has.
  ///   - refilled: refills that this step has drawn.
  public func refills(kept: Int, of prompts: Int, refilled: Int) -> Bool {
    dropsUniform && kept < prompts && refilled < refills
  }
}
