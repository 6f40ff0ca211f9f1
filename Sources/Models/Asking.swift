public import Primitives
import Tensors

/// What a model answered.
public struct Answer: Sendable {
  /// The answer in words.
  public let text: String
  private let tokenizer: any TextTokenizer
  private let first: [Float]

  init(text: String, first: [Float], tokenizer: any TextTokenizer) {
    (self.text, self.first, self.tokenizer) = (text, first, tokenizer)
  }

  /// The probability with which the answer begins with a word, 0…1; 0 for a word that the model does not know.
  public func probability(of word: String) -> Double {
    guard let ids = try? tokenizer.encode(word), ids.count == 1, first.indices.contains(Int(ids[0])) else { return 0 }
    return Double(first[Int(ids[0])])
  }
}

extension Janus {
  /// Pictures that are looked at together: enough to fill the products, few enough for small memory.
  private static let picturesAtOnce = 32

  /// Asks a question about each of some pictures. The likeliest word is taken at every place.
  ///
  /// *Numerics*: an answer depends on its picture and question alone, to the bit.
  ///
  /// - Parameters:
  ///   - questions: one for each picture, in the words that the model knows.
  ///   - pictures: as many.
  ///   - limit: how many words an answer may have; 1 costs no more than reading the question.
  ///   - stop: polled between batches.
  /// - Returns: the answers, in order.
  /// - Throws: ``ModelError``: a model without a vision encoder, an unknown word, a question that is too long, weights
  ///   that are not finite, or a stop of the second stage.
  public func ask(
    _ questions: [String], about pictures: [Bitmap], limit: Int = 48, stop: StopToken? = nil
  ) throws -> [Answer] {
    _ = try eyes()
    let texts = try questions.map { try tokenizer.encode($0) }
    guard texts.count == pictures.count else {
      throw ModelError.setting(
        name: "the number of questions", value: "\(texts.count)", expected: "\(pictures.count), one for each picture")
    }
    return try stride(from: 0, to: texts.count, by: Self.picturesAtOnce).flatMap { start in
      if let stop, stop.look() >= .abandonStep { throw ModelError.stopped }
      let range = start..<min(start + Self.picturesAtOnce, texts.count)
      return try answers(Array(texts[range]), Array(pictures[range]), limit: limit)
    }
  }

  private func answers(_ texts: [[Int32]], _ pictures: [Bitmap], limit: Int) throws -> [Answer] {
    var (keys, values) = ([Tensor](), [Tensor]())
    let observe: (Int, Tensor, Tensor) -> Void = { _, layerKeys, layerValues in
      keys.append(layerKeys)
      values.append(layerValues)
    }
    let hidden = try look(at: pictures, texts: texts, tape: nil, observe: limit > 1 ? observe : nil)
    var ends: [Int] = []
    let opening = openingCount(try eyes())
    for text in texts { ends.append((ends.last ?? 0) + opening + text.count) }
    let logits = textHead(rows(hidden, ends.map { Int32($0 - 1) }), nil)
    let first = TokenDistributions(logits, temperature: 1).probabilities
    guard first.isFinite else { throw ModelError.notFinite("an answer's probability") }
    var answers = likeliest(logits).map { [$0] }
    if limit > 1 {
      let prefixes = ends.enumerated().map { index, end in
        KeyValuePrefix(keys: keys, values: values, range: (index == 0 ? 0 : ends[index - 1])..<end)
      }
      let room = configuration.decoder.context - opening - (texts.map(\.count).max() ?? 0)
      complete(&answers, after: prefixes, limit: min(limit, max(room, 1)))
    }
    let (all, width) = (first.array(), first.width)
    return answers.enumerated().map { index, ids in
      Answer(
        text: tokenizer.decode(ids), first: Array(all[(index * width)..<((index + 1) * width)]), tokenizer: tokenizer)
    }
  }

  /// Goes on with answers until each has ended or has `limit` words.
  private func complete(_ answers: inout [[Int32]], after prefixes: [KeyValuePrefix], limit: Int) {
    let end = tokenizer.special.end
    let decoding = Decoding(
      decoder, rows: answers.count, room: limit, prompt: prefixes.map(\.length).max() ?? 0)
    for (row, prefix) in prefixes.enumerated() { decoding.begin(row: row, after: prefix) }
    var live = answers.indices.filter { answers[$0].last != end }
    while let row = live.first, answers[row].count < limit {
      let inputs = textInputs(live.map { answers[$0].last ?? end })
      let next = likeliest(textHead(decoding.step(inputs, rows: live), nil))
      for (row, id) in zip(live, next) { answers[row].append(id) }
      live = live.filter { answers[$0].last != end }
    }
  }

  /// The likeliest token of each row; of equal ones the first.
  private func likeliest(_ logits: Tensor) -> [Int32] {
    let (all, width) = (logits.array(), logits.width)
    return (0..<logits.rowCount).map { row in
      var best = 0
      for column in 1..<width where all[row * width + column] > all[row * width + best] { best = column }
      return Int32(best)
    }
  }
}
