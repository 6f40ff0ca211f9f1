import Learning
import Script

/// The functions that make one reward of several, and rewards for form.
enum RewardCombining {
  static let members: [Member] = [
    .function(
      "sum", "A weighted sum of rewards; reward.judge(samples) shows every part",
      [
        parts,
        Parameter("weights", .list(.number), default: .described("all 1"), "a weight for each reward"),
      ], result: .object("reward"), example: "reward.sum([reward.oracle(), reward.format()], weights: [1, 0.2])"
    ) { arguments, context in
      let rewards = try rewards(arguments, context)
      let weights = try arguments["weights"] as [Double]? ?? rewards.map { _ in 1 }
      return .object(
        RewardObject(
          try RewardCombination(rewards, by: .sum(weights: weights)), recipe: Recipe("reward.sum", arguments, context)))
    },
    .function(
      "product", "The product of rewards: all of them, or little", [parts], result: .object("reward"),
      example: "reward.product([reward.oracle(), reward.format()])"
    ) { arguments, context in
      .object(
        RewardObject(
          try RewardCombination(rewards(arguments, context), by: .product),
          recipe: Recipe("reward.product", arguments, context)))
    },
    .function(
      "ensemble", "Several judges as one",
      [
        parts,
        Parameter(
          "by", .choice(["mean", "majority", "all"]), default: "mean",
          "the mean score; or 1 if most, or all, give at least 0.5"),
      ], result: .object("reward"), example: "reward.ensemble([reward.judge(judge), reward.oracle()], by: \"all\")"
    ) { arguments, context in
      let name: String = try arguments["by"]
      let rule: RewardCombination.Rule = name == "mean" ? .mean : name == "majority" ? .majority : .unanimity
      return .object(
        RewardObject(
          try RewardCombination(rewards(arguments, context), by: rule),
          recipe: Recipe("reward.ensemble", arguments, context)))
    },
    .function(
      "normalized", "A reward less its mean, in deviations, so that rewards of different scales weigh alike",
      [
        RewardObject.parameter("reward", "what is normalised"),
        Parameter(
          "over", .choice(NormalizedReward.Scope.allCases.map(\.rawValue)), default: "group",
          "the samples of a prompt (GDPO), or all of a step"),
      ], result: .object("reward"), example: "reward.normalized(reward.oracle(graded: true))"
    ) { arguments, context in
      let reward = try RewardObject.from(arguments, "reward", model: nil, context: context)
      return .object(
        RewardObject(
          NormalizedReward(reward, over: .init(rawValue: try arguments["over"]) ?? .group),
          recipe: Recipe("reward.normalized", arguments, context)))
    },
    .function(
      "format", "1 if a rationale ends by itself and is a plan that the world can read, else 0",
      result: .object("reward")
    ) { arguments, context in
      .object(RewardObject(try FormatReward(.plan), recipe: Recipe("reward.format", arguments, context)))
    },
    .function(
      "length", "0 for a rationale of up to limit - slack words, -1 beyond limit, and in between on a line (DAPO)",
      [
        Parameter("limit", .int, default: 40, limits: 1...100_000, "words"),
        Parameter("slack", .int, default: 8, limits: 0...100_000, "words, at most the limit"),
      ], result: .object("reward"), example: "reward.length(30, slack: 10)"
    ) { arguments, context in
      .object(
        RewardObject(
          try FormatReward(.length(limit: try arguments["limit"], slack: try arguments["slack"])),
          recipe: Recipe("reward.length", arguments, context)))
    },
  ]

  private static let parts = Parameter("rewards", .list(.either([.object("reward"), .function])), "at least one")

  private static func rewards(_ arguments: Arguments, _ context: Context) throws -> [any Reward] {
    guard case .list(let list) = arguments.value("rewards") else { return [] }
    return try list.items.map { item in
      if case .object(let object) = item, let reward = object as? RewardObject { return reward.reward }
      guard case .function(let function) = item else {
        throw arguments.problem("rewards", "\(item) is neither a reward nor a function")
      }
      return RewardObject.closure(function, arguments, "rewards", model: nil, context: context)
    }
  }
}
