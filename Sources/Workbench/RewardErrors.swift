import Learning
import Script

/// The functions that make judges err on purpose.
enum RewardErrors {
  static let members: [Member] = [
    .function(
      "noisy", "A judge that errs at known rates; asked twice about a picture it errs twice",
      [
        RewardObject.parameter("reward", "the judge without errors"),
        Parameter("false_positive", .number, default: 0, limits: 0...1, "how often a no becomes a yes"),
        Parameter("false_negative", .number, default: 0, limits: 0...1, "how often a yes becomes a no"),
        Parameter("seed", .int, default: .described("the session's"), "the seed of the errors"),
      ], result: .object("reward"), example: "reward.noisy(reward.oracle(), false_positive: 0.1)"
    ) { arguments, context in
      .object(
        RewardObject(
          try NoisyReward(
            RewardObject.from(arguments, "reward", model: nil, context: context),
            falsePositive: try arguments["false_positive"], falseNegative: try arguments["false_negative"],
            seed: try arguments["seed"] as Int? ?? context.seed), recipe: Recipe("reward.noisy", arguments, context)))
    },
    .function(
      "blind", "A judge that does not see one kind of fact: it is asked the prompt without it",
      [
        RewardObject.parameter("reward", "the judge"),
        Parameter("to", .choice(BlindReward.Attribute.allCases.map(\.rawValue)), "what it does not see"),
      ], result: .object("reward"), example: "reward.blind(reward.oracle(), to: \"color\")"
    ) { arguments, context in
      let reward = try RewardObject.from(arguments, "reward", model: nil, context: context)
      return .object(
        RewardObject(
          BlindReward(reward, to: .init(rawValue: try arguments["to"]) ?? .color),
          recipe: Recipe("reward.blind", arguments, context)))
    },
  ]
}
