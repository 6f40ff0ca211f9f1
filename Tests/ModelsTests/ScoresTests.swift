import Tensors
import TestSupport
import Testing

@testable import Models

struct ScoresTests {
  /// The two samples of the fixture: guided at temperature 0.7 after a rationale, and neither of these.
  private func samples() -> [Sample] {
    let first = TokenSequence(
      ids: [1, 7, 12, 19, 3, 8, 8, 6, 4, 3, 11, 0, 3, 5, 2],
      isImage: (0..<15).map { (9..<13).contains($0) }, promptCount: 5)
    let second = TokenSequence(
      ids: [1, 9, 4, 5, 5, 1, 10, 5, 2], isImage: (0..<9).map { (3..<7).contains($0) }, promptCount: 3)
    return [Sample(first, temperature: 0.7, guidance: 3), Sample(second, temperature: 1, guidance: 1)]
  }

  @Test func `scores equal those of transformers, with guidance and without, in one pack`() throws {
    let (model, tensors) = try TinyModels.reference()
    let scores = model.score(samples(), tape: nil)
    // Guidance 3 and temperature 0.7 enlarge the rounding of logits of size 10 about sevenfold.
    expectClose(scores.logProbability.array(), try #require(tensors["log probability"]).array(), absolute: 1e-4)
    expectClose(scores.entropy.array(), try #require(tensors["entropy"]).array(), absolute: 1e-4)
    #expect(scores.offsets == [0, 10, 16])
    #expect(scores.isImage == (0..<16).map { (4..<8).contains($0) || (10..<14).contains($0) })
    #expect(scores.isForced == Array(repeating: false, count: 16))
  }

  @Test func `gradients of every weight equal those of transformers, through both branches of guidance`() throws {
    let (model, tensors) = try TinyModels.reference()
    let tape = Tape()
    let scores = model.score(samples(), tape: tape)
    let weights = try #require(tensors["weights"])
    let both = concatenate([scores.logProbability, scores.entropy])
    tape.backward(sum(both * weights.reshaped([both.count])))
    for parameter in model.parameters {
      let expected = try #require(tensors["gradient " + parameter.name])
      let gradient = try #require(parameter.gradient, "\(parameter.name) has no gradient")
      #expect(gradient.shape == expected.shape)
      expectClose(gradient.array(), expected.array(), absolute: 2e-3, relative: 1e-3, parameter.name)
    }
  }

  @Test func `scores of a pack equal those of each sequence alone, in any order`() throws {
    let model = try TinyModels.sharp()
    let all = samples() + samples().map { Sample($0.sequence, temperature: 2, guidance: 0.5) }
    let together = model.score(all, tape: nil)
    let apart = all.map { model.score([$0], tape: nil) }
    #expect(together.logProbability.array() == apart.flatMap { $0.logProbability.array() })
    #expect(together.entropy.array() == apart.flatMap { $0.entropy.array() })
    let reversed = model.score(all.reversed(), tape: nil)
    #expect(reversed.logProbability.array() == apart.reversed().flatMap { $0.logProbability.array() })
  }

  @Test func `sequences of a dataset are scored without guidance, nothing forced`() throws {
    let model = try TinyModels.sharp()
    let sequence = try model.sequence(prompt: "a red circle", rationale: "red : circle .", codes: [0, 11, 3, 3])
    let scores = model.score([sequence, sequence.withoutPrompt(model.tokenizer.special)], temperature: 1, tape: nil)
    #expect(scores.offsets == [0, 11, 17])
    let plain = model.score([Sample(sequence, temperature: 1, guidance: 1)], tape: nil)
    #expect(Array(scores.logProbability.array().prefix(11)) == plain.logProbability.array())
    #expect(scores.entropy.array().allSatisfy { $0 > 0 && $0 < 3 })
  }

  @Test func `nothing to score gives no scores`() throws {
    let scores = try TinyModels.sharp().score([Sample](), tape: nil)
    #expect(scores.count == 0)
    #expect(scores.logProbability.shape == [0])
    #expect(scores.offsets == [0])
  }
}
