import Foundation
import Tensors

/// What a policy thought, and now thinks, of each token of one of its samples: words and cells of the image.
///
/// Probabilities and entropies are those of the draw; ratios compare it with the model's present weights, under the
/// temperature and guidance of the draw. Right after a sample was drawn all ratios are 1, up to rounding.
public struct Inspection: Sendable {
  /// One response token.
  public struct Token: Sendable, Hashable {
    /// The word or special token, or the image code after a `#`.
    public let text: String
    /// The number in the text vocabulary, or the image code.
    public let id: Int32
    /// Whether it was put there rather than drawn; it then has no probability of its own, and no ratio.
    public let isForced: Bool
    /// Its probability when it was drawn, 0…1; 1 where forced.
    public let probability: Double
    /// The entropy of its distribution when it was drawn, in nats; 0 where forced.
    public let entropy: Double
    /// Its present probability over that of the draw.
    public let ratio: Double
    /// Whether the ratio has left the clip's range on the side to which the advantage pushes, so that a further update would
    /// not move the token; `nil` where no advantage or no clip is known.
    public let isClipped: Bool?
  }

  /// The tokens of the thought, and the token that starts the image where the model has chosen it.
  public let words: [Token]
  /// The image codes, row by row.
  public let cells: [Token]
  /// How many cells a row of the image has.
  public let grid: Int
  /// The advantage of the sample, if it was trained on.
  public let advantage: Double?
  /// ln V and ln K: the largest entropies of a word and of a cell, in nats.
  public let largestEntropies: (word: Double, cell: Double)
}

extension Janus {
  /// Looks at a sample token by token.
  ///
  /// - Parameters:
  ///   - sample: drawn by this model, now or earlier in its training.
  ///   - advantage: what training gave it; `nil` if it was not trained on.
  ///   - clip: the range of ratios outside of which an update stops, such as 0.8…1.2.
  /// - Returns: its words and cells; the two ends after the picture are left out.
  public func inspect(
    _ sample: Sample, advantage: Double? = nil, clip: ClosedRange<Double>? = nil
  ) -> Inspection {
    let present = score([sample], tape: nil).logProbability.array()
    var (words, cells) = ([Inspection.Token](), [Inspection.Token]())
    for (place, now) in present.enumerated() {
      let position = sample.sequence.promptCount + place
      let (id, isImage) = (sample.sequence.ids[position], sample.sequence.isImage[position])
      guard isImage || cells.isEmpty else { break }
      let isForced = sample.isForced[place]
      let ratio = isForced ? 1 : exp(Double(now) - Double(sample.logProbabilities[place]))
      let isClipped = advantage.flatMap { advantage in
        clip.map { advantage > 0 ? ratio > $0.upperBound : advantage < 0 && ratio < $0.lowerBound }
      }
      let token = Inspection.Token(
        text: isImage ? "#\(id)" : text(of: id), id: id, isForced: isForced,
        probability: exp(Double(sample.logProbabilities[place])), entropy: Double(sample.entropies[place]),
        ratio: ratio, isClipped: isForced ? advantage.map { _ in false } : isClipped)
      if isImage { cells.append(token) } else { words.append(token) }
    }
    return Inspection(
      words: words, cells: cells, grid: configuration.imageTokenizer.grid, advantage: advantage,
      largestEntropies: (
        log(Double(tokenizer.count)), log(Double(configuration.imageTokenizer.codes))
      ))
  }

  /// A text token as a reader would write it.
  ///
  /// - Parameter id: its number.
  public func text(of id: Int32) -> String {
    let word = tokenizer.decode([id])
    guard word.isEmpty else { return word }
    let special = tokenizer.special
    let names = [
      (special.beginning, "<bos>"), (special.end, "<eos>"), (special.think, "<think>"),
      (special.imageStart, "<image_start>"), (special.imageEnd, "<image_end>"),
    ]
    return names.first { $0.0 == id }?.1 ?? "<pad>"
  }
}
