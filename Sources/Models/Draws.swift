import Primitives
import Tensors

/// The random draws of one call, and what ends it early.
struct Draws {
  /// A token that was drawn.
  struct Token {
    let id: Int32
    let logProbability: Float
    let entropy: Float
  }

  let options: SamplingOptions
  private let step: Int
  private let text: RandomStream, image: RandomStream
  private let stop: StopToken?, stopAt: StopToken.Stage

  init(options: SamplingOptions, seed: Int, step: Int, stop: StopToken?, stopAt: StopToken.Stage) {
    (self.options, self.step, self.stop, self.stopAt) = (options, step, stop, stopAt)
    text = RandomStream(seed: seed, purpose: "sample.text")
    image = RandomStream(seed: seed, purpose: "sample.image")
  }

  /// - Throws: ``ModelError/stopped`` if that was asked for.
  func check() throws {
    if let stop, stop.look() >= stopAt { throw ModelError.stopped }
  }

  /// Draws a token.
  ///
  /// - Parameters:
  ///   - distributions: of some rows, with guidance and temperature.
  ///   - row: which of them.
  ///   - draft: whose token it is.
  ///   - isImage: whether it is an image code.
  /// - Throws: ``ModelError/notFinite(_:)``.
  func token(_ distributions: TokenDistributions, row: Int, of draft: Draft, isImage: Bool) throws -> Token {
    let stream = isImage ? image : text
    let uniform = stream.uniform(step: step, sample: draft.index, position: draft.sequence.count)
    let width = distributions.probabilities.width
    let drawn = distributions.probabilities.withUnsafeBufferPointer { all in
      TokenDraw.token(
        UnsafeBufferPointer(rebasing: all[(row * width)..<((row + 1) * width)]), uniform: uniform, options: options)
    }
    guard let id = drawn else {
      throw ModelError.notFinite("an output of the \(isImage ? "image" : "text") head")
    }
    return Token(
      id: id, logProbability: distributions.logProbability(row: row, token: Int(id)),
      entropy: distributions.entropy(row: row))
  }
}
