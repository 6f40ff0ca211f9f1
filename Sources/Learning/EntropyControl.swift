import Foundation

/// Keeps the entropy of text and of image tokens near targets, each with a coefficient of its own.
///
/// The loss gains α_text H_text + α_image H_image, H the mean entropy of that modality's tokens. A positive α penalises
/// entropy, a negative one rewards it. After each optimizer step α moves by the channel's ``Channel/rule``, from the
/// mean entropy over all samples of that step, and it is part of the training state.
///
/// Source: ReasonGen-R1 (arXiv 2505.24875), adaptive entropy loss; see ``Rule/adam(rate:restarts:)`` for it, and for
/// what its published code does differently.
public struct EntropyControl: Sendable, Hashable, Codable {
  /// The entropy that is aimed at.
  public enum Target: Sendable, Hashable, Codable {
    /// In nats.
    case nats(Double)
    /// As a share of the largest entropy, the logarithm of the vocabulary's size, 0…1.
    case share(Double)

    /// In nats, where the largest entropy is this.
    public func nats(largest: Double) -> Double {
      switch self {
      case .nats(let nats): nats
      case .share(let share): share * largest
      }
    }
  }

  /// How a coefficient follows the entropy.
  public enum Rule: Sendable, Hashable, Codable {
    /// It does not: an entropy bonus or penalty of constant weight.
    case fixed
    /// α = P + I, with P = `proportional` · error, and I moved by `integral` · error, but not while P + I stands at the
    /// bound on the error's side: nothing winds up.
    ///
    /// What α changes is how fast the entropy moves, not where it stands, so that an integral alone swings about its
    /// target for ever; the proportional part damps it.
    case feedback(proportional: Double, integral: Double)
    /// ReasonGen-R1's: α = sinh ψ, and ψ takes an Adam step on −α (H − H*), then α is held inside the bound. Adam
    /// divides by the size of the error, so α moves by about `rate` a step, whatever the error.
    ///
    /// - `restarts`: the moments start anew when the error changes its sign. Without, as in the published code, they
    ///   remember it: after 400 steps at an error of +2, one of −0.1 needs about 1120 until α changes its sign.
    ///
    /// The published code also moves α once a micro-batch and apart in every process, and forgets it between runs.
    case adam(rate: Double, restarts: Bool)
    /// TRL's: a bonus, never negative, that rises by `step` while the entropy is at or below its target and falls by as
    /// much above it, and that is applied only at or below it. It cannot hold an entropy down.
    ///
    /// Source: the adaptive entropy regularisation of TRL 1.10.
    case raise(step: Double)
  }

  /// One modality's controller.
  public struct Channel: Sendable, Hashable, Codable {
    /// What is aimed at.
    public var target: Target
    /// How α follows.
    public var rule: Rule
    /// The largest |α|.
    public var bound: Double
    /// α, the coefficient of the entropy in the loss.
    public private(set) var coefficient = 0.0
    /// The integral part, ψ, or the bonus, by the rule.
    private var position = 0.0
    /// Adam's moments of ψ, and how many steps they have seen.
    private var (first, second, steps) = (0.0, 0.0, 0)

    /// A controller at coefficient 0.
    ///
    /// - Parameters:
    ///   - target: what is aimed at.
    ///   - rule: how α follows; by default what holds the tiny model in both directions.
    ///   - bound: the largest |α|.
    public init(target: Target, rule: Rule = .standard, bound: Double = Rule.standardBound) {
      (self.target, self.rule, self.bound) = (target, rule, bound)
    }

    /// A constant coefficient: a bonus if negative, a penalty if positive.
    public static func fixed(_ coefficient: Double) -> Channel {
      var channel = Channel(target: .nats(0), rule: .fixed, bound: abs(coefficient))
      channel.coefficient = coefficient
      return channel
    }

    mutating func move(entropy: Double, largest: Double) {
      guard entropy.isFinite else { return }
      let error = entropy - target.nats(largest: largest)
      switch rule {
      case .fixed: break
      case .feedback(let proportional, let integral):
        // Beyond the bound an integral would only wind up.
        let isSaturated = abs(position + proportional * error) > bound
        if !isSaturated || (position + proportional * error) * error < 0 {
          position = held(position + integral * error)
        }
        coefficient = held(position + proportional * error)
      case .adam(let rate, let restarts):
        takeAdamStep(-cosh(position) * error, rate: rate, restarts: restarts)
        coefficient = held(sinh(position))
        position = asinh(coefficient)
      case .raise(let step):
        position = min(max(position + (error <= 0 ? step : -step), 0), bound)
        coefficient = error <= 0 ? -position : 0
      }
    }

    private func held(_ value: Double) -> Double { min(max(value, -bound), bound) }

    private mutating func takeAdamStep(_ gradient: Double, rate: Double, restarts: Bool) {
      if restarts, first * gradient < 0 { (first, second, steps) = (0, 0, 0) }
      steps += 1
      first = 0.9 * first + 0.1 * gradient
      second = 0.999 * second + 0.001 * gradient * gradient
      let (mean, square) = (first / (1 - pow(0.9, Double(steps))), second / (1 - pow(0.999, Double(steps))))
      position -= rate * mean / (square.squareRoot() + 1e-8)
    }
  }

  /// The controller of text tokens, if there is one.
  public var text: Channel?
  /// The controller of image tokens, if there is one.
  public var image: Channel?
  /// What entropies do to advantages, if anything.
  public var shaping: EntropyShaping?

  /// Controllers.
  public init(text: Channel? = nil, image: Channel? = nil, shaping: EntropyShaping? = nil) {
    (self.text, self.image, self.shaping) = (text, image, shaping)
  }

  /// No control: entropies are only reported.
  public static var off: EntropyControl { EntropyControl() }

  /// Controllers with targets as shares of the largest entropy, so that they carry over to other vocabularies.
  ///
  /// The published shares suit Janus-Pro. After supervised training the tiny model stands at 16 % for text and 1 % for
  /// images; a target far above what a model has makes its pictures noise.
  ///
  /// - Parameters:
  ///   - text: 0…1; the published 2.0 of ln 102 400 nats is 0.17. `nil` leaves text alone.
  ///   - image: 0…1; the published 7.0 of ln 16 384 nats is 0.72. `nil` leaves images alone.
  public static func adaptive(text: Double? = 0.17, image: Double? = 0.72) -> EntropyControl {
    EntropyControl(
      text: text.map { Channel(target: .share($0)) }, image: image.map { Channel(target: .share($0)) })
  }

  /// The coefficient of a modality, 0 without a controller.
  public func coefficient(isImage: Bool) -> Double {
    (isImage ? image : text)?.coefficient ?? 0
  }

  /// Moves the coefficients after an optimizer step.
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

  func check() throws {
    for channel in [text, image].compactMap({ $0 }) {
      switch channel.target {
      case .share(let share):
        try require("an entropy target", share, (0...1).contains(share), "a share of the largest entropy, 0 to 1")
      case .nats(let nats):
        try require("an entropy target", nats, nats >= 0 && nats.isFinite, "at least 0 nats")
      }
      try require("a coefficient's bound", channel.bound, channel.bound >= 0 && channel.bound.isFinite, "at least 0")
    }
    try shaping?.check()
  }
}

extension EntropyControl.Rule {
  /// The rule and the bound that hold both modalities of the tiny model.
  public static var standard: Self { .feedback(proportional: 0.1, integral: 1e-3) }
  /// The bound that goes with ``standard``.
  public static var standardBound: Double { 5e-2 }
  /// The published rule.
  public static var reasonGen: Self { .adam(rate: 5e-5, restarts: true) }
  /// The published bound.
  public static var reasonGenBound: Double { 5e-3 }
}
