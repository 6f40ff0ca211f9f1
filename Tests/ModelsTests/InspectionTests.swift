import Foundation
import Tensors
import Testing

@testable import Models

struct InspectionTests {
  private static func sample(_ model: Janus, think: Bool = true) throws -> Sample {
    try model.paint(
      "a red circle", options: SamplingOptions(think: think, temperature: 1.3, maximumRationale: 3), seed: 4)[0]
  }

  @Test func `words and cells have the numbers of their draw, and of a policy that stays the ratio is 1`() throws {
    let model = try TinyModels.sharp()
    let sample = try Self.sample(model)
    let inspection = model.inspect(sample)
    // The ends after the picture are left out.
    let drawn = sample.sequence.responseCount - 2
    #expect(inspection.words.count + inspection.cells.count == drawn)
    #expect(inspection.cells.map(\.id) == sample.codes)
    #expect(inspection.grid == 2)
    #expect(inspection.words.last?.text == "<image_start>")
    let tokens = inspection.words + inspection.cells
    for (place, token) in tokens.enumerated() {
      #expect(token.isForced == sample.isForced[place])
      let probability: Double = Foundation.exp(Double(sample.logProbabilities[place]))
      #expect(token.probability == probability)
      #expect(token.entropy == Double(sample.entropies[place]))
      #expect(abs(token.ratio - 1) < 1e-5)
      #expect(token.isClipped == nil)
    }
    #expect(inspection.advantage == nil)
    // ln 12
    #expect(abs(inspection.largestEntropies.cell - 2.484906649788) < 1e-12)
  }

  @Test func `without a thought there are no words`() throws {
    let model = try TinyModels.sharp()
    let inspection = model.inspect(try Self.sample(model, think: false))
    #expect(inspection.words.isEmpty)
    #expect(inspection.cells.count == 4)
  }

  @Test func `when the policy has moved, ratios say how far, and the clip binds on the side of the advantage`() throws {
    let model = try TinyModels.sharp()
    let sample = try Self.sample(model)
    for parameter in model.parameters where parameter.name.contains("head") { parameter.value = parameter.value * 1.5 }
    let scores = model.score([sample], tape: nil).logProbability.array()
    let (better, worse) = (
      model.inspect(sample, advantage: 2, clip: 0.9...1.1), model.inspect(sample, advantage: -2, clip: 0.9...1.1)
    )
    var seen: Set<Bool> = []
    for (place, (up, down)) in zip(better.words + better.cells, worse.words + worse.cells).enumerated() {
      guard !up.isForced else {
        #expect(up.isClipped == false)
        continue
      }
      let ratio: Double = Foundation.exp(Double(scores[place]) - Double(sample.logProbabilities[place]))
      #expect(abs(up.ratio - ratio) < 1e-12)
      #expect(up.isClipped == (ratio > 1.1))
      #expect(down.isClipped == (ratio < 0.9))
      seen.insert(up.isClipped == true)
    }
    #expect(seen == [true, false])
    #expect(better.advantage == 2)
    let uninformed = model.inspect(sample, advantage: 0, clip: 0.9...1.1)
    #expect((uninformed.words + uninformed.cells).allSatisfy { $0.isClipped == false })
  }
}
