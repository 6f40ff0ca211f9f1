public import Primitives
public import Shapes

/// Prompts that are painted and judged.
public protocol PaintingBenchmark {
  /// What cards call it.
  var name: String { get }
  /// What is to be painted, in order.
  var prompts: [Prompt] { get }
  /// Whether a thought is judged, by the picture that ``Understanding/picture(of:)`` draws of it, instead of the model's.
  var judgesThoughts: Bool { get }

  /// Judges pictures.
  ///
  /// - Parameters:
  ///   - pictures: for each prompt the same number of pictures, one or more.
  ///   - card: how they were made; its counts, benchmark and judge are filled in.
  /// - Returns: the scorecard.
  /// - Throws: ``BenchmarksError/pictures(expected:found:)`` if pictures are missing or too many.
  func score(_ pictures: [[Bitmap]], _ card: ProtocolCard) throws -> Scorecard
}

extension PaintingBenchmark {
  /// The model's own pictures are judged.
  public var judgesThoughts: Bool { false }

  /// The same number of pictures for each prompt, or an error.
  func check(_ pictures: [[Bitmap]]) throws(BenchmarksError) -> Int {
    guard pictures.count == prompts.count else {
      throw .pictures(expected: "pictures for \(prompts.count) prompts", found: "pictures for \(pictures.count)")
    }
    let each = pictures.first?.count ?? 0
    for (index, list) in pictures.enumerated() where list.count != each || list.isEmpty {
      throw .pictures(expected: "\(max(each, 1)) pictures for prompt \(index + 1)", found: "\(list.count)")
    }
    return each
  }

  /// What a perfect policy would score behind an image codec: true scenes, encoded and decoded, judged.
  ///
  /// - Parameters:
  ///   - seed: the seed of the scenes.
  ///   - roundTrip: encodes and decodes pictures; returns as many as it is given.
  /// - Returns: the headline with its interval.
  /// - Throws: what `roundTrip` throws, or ``BenchmarksError``.
  public func ceiling(seed: Int = 0, roundTrip: ([Bitmap]) throws -> [Bitmap]) throws -> Estimate {
    let truth = prompts.enumerated().map { Renderer.draw(SceneSampler.scene(for: $1, seed: seed, index: $0)) }
    return try score(try roundTrip(truth).map { [$0] }, ProtocolCard(model: "image codec")).headline
  }
}

extension MiniGenEval: PaintingBenchmark {
  /// `mini-geneval`.
  public var name: String { "mini-geneval" }

  /// What is to be painted, in order.
  public var prompts: [Prompt] { items.map(\.prompt) }
}
