import Primitives
import Tensors
import TestSupport
import Testing

/// Products of weights that are packed and kept, in each precision.
@Suite(.serialized)
struct PrecisionTests {
  private func normal(_ shape: [Int], _ purpose: String) -> Tensor {
    var generator = RandomStream(seed: 7, purpose: purpose).generator()
    return Tensor((0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape)
  }

  private func parameter(_ shape: [Int], _ precision: Precision, _ purpose: String = "w") -> Parameter {
    let parameter = Parameter("weight", normal(shape, purpose))
    parameter.precision = precision
    return parameter
  }

  /// The bfloat16 nearest to each number, ties to even, as a number.
  private func rounded(_ values: [Float]) -> [Double] {
    values.map { value in
      let low = Float(bitPattern: value.bitPattern & 0xffff_0000)
      let high = Float(bitPattern: (value.bitPattern & 0xffff_0000) + 0x1_0000)
      let (below, above) = ((value - low).magnitude, (high - value).magnitude)
      let isEven = low.bitPattern >> 16 & 1 == 0
      return Double(below < above || below == above && isEven ? low : high)
    }
  }

  /// Σₖ a[m, k] · b[k, n], with the places of the numbers given by steps.
  private func product(
    _ a: [Double], _ b: [Double], _ size: (m: Int, n: Int, k: Int), a aStep: (Int, Int), b bStep: (Int, Int)
  ) -> [Double] {
    (0..<size.m * size.n).map { index in
      let (i, j) = (index / size.n, index % size.n)
      return (0..<size.k).reduce(0) { $0 + a[i * aStep.0 + $1 * aStep.1] * b[$1 * bStep.0 + j * bStep.1] }
    }
  }

  @Test(arguments: [1, 3, 15, 33], [1, 2, 31, 32, 33, 259])
  func `a product in bf16 and its gradients are those of the rounded factors`(rows: Int, inner: Int) {
    let outer = 37
    let (x, w) = (Parameter("x", normal([rows, inner], "x")), parameter([outer, inner], .bf16))
    let upstream = normal([rows, outer], "u")
    let tape = Tape()
    let y = linear(x.tensor(on: tape), w, on: tape)
    tape.backward(sum(y * upstream))
    let (a, b, g) = (rounded(x.value.array()), rounded(w.value.array()), rounded(upstream.array()))
    // Chains of up to 259 additions of numbers near 1 in single precision.
    func expect(_ values: [Float]?, _ expected: [Double], _ label: String) {
      expectClose((values ?? []).map(Double.init), expected, absolute: 4e-5, relative: 1e-5, label)
    }
    expect(y.array(), product(a, b, (rows, outer, inner), a: (inner, 1), b: (1, inner)), "output")
    expect(
      x.gradient?.array(), product(g, b, (rows, inner, outer), a: (outer, 1), b: (inner, 1)), "gradient of x")
    expect(
      w.gradient?.array(), product(g, a, (outer, inner, rows), a: (1, outer), b: (inner, 1)), "gradient of w")
    #expect(linear(x.value, w, on: nil).array() == y.array())
  }

  @Test(arguments: [Precision.fp32, .bf16, .int8], [1, 31, 32, 33, 64, 127, 128, 129, 300])
  func `a row has the same bits in every batch, with a packed weight`(precision: Precision, outer: Int) {
    let (weight, x) = (parameter([outer, 301], precision), normal([230, 301], "x"))
    let all = linear(x, weight, on: nil).array()
    for rows in [1, 2, 3, 4, 5, 14, 15, 29, 113] {
      let some = linear(slice(x, 0..<rows), weight, on: nil).array()
      #expect(some == Array(all.prefix(rows * outer)), "\(rows) rows")
    }
    let last = linear(slice(x, 229..<230), weight, on: nil).array()
    #expect(last == Array(all.suffix(outer)), "the last row")
  }

  @Test(arguments: [Precision.fp32, .bf16, .int8])
  func `threads and instruction sets change no bit`(precision: Precision) {
    let (threads, best) = (Engine.threads, Engine.instructionSet)
    defer {
      Engine.threads = threads
      Engine.use(instructionSet: best)
    }
    func everything() -> [[Float]] {
      let weight = parameter([200, 301], precision)
      let x = Parameter("x", normal([260, 301], "x"))
      let tape = Tape()
      let y = linear(x.tensor(on: tape), weight, on: tape)
      tape.backward(sum(square(y)))
      let few = slice(x.value, 3..<5)
      return [linear(x.value, weight, on: nil).array(), linear(few, weight, on: nil).array()]
        + [x, weight].map { $0.gradient?.array() ?? [] }
    }
    Engine.threads = 1
    let alone = everything()
    for count in [2, 3] {
      Engine.threads = count
      #expect(everything() == alone, "\(count) threads")
    }
    for name in ["baseline", "avx2", "avx512", "avx512bf16"] where Engine.use(instructionSet: name) {
      #expect(everything() == alone, "\(name)")
    }
  }

  @Test(arguments: [1, 3, 17], [1, 33, 512])
  func `a product in int8 is as near as its steps are small`(rows: Int, inner: Int) {
    let (weight, x) = (parameter([45, inner], .int8), normal([rows, inner], "x"))
    let (found, w, a) = (linear(x, weight, on: nil).array(), weight.value.array(), x.array())
    for (index, value) in found.enumerated() {
      let (row, column) = (index / 45, index % 45)
      let numbers = w[column * inner..<(column + 1) * inner].map(Double.init)
      let factors = a[row * inner..<(row + 1) * inner].map(Double.init)
      let step = (numbers.map(\.magnitude).max() ?? 0) / 127
      let exact = zip(numbers, factors).reduce(0) { $0 + $1.0 * $1.1 }
      // Half a step for each weight, and a part in a thousand of it for the chain's own rounding.
      let bound = step / 2 * factors.reduce(0) { $0 + $1.magnitude } * 1.001
      #expect((Double(value) - exact).magnitude <= bound, "row \(row), column \(column)")
    }
  }

  @Test(arguments: [Precision.fp32, .bf16, .int8])
  func `several weights at once give what each gives alone`(precision: Precision) {
    let weights = [70, 5, 64].map { parameter([$0, 96], precision, "\($0)") }
    for rows in [1, 40, 150] {
      let x = normal([rows, 96], "x")
      let together = linear(x, weights, on: nil)
      #expect(together.map { $0.shape } == weights.map { [rows, $0.value.shape[0]] })
      #expect(together.map { $0.array() } == weights.map { linear(x, $0, on: nil).array() })
    }
  }

  @Test func `a weight that was changed is packed again`() {
    let (weight, x) = (parameter([33, 20], .fp32), normal([2, 20], "x"))
    func expectCurrent(_ label: String) {
      #expect(linear(x, weight, on: nil).array() == linear(x, weight.value).array(), "\(label)")
    }
    expectCurrent("at first")
    weight.value = normal([33, 20], "other")
    expectCurrent("replaced")
    weight.value.withUnsafeMutableBufferPointer { $0[0] += 1 }
    expectCurrent("changed in place")
    weight.gradient = normal([33, 20], "gradient")
    AdamW([weight], learningRate: 0.1).step()
    expectCurrent("trained")
    weight.precision = .bf16
    let rough = linear(x, weight, on: nil).array()
    #expect(rough != linear(x, weight.value).array())
  }

  @Test func `bf16 keeps what is not finite`() {
    let x = Tensor([.infinity, -.infinity, .nan, 3.4e38, 1], shape: [5, 1])
    let one = Parameter("one", Tensor([1], shape: [1, 1]))
    one.precision = .bf16
    let y = linear(x, one, on: nil).array()
    // The largest numbers round up to infinity.
    #expect(y[0] == .infinity && y[1] == -.infinity && y[2].isNaN && y[3] == .infinity && y[4] == 1)
  }
}
