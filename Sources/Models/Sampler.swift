public import Primitives
import Tensors

/// Draws rationales and pictures from a model, many at once.
///
/// Each distinct prompt is read once and its keys and values are shared by the pictures of its group. Then each thread takes
/// some pictures and writes them from the first word to the last code; see ``Painting``.
public final class Sampler {
  /// Samples whose prompts are read together.
  static let promptsAtOnce = 256
  /// Rows, those of the null branch included, that one thread writes side by side: enough to fill the matrix products, few enough
  /// for small calls to keep several threads busy.
  static let rowsSideBySide = 32
  /// The pieces that a large call is cut into.
  private static let pieces = 8

  private let model: Janus

  /// A sampler of a model, whose present weights it reads at each call.
  public init(_ model: Janus) { self.model = model }

  /// Samples pictures.
  ///
  /// A random draw has the address (step, sample index, position in the sequence) in the streams `sample.text` and
  /// `sample.image`, and so depends neither on the other samples nor on how they are batched. *Numerics*: nor does anything else,
  /// to the bit, since a row of a product has the same bits in every batch.
  ///
  /// - Parameters:
  ///   - prompts: what to paint.
  ///   - count: how many pictures of each.
  ///   - options: how to sample.
  ///   - seed: of the random draws.
  ///   - step: part of each draw's address; a training step, for instance.
  ///   - firstIndex: the index of the first sample, when a larger batch is sampled in pieces.
  ///   - stop: polled at every token.
  ///   - stopAt: how urgent a request must be to end the sampling.
  /// - Returns: `prompts.count · count` samples, those of a prompt side by side.
  /// - Throws: ``ModelError``: an unknown word, a prompt that is too long, an option out of range, weights that are not
  ///   finite, or a stop.
  public func sample(
    _ prompts: [String], count: Int, options: SamplingOptions = SamplingOptions(), seed: Int, step: Int = 0,
    firstIndex: Int = 0, stop: StopToken? = nil, stopAt: StopToken.Stage = .abandonStep
  ) throws -> [Sample] {
    try options.check()
    guard count >= 1 else {
      throw ModelError.setting(name: "count", value: "\(count)", expected: "at least 1")
    }
    // All prompts before the first picture, so that an unknown word is reported at once.
    var drafts: [Draft] = []
    let room = (options.think ? options.maximumRationale : 0) + model.configuration.codesPerImage + 3
    for text in prompts {
      let sequence = try model.prompt(
        text, think: options.think, maximumRationale: options.maximumRationale)
      for _ in 0..<count {
        drafts.append(Draft(prompt: text, sequence: sequence, index: firstIndex + drafts.count, room: room))
      }
    }
    let draws = Draws(options: options, seed: seed, step: step, stop: stop, stopAt: stopAt)
    let inputs = InputTable(model)
    var samples: [Sample] = []
    for start in stride(from: 0, to: drafts.count, by: Self.promptsAtOnce) {
      let batch = Array(drafts[start..<min(start + Self.promptsAtOnce, drafts.count)])
      samples += finished(try fill(batch, inputs, draws), options)
    }
    return samples
  }

  /// Writes the responses of some drafts.
  private func fill(_ drafts: [Draft], _ inputs: InputTable, _ draws: Draws) throws -> [Draft] {
    let isGuided = draws.options.guidance != 1
    // All prompts at once, with all threads.
    let prompts = model.read(drafts.map(\.sequence) + (isGuided ? [model.nullPrompt] : []))
    let places = isGuided ? Self.rowsSideBySide / 2 : Self.rowsSideBySide
    let size = max(places, drafts.count / Self.pieces)
    return try inPieces((drafts.count + size - 1) / size) { piece in
      var painting = Painting(
        model, inputs, prompts: prompts, drafts: Array(drafts.dropFirst(piece * size).prefix(size)), places: places,
        draws)
      try painting.run()
      return painting.drafts
    }.flatMap { $0 }
  }

  private func finished(_ drafts: [Draft], _ options: SamplingOptions) -> [Sample] {
    let codes = drafts.map(\.codes)
    let images = options.decodesImages ? model.imageTokenizer.decode(codes) : []
    return drafts.enumerated().map { place, draft in
      let thought = zip(draft.sequence.ids, draft.sequence.isImage).dropFirst(draft.sequence.promptCount)
        .filter { !$0.1 }.map(\.0)
      return Sample(
        prompt: draft.prompt, sequence: draft.sequence, isForced: draft.isForced,
        logProbabilities: draft.logProbabilities, entropies: draft.entropies,
        rationale: model.tokenizer.decode(thought), codes: codes[place],
        image: images.indices.contains(place) ? images[place] : Bitmap(width: 0, height: 0), index: draft.index,
        temperature: options.temperature, guidance: options.guidance)
    }
  }
}
