import Learning
import Script

/// How the entropies of a policy are steered, as a value of the language.
final class EntropyObject: BoundObject {
  static let functions: [Member] = [
    .function(
      "adaptive", "Keeps the entropies of text and image near targets, each with its own coefficient",
      [
        Parameter("text", target, default: .described("free"), limits: 0...1, "target: a share of ln V, or 2nats"),
        Parameter("image", target, default: .described("free"), limits: 0...1, "target: a share of ln K, or 2nats"),
        Parameter(
          "rule", .choice(["feedback", "reasongen", "trl"]), default: "feedback",
          "how coefficients follow: by proportion and integral, by Adam on sinh, or a bonus that only rises"),
        Parameter(
          "gain", .number, default: .described("the rule's"), limits: 0...1000,
          "coefficient a nat of error (feedback), or a step (reasongen, trl)"),
        Parameter("bound", .number, default: .described("the rule's"), limits: 0...1000, "the largest coefficient"),
      ], result: .object("entropy"), example: "adaptive(text: 0.17, image: 2nats)"
    ) { arguments, context in
      .object(
        EntropyObject(
          EntropyControl(text: try channel("text", arguments), image: try channel("image", arguments)),
          recipe: Recipe("adaptive", arguments, context)))
    },
    .function(
      "entropy_bonus", "Rewards entropy with a constant weight; a negative one penalises it",
      [
        Parameter("text", .number, default: 0, limits: -1000...1000, "weight of the mean entropy of text, per nat"),
        Parameter("image", .number, default: 0, limits: -1000...1000, "weight of the mean entropy of images, per nat"),
      ], result: .object("entropy"), example: "entropy_bonus(text: 0.001)"
    ) { arguments, context in
      let (text, image): (Double, Double) = (try arguments["text"], try arguments["image"])
      return .object(
        EntropyObject(
          EntropyControl(text: text == 0 ? nil : .fixed(-text), image: image == 0 ? nil : .fixed(-image)),
          recipe: Recipe("entropy_bonus", arguments, context)))
    },
    .function(
      "entropy_shaped", "Gives tokens of high entropy more advantage and those of low entropy none (EG-GRPO)",
      [
        Parameter(
          "bonus", .number, default: .float(EntropyShaping().bonus), limits: 0...1000,
          "the most that is added, as a share of the advantage"),
        Parameter(
          "high", share, default: .float(EntropyShaping().high), limits: 0...1, "quantile from which tokens get it"),
        Parameter(
          "low", share, default: .float(EntropyShaping().low), limits: 0...1, "quantile below which they get nothing"),
      ], result: .object("entropy"), example: "entropy_shaped()"
    ) { arguments, context in
      let shaping = EntropyShaping(
        bonus: try arguments["bonus"], high: try arguments["high"], low: try arguments["low"])
      return .object(
        EntropyObject(EntropyControl(shaping: shaping), recipe: Recipe("entropy_shaped", arguments, context)))
    },
  ]

  static let type = BoundType("entropy", "How the entropies of a policy are steered", members: [])

  private static let share = ValueType.either([.number, .quantity(.percentage)])
  private static let target = ValueType.either([.number, .quantity(.percentage), .quantity(.entropy)])

  let control: EntropyControl
  let recipe: Recipe

  init(_ control: EntropyControl, recipe: Recipe) { (self.control, self.recipe) = (control, recipe) }

  var boundType: BoundType { Self.type }
  var summary: String {
    if let shaping = control.shaping {
      return "advantages shaped by entropy: up to \(shaping.bonus) more from the quantile \(shaping.high) on, "
        + "none below \(shaping.low)"
    }
    func text(_ channel: EntropyControl.Channel?) -> String {
      guard let channel else { return "free" }
      if case .fixed = channel.rule { return "coefficient \(channel.coefficient)" }
      switch channel.target {
      case .share(let share): return "\(share) of the maximum"
      case .nats(let nats): return "\(nats) nats"
      }
    }
    return "entropy control: text \(text(control.text)), image \(text(control.image))"
  }

  /// The controller of a modality, or `nil` if its target was left out.
  private static func channel(_ name: String, _ arguments: Arguments) throws -> EntropyControl.Channel? {
    let target: EntropyControl.Target
    switch arguments.value(name) {
    case .none: return nil
    case .quantity(let quantity) where quantity.unit.dimension == .entropy: target = .nats(quantity.base)
    case .quantity(let quantity) where quantity.base > 1:
      throw arguments.problem(name, "'\(name)' is \(Value.quantity(quantity)), but the maximum is 100%")
    default: target = .share(try arguments[name])
    }
    let (gain, bound): (Double?, Double?) = (try arguments["gain"], try arguments["bound"])
    switch try arguments["rule"] as String {
    case "reasongen":
      return .init(
        target: target, rule: gain.map { .adam(rate: $0, restarts: true) } ?? .reasonGen,
        bound: bound ?? EntropyControl.Rule.reasonGenBound)
    case "trl": return .init(target: target, rule: .raise(step: gain ?? 0.005), bound: bound ?? 1)
    default:
      return .init(
        target: target, rule: gain.map { .feedback(proportional: $0, integral: $0 / 10) } ?? .standard,
        bound: bound ?? EntropyControl.Rule.standardBound)
    }
  }
}
