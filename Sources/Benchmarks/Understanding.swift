public import Primitives
public import Shapes

/// Whether a model understands what it is asked for, apart from whether it can paint it: a text task.
///
/// The prompts are mini-GenEval's. A thought is taken at its word: the plan in it is drawn without an error, and that
/// picture is judged. A thought that is no plan shows nothing. What reinforcement learning of pictures does to this score
/// is what it costs, or brings, in understanding.
public struct Understanding: PaintingBenchmark, Sendable {
  private let test: MiniGenEval

  /// A set with the same number of prompts for each of the six tasks.
  ///
  /// - Parameters:
  ///   - count: how many prompts in all; rounded up to a multiple of six.
  ///   - seed: the seed of the draw; the prompts are those of ``MiniGenEval/profile(count:seed:)``.
  public init(count: Int = 240, seed: Int = 0) { test = .profile(count: count, seed: seed) }

  /// `understanding`.
  public var name: String { "understanding" }

  /// What is to be understood, in order.
  public var prompts: [Prompt] { test.prompts }

  /// Thoughts are judged, not what was painted after them.
  public var judgesThoughts: Bool { true }

  /// What a thought says, drawn; a thought that is no plan gives an empty picture.
  public static func picture(of thought: String) -> Bitmap { Renderer.draw(Rationale.read(thought) ?? Scene([])) }

  /// Judges drawn thoughts.
  public func score(_ pictures: [[Bitmap]], _ card: ProtocolCard) throws -> Scorecard {
    var card = card
    card.benchmark = name
    return try test.score(pictures, card)
  }
}
