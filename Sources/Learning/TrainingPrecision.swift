/// The numbers in which products of a training step are computed. Weights, sums, norms, losses and the optimizer stay in single
/// precision.
public enum TrainingPrecision: String, Sendable, Hashable, CaseIterable {
  /// Single precision.
  case fp32
  /// Factors rounded to bfloat16, where the machine has instructions for it; single precision elsewhere.
  case bf16
}
