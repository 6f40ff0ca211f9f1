import Foundation
import Primitives
import Tensors
import TestSupport
import Testing

/// What must not change a bit: the number of threads, the company that a row keeps, and the instruction set.
@Suite(.serialized)
struct InvarianceTests {
  private func normal(_ shape: [Int], _ purpose: String) -> Tensor {
    var generator = RandomStream(seed: 5, purpose: purpose).generator()
    return Tensor((0..<shape.reduce(1, *)).map { _ in generator.normal() }, shape: shape)
  }

  /// A small network through which every kind of parallel loop runs, with more than one chunk in each.
  private func everything() -> [[Float]] {
    let parameters = [
      Parameter("embedding", normal([70, 96], "a")), Parameter("weight", normal([160, 96], "b")),
      Parameter("norm", normal([96], "c")), Parameter("kernel", normal([6, 4, 3, 3], "d")),
      Parameter("bias", normal([6], "e")), Parameter("head", normal([70, 160], "f")),
    ]
    let tape = Tape()
    let values = parameters.map { $0.tensor(on: tape) }
    let tokens = (0..<600).map { Int32($0 * 31 % 70) }
    let x = rmsNorm(embedding(values[0], tokens), weight: values[2])
    let turned = rotary(x.reshaped([600, 3, 32]), positions: (0..<600).map { Int32($0 % 150) })
    let seen = attention(turned, turned, turned, lengths: [150, 200, 37, 213], causal: true).reshaped([600, 96])
    let wide = linear(seen + x, values[1])
    let scores = tokenScores(linear(swiGLU(wide, wide), values[5]), targets: tokens, temperature: 0.8)
    let pictures = conv2d(x.reshaped([9, 4, 40, 40]), values[3], bias: values[4], padding: 1)
    let pooled = averagePool(gelu(groupNorm(pictures, groups: 2, weight: values[4], bias: values[4])), size: 2)
    tape.backward(mean(scores.entropy) - mean(scores.logProbability) + mean(square(upsampleNearest(pooled, factor: 2))))
    let norm = clipGradients(parameters, maximumNorm: 0.5)
    let optimizer = AdamW(parameters)
    optimizer.step()
    return [[norm], scores.logProbability.array(), pooled.array()] + parameters.map { $0.value.array() }
      + parameters.map { $0.gradient?.array() ?? [] }
  }

  @Test func `a training step has the same bits with one, two and three threads and on every instruction set`() {
    let (threads, best) = (Engine.threads, Engine.instructionSet)
    defer {
      Engine.threads = threads
      Engine.use(instructionSet: best)
    }
    Engine.threads = 1
    let alone = everything()
    #expect(alone.allSatisfy { $0.allSatisfy(\.isFinite) && !$0.isEmpty })
    for count in [2, 3] {
      Engine.threads = count
      #expect(everything() == alone, "\(count) threads")
    }
    if Engine.use(instructionSet: "avx2") { #expect(everything() == alone, "avx2") }
  }

  @Test(arguments: [1, 2, 7, 31, 64, 65, 200, 300])
  func `a row has the same bits in every batch`(rows: Int) {
    let (weight, x) = (normal([65, 300], "w"), normal([300, 300], "x"))
    let all = linear(x, weight).array()
    #expect(linear(slice(x, 0..<rows), weight).array() == Array(all.prefix(rows * 65)))
  }

  @Test(arguments: [0, 1, 13, 14, 15, 31, 32, 33], [0, 1, 31, 33, 257])
  func `a product agrees with a naive loop at every size around tiles and panels`(rows: Int, depth: Int) {
    for columns in [1, 15, 16, 17, 33] {
      let (a, b) = (normal([rows, depth], "a"), normal([depth, columns], "b"))
      let (left, right) = (a.array(), b.array())
      let naive = (0..<rows * columns).map { index in
        (0..<depth).reduce(0.0) {
          $0 + Double(left[index / columns * depth + $1]) * Double(right[$1 * columns + index % columns])
        }
      }
      // A chain of up to 257 additions of numbers near 1.
      expectClose(matmul(a, b).array().map(Double.init), naive, absolute: 2e-5, relative: 1e-5, "\(columns) columns")
    }
  }

  @Test(arguments: [0, 1, 31, 32, 33, 100])
  func `functions agree with the library at every size around lanes`(count: Int) {
    let x = Tensor((0..<count).map { Float($0) * 0.37 - 11 }, shape: [count])
    expectClose(exp(x).array(), x.array().map { Float(Double($0).exponential) }, absolute: 0, relative: 2e-7, "exp")
    let positive = exp(x)
    let logarithms = positive.array().map { Float(Double($0).logarithm) }
    expectClose(log(positive).array(), logarithms, absolute: 1e-7, relative: 2e-7, "log")
    #expect(sum(x).scalar == Float(x.array().reduce(0.0) { $0 + Double($1) }))
  }

  @Test func `functions treat the edges of the numbers as mathematics does`() {
    let x = Tensor([0, -0.0, .infinity, -.infinity, .nan, 88.7, 89, -87, -104, 0x1p-133], shape: [10])
    let e = exp(x).array()
    #expect(Array(e[0...3]) == [1, 1, .infinity, 0])
    #expect(e[4].isNaN)
    #expect(e[5] > 3.3e38 && e[5].isFinite && e[6] == .infinity && e[7] > 0 && e[8] == 0 && e[9] == 1)
    let l = log(Tensor([0, 1, -1, .infinity, .nan, 0x1p-133], shape: [6])).array()
    #expect(l[0] == -.infinity && l[1] == 0 && l[2].isNaN && l[3] == .infinity && l[4].isNaN)
    expectClose([l[5]], [-92.188576], absolute: 1e-5)
    #expect(!x.isFinite)
    #expect(Tensor([0, 1], shape: [2]).isFinite)
  }

  @Test func `scores agree with a distribution that has impossible tokens`() {
    let logits = Tensor([0, 0, -.infinity, -.infinity], shape: [1, 4])
    let scores = tokenScores(logits, targets: [0])
    expectClose(scores.logProbability.array(), [-0.6931472], absolute: 1e-6)
    expectClose(scores.entropy.array(), [0.6931472], absolute: 1e-6)
  }
}

extension Double {
  /// The library's own functions, under names that the engine does not use.
  fileprivate var exponential: Double { Foundation.exp(self) }
  fileprivate var logarithm: Double { Foundation.log(self) }
}
