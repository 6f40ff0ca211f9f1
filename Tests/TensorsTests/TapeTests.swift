import Tensors
import Testing

/// What tapes tell about the operators on them.
struct TapeTests {
  private func fault(_ weight: [Float], _ loss: (Tensor) -> Tensor) -> Tape.Fault? {
    let tape = Tape(isChecking: true)
    tape.backward(sum(loss(Parameter("weight", Tensor(weight, shape: [weight.count])).tensor(on: tape))))
    return tape.fault
  }

  @Test func `a checking tape names the first operator whose result is not finite`() {
    #expect(fault([1, 2]) { log($0 - 1) }?.description == "the result of 'log'")
    #expect(fault([1, 2]) { log(exp($0 * 100)) }?.description == "the result of 'exp'")
    #expect(fault([-1, 2]) { log($0) }?.description == "the result of 'log' with the weight 'weight'")
    #expect(fault([1, 2]) { log($0 + 1) } == nil)
  }

  @Test func `a checking tape names the first operator whose gradient is not finite`() {
    #expect(fault([0, 1]) { squareRoot($0) }?.description == "the gradient of 'squareRoot' with the weight 'weight'")
  }

  @Test func `a weight that is not finite is named itself`() {
    #expect(fault([1, .infinity]) { $0 * 0 }?.description == "the weight 'weight'")
  }

  @Test func `a tape that does not check finds nothing`() {
    let tape = Tape()
    _ = log(Parameter("weight", Tensor([-1], shape: [1])).tensor(on: tape))
    #expect(tape.fault == nil)
    #expect(tape.timings.isEmpty)
  }

  @Test func `a timing tape counts calls by operator and shape`() {
    let tape = Tape(isTiming: true)
    let x = Parameter("x", Tensor(zeros: [2, 3])).tensor(on: tape)
    tape.backward(sum(square(x) + square(x) + x))
    let calls = tape.timings.filter { $0.calls > 0 }
    #expect(calls.map(\.operation) == ["square", "+", "sum"])
    #expect(calls.map(\.calls) == [2, 2, 1])
    #expect(calls.map(\.shape) == [[2, 3], [2, 3], []])
    #expect(calls.allSatisfy { $0.forward > 0 && $0.backward > 0 })
  }
}
