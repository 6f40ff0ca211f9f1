import Tensors
import Testing

@testable import Models

struct PrecisionScopeTests {
  private struct Failure: Error {}

  @Test func `a precision holds inside and is over afterwards, also after an error`() throws {
    let model = try TinyModels.sharp()
    #expect(Processor.precisions == ["fp32", "bf16", "int8"])
    model.inPrecision("int8") { #expect(model.precision == .int8) }
    #expect(model.precision == .fp32)
    #expect(throws: Failure.self) { try model.inPrecision("int8") { throw Failure() } }
    #expect(model.precision == .fp32)
    model.inPrecision(nil) { #expect(model.precision == .fp32) }
    model.inPrecision("half") { #expect(model.precision == .fp32) }
  }

  @Test(.enabled(if: Engine.supports(.bf16))) func `bf16 is used where it is asked for, and only there`() throws {
    let model = try TinyModels.sharp()
    let sequence = try model.sequence(prompt: "a red circle", rationale: "two objects .", codes: [1, 2, 3, 4])
    func scores() -> [Float] { model.score([sequence], tape: nil).logProbability.array() }
    let before = scores()
    let rounded = model.inPrecision("bf16") { scores() }
    #expect(rounded != before)
    // 8 bits of a factor: a hundredth of logits of a few units, through two layers.
    #expect(zip(rounded, before).allSatisfy { abs($0 - $1) < 0.2 })
    #expect(scores() == before)
  }
}
