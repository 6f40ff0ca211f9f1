public import Primitives
public import Tensors

/// What was asked and answered about a picture, as tokens: `BOS IMAGE_START patches IMAGE_END question answer EOS
/// question answer EOS …`.
///
/// The patches are those of the vision encoder, not image codes: a model looks at any picture, not only at its own.
public struct Dialogue: Sendable {
  /// A question and what was answered.
  public struct Turn: Sendable, Hashable {
    /// The question's tokens.
    public var question: [Int32]
    /// The answer's tokens, without EOS.
    public var answer: [Int32]

    /// A turn from its parts.
    public init(question: [Int32], answer: [Int32]) { (self.question, self.answer) = (question, answer) }
  }

  /// What it is about.
  public var picture: Bitmap
  /// The turns, in order; later ones can be read in the light of earlier ones.
  public var turns: [Turn]

  /// A dialogue from its parts.
  public init(picture: Bitmap, turns: [Turn]) { (self.picture, self.turns) = (picture, turns) }
}

extension Janus {
  /// The vision encoder, for a model that looks at pictures.
  ///
  /// - Throws: ``ModelError/setting(name:value:expected:)`` for a model that only paints.
  public func eyes() throws -> VisionEncoder {
    guard let visionEncoder else {
      throw ModelError.setting(
        name: "the model's vision encoder", value: "missing",
        expected: "there for a question about a picture; train one from janus(\"untrained-vlm\") with judge_trainer")
    }
    return visionEncoder
  }

  /// What training on answers changes: decoder, text head, vision encoder and its aligner.
  public var readingParameters: [Parameter] {
    decoder.parameters + textOutput.parameters + (visionEncoder?.parameters ?? [])
  }

  /// How many positions stand before the first question.
  func openingCount(_ eyes: VisionEncoder) -> Int { eyes.configuration.patches + 3 }

  /// The log-probabilities of the answers of dialogues, every token and each answer's EOS.
  ///
  /// - Parameters:
  ///   - dialogues: at least one, with at least one turn among them.
  ///   - tape: where to record, or `nil`.
  /// - Returns: `[M]` log-probabilities and `[M]` entropies in nats, answer after answer.
  /// - Throws: ``ModelError`` for a model without a vision encoder, or a dialogue that is too long.
  public func score(
    _ dialogues: [Dialogue], tape: Tape?
  ) throws -> (logProbability: Tensor, entropy: Tensor) {
    let eyes = try eyes()
    var (texts, places, targets, start) = ([[Int32]](), [Int32](), [Int32](), 0)
    for dialogue in dialogues {
      var text: [Int32] = []
      for turn in dialogue.turns {
        text += turn.question
        for token in turn.answer + [tokenizer.special.end] {
          places.append(Int32(start + openingCount(eyes) + text.count - 1))
          targets.append(token)
          text.append(token)
        }
      }
      // The last token predicts nothing.
      texts.append(text.dropLast())
      start += openingCount(eyes) + max(text.count - 1, 0)
    }
    let hidden = try look(at: dialogues.map(\.picture), texts: texts, tape: tape)
    let logits = textHead(rows(hidden, places), tape)
    return tokenScores(logits, targets: targets, temperature: 1)
  }

  /// The hidden states of pictures and of the texts after them, packed.
  ///
  /// - Parameters:
  ///   - pictures: one for each text.
  ///   - texts: tokens that follow IMAGE_END.
  ///   - tape: where to record, or `nil`.
  ///   - observe: called with each layer's index, keys and values `[N, H, d]`.
  /// - Returns: `[N, D]`, picture and text after picture and text.
  /// - Throws: ``ModelError`` for a model without a vision encoder, or a text that is too long.
  func look(
    at pictures: [Bitmap], texts: [[Int32]], tape: Tape?,
    observe: ((_ layer: Int, _ keys: Tensor, _ values: Tensor) -> Void)? = nil
  ) throws -> Tensor {
    let eyes = try eyes()
    let (special, patches, opening) = (tokenizer.special, eyes.configuration.patches, openingCount(eyes))
    var (words, order, lengths) = ([Int32](), [Int32](), [Int]())
    let seen = Int32(texts.reduce(0) { $0 + $1.count + 3 })
    for (index, text) in texts.enumerated() {
      let limit = configuration.decoder.context - opening
      guard text.count <= limit else {
        throw ModelError.promptTooLong(tokens: text.count, limit: limit, line: nil)
      }
      let first = Int32(words.count)
      words += [special.beginning, special.imageStart, special.imageEnd] + text
      order += [first, first + 1] + (0..<patches).map { seen + Int32(index * patches + $0) }
      order += (first + 2)..<Int32(words.count)
      lengths.append(opening + text.count)
    }
    let inputs = concatenate([
      embedding(decoder.textEmbedding.tensor(on: tape), words), eyes(pictures, tape: tape),
    ])
    return decoder(rows(inputs, order), lengths: lengths, tape: tape, observe: observe)
  }
}
