import Learning
import Models
import Script
import Shapes

/// A judge of samples as a value of the language.
final class RewardObject: BoundObject {
  static let namespace = Namespace(
    "reward", "Judges of samples",
    members: judges + [ProgramReward.member] + RewardCombining.members + RewardErrors.members)

  private static let judges: [Member] = [
    .function(
      "oracle", "The exact judge of the world of shapes: 1 if a picture shows what its prompt asks for, else 0",
      [Parameter("graded", .bool, default: false, "give the share of what was asked for instead of 0 or 1")],
      result: .object("reward"), example: "reward.oracle()"
    ) { arguments, context in
      .object(
        RewardObject(
          OracleReward(isGraded: try arguments["graded"]), recipe: Recipe("reward.oracle", arguments, context)))
    },
    .function(
      "judge", "A learned vision-language judge: asked whether a picture shows its prompt, it answers yes or no",
      [
        Parameter(
          "model", .either([.string, .object("model")]), default: "tiny-vlm",
          "\"tiny-vlm\", a saved folder, or a model that judge_trainer has trained",
          suggestions: .texts { _ in [(text: "tiny-vlm", note: "the judge that ships")] }),
        Parameter("graded", .bool, default: false, "give the probability of yes, 0 to 1, instead of the answer"),
      ], result: .object("reward"), example: "reward.judge(\"tiny-vlm\")"
    ) { arguments, context in
      let name: String? = try? arguments["model"]
      let judge: ModelObject = try name.map(ModelObject.stored) ?? arguments["model"]
      return .object(
        RewardObject(
          try JudgeReward(judge.janus, name: judge.name, isGraded: try arguments["graded"]),
          recipe: Recipe("reward.judge", arguments, context)))
    },
  ]

  /// A parameter for one reward, or a function that is one.
  static func parameter(_ name: String, _ help: String) -> Parameter {
    Parameter(name, .either([.object("reward"), .function]), help)
  }

  static let type = BoundType(
    "reward", "A judge of samples",
    members: [
      .property("name", of: RewardObject.self, "What it is called", result: .string) { object, _ in
        .string(object.reward.name)
      },
      .method(
        "score", of: RewardObject.self, "Judges samples; failed judgements take the mean of their prompt's others",
        [samples], result: .series
      ) { object, arguments, _ in
        let samples = try arguments.objects("samples", as: SampleObject.self).map(\.sample)
        return Value(try object.reward.checkedScore(samples, step: 0))
      },
      .method(
        "judge", of: RewardObject.self, "Judges samples: prompt, score, why there is none, and each part of the score",
        [samples], result: .table
      ) { object, arguments, _ in
        let samples = try arguments.objects("samples", as: SampleObject.self).map(\.sample)
        return .table(table(try object.reward.checkedJudgements(samples, step: 0), of: samples))
      },
      .method(
        "check", of: RewardObject.self, "Compares it with the oracle: agreement, errors by task, calibration",
        [
          samples,
          Parameter("bins", .int, default: 10, limits: 1...1000, "intervals of the reliability table"),
        ], result: .record, example: "reward.judge(judge, graded: true).check(samples).tasks"
      ) { object, arguments, _ in
        let samples = try arguments.objects("samples", as: SampleObject.self).map(\.sample)
        return record(try JudgeCheck(object.reward, on: samples), bins: try arguments["bins"])
      },
    ])

  private static let samples = Parameter(
    "samples", .either([.object("sample"), .list(.object("sample"))]), "one sample or many")

  private static func table(_ judgements: [Judgement], of samples: [Sample]) -> Table {
    let names = judgements.first?.parts.map(\.name) ?? []
    var columns: [(name: String, values: [Value])] = [
      (name: "prompt", values: samples.map { .string($0.prompt) }),
      (name: "score", values: judgements.map { $0.score.map { .float($0) } ?? .none }),
      (name: "failure", values: judgements.map { .string($0.failure ?? "") }),
    ]
    for (place, name) in names.enumerated() {
      columns.append(
        (
          name: name,
          values: judgements.map { $0.parts.indices.contains(place) ? .float($0.parts[place].value) : .none }
        ))
    }
    return Table(columns)
  }

  private static func record(_ check: JudgeCheck, bins count: Int) -> Value {
    let tasks = Prompt.Task.allCases.filter { task in check.cases.contains { $0.task == task } }
    let parts = tasks.map { check[$0] }
    let bins = check.bins(count)
    return Value(record: [
      "agreement": .float(check.agreement), "true_positive": .float(check.truePositive),
      "false_positive": .float(check.falsePositive), "failures": .int(check.failures),
      "calibration_error": .float(check.calibrationError(bins: count)),
      "tasks": .table(
        Table([
          (name: "task", values: tasks.map { .string($0.rawValue) }),
          (name: "n", values: parts.map { .int($0.cases.count) }),
          (name: "agreement", values: parts.map { .float($0.agreement) }),
          (name: "true_positive", values: parts.map { .float($0.truePositive) }),
          (name: "false_positive", values: parts.map { .float($0.falsePositive) }),
        ])),
      "bins": .table(
        Table([
          (name: "from", values: bins.map { .float($0.range.lowerBound) }),
          (name: "to", values: bins.map { .float($0.range.upperBound) }),
          (name: "n", values: bins.map { .int($0.count) }),
          (name: "score", values: bins.map { .float($0.score) }),
          (name: "truth", values: bins.map { .float($0.truth) }),
        ])),
    ])
  }

  let reward: any Reward
  let recipe: Recipe

  init(_ reward: any Reward, recipe: Recipe) { (self.reward, self.recipe) = (reward, recipe) }

  var boundType: BoundType { Self.type }
  var summary: String { "reward '\(reward.name)'" }

  /// A reward from an argument: one of ``namespace``, or a function of the language that takes a sample and gives a
  /// number.
  static func from(
    _ arguments: Arguments, _ name: String, model: ModelObject?, context: Context
  ) throws -> any Reward {
    guard let function: Function = try? arguments[name] else {
      let object: RewardObject = try arguments[name]
      return object.reward
    }
    return closure(function, arguments, name, model: model, context: context)
  }

  /// A function of the language as a reward. What it gives in place of a number ends the step, `none` is a failure.
  static func closure(
    _ function: Function, _ arguments: Arguments, _ name: String, model: ModelObject?, context: Context
  ) -> ClosureReward {
    ClosureReward(name: function.name ?? "function") { sample in
      let value = try context.call(function, [.object(SampleObject(sample, model: model))])
      switch value {
      case .bool(let passes): return passes ? 1 : 0
      case .int(let number): return Double(number)
      case .float(let number): return number
      case .none: return nil
      default:
        throw arguments.problem(name, "the reward gave \(value), but a reward has to give a number, true or false")
      }
    }
  }
}

/// `0.7 * a + 0.3 * b`, and `a * b`.
extension RewardObject: ArithmeticObject {
  func sum(with other: Value) throws -> Value? {
    guard case .object(let object) = other, let second = object as? RewardObject else { return nil }
    return try weighted([self, second], [1, 1])
  }

  func product(with other: Value) throws -> Value? {
    if let factor = Double.from(other) { return try weighted([self], [factor]) }
    guard case .object(let object) = other, let second = object as? RewardObject else { return nil }
    return .object(
      RewardObject(
        try RewardCombination([reward, second.reward], by: .product),
        recipe: Recipe("reward.product", with: Record([(name: "rewards", value: Self.list([self, second]))]))))
  }

  private func weighted(_ rewards: [RewardObject], _ weights: [Double]) throws -> Value {
    let arguments = Record([(name: "rewards", value: Self.list(rewards)), (name: "weights", value: Value(weights))])
    return .object(
      RewardObject(
        try RewardCombination(rewards.map(\.reward), by: .sum(weights: weights)),
        recipe: Recipe("reward.sum", with: arguments)))
  }

  private static func list(_ rewards: [RewardObject]) -> Value { .list(List(rewards.map { .object($0) })) }
}
