import Tensors
import TestSupport
import Testing

/// Every operator against PyTorch in float64, against central differences, and against itself under other
/// conditions.
@Suite(.serialized)
struct OperatorTests {
  private func inputs(_ operatorCase: OperatorCase, _ fixture: [String: Tensor]) -> [Tensor] {
    (0..<8).compactMap { fixture["\(operatorCase.name)/input \($0)"] }
  }

  @Test(arguments: OperatorCase.all)
  func `an operator and its gradient agree with PyTorch`(_ operatorCase: OperatorCase) throws {
    let fixture = try Fixtures.operators()
    let (inputs, output) = (inputs(operatorCase, fixture), try #require(fixture["\(operatorCase.name)/output"]))
    let upstream = try #require(fixture["\(operatorCase.name)/upstream"])
    let outcome = Outcome(operatorCase, inputs, upstream: upstream)
    #expect(!inputs.isEmpty)
    #expect(outcome.shape == output.shape)
    // Sums of up to 90 products of numbers near 1 in single precision.
    expectClose(outcome.output, output.array(), absolute: 4e-6, relative: 4e-6, "output")
    for (index, gradient) in outcome.gradients.enumerated() {
      let expected = try #require(fixture["\(operatorCase.name)/gradient \(index)"])
      expectClose(gradient, expected.array(), absolute: 1e-5, relative: 1e-5, "gradient \(index)")
    }
  }

  @Test(arguments: OperatorCase.all.filter(\.isSmooth))
  func `the gradient of an operator agrees with central differences`(_ operatorCase: OperatorCase) throws {
    let fixture = try Fixtures.operators()
    let inputs = inputs(operatorCase, fixture)
    let upstream = try #require(fixture["\(operatorCase.name)/upstream"])
    let outcome = Outcome(operatorCase, inputs, upstream: upstream)
    for (index, input) in inputs.enumerated() {
      // A difference quotient costs two evaluations, so a few coordinates of each input stand for all.
      let some = Array(stride(from: 0, to: input.count, by: max(1, input.count / 12)))
      let point = input.array()
      checkGradient(
        some.map { outcome.gradients[index][$0] }, at: some.map { point[$0] }, absolute: 4e-3, relative: 4e-3,
        "gradient \(index)"
      ) { moved in
        var (values, changed) = (point, inputs)
        for (place, value) in zip(some, moved) { values[place] = value }
        changed[index] = Tensor(values, shape: input.shape)
        return zip(operatorCase.apply(changed).array(), upstream.array())
          .reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
    }
  }

  @Test(arguments: OperatorCase.all)
  func `every instruction set gives the same bits`(_ operatorCase: OperatorCase) throws {
    let fixture = try Fixtures.operators()
    let inputs = inputs(operatorCase, fixture)
    let upstream = try #require(fixture["\(operatorCase.name)/upstream"])
    let best = Engine.instructionSet
    defer { Engine.use(instructionSet: best) }
    let reference = Outcome(operatorCase, inputs, upstream: upstream)
    for name in ["baseline", "avx2", "avx512", "avx512bf16"] where Engine.use(instructionSet: name) {
      #expect(Outcome(operatorCase, inputs, upstream: upstream) == reference, "\(name) differs from \(best)")
    }
  }

  @Test func `the table and the fixtures name the same operators`() throws {
    let names = try Fixtures.operators().keys.compactMap { $0.split(separator: "/").first }
    #expect(Set(names.map(String.init)) == Set(OperatorCase.all.map(\.name)))
  }
}
