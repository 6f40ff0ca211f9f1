public import Primitives

/// How a picture is sampled.
public struct SamplingOptions: Sendable, Hashable {
  /// Whether the model writes a rationale before it paints.
  public var think: Bool
  /// The guidance weight w; 1 is none. Image logits become u + w(c − u), with u those without prompt and rationale.
  public var guidance: Float
  /// What logits are divided by, in text and image alike; above 0.
  public var temperature: Float
  /// Draw from the k likeliest tokens only; `nil` draws from all.
  public var topK: Int?
  /// Draw from the likeliest tokens that together have at least this probability, above 0; 1 draws from all.
  public var topP: Float
  /// How many tokens a rationale may have.
  public var maximumRationale: Int
  /// Whether codes are decoded to pictures; without, samples have empty ones.
  public var decodesImages: Bool

  /// Options with the values of training: think, no guidance, temperature 1, the whole distribution.
  public init(
    think: Bool = true, guidance: Float = 1, temperature: Float = 1, topK: Int? = nil, topP: Float = 1,
    maximumRationale: Int = 48, decodesImages: Bool = true
  ) {
    (self.think, self.guidance, self.temperature) = (think, guidance, temperature)
    (self.topK, self.topP) = (topK, topP)
    (self.maximumRationale, self.decodesImages) = (maximumRationale, decodesImages)
  }

  /// - Throws: ``ModelError/setting(name:value:expected:)`` for the first option out of its range.
  func check() throws {
    try ModelError.require(
      "temperature", temperature, temperature > 0 && temperature.isFinite, "above 0 (topK 1 always takes the likeliest)"
    )
    try ModelError.require("guidance", guidance, guidance.isFinite, "a finite number")
    try ModelError.require("topK", topK ?? 1, (topK ?? 1) >= 1, "at least 1")
    try ModelError.require("topP", topP, topP > 0 && topP <= 1, "above 0 and at most 1")
    try ModelError.require("maximumRationale", maximumRationale, maximumRationale >= 0, "at least 0")
  }
}

/// A picture that a model painted, with everything that is known about how it came to be.
public struct Sample: Sendable, Codable {
  /// What was asked for.
  public var prompt: String
  /// Prompt and response as tokens.
  public var sequence: TokenSequence
  /// For each response token whether it was put there rather than drawn: such tokens belong to no loss.
  public var isForced: [Bool]
  /// For each response token its log-probability when it was drawn, in nats; 0 where forced.
  ///
  /// It is that of the whole distribution with temperature and guidance, whatever topK and topP cut off.
  public var logProbabilities: [Float]
  /// For each response token the entropy of its distribution, in nats; 0 where forced.
  public var entropies: [Float]
  /// The rationale as text, empty without one.
  public var rationale: String
  /// The image codes, row by row.
  public var codes: [Int32]
  /// The picture; empty (0×0) if decoding was not asked for.
  public var image: Bitmap
  /// The address of its random draws: prompts in order, the pictures of each one after the other.
  public var index: Int
  /// The temperature it was drawn with.
  public var temperature: Float
  /// The guidance it was drawn with.
  public var guidance: Float

  /// A sample from its parts.
  public init(
    prompt: String, sequence: TokenSequence, isForced: [Bool], logProbabilities: [Float], entropies: [Float],
    rationale: String, codes: [Int32], image: Bitmap, index: Int, temperature: Float, guidance: Float
  ) {
    (self.prompt, self.sequence, self.isForced) = (prompt, sequence, isForced)
    (self.logProbabilities, self.entropies) = (logProbabilities, entropies)
    (self.rationale, self.codes, self.image, self.index) = (rationale, codes, image, index)
    (self.temperature, self.guidance) = (temperature, guidance)
  }
}
