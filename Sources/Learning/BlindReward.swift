public import Models
import Shapes

/// A judge that does not see one kind of fact: it is asked the prompt without it.
///
/// Blind to colour, `a red star and a blue circle` is judged as `a star and a circle`; blind to count, `three stars` as
/// `a star`; blind to position, `a star left of a circle` as `a star and a circle`.
public struct BlindReward: Reward {
  /// What is not seen.
  public enum Attribute: String, Sendable, Hashable, CaseIterable {
    case color, count, position
  }

  /// The judge.
  public let reward: any Reward
  /// What it does not see.
  public let attribute: Attribute

  /// A judge blind to something.
  public init(_ reward: any Reward, to attribute: Attribute) { (self.reward, self.attribute) = (reward, attribute) }

  /// Its name, with what it does not see.
  public var name: String { "\(reward.name) blind to \(attribute.rawValue)" }

  /// The judgements of the shortened prompts; one that cannot be read any more is a failure.
  public func judge(_ samples: [Sample]) throws -> [Judgement] {
    let shortened = samples.map { try? Self.shortened($0.prompt, without: attribute) }
    var asked: [Sample] = []
    for case (var sample, let prompt?) in zip(samples, shortened) {
      sample.prompt = prompt
      asked.append(sample)
    }
    var judgements = try reward.checkedJudgements(asked, step: 0)[...]
    return zip(samples, shortened).map { sample, prompt in
      (prompt == nil ? nil : judgements.popFirst())
        ?? Judgement(failure: "'\(sample.prompt)' says nothing without its \(attribute.rawValue)")
    }
  }

  /// A prompt without one kind of fact, in the world's spelling.
  static func shortened(_ prompt: String, without attribute: Attribute) throws -> String {
    var text = try PromptParser.parse(prompt).text
    switch attribute {
    case .color:
      let words = text.split(separator: " ").filter { ColorName(rawValue: String($0)) == nil }
      text = words.joined(separator: " ")
    case .count:
      let singular = Dictionary(uniqueKeysWithValues: ShapeName.allCases.map { ($0.plural, $0.rawValue) })
      let numbers = Set(["two", "three", "four", "five", "six", "seven", "eight", "nine"])
      let words = text.split(separator: " ").map(String.init)
      text = words.map { numbers.contains($0) ? "a" : singular[$0] ?? $0 }.joined(separator: " ")
    case .position:
      for relation in SceneRelation.allCases where relation.isSpatial {
        text = text.replacing(" \(relation.rawValue) ", with: " and ")
      }
    }
    return try PromptParser.parse(text).text
  }
}
