import Models

/// What a token's share in the means of one update is.
struct Share {
  private let loss: PolicyLoss
  private let whole: Double
  private let pieces: Int
  private let text: Int
  private let image: Int
  /// The entropies of the tokens so far.
  var entropies = EntropySums()

  /// - Parameters:
  ///   - lessons: all of the update.
  ///   - loss: the loss.
  ///   - longest: the most tokens that a response can have.
  ///   - pieces: micro-batches of the update.
  init(_ lessons: [Lesson], loss: PolicyLoss, longest: Int, pieces: Int) {
    (self.loss, self.pieces) = (loss, pieces)
    var (counts, offsets, text, image) = ([Bool](), [0], 0, 0)
    for lesson in lessons {
      for (isDrawn, isImage) in zip(lesson.isDrawn, lesson.isImage) {
        counts.append(isDrawn && loss.credit.counts(isImage: isImage))
        if isDrawn { if isImage { image += 1 } else { text += 1 } }
      }
      offsets.append(counts.count)
    }
    (self.text, self.image) = (text, image)
    whole = loss.aggregation.denominator(counts: counts, offsets: offsets, longest: longest)
  }

  /// What the sum over a micro-batch is divided by.
  func denominator(of tokens: PolicyLoss.Tokens) -> Double {
    loss.aggregation == .microBatch ? loss.aggregation.denominator(of: tokens) * Double(pieces) : whole
  }

  /// ∂loss/∂entropy of each token: the coefficient of its modality over how many tokens of it the update has.
  func entropyWeights(_ isDrawn: [Bool], isImage: [Bool], control: EntropyControl) -> [Float] {
    let words = text == 0 ? 0 : Float(control.coefficient(isImage: false) / Double(text))
    let codes = image == 0 ? 0 : Float(control.coefficient(isImage: true) / Double(image))
    return zip(isDrawn, isImage).map { isDrawn, isImage in !isDrawn ? 0 : isImage ? codes : words }
  }
}

/// The entropies of drawn tokens of both modalities, summed up in the order of the tokens, nats.
struct EntropySums {
  private var text = (sum: 0.0, count: 0)
  private var image = (sum: 0.0, count: 0)

  mutating func add(_ entropies: [Float], isDrawn: [Bool], isImage: [Bool]) {
    for (place, entropy) in entropies.enumerated() where isDrawn[place] {
      if isImage[place] {
        image = (image.sum + Double(entropy), image.count + 1)
      } else {
        text = (text.sum + Double(entropy), text.count + 1)
      }
    }
  }

  /// The mean of a modality; NaN without tokens.
  func mean(isImage: Bool) -> Double {
    let total = isImage ? image : text
    return total.count == 0 ? .nan : total.sum / Double(total.count)
  }
}
