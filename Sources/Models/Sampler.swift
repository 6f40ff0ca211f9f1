public import Primitives
import Tensors

/// Draws rationales and pictures from a model, many at once.
///
/// Each distinct prompt is read once and its keys and values are shared by the pictures of its group. Rows are independent
/// and of unequal length: those that end their rationale leave the batch, and when the last has, all paint in step, each from
/// where its own cache stands. With guidance the rows of the null branch run in the same batch.
public final class Sampler {
  /// Rows that are sampled side by side: enough to fill the matrix products, few enough for the caches to stay small.
  private static let rowsAtOnce = 256

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
    for text in prompts {
      let sequence = try model.prompt(
        text, think: options.think, maximumRationale: options.maximumRationale)
      for _ in 0..<count {
        drafts.append(Draft(prompt: text, sequence: sequence, index: firstIndex + drafts.count))
      }
    }
    let draws = Draws(options: options, seed: seed, step: step, stop: stop, stopAt: stopAt)
    var samples: [Sample] = []
    var start = 0
    while start < drafts.count {
      let end = min(start + Self.rowsAtOnce, drafts.count)
      var batch = Array(drafts[start..<end])
      try fill(&batch, draws)
      samples += finished(batch, options)
      start = end
    }
    return samples
  }

  /// Writes the responses of some rows.
  private func fill(_ drafts: inout [Draft], _ draws: Draws) throws {
    let guided = draws.options.guidance != 1
    let decoding = Decoding(
      model, prompts: drafts.map(\.sequence), isGuided: guided,
      room: draws.options.think ? draws.options.maximumRationale : 0)
    if draws.options.think { try think(&drafts, decoding, draws) }
    try paint(&drafts, decoding, draws)
    let special = model.tokenizer.special
    for index in drafts.indices {
      drafts[index].force(special.imageEnd)
      drafts[index].force(special.end)
    }
  }

  /// The text phase: rows draw words until they draw IMAGE_START. One that draws EOS instead, or has no room left, is given it.
  private func think(_ drafts: inout [Draft], _ decoding: Decoding, _ draws: Draws) throws {
    let special = model.tokenizer.special
    var live = Array(drafts.indices)
    for _ in 0..<draws.options.maximumRationale {
      guard !live.isEmpty else { return }
      let inputs = live.map { drafts[$0].sequence.ids[drafts[$0].sequence.count - 1] }
      let hidden = decoding.step(model.textInputs(inputs), rows: live)
      let tokens = try draws.tokens(
        model.textHead(hidden, nil), isImage: false, of: live.map { drafts[$0] }, "the text head")
      for (row, token) in zip(live, tokens) {
        if token.id == special.end { drafts[row].force(special.imageStart) } else { drafts[row].append(token) }
      }
      live.removeAll { drafts[$0].sequence.ids[drafts[$0].sequence.count - 1] == special.imageStart }
    }
    guard !live.isEmpty else { return }
    // The last word of rows that used up their room has not been read yet, and the picture depends on it.
    let words = live.map { drafts[$0].sequence.ids[drafts[$0].sequence.count - 1] }
    _ = decoding.step(model.textInputs(words), rows: live)
    for row in live { drafts[row].force(special.imageStart) }
  }

  /// The image phase: all rows draw one code each at every position, from IMAGE_START on.
  private func paint(_ drafts: inout [Draft], _ decoding: Decoding, _ draws: Draws) throws {
    let special = model.tokenizer.special
    let (count, guidance) = (drafts.count, draws.options.guidance)
    let all = Array(0..<(guidance == 1 ? count : 2 * count))
    for position in 0..<model.configuration.codesPerImage {
      let last = drafts.map { $0.sequence.ids[$0.sequence.count - 1] }
      let inputs = guidance == 1 ? last : last + last
      let hidden = decoding.step(
        position == 0
          ? model.textInputs(Array(repeating: special.imageStart, count: all.count))
          : model.imageInputs(inputs, nil), rows: all)
      var logits = model.imageHead(hidden, nil)
      if guidance != 1 {
        logits = model.guided(slice(logits, 0..<count), null: slice(logits, count..<2 * count), by: guidance)
      }
      let tokens = try draws.tokens(logits, isImage: true, of: drafts, "the image head")
      for (row, token) in tokens.enumerated() { drafts[row].append(token, isImage: true) }
    }
  }

  private func finished(_ drafts: [Draft], _ options: SamplingOptions) -> [Sample] {
    let codes = drafts.map(\.sequence.codes)
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

/// A sample that is being written.
private struct Draft {
  let prompt: String
  var sequence: TokenSequence
  let index: Int
  var isForced: [Bool] = []
  var logProbabilities: [Float] = []
  var entropies: [Float] = []

  init(prompt: String, sequence: TokenSequence, index: Int) {
    (self.prompt, self.sequence, self.index) = (prompt, sequence, index)
  }

  mutating func append(_ token: Draws.Token, isImage: Bool = false) {
    sequence.append(token.id, isImage: isImage)
    isForced.append(false)
    logProbabilities.append(token.logProbability)
    entropies.append(token.entropy)
  }

  /// Appends a token that was not drawn.
  mutating func force(_ id: Int32) {
    sequence.append(id)
    isForced.append(true)
    logProbabilities.append(0)
    entropies.append(0)
  }
}

/// The random draws of one call, and what ends it early.
private struct Draws {
  /// A token that was drawn.
  struct Token {
    let id: Int32
    let logProbability: Float
    let entropy: Float
  }

  let options: SamplingOptions
  let step: Int
  private let text: RandomStream, image: RandomStream
  private let stop: StopToken?, stopAt: StopToken.Stage

  init(options: SamplingOptions, seed: Int, step: Int, stop: StopToken?, stopAt: StopToken.Stage) {
    (self.options, self.step, self.stop, self.stopAt) = (options, step, stop, stopAt)
    text = RandomStream(seed: seed, purpose: "sample.text")
    image = RandomStream(seed: seed, purpose: "sample.image")
  }

  /// Draws the next token of each row.
  ///
  /// - Parameters:
  ///   - logits: `[R, V]`, with guidance but without temperature.
  ///   - isImage: whether they are those of image codes.
  ///   - drafts: the R rows.
  ///   - source: what the logits come from, for the error.
  /// - Throws: ``ModelError/stopped`` or ``ModelError/notFinite(_:)``.
  func tokens(_ logits: Tensor, isImage: Bool, of drafts: [Draft], _ source: String) throws -> [Token] {
    if let stop, stop.stage >= stopAt { throw ModelError.stopped }
    let width = logits.width
    let stream = isImage ? image : text
    let probabilities = softmax(logits / options.temperature)
    let ids = try probabilities.withUnsafeBufferPointer { all in
      try drafts.enumerated().map { row, draft in
        let uniform = stream.uniform(step: step, sample: draft.index, position: draft.sequence.count)
        let own = UnsafeBufferPointer(rebasing: all[(row * width)..<((row + 1) * width)])
        guard let id = TokenDraw.token(own, uniform: uniform, options: options) else {
          throw ModelError.notFinite("an output of \(source)")
        }
        return id
      }
    }
    // The scorer's own operator, so that both agree about the same logits to the bit.
    let scores = tokenScores(logits, targets: ids, temperature: options.temperature)
    let (logProbabilities, entropies) = (scores.logProbability.array(), scores.entropy.array())
    return ids.indices.map {
      Token(id: ids[$0], logProbability: logProbabilities[$0], entropy: entropies[$0])
    }
  }
}
