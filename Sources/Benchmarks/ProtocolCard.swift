public import Primitives

/// How a score came about: without it two numbers cannot be compared.
public struct ProtocolCard: Hashable, Sendable, Codable {
  /// The benchmark.
  public var benchmark = "mini-geneval"
  /// Who judged.
  public var judge = "oracle"
  /// What painted, in the experimenter's words.
  public var model: String
  /// Whether it thought first.
  public var isThinking: Bool?
  /// Classifier-free guidance; 1 is none.
  public var guidance: Double?
  /// The sampling temperature.
  public var temperature: Double?
  /// The sampling seed.
  public var seed: Int?
  /// Pictures of each prompt.
  public var imagesPerPrompt = 0
  /// Prompts that were scored.
  public var promptCount = 0
  /// What a perfect policy would reach behind the image tokenizer, where it was measured.
  public var ceiling: Estimate?

  /// A card; the counts are filled in when pictures are scored.
  public init(
    model: String, isThinking: Bool? = nil, guidance: Double? = nil, temperature: Double? = nil, seed: Int? = nil,
    ceiling: Estimate? = nil
  ) {
    (self.model, self.isThinking, self.guidance) = (model, isThinking, guidance)
    (self.temperature, self.seed, self.ceiling) = (temperature, seed, ceiling)
  }
}

extension ProtocolCard: CustomStringConvertible {
  /// One line, such as `mini-geneval · oracle · sft · thinking · guidance 1 · temperature 1 · seed 0 · 240 × 1 pictures`.
  public var description: String {
    var parts = [benchmark, judge, model]
    if let isThinking { parts.append(isThinking ? "thinking" : "not thinking") }
    if let guidance { parts.append("guidance \(Scorecard.short(guidance))") }
    if let temperature { parts.append("temperature \(Scorecard.short(temperature))") }
    if let seed { parts.append("seed \(seed)") }
    parts.append("\(promptCount) × \(imagesPerPrompt) pictures")
    if let ceiling { parts.append("ceiling \(Scorecard.text(ceiling))") }
    return parts.joined(separator: " · ")
  }
}
