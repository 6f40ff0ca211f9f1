import Primitives
import Tensors
import TestSupport
import Testing

/// What attention does besides attending: turning its inputs, and a gradient in another precision.
@Suite(.serialized)
struct AttentionTests {
  private static let lengths = [50, 33, 1, 64]

  /// The result for random inputs, and the gradients of queries, keys and values.
  private func outcome(
    heads: Int = 3, headWidth: Int = 32, causal: Bool = true, _ attend: (Tensor, Tensor, Tensor) -> Tensor
  ) -> [[Float]] {
    let shape = [Self.lengths.reduce(0, +), heads, headWidth]
    func normal(_ purpose: String) -> Tensor {
      var generator = RandomStream(seed: 9, purpose: purpose).generator()
      return Tensor((0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape)
    }
    let inputs = ["q", "k", "v"].map { Parameter($0, normal($0)) }
    let tape = Tape()
    let values = inputs.map { $0.tensor(on: tape) }
    let result = attend(values[0], values[1], values[2])
    tape.backward(sum(result * normal("upstream")))
    return [result.array()] + inputs.map { $0.gradient?.array() ?? [] }
  }

  @Test(arguments: [2, 10, 32, 48])
  func `turning inside of attention gives the bits of turning before it`(headWidth: Int) {
    let angles = RotaryAngles(positions: Self.lengths.flatMap { (0..<Int32($0)) }, headWidth: headWidth)
    let inside = outcome(headWidth: headWidth) {
      attention($0, $1, $2, lengths: Self.lengths, causal: true, turning: angles)
    }
    let before = outcome(headWidth: headWidth) {
      attention(rotary($0, angles), rotary($1, angles), $2, lengths: Self.lengths, causal: true)
    }
    #expect(inside == before)
  }

  @Test(arguments: [10, 32, 48], [true, false])
  func `a gradient in bf16 is that in single precision up to the rounding of its factors`(
    headWidth: Int, causal: Bool
  ) {
    let exact = outcome(headWidth: headWidth, causal: causal) {
      attention($0, $1, $2, lengths: Self.lengths, causal: causal)
    }
    let rough = outcome(headWidth: headWidth, causal: causal) {
      attention($0, $1, $2, lengths: Self.lengths, causal: causal, precision: .bf16)
    }
    #expect(rough[0] == exact[0])
    for (found, expected) in zip(rough.dropFirst(), exact.dropFirst()) {
      #expect(found != expected)
      // At most four roundings stand in a row (values, scores' gradient, its own rounding, keys), each a part in 512.
      let error = zip(found, expected).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
      let size = expected.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
      #expect(error < size / 128, "\(error) of \(size)")
    }
  }

  @Test func `threads and instruction sets change no bit of a gradient in bf16`() {
    let (threads, best) = (Engine.threads, Engine.instructionSet)
    defer {
      Engine.threads = threads
      Engine.use(instructionSet: best)
    }
    func everything() -> [[Float]] {
      outcome { attention($0, $1, $2, lengths: Self.lengths, causal: true, precision: .bf16) }
    }
    Engine.threads = 1
    let alone = everything()
    Engine.threads = 3
    #expect(everything() == alone, "3 threads")
    for name in ["baseline", "avx2", "avx512", "avx512bf16"] where Engine.use(instructionSet: name) {
      #expect(everything() == alone, "\(name)")
    }
  }
}
