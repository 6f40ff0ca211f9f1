import Learning
import Script

/// A judge of samples as a value of the language.
final class RewardObject: BoundObject {
  static let namespace = Namespace(
    "reward", "Judges of samples",
    members: [
      .function(
        "oracle", "The exact judge of the world of shapes: 1 if a picture shows what its prompt asks for, else 0",
        [Parameter("graded", .bool, default: false, "give the share of what was asked for instead of 0 or 1")],
        result: .object("reward"), example: "reward.oracle()"
      ) { arguments, context in
        .object(
          RewardObject(
            OracleReward(isGraded: try arguments["graded"]), recipe: Recipe("reward.oracle", arguments, context)))
      }
    ])

  static let type = BoundType(
    "reward", "A judge of samples",
    members: [
      .property("name", of: RewardObject.self, "What it is called", result: .string) { object, _ in
        .string(object.reward.name)
      },
      .method(
        "score", of: RewardObject.self, "Judges samples",
        [Parameter("samples", .either([.object("sample"), .list(.object("sample"))]), "one sample or many")],
        result: .series
      ) { object, arguments, _ in
        let samples = try arguments.objects("samples", as: SampleObject.self).map(\.sample)
        return Value(try object.reward.checkedScore(samples, step: 0))
      },
    ])

  let reward: any Reward
  let recipe: Recipe

  init(_ reward: any Reward, recipe: Recipe) { (self.reward, self.recipe) = (reward, recipe) }

  var boundType: BoundType { Self.type }
  var summary: String { "reward '\(reward.name)'" }

  /// A reward from an argument: one of ``namespace``, or a function of the language that takes a sample and gives a
  /// number.
  static func from(_ arguments: Arguments, _ name: String, model: ModelObject, context: Context) throws -> any Reward {
    guard let function: Function = try? arguments[name] else {
      let object: RewardObject = try arguments[name]
      return object.reward
    }
    return ClosureReward(name: function.name ?? "function") { sample in
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
