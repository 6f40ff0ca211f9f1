/// Something that the published code of ReasonGen-R1 does and its method does not ask for, to be switched on so that
/// its effect can be shown.
///
/// What has no counterpart here: the freezing of the image tokenizer by an attribute (weights that are not given to an
/// optimizer cannot change); losses that are not numbers set to 0 (a step that is not finite is undone); coefficients
/// apart in every process (there is one); samplers without a seed (every draw has an address); validation on the
/// benchmark's prompts (prompt lists are chosen, not built in); equal numbers of codes in all rows (nothing is
/// padded). Gradients summed over micro-batches are a matter of supervised training.
public enum Oddity: String, Sendable, Hashable, CaseIterable {
  /// With guidance, the scorer pairs neighbouring positions of a sequence instead of the same position with and without
  /// the prompt.
  case flatGuidance = "flat_guidance"
  /// Tokens are drawn at temperature 1 whatever was asked for; the scorer divides by what was asked for.
  case ignoredTemperature = "ignored_temperature"
  /// The start of the image counts as chosen even where it was put in place of an end, or for want of room.
  case relabelledStart = "relabelled_start"
  /// An end that was never drawn follows the last code, where training had the end of the image, and counts as chosen;
  /// in all samples of a batch but the longest.
  case splicedEnd = "spliced_end"
  /// The loss is the mean over micro-batches of each one's token mean, see ``Aggregation/microBatch``.
  case microBatchMean = "micro_batch_mean"
  /// Entropy coefficients move by ``EntropyControl/Rule/adam(rate:restarts:)`` without restarts, after each micro-batch
  /// by its own mean, and a saved state forgets them.
  case rawCoefficients = "raw_coefficients"
  /// A refill takes a whole batch of prompts from the queue and loses those that it does not use, groups that are too
  /// many are lost as well, and a step that eight batches do not fill ends the run.
  case lossyRefills = "lossy_refills"
  /// A judgement that failed is a reward of 0.
  case zeroFailures = "zero_failures"
  /// The reported reward is that of the groups that were kept.
  case filteredReward = "filtered_reward"
  /// Gradient norm and coefficients are reported of the last update alone.
  case lastMetrics = "last_metrics"
  /// A reference is kept and asked although its divergence has no weight; it is then reported.
  case idleReference = "idle_reference"
}

/// The oddities that are switched on.
public struct ReferenceMode: Sendable, Hashable {
  /// In the order of their declaration, each once.
  public let oddities: [Oddity]

  /// Some oddities.
  public init(_ oddities: [Oddity] = []) {
    self.oddities = Oddity.allCases.filter(oddities.contains)
  }

  /// None.
  public static var off: ReferenceMode { ReferenceMode() }
  /// All of them.
  public static var full: ReferenceMode { ReferenceMode(Oddity.allCases) }

  /// Whether an oddity is switched on.
  public func has(_ oddity: Oddity) -> Bool { oddities.contains(oddity) }

  /// Whether the sampler's record is not what the loss compares with: as in the published code, old log-probabilities
  /// are then computed by the scorer before the first update.
  var scoresAnew: Bool {
    has(.flatGuidance) || has(.ignoredTemperature) || has(.relabelledStart) || has(.splicedEnd)
  }
}

extension ReferenceMode: CustomStringConvertible {
  /// The names.
  public var description: String { oddities.map(\.rawValue).joined(separator: ", ") }
}
