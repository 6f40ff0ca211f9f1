import Models
import Tensors

/// A sample with all that an update needs to learn from it; lists are over its `M` response tokens.
struct Lesson {
  /// As it is scored.
  var sample: Sample
  /// `[M]`: the advantage of each token.
  var advantages: [Float]
  /// `[M]`: log π of the policy that drew it, nats.
  var old: [Float]
  /// `[M]`: log π of the reference, nats, if there is one.
  var reference: [Float]?
  /// `[M]`: whether a token counts as chosen.
  var isDrawn: [Bool]
  /// `[M]`: whether it is an image code.
  let isImage: [Bool]

  /// A lesson whose advantages are still 0.
  init(_ sample: Sample) {
    self.sample = sample
    old = sample.logProbabilities
    isDrawn = sample.isForced.map { !$0 }
    isImage = Array(sample.sequence.isImage.dropFirst(sample.sequence.promptCount))
    advantages = [Float](repeating: 0, count: old.count)
  }

  /// What the drawn tokens of all add to the divergence in the reward, nats.
  func divergence(_ form: KLDivergence) -> Double {
    guard let reference else { return 0 }
    return zip(zip(old, reference), isDrawn).reduce(0) { sum, token in
      sum + (token.1 ? form(Double(token.0.0) - Double(token.0.1)).value : 0)
    }
  }

  /// The largest difference between what the sampler recorded of drawn tokens and what a scorer says, nats.
  func gap(to scores: [Float]) -> Double {
    zip(zip(sample.logProbabilities, scores), sample.isForced).reduce(0) { most, token in
      token.1 ? most : max(most, abs(Double(token.0.0) - Double(token.0.1)))
    }
  }

  /// Gives every token the advantage of the sample, or what entropies make of it.
  mutating func give(_ advantage: Double, shaping: EntropyShaping?, largestText: Double, largestImage: Double) {
    advantages = [Float](repeating: Float(advantage), count: old.count)
    guard let shaping else { return }
    for modality in [false, true] {
      let places = isDrawn.indices.filter { isDrawn[$0] && isImage[$0] == modality }
      let shaped = shaping(
        advantage, entropies: places.map { Double(sample.entropies[$0]) },
        largest: modality ? largestImage : largestText)
      for (place, value) in zip(places, shaped) { advantages[place] = Float(value) }
    }
  }
}

extension Lesson {
  /// A lesson as the published code would make it.
  ///
  /// - Parameters:
  ///   - mode: what it does as that code does it.
  ///   - isLongest: whether no sample of its batch is longer.
  ///   - temperature: what the scorer divides by.
  init(_ sample: Sample, _ mode: ReferenceMode, isLongest: Bool, temperature: Float) {
    var sample = sample
    sample.temperature = temperature
    let last = sample.isForced.count - 1
    let splices = mode.has(.splicedEnd) && last >= 1
    if splices {
      // The end takes the place of the end of the image.
      let place = sample.sequence.count - 2
      sample.sequence.ids.remove(at: place)
      sample.sequence.isImage.remove(at: place)
      sample.isForced.remove(at: last - 1)
      sample.logProbabilities.remove(at: last - 1)
      sample.entropies.remove(at: last - 1)
    }
    self.init(sample)
    if splices { isDrawn[last - 1] = !isLongest }
    if mode.has(.relabelledStart), let start = isImage.firstIndex(of: true), start > 0 { isDrawn[start - 1] = true }
  }
}

extension PolicyLoss.Tokens {
  /// The tokens of lessons, one lesson after the other, as a model scores them.
  init(_ lessons: [Lesson], credit: PolicyLoss.Credit, scores: Scores) {
    let references = lessons.compactMap(\.reference)
    self.init(
      logProbabilities: scores.logProbability.array(), old: lessons.flatMap(\.old),
      reference: references.count == lessons.count ? references.flatMap { $0 } : nil,
      advantages: lessons.flatMap(\.advantages),
      counts: zip(lessons.flatMap(\.isDrawn), scores.isImage).map { $0 && credit.counts(isImage: $1) },
      isImage: scores.isImage, offsets: scores.offsets)
  }
}
