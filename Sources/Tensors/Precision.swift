/// In which numbers a product reads its factors; sums are always in single precision.
public enum Precision: String, CaseIterable, Codable, Hashable, Sendable {
  /// Single precision: 24 significant bits.
  case fp32
  /// Both factors are rounded to bfloat16: 8 significant bits, the range of single precision.
  case bf16
  /// The weight is rounded to whole multiples, −127 to 127, of one number for each output; the other factor
  /// stays in single precision. For inference: what is recorded on a tape reads the weight in single precision.
  case int8
}
