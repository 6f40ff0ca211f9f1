/// A published way to learn from groups of samples: which parts it is made of. Each part can be set alone afterwards.
public enum PolicyMethod: String, Sendable, Hashable, CaseIterable {
  /// Ratio of tokens, clip 0.2, token mean, advantages in deviations of the group: GRPO as ReasonGen-R1 uses it (arXiv
  /// 2505.24875). As first published (Z. Shao et al., *DeepSeekMath*, 2024, arXiv 2402.03300, equation 3) its
  /// aggregation is ``Aggregation/sequence``.
  case grpo
  /// No division by deviation or length: Z. Liu et al., *Understanding R1-zero-like training*, 2025, arXiv 2503.20783,
  /// section 3.
  case drGRPO = "dr_grpo"
  /// A wider upper clip, 0.28, and the token mean: Q. Yu et al., *DAPO*, 2025, arXiv 2503.14476, sections 3.1 and 3.3.
  /// Its third part, refills, is set apart, since it costs rollouts.
  case dapo
  /// The ratio of sequences, whose clip is narrow (3·10⁻⁴ and 4·10⁻⁴), and the mean over sequences: C. Zheng et al.,
  /// *Group sequence policy optimization*, 2025, arXiv 2507.18071, sections 4 and 5.1.
  case gspo
  /// Bounded weights instead of a clip: MiniMax, *MiniMax-M1*, 2025, arXiv 2506.13585, section 3.1. There is no lower
  /// bound; the upper, which that paper does not state, is 5, as in D. Khatri et al., *The art of scaling reinforcement
  /// learning*, 2025, arXiv 2510.13786.
  case cispo
  /// Each sample against the mean of the others, no clip, every token the same weight: A. Ahmadian et al., *Back to
  /// basics*, 2024, arXiv 2402.14740. Its divergence, if it has a weight, is k1 in the reward. Deviation: with several
  /// updates the ratio of each token stands in for that of the sequence.
  case rloo
  /// Each sample against the whole batch, with the clip: J. Hu et al., *REINFORCE++*, 2025, arXiv 2501.03262. Its
  /// divergence, if it has a weight, is k1 in the reward. Deviation: its sum over the sample, not over the tokens that
  /// follow.
  case reinforcePlusPlus = "reinforce++"

  /// Sets the parts; what is no part of a method stays as it is.
  public func apply(to settings: inout PolicySettings) {
    var loss = PolicyLoss()
    (loss.klWeight, loss.credit) = (settings.loss.klWeight, settings.loss.credit)
    settings.advantage = .group
    switch self {
    case .grpo: break
    case .drGRPO: (loss.aggregation, settings.advantage) = (.constant, .groupMean)
    case .dapo: loss.clipHigh = 0.28
    case .gspo: (loss.ratio, loss.aggregation, loss.clip, loss.clipHigh) = (.sequence, .sequence, 3e-4, 4e-4)
    case .cispo: (loss.bound, loss.clip, loss.clipHigh) = (.weight, 1, 4)
    case .rloo:
      (loss.bound, loss.aggregation, settings.advantage) = (.free, .constant, .leaveOneOut)
      (loss.klDivergence, loss.klPlace) = (.k1, .reward)
    case .reinforcePlusPlus:
      settings.advantage = .batch
      (loss.klDivergence, loss.klPlace) = (.k1, .reward)
    }
    settings.loss = loss
    // Where groups are compared with each other, one without spread teaches as well.
    settings.dynamicSampling.dropsUniform = !settings.advantage.comparesGroups
  }
}
