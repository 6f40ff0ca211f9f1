/// Keeps the entropy of text and of image tokens near targets, each with a coefficient of its own.
///
/// The loss gains α_text H_text + α_image H_image, H the mean entropy of that modality's tokens. α may have
/// either sign: above its target an entropy is penalised, below it is rewarded. Once a step, α moves by
/// ``Channel/gain`` times the error and is held inside ±``Channel/bound``; since α itself is what is bounded,
/// nothing winds up while it stands there.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), adaptive entropy loss. The published code moves α by Adam at a
/// fixed rate whatever the error, once a micro-batch and apart in every process, and forgets it between runs;
/// here it is an integral controller, moved once a step by the mean over the whole step, and part of the
/// training state.
public struct EntropyControl: Sendable, Hashable, Codable {
  /// One modality's controller.
  public struct Channel: Sendable, Hashable, Codable {
    /// The target as a share of the largest entropy, ln of the vocabulary's size, 0…1.
    public var target: Double
    /// How much α moves a step for an error of one nat.
    public var gain: Double
    /// The largest |α|.
    public var bound: Double
    /// α, the coefficient of the entropy in the loss.
    public private(set) var coefficient = 0.0

    /// A controller at coefficient 0. The bound is the published one.
    public init(target: Double, gain: Double = 1e-3, bound: Double = 5e-3) {
      (self.target, self.gain, self.bound) = (target, gain, bound)
    }

    mutating func move(entropy: Double, largest: Double) {
      guard entropy.isFinite else { return }
      coefficient = min(max(coefficient + gain * (entropy - target * largest), -bound), bound)
    }
  }

  /// The controller of text tokens, if there is one.
  public var text: Channel?
  /// The controller of image tokens, if there is one.
  public var image: Channel?

  /// Controllers.
  public init(text: Channel? = nil, image: Channel? = nil) {
    (self.text, self.image) = (text, image)
  }

  /// No control: entropies are only reported.
  public static var off: EntropyControl { EntropyControl() }

  /// Controllers with targets as shares of the largest entropy, so that they carry over to other
  /// vocabularies.
  ///
  /// - Parameters:
  ///   - text: 0…1; the published 2.0 of ln 102 400 nats is 0.17. `nil` leaves text alone.
  ///   - image: 0…1; the published 7.0 of ln 16 384 nats is 0.72. `nil` leaves images alone.
  public static func adaptive(text: Double? = 0.17, image: Double? = 0.72) -> EntropyControl {
    EntropyControl(text: text.map { Channel(target: $0) }, image: image.map { Channel(target: $0) })
  }

  /// Whether the loss needs the entropies.
  public var isActive: Bool { text != nil || image != nil }

  /// The coefficient of a modality, 0 without a controller.
  public func coefficient(isImage: Bool) -> Double {
    (isImage ? image : text)?.coefficient ?? 0
  }

  /// Moves the coefficients after a step.
  ///
  /// - Parameters:
  ///   - textEntropy: the step's mean entropy of text tokens, nats; NaN if it had none, which moves nothing.
  ///   - imageEntropy: the same of image tokens.
  ///   - largestText: ln V.
  ///   - largestImage: ln K.
  public mutating func update(
    textEntropy: Double, imageEntropy: Double, largestText: Double, largestImage: Double
  ) {
    text?.move(entropy: textEntropy, largest: largestText)
    image?.move(entropy: imageEntropy, largest: largestImage)
  }
}
