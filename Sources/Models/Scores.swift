public import Tensors

/// What a model says about the response tokens of sequences, one after the other in the order of the sequences.
public struct Scores {
  /// `[M]`: the log-probability of each token, in nats.
  public let logProbability: Tensor
  /// `[M]`: the entropy of the distribution of each token, in nats.
  public let entropy: Tensor
  /// M flags: whether the token is an image code.
  public let isImage: [Bool]
  /// M flags: whether the token was put there rather than drawn.
  public let isForced: [Bool]
  /// Where the tokens of each sequence begin, and M at the end: those of sequence i are `offsets[i]..<offsets[i + 1]`.
  public let offsets: [Int]

  /// How many tokens M there are.
  public var count: Int { isImage.count }
}

/// Which two rows of logits make one guided row.
public enum GuidancePairing: Sendable {
  /// Those of one token, with and without the prompt.
  case branches
  /// Rows that stand next to each other when each sequence's tokens with the prompt are followed by those without: a
  /// mistake of published code, which this reproduces.
  case neighbours
}

extension Janus {
  /// The log-probability and entropy of every response token of samples under the present weights, with the temperature and
  /// guidance that each sample was drawn with.
  ///
  /// Forced tokens are scored like all others; whoever computes a loss leaves them out.
  ///
  /// - Parameters:
  ///   - samples: at least one.
  ///   - tape: where to record, or `nil`. The gradient goes through both branches of guidance.
  ///   - pairing: what guidance compares with what.
  /// - Returns: one score for each response token.
  public func score(_ samples: [Sample], tape: Tape?, pairing: GuidancePairing = .branches) -> Scores {
    let conditions = samples.map { Condition(temperature: $0.temperature, guidance: $0.guidance) }
    return score(
      samples.map(\.sequence), conditions: conditions, isForced: samples.flatMap(\.isForced), tape: tape,
      pairing: pairing)
  }

  /// The log-probability and entropy of every response token of sequences, at one temperature and without guidance.
  ///
  /// - Parameters:
  ///   - sequences: at least one; those of a dataset, for instance.
  ///   - temperature: what logits are divided by.
  ///   - tape: where to record, or `nil`.
  /// - Returns: one score for each response token; none counts as forced.
  public func score(_ sequences: [TokenSequence], temperature: Float = 1, tape: Tape?) -> Scores {
    let condition = Condition(temperature: temperature, guidance: 1)
    let count = sequences.reduce(0) { $0 + $1.responseCount }
    return score(
      sequences, conditions: sequences.map { _ in condition }, isForced: Array(repeating: false, count: count),
      tape: tape)
  }

  /// How a sequence was drawn.
  private struct Condition: Hashable {
    var temperature: Float
    var guidance: Float
  }

  /// The tokens that are scored alike: which hidden states predict them, and where their scores go.
  private struct Batch {
    let condition: Condition
    let isImage: Bool
    /// Rows of the hidden states; where there is guidance, two for each token.
    var hidden: [Int32] = []
    var targets: [Int32] = []
    var places: [Int32] = []
  }

  private func score(
    _ sequences: [TokenSequence], conditions: [Condition], isForced: [Bool], tape: Tape?,
    pairing: GuidancePairing = .branches
  ) -> Scores {
    var (pack, batches, offsets) = ([TokenSequence](), [Batch](), [0])
    var (start, isImage) = (0, [Bool]())
    for (sequence, condition) in zip(sequences, conditions) {
      let null = sequence.withoutPrompt(tokenizer.special)
      // The last token predicts nothing, and of the null branch only the codes are asked for.
      let read = sequence.prefix(sequence.count - 1)
      let nullRead = condition.guidance == 1 ? null.prefix(0) : null.prefix(1 + sequence.codes.count)
      var (code, nulls) = (Int32(start + read.count + 1), [Int32]())
      var guided: Int?
      for position in sequence.promptCount..<max(sequence.count, sequence.promptCount) {
        let image = sequence.isImage[position]
        let index = Self.batch(condition, isImage: image, in: &batches)
        batches[index].hidden.append(Int32(start + position - 1))
        batches[index].targets.append(sequence.ids[position])
        batches[index].places.append(Int32(isImage.count))
        isImage.append(image)
        guard image, nullRead.count > 0 else { continue }
        // Both branches of a token side by side, so that sums over rows are in the order of the tokens.
        if pairing == .branches { batches[index].hidden.append(code) } else { nulls.append(code) }
        guided = index
        code += 1
      }
      if let guided { batches[guided].hidden += nulls }
      pack += nullRead.count > 0 ? [read, nullRead] : [read]
      start += read.count + nullRead.count
      offsets.append(isImage.count)
    }
    guard !batches.isEmpty else {
      let none = Tensor(zeros: [0])
      return Scores(logProbability: none, entropy: none, isImage: [], isForced: [], offsets: offsets)
    }
    let (logProbability, entropy) = scored(batches, hidden: hiddenStates(pack, tape: tape), tape: tape)
    return Scores(
      logProbability: logProbability, entropy: entropy, isImage: isImage, isForced: isForced, offsets: offsets)
  }

  /// The batch of a condition and a modality, made if it is not there yet.
  private static func batch(_ condition: Condition, isImage: Bool, in batches: inout [Batch]) -> Int {
    // Text has no guidance: sequences that differ in nothing else share their batch.
    let condition = isImage ? condition : Condition(temperature: condition.temperature, guidance: 1)
    if let index = batches.firstIndex(where: { $0.condition == condition && $0.isImage == isImage }) {
      return index
    }
    batches.append(Batch(condition: condition, isImage: isImage))
    return batches.count - 1
  }

  /// The scores of all batches, brought into the order of the tokens.
  private func scored(_ batches: [Batch], hidden: Tensor, tape: Tape?) -> (Tensor, Tensor) {
    var (logProbabilities, entropies) = ([Tensor](), [Tensor]())
    for batch in batches {
      var logits: Tensor
      if batch.isImage {
        logits = imageHead(rows(hidden, batch.hidden), tape)
        if batch.condition.guidance != 1 { logits = extrapolatedPairs(logits, by: batch.condition.guidance) }
      } else {
        logits = textHead(rows(hidden, batch.hidden), tape)
      }
      let scores = tokenScores(logits, targets: batch.targets, temperature: batch.condition.temperature)
      logProbabilities.append(scores.logProbability)
      entropies.append(scores.entropy)
    }
    var order = [Int32](repeating: 0, count: batches.reduce(0) { $0 + $1.places.count })
    for (row, place) in batches.flatMap(\.places).enumerated() { order[Int(place)] = Int32(row) }
    func ordered(_ parts: [Tensor]) -> Tensor {
      rows(concatenate(parts).reshaped([order.count, 1]), order).reshaped([order.count])
    }
    return (ordered(logProbabilities), ordered(entropies))
  }
}
